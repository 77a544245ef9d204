/* How far back the journal holds own rows, as one page after another tells it.
 * The journal is a list of entries that grows at its end and loses entries
 * from its front, behind the calls of libsystemd that are used here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/journal_follow.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>

enum {
	ENTRIES_MAX = 400,
	FIRST_ONES = 64, /* that tell the reach */
	NO_ROW = -1,
	OUR_UID = 7
};

struct sd_journal {
	int at;	  /* the next one is read */
	bool own; /* only what is ours */
	char text[160];
};

static struct {
	int64_t row[ENTRIES_MAX];
	bool forged[ENTRIES_MAX];
	int gone, n;
	int read; /* entries that somebody stood on */
} journal;

int
sd_journal_open(sd_journal **ret, int flags)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret == NULL ? -1 : 0;
}

int
sd_journal_open_directory(sd_journal **ret, const char *path, int flags)
{
	return sd_journal_open(ret, flags);
}

void
sd_journal_close(sd_journal *j)
{
	free(j);
}

int
sd_journal_set_data_threshold(sd_journal *j, size_t size)
{
	return 0;
}

void
sd_journal_flush_matches(sd_journal *j)
{
	j->own = false;
}

int
sd_journal_add_match(sd_journal *j, const void *data, size_t size)
{
	if (strncmp(data, "_UID=", 5) == 0)
		j->own = true;
	return 0;
}

int
sd_journal_seek_head(sd_journal *j)
{
	j->at = journal.gone;
	return 0;
}

/* A cursor is the number of the entry. */
int
sd_journal_seek_cursor(sd_journal *j, const char *cursor)
{
	int n = (int)strtol(cursor, NULL, 10);

	j->at = n < journal.gone ? journal.gone : n;
	return 0;
}

int
sd_journal_test_cursor(sd_journal *j, const char *cursor)
{
	return j->at - 1 == (int)strtol(cursor, NULL, 10);
}

int
sd_journal_get_cursor(sd_journal *j, char **ret)
{
	return asprintf(ret, "%d", j->at - 1) < 0 ? -1 : 0;
}

int
sd_journal_next(sd_journal *j)
{
	while (j->own && j->at < journal.n && journal.forged[j->at])
		j->at++;
	if (j->at >= journal.n)
		return 0;
	j->at++;
	journal.read++;
	return 1;
}

int
sd_journal_get_realtime_usec(sd_journal *j, uint64_t *ret)
{
	*ret = (uint64_t)j->at;
	return 0;
}

int
sd_journal_get_data(sd_journal *j, const char *field, const void **data,
		    size_t *len)
{
	int i = j->at - 1;

	if (strcmp(field, "_UID") == 0)
		snprintf(j->text, sizeof(j->text), "_UID=%d",
			 OUR_UID + journal.forged[i]);
	else if (journal.row[i] == NO_ROW)
		return -ENOENT;
	else if (strcmp(field, "EVIDENCED_SEQ") == 0)
		snprintf(j->text, sizeof(j->text), "EVIDENCED_SEQ=%" PRId64,
			 journal.row[i]);
	else
		snprintf(j->text, sizeof(j->text), "EVIDENCED_LEAF=%064d", 0);
	*data = j->text;
	*len = strlen(j->text);
	return 0;
}

static void
add(int64_t row)
{
	assert_true(journal.n < ENTRIES_MAX);
	journal.row[journal.n++] = row;
}

static void
add_rows(int64_t from, int64_t to)
{
	for (int64_t row = from; row < to; row++)
		add(row);
}

struct follower {
	struct journal_follow follow;
	char cursor[MIRROR_CURSOR_MAX + 1];
};

static struct follower
begin(void)
{
	memset(&journal, 0, sizeof(journal));
	return (struct follower){.follow.uid = OUR_UID};
}

/* The next page, whose reach goes into the one after it. */
static void
follow(struct follower *f)
{
	struct journal_page page;
	struct err err;

	if (journal_follow_read(&f->follow, f->cursor, &page, &err) < 0)
		fail_msg("%s", err.text);
	assert_false(page.more);
	memcpy(f->cursor, page.cursor, sizeof(f->cursor));
	f->follow.reach = page.reach;
	journal_page_free(&page);
}

static void
assert_reach(struct follower *f, uint64_t oldest)
{
	follow(f);
	assert_true(f->follow.reach.any);
	assert_int_equal(f->follow.reach.oldest, oldest);
}

static void
test_none(void **state)
{
	struct follower f = begin();

	follow(&f);
	assert_false(f.follow.reach.any);
	add(NO_ROW);
	add(5);
	journal.forged[1] = true;
	follow(&f);
	assert_false(f.follow.reach.any);
	add(9);
	assert_reach(&f, 9);
	journal.gone = journal.n;
	follow(&f);
	assert_false(f.follow.reach.any);
}

/* Rows overtake one another: while the first ones are few, those that come
 * count, too. */
static void
test_few(void **state)
{
	struct follower f = begin();

	add(NO_ROW);
	add(12);
	assert_reach(&f, 12);
	add(10);
	assert_reach(&f, 10);
	add_rows(13, 13 + FIRST_ONES - 4);
	add(11);
	assert_reach(&f, 10);
}

/* What came behind the first ones is a row that was sent again. */
static void
test_many(void **state)
{
	struct follower f = begin();

	add(11);
	add(10);
	add_rows(12, 200);
	add(3);
	assert_reach(&f, 10);
	assert_reach(&f, 10);
}

/* Entries go from the front, one at a time or all but the newest. */
static void
test_vacuum(void **state)
{
	struct follower f = begin();

	add(NO_ROW);
	add(11);
	add(10);
	add_rows(12, 200);
	assert_reach(&f, 10);
	journal.gone = 1; /* no row */
	assert_reach(&f, 10);
	journal.gone = 2;
	assert_reach(&f, 10);
	journal.gone = 3;
	assert_reach(&f, 12);
	journal.gone = 100;
	assert_reach(&f, 109);
	journal.gone = journal.n - 1;
	assert_reach(&f, 199);
	/* And those are few again. */
	add(198);
	assert_reach(&f, 198);
}

/* The first ones are read once. */
static void
test_read_once(void **state)
{
	struct follower f = begin();

	add_rows(10, 200);
	assert_reach(&f, 10);
	journal.read = 0;
	assert_reach(&f, 10);
	assert_in_range(journal.read, 1, FIRST_ONES - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_none),      cmocka_unit_test(test_few),
	    cmocka_unit_test(test_many),      cmocka_unit_test(test_vacuum),
	    cmocka_unit_test(test_read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
