/* Entries are found by the journal's own index (the ledger's genesis leaf)
 * and taken apart in one pass over their fields.  The uid is no part of the
 * match: entries of other users are to be counted. */
#include "io/journal_source.h"
#include "ledger/mirror.h"

#include <systemd/sd-journal.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MATCH_MAX = 128, NUMBER_MAX = 24 };

struct journal_source {
	sd_journal *journal;
	uid_t uid;
	struct journal_entry entry;
};

static int
fail(struct err *err, int r, const char *what)
{
	return err_set_errno(err, r == -ENOMEM ? ERR_NOMEM : ERR_IO, -r,
			     "journal: %s", what);
}

int
journal_source_open(const char *directory, uid_t uid,
		    struct journal_source **ret_source, struct err *err)
{
	struct journal_source *s = calloc(1, sizeof(*s));
	int r;

	if (s == NULL)
		return err_set(err, ERR_NOMEM, "journal: out of memory");
	s->uid = uid;
	r = directory != NULL
		? sd_journal_open_directory(&s->journal, directory, 0)
		: sd_journal_open(&s->journal, SD_JOURNAL_LOCAL_ONLY);
	if (r < 0) {
		free(s);
		return r == -ENOENT || r == -ENOTDIR
			   ? err_set(
				 err, ERR_NOT_FOUND,
				 "%s: there is no journal; name the folder of its files with "
				 "--directory",
				 directory != NULL ? directory : "journal")
			   : fail(err, r, "open");
	}
	sd_journal_set_data_threshold(s->journal, 0);
	*ret_source = s;
	return 0;
}

void
journal_source_close(struct journal_source *s)
{
	if (s == NULL)
		return;
	sd_journal_close(s->journal);
	buf_free(&s->entry.row);
	buf_free(&s->entry.note);
	free(s);
}

/* The value of NAME=VALUE, or NULL. */
static const char *
value_of(const char *data, size_t len, const char *name, size_t *ret_len)
{
	size_t skip = strlen(name) + 1;

	if (len < skip || data[skip - 1] != '=' ||
	    memcmp(data, name, skip - 1) != 0)
		return NULL;
	*ret_len = len - skip;
	return data + skip;
}

static bool
read_number(const char *text, size_t len, uint64_t *ret)
{
	uint64_t n = 0;

	if (len == 0 || len >= NUMBER_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned)text[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(n, 10U, &n) ||
		    __builtin_add_overflow(n, digit, &n))
			return false;
	}
	*ret = n;
	return true;
}

/* Which of the fields that make a row were seen. */
struct found {
	bool uid, seq, leaf;
};

static void
take_field(struct journal_entry *e, struct found *found, const char *data,
	   size_t len)
{
	const char *v;
	uint64_t uid;
	size_t n;

	if ((v = value_of(data, len, "EVIDENCED_ROW", &n)) != NULL) {
		buf_reset(&e->row);
		buf_add(&e->row, v, n);
	} else if ((v = value_of(data, len, "EVIDENCED_CHECKPOINT", &n)) !=
		   NULL) {
		buf_reset(&e->note);
		buf_add(&e->note, v, n);
	} else if ((v = value_of(data, len, "EVIDENCED_SEQ", &n)) != NULL) {
		found->seq = read_number(v, n, &e->seq);
	} else if ((v = value_of(data, len, "EVIDENCED_LEAF", &n)) != NULL) {
		found->leaf = n == DIGEST_HEX_LEN &&
			      hex_decode(v, DIGEST_LEN, e->leaf.bytes) == 0;
	} else if ((v = value_of(data, len, "_UID", &n)) != NULL) {
		found->uid = read_number(v, n, &uid) && uid < (uid_t)-1;
		if (found->uid)
			e->uid = (uid_t)uid;
	}
}

/* The entry at which the journal stands.  An entry without a _UID is
 * nobody's. */
static int
read_entry(struct journal_source *s, struct err *err)
{
	struct journal_entry *e = &s->entry;
	struct found found = {0};
	const void *data;
	uint64_t us;
	size_t len;
	int r;

	buf_reset(&e->row);
	buf_reset(&e->note);
	e->uid = (uid_t)-1;
	SD_JOURNAL_FOREACH_DATA(s->journal, data, len)
	take_field(e, &found, data, len);
	r = sd_journal_get_realtime_usec(s->journal, &us);
	if (r < 0)
		return fail(err, r, "read the time of an entry");
	e->at.us = (int64_t)us;
	e->has_row = found.seq && found.leaf && e->row.len > 0;
	if (e->row.failed || e->note.failed)
		return err_set(err, ERR_NOMEM, "journal: out of memory");
	return 0;
}

