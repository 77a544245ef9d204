/* Entries are read from the tail backwards, filtered by the journal's own
 * index (ledger and _UID): what a start wants to know lies at the end.  The
 * search for a range stops when it has gone well past it; rows may stand a
 * little out of order, because alerts overtake rows. */
#include "io/journal_reader.h"

#include "io/journal_entry.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MATCH_MAX = 128, DATA_THRESHOLD = 256 };

struct journal_reader {
	sd_journal *journal;
	char match_ledger[MATCH_MAX];
	char match_uid[MATCH_MAX];
};

static int
fail(struct err *err, int r, const char *what)
{
	return err_set_errno(err, r == -ENOMEM ? ERR_NOMEM : ERR_IO, -r,
			     "journal: %s", what);
}

int
journal_reader_open(const char *directory, uid_t uid,
		    const struct digest *genesis,
		    struct journal_reader **ret_reader, struct err *err)
{
	struct journal_reader *r = calloc(1, sizeof(*r));
	char hex[DIGEST_HEX_LEN + 1];
	int result;

	if (r == NULL)
		return err_set(err, ERR_NOMEM, "journal: out of memory");
	snprintf(r->match_ledger, sizeof(r->match_ledger),
		 "EVIDENCED_LEDGER=%s", digest_hex(genesis, hex));
	snprintf(r->match_uid, sizeof(r->match_uid), "_UID=%ju",
		 (uintmax_t)uid);
	result = directory != NULL
		     ? sd_journal_open_directory(&r->journal, directory, 0)
		     : sd_journal_open(&r->journal, SD_JOURNAL_LOCAL_ONLY);
	if (result < 0) {
		free(r);
		return result == -ENOENT ? err_set(err, ERR_NOT_FOUND,
						   "journal: there is none")
					 : fail(err, result, "open");
	}
	sd_journal_set_data_threshold(r->journal, DATA_THRESHOLD);
	*ret_reader = r;
	return 0;
}

void
journal_reader_close(struct journal_reader *r)
{
	if (r == NULL)
		return;
	sd_journal_close(r->journal);
	free(r);
}

/* Behind the last of our entries. */
static int
start_at_tail(struct journal_reader *r, struct err *err)
{
	int result;

	sd_journal_flush_matches(r->journal);
	result = sd_journal_add_match(r->journal, r->match_ledger, 0);
	if (result >= 0)
		result = sd_journal_add_match(r->journal, r->match_uid, 0);
	if (result >= 0)
		result = sd_journal_seek_tail(r->journal);
	return result < 0 ? fail(err, result, "seek") : 0;
}

int
journal_reader_newest(struct journal_reader *r, struct journal_newest *ret,
		      struct err *err)
{
	struct journal_newest newest = {.seq = 0};
	struct digest leaf;
	uint64_t seq;
	bool any = false;
	int i, result = start_at_tail(r, err);

	if (result < 0)
		return result;
	for (i = 0; i < JOURNAL_TAIL_ENTRIES; i++) {
		result = sd_journal_previous(r->journal);
		if (result < 0)
			return fail(err, result, "read");
		if (result == 0)
			break;
		if (!journal_entry_seq(r->journal, &seq))
			continue;
		if (!any || seq > newest.seq) {
			newest.seq = seq;
			newest.leaf_known =
			    journal_entry_leaf(r->journal, &newest.leaf);
		} else if (seq == newest.seq &&
			   (!journal_entry_leaf(r->journal, &leaf) ||
			    !digest_equal(&leaf, &newest.leaf))) {
			newest.leaf_known = false;
		}
		any = true;
	}
	if (!any)
		return err_set(err, ERR_NOT_FOUND,
			       "journal: no entry of this ledger");
	*ret = newest;
	return 0;
}

int
journal_reader_oldest(struct journal_reader *r, struct wall_time *ret_time,
		      struct err *err)
{
	uint64_t us;
	int result;

	sd_journal_flush_matches(r->journal);
	result = sd_journal_seek_head(r->journal);
	if (result >= 0)
		result = sd_journal_next(r->journal);
	if (result == 0)
		return err_set(err, ERR_NOT_FOUND, "journal: it is empty");
	if (result > 0)
		result = sd_journal_get_realtime_usec(r->journal, &us);
	if (result < 0)
		return fail(err, result, "read its first entry");
	ret_time->us = (int64_t)us;
	return 0;
}

static void
see(struct journal_seen *seen, uint64_t seq, const struct digest *leaf)
{
	struct journal_seen_row *row = &seen->row[seq - seen->from];

	if (row->present) {
		row->several |= !digest_equal(&row->leaf, leaf);
		return;
	}
	row->present = true;
	row->leaf = *leaf;
}

/* Walks backwards until the range is passed. */
static int
see_range(struct journal_reader *r, uint64_t to, struct journal_seen *seen,
	  struct err *err)
{
	int older = 0, result, read;
	struct digest leaf;
	uint64_t seq;

	for (read = 0; older < JOURNAL_SLACK_ENTRIES; read++) {
		if (read == JOURNAL_ENTRIES_MAX)
			return err_set(
			    err, ERR_LIMIT,
			    "journal: the rows asked for lie more than %d "
			    "entries back",
			    JOURNAL_ENTRIES_MAX);
		result = sd_journal_previous(r->journal);
		if (result < 0)
			return fail(err, result, "read");
		if (result == 0)
			break;
		if (!journal_entry_seq(r->journal, &seq) || seq > to)
			continue;
		if (seq < seen->from) {
			older++;
			continue;
		}
		older = 0;
		if (journal_entry_leaf(r->journal, &leaf))
			see(seen, seq, &leaf);
	}
	return 0;
}

int
journal_reader_seen(struct journal_reader *r, uint64_t from, uint64_t to,
		    struct journal_seen *ret_seen, struct err *err)
{
	struct journal_seen seen = {.from = from};
	int result;

	if (to < from || to - from >= JOURNAL_RANGE_MAX)
		return err_set(err, ERR_LIMIT,
			       "journal: more than %d rows asked for",
			       JOURNAL_RANGE_MAX);
	seen.n = (size_t)(to - from) + 1;
	seen.row = calloc(seen.n, sizeof(seen.row[0]));
	if (seen.row == NULL)
		return err_set(err, ERR_NOMEM, "journal: out of memory");
	result = start_at_tail(r, err);
	if (result == 0)
		result = see_range(r, to, &seen, err);
	if (result < 0) {
		journal_seen_free(&seen);
		return result;
	}
	*ret_seen = seen;
	return 0;
}

void
journal_seen_free(struct journal_seen *seen)
{
	free(seen->row);
	*seen = (struct journal_seen){0};
}

enum journal_presence
journal_seen_row(const struct journal_seen *seen, uint64_t seq,
		 const struct digest *leaf)
{
	const struct journal_seen_row *row;

	if (seq < seen->from || seq - seen->from >= seen->n)
		return JOURNAL_ABSENT;
	row = &seen->row[seq - seen->from];
	if (!row->present)
		return JOURNAL_ABSENT;
	return !row->several && digest_equal(&row->leaf, leaf)
		   ? JOURNAL_PRESENT
		   : JOURNAL_CONTRADICTS;
}
