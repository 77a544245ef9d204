/* A user other than the daemon's can send rows 0 of ledgers as well as any
 * other entry; they are named, never taken. */
#include "cli/kept.h"
#include "io/owner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { UID_MOST = 0x7fffffff, GENESIS_DIGITS_MIN = 8, TAIL_LEDGERS = 64 };

const char *
kept_name(const struct session *s)
{
	const char *directory = s->args->value[OPTION_DIRECTORY];

	return directory == NULL ? "the journal" : directory;
}

int
kept_open(struct session *s, const char *folder,
	  struct journal_source **ret_source, uid_t *ret_uid)
{
	const char *directory = s->args->value[OPTION_DIRECTORY];
	struct err err;
	int n = 0, r;
	uid_t uid;

	r = arguments_number(s->args, OPTION_UID, 0, UID_MOST, -1, &n, &err);
	uid = (uid_t)n;
	if (r == 0 && !arguments_has(s->args, OPTION_UID))
		r = owner_of(folder, &uid, &err);
	if (r == 0)
		r = journal_source_open(directory, uid, ret_source, &err);
	if (r < 0)
		return session_fail_err(s, &err);
	*ret_uid = uid;
	return 0;
}

/* The rows 0 that are there. */
struct search {
	const char *genesis; /* first digits, or NULL */
	uid_t uid;
	struct kept_ledger *found;
	size_t n;
	bool foreign; /* one of another user, too */
	uid_t foreign_uid;
	char foreign_genesis[DIGEST_HEX_LEN + 1];
};

static bool
is_wanted(const struct search *search, const struct identity *id)
{
	char hex[DIGEST_HEX_LEN + 1];

	return search->genesis == NULL ||
	       strncmp(digest_hex(&id->genesis, hex), search->genesis,
		       strlen(search->genesis)) == 0;
}

static bool
is_found(const struct search *search, const struct identity *id)
{
	for (size_t i = 0; i < search->n; i++) {
		if (digest_equal(&search->found[i].id.genesis, &id->genesis))
			return true;
	}
	return false;
}

static int
note_genesis(void *ctx, const struct journal_entry *e)
{
	struct kept_ledger ledger = {0}, *found;
	struct search *search = ctx;

	if (identity_of_genesis(buf_text(&e->row), e->row.len, &ledger.id,
				NULL) < 0 ||
	    !is_wanted(search, &ledger.id) || is_found(search, &ledger.id))
		return 0;
	if (e->uid != search->uid) {
		search->foreign = true;
		search->foreign_uid = e->uid;
		digest_hex(&ledger.id.genesis, search->foreign_genesis);
		return 0;
	}
	found = reallocarray(search->found, search->n + 1, sizeof(*found));
	if (found == NULL)
		return ERR_NOMEM;
	search->found = found;
	buf_add(&ledger.line, e->row.data, e->row.len);
	found[search->n++] = ledger;
	return ledger.line.failed ? ERR_NOMEM : 0;
}

/* Rows of a ledger whose row 0 is not there. */
struct tail {
	const struct search *search;
	struct digest genesis[TAIL_LEDGERS];
	size_t n;
	uint64_t first, last; /* of one of them */
	bool any;
};

static int
note_ledger(void *ctx, const struct digest *genesis)
{
	const struct identity id = {.genesis = *genesis};
	struct tail *t = ctx;

	if (t->n < TAIL_LEDGERS && is_wanted(t->search, &id))
		t->genesis[t->n++] = *genesis;
	return 0;
}

static int
note_row(void *ctx, const struct journal_entry *e)
{
	struct tail *t = ctx;

	if (!e->has_row)
		return 0;
	if (!t->any || e->seq < t->first)
		t->first = e->seq;
	if (!t->any || e->seq > t->last)
		t->last = e->seq;
	t->any = true;
	return 0;
}

/* The rows that are there of the first ledger of our uid.  False: none. */
static bool
find_tail(struct journal_source *source, const struct search *search,
	  struct tail *t, struct digest *ret)
{
	struct journal_counts counts;

	*t = (struct tail){.search = search};
	if (journal_source_ledgers(source, note_ledger, t, NULL) < 0)
		return false;
	for (size_t i = 0; !t->any && i < t->n; i++) {
		*ret = t->genesis[i];
		if (journal_source_each(source, ret, note_row, t, &counts,
					NULL) < 0)
			return false;
	}
	return t->any;
}