/* To the head of the entries with this field. */
static int
start(struct journal_source *s, const char *match, struct err *err)
{
	int r;

	sd_journal_flush_matches(s->journal);
	r = sd_journal_add_match(s->journal, match, 0);
	if (r >= 0)
		r = sd_journal_seek_head(s->journal);
	return r < 0 ? fail(err, r, "seek") : 0;
}

static int
start_at_ledger(struct journal_source *s, const struct digest *genesis,
		struct err *err)
{
	char match[MATCH_MAX], hex[DIGEST_HEX_LEN + 1];

	snprintf(match, sizeof(match), "EVIDENCED_LEDGER=%s",
		 digest_hex(genesis, hex));
	return start(s, match, err);
}

static void
count(const struct journal_source *s, struct journal_counts *c)
{
	const struct journal_entry *e = &s->entry;

	if (e->uid != s->uid) {
		c->foreign++;
		c->foreign_uid = e->uid;
		return;
	}
	c->entries++;
	if (c->oldest.us == 0 || e->at.us < c->oldest.us)
		c->oldest = e->at;
	if (e->at.us > c->newest.us)
		c->newest = e->at;
}

/* counts NULL: entries of every uid are given. */
static int
walk(struct journal_source *s, journal_entry_fn *fn, void *ctx,
     struct journal_counts *counts, struct err *err)
{
	int r;

	for (;;) {
		r = sd_journal_next(s->journal);
		if (r < 0)
			return fail(err, r, "read");
		if (r == 0)
			return 0;
		r = read_entry(s, err);
		if (r < 0)
			return r;
		if (counts != NULL)
			count(s, counts);
		if (counts != NULL && s->entry.uid != s->uid)
			continue;
		r = fn(ctx, &s->entry);
		if (r != 0)
			return r < 0 ? r : 0;
	}
}

int
journal_source_geneses(struct journal_source *s, journal_entry_fn *fn,
		       void *ctx, struct err *err)
{
	int r = start(s, "EVIDENCED_KIND=ledger.genesis", err);

	return r < 0 ? r : walk(s, fn, ctx, NULL, err);
}

int
journal_source_each(struct journal_source *s, const struct digest *genesis,
		    journal_entry_fn *fn, void *ctx, struct journal_counts *ret,
		    struct err *err)
{
	struct journal_counts counts = {0};
	int r = start_at_ledger(s, genesis, err);

	if (r == 0)
		r = walk(s, fn, ctx, &counts, err);
	if (r == 0)
		*ret = counts;
	return r;
}

/* The entries of the ledger that have this field, too. */
static int
each_with(struct journal_source *s, const struct digest *genesis,
	  const char *match, journal_entry_fn *fn, void *ctx, struct err *err)
{
	struct journal_counts counts = {0};
	int r = start_at_ledger(s, genesis, err);

	if (r < 0)
		return r;
	r = sd_journal_add_match(s->journal, match, 0);
	if (r < 0)
		return fail(err, r, "seek");
	return walk(s, fn, ctx, &counts, err);
}

int
journal_source_notes(struct journal_source *s, const struct digest *genesis,
		     journal_entry_fn *fn, void *ctx, struct err *err)
{
	return each_with(s, genesis, "MESSAGE_ID=" MIRROR_CHECKPOINT_MESSAGE_ID,
			 fn, ctx, err);
}

int
journal_source_row(struct journal_source *s, const struct digest *genesis,
		   uint64_t seq, journal_entry_fn *fn, void *ctx,
		   struct err *err)
{
	char match[MATCH_MAX];

	snprintf(match, sizeof(match), "EVIDENCED_SEQ=%" PRIu64, seq);
	return each_with(s, genesis, match, fn, ctx, err);
}

int
journal_source_ledgers(struct journal_source *s,
		       int (*fn)(void *ctx, const struct digest *genesis),
		       void *ctx, struct err *err)
{
	struct digest genesis;
	const void *data;
	const char *hex;
	size_t len, n;
	int r;

	r = sd_journal_query_unique(s->journal, "EVIDENCED_LEDGER");
	if (r < 0)
		return fail(err, r, "look for ledgers");
	r = 0;
	SD_JOURNAL_FOREACH_UNIQUE(s->journal, data, len)
	{
		hex = value_of(data, len, "EVIDENCED_LEDGER", &n);
		if (r == 0 && hex != NULL && n == DIGEST_HEX_LEN &&
		    hex_decode(hex, DIGEST_LEN, genesis.bytes) == 0)
			r = fn(ctx, &genesis);
	}
	return r < 0 ? err_set(err, r, "journal: looking for ledgers") : 0;
}