/* Without row 0 nothing can be begun; but a backup can be gone on with. */
static int
say_tail(struct session *s, const struct tail *t, const struct digest *genesis)
{
	char hex[DIGEST_HEX_LEN + 1];

	return session_fail(
	    s, CTL_NO_OBJECT,
	    "%s holds rows %" PRIu64 " to %" PRIu64
	    " of ledger %.16s, but rows 0 to %" PRIu64
	    " are not there any more, and a ledger cannot be begun without "
	    "row 0: put the newest backup in its place and run evidencectl "
	    "repair, which adds these rows, or name a journal that reaches "
	    "further back with --directory",
	    kept_name(s), t->first, t->last, digest_hex(genesis, hex),
	    t->first - 1);
}

static int
say_none(struct session *s, struct journal_source *source,
	 const struct search *search)
{
	struct digest genesis;
	struct tail tail;

	if (!search->foreign && find_tail(source, search, &tail, &genesis) &&
	    tail.first > 0)
		return say_tail(s, &tail, &genesis);

	if (search->foreign)
		return session_fail(
		    s, CTL_NO_OBJECT,
		    "%s: row 0 of no ledger comes from uid %ju; that of %.16s "
		    "comes from uid %ju: if that is the daemon's, say --uid "
		    "%ju",
		    kept_name(s), (uintmax_t)search->uid,
		    search->foreign_genesis, (uintmax_t)search->foreign_uid,
		    (uintmax_t)search->foreign_uid);
	return session_fail(
	    s, CTL_NO_OBJECT,
	    "%s: row 0 of %s is not there (from uid %ju); a ledger cannot be "
	    "begun without it: name a journal that reaches further back with "
	    "--directory, or put a backup in place and run evidencectl "
	    "repair; the local journal is read by root and the group "
	    "systemd-journal",
	    kept_name(s),
	    search->genesis == NULL ? "a ledger" : search->genesis,
	    (uintmax_t)search->uid);
}

static int
say_several(struct session *s, const struct search *search)
{
	static const struct column columns[] = {{"genesis", "genesis", 0},
						{"origin", "origin", 0}};
	char hex[DIGEST_HEX_LEN + 1];

	writer_table(&s->writer, "ledger", columns, 2);
	for (size_t i = 0; i < search->n; i++) {
		digest_hex(&search->found[i].id.genesis, hex);
		if (s->writer.format == WRITER_TEXT)
			hex[2 * GENESIS_DIGITS_MIN] = '\0';
		writer_text(&s->writer, hex);
		writer_text(&s->writer, search->found[i].id.origin);
	}
	writer_close(&s->writer);
	return session_fail(s, CTL_USAGE,
			    "%s holds %zu ledgers: choose one with --genesis",
			    kept_name(s), search->n);
}

static int
check_genesis_option(struct session *s)
{
	const char *text = s->args->value[OPTION_GENESIS];

	if (text == NULL || (strlen(text) >= GENESIS_DIGITS_MIN &&
			     text[strspn(text, "0123456789abcdef")] == '\0'))
		return 0;
	return session_fail(s, CTL_USAGE,
			    "--genesis %s: at least %d hexadecimal digits of "
			    "the leaf of row 0 are expected",
			    text, GENESIS_DIGITS_MIN);
}

int
kept_find(struct session *s, struct journal_source *source, uid_t uid,
	  struct kept_ledger *ret)
{
	struct search search = {.genesis = s->args->value[OPTION_GENESIS],
				.uid = uid};
	struct err err = {.code = ERR_NOMEM, .text = "no memory"};
	int r = check_genesis_option(s);

	if (r != 0)
		return r;
	if (journal_source_geneses(source, note_genesis, &search, &err) < 0)
		r = session_fail_err(s, &err);
	else if (search.n == 0)
		r = say_none(s, source, &search);
	else if (search.n > 1)
		r = say_several(s, &search);
	else
		*ret = search.found[0];
	for (size_t i = 0; r != 0 && i < search.n; i++)
		buf_free(&search.found[i].line);
	free(search.found);
	return r;
}
