/* What one look finds beside a given page of the journal: which entries are
 * those of rows, and which rows have expired. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../fakes/rig.h"
#include "io/mirror_look.h"

#include <stdlib.h>

#define SEGMENT "seg-000000000000.jsonl"

enum { ROWS = 6, LONG_AGO = -3600 /* seconds */ };

/* The journal: what the next look reads. */
static struct journal_page journal;

int
journal_follow_read(const struct journal_follow *follow, const char *cursor,
		    struct journal_page *ret_page, struct err *err)
{
	*ret_page = journal;
	ret_page->entry = calloc(ROWS, sizeof(*ret_page->entry));
	assert_non_null(ret_page->entry);
	for (size_t i = 0; i < journal.n; i++)
		ret_page->entry[i] = journal.entry[i];
	return 0;
}

void
journal_page_free(struct journal_page *page)
{
	free(page->entry);
	*page = (struct journal_page){0};
}

static int
keep_row(void *ctx, const struct row *row)
{
	struct journal_follow_entry *entry = ctx;

	entry[row->seq] = (struct journal_follow_entry){row->seq, row->leaf};
	journal.oldest = row->at; /* of the newest row */
	return 0;
}

struct scene {
	struct rig rig;
	struct journal_follow_entry entries[ROWS];
	struct wall_time newest_at;
	_Atomic uint64_t durable;
	_Atomic bool stop;
	struct mirror_look look;
};

static void
begin(struct scene *s)
{
	*s = (struct scene){.durable = ROWS};
	rig_init(&s->rig, 4);
	assert_int_equal(rig_open(&s->rig), 0);
	for (int n = 1; n < ROWS; n++)
		assert_int_equal(rig_append(&s->rig, n), 0);
	assert_int_equal(rig_flush(&s->rig), 0);
	journal = (struct journal_page){0};
	assert_int_equal(ledger_scan(simdisk_io(s->rig.disk), RIG_DIR, 0, ROWS,
				     keep_row, s->entries, NULL),
			 0);
	s->newest_at = journal.oldest;
	s->look = (struct mirror_look){.disk = simdisk_io(s->rig.disk),
				       .ledger_dir = RIG_DIR,
				       .durable = &s->durable,
				       .stop = &s->stop};
}

static void
end(struct scene *s)
{
	mirror_look_free(&s->look);
	rig_fini(&s->rig);
}

static void
look(struct scene *s, uint64_t confirmed, uint64_t overdue)
{
	mirror_look_free(&s->look);
	s->look.confirmed = confirmed;
	s->look.overdue = overdue;
	mirror_look_run(&s->look);
	assert_int_equal(s->look.result, 0);
}

static void
test_entries(void **state)
{
	struct scene s;

	begin(&s);
	journal.entry = (struct journal_follow_entry[]){
	    s.entries[4], s.entries[2], {ROWS, s.entries[2].leaf}, {3, {{1}}}};
	journal.n = 4;
	look(&s, 0, 0);
	assert_int_equal(s.look.page.entry[0].seq, 2);
	assert_int_equal(s.look.verdict[0], MIRROR_SEEN);
	assert_int_equal(s.look.verdict[1], MIRROR_CONFLICT);
	assert_int_equal(s.look.verdict[2], MIRROR_SEEN);
	assert_int_equal(s.look.verdict[3], MIRROR_CONFLICT);
	end(&s);
}

/* Where a look ended, the next one goes on: the rows before it are not read,
 * so that it does not matter what became of them. */
static void
test_goes_on(void **state)
{
	struct scene s;
	size_t len;
	char *text;

	begin(&s);
	journal.entry = &s.entries[1];
	journal.n = 1;
	look(&s, 0, 0);
	text = simdisk_read(s.rig.disk, rig_path(SEGMENT), &len);
	assert_non_null(text);
	text[0] = 'x';
	simdisk_chmod(s.rig.disk, rig_path(SEGMENT), 0640);
	simdisk_write(s.rig.disk, rig_path(SEGMENT), text, len);
	free(text);
	journal.entry = &s.entries[2];
	journal.n = 3;
	look(&s, 0, 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(s.look.verdict[i], MIRROR_SEEN);
	/* One that came again is looked for from the front. */
	journal.entry = &s.entries[2];
	journal.n = 1;
	look(&s, 0, 0);
	assert_int_equal(s.look.verdict[0], MIRROR_UNKNOWN);
	end(&s);
}

/* oldest: seconds between the newest row and the oldest entry */
static const struct {
	const char *name;
	bool empty;
	int64_t oldest_s;
	uint64_t confirmed, overdue, expired_to;
} expired[] = {
    {"the journal reaches back", false, LONG_AGO, 1, ROWS, 1},
    {"all are older", false, 1, 1, ROWS, ROWS},
    {"row 0 is older", false, 0, 0, ROWS, 1},
    {"an empty journal tells nothing", true, 1, 1, ROWS, 1},
    /* Whatever the journal lost: its oldest entry may be that of the very
     * row, or of one that overtook it. */
    {"rows that are being sent have not expired", false, 1, 1, 1, 1},
    {"nor have those behind the ones that did", false, 1, 1, 4, 4},
    {"what was confirmed meanwhile", false, 1, 4, 2, 4},
};

static void
test_expired(void **state)
{
	for (size_t i = 0; i < sizeof(expired) / sizeof(expired[0]); i++) {
		struct scene s;

		begin(&s);
		journal.has_oldest = !expired[i].empty;
		journal.oldest = (struct wall_time){
		    s.newest_at.us + expired[i].oldest_s * USEC_PER_SEC};
		look(&s, expired[i].confirmed, expired[i].overdue);
		if (s.look.expired_to != expired[i].expired_to)
			fail_msg("%s: before row %d", expired[i].name,
				 (int)s.look.expired_to);
		/* Not before the last page: the next one may tell of them. */
		journal.more = true;
		look(&s, expired[i].confirmed, expired[i].overdue);
		assert_int_equal(s.look.expired_to, expired[i].confirmed);
		end(&s);
	}
}

/* The next one that is waited for was read. */
static void
test_seen_is_not_expired(void **state)
{
	struct scene s;

	begin(&s);
	journal.has_oldest = true;
	journal.oldest = (struct wall_time){s.newest_at.us + 1};
	journal.entry = &s.entries[2];
	journal.n = 1;
	look(&s, 2, ROWS);
	assert_int_equal(s.look.expired_to, 2);
	end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_entries),
	    cmocka_unit_test(test_goes_on),
	    cmocka_unit_test(test_expired),
	    cmocka_unit_test(test_seen_is_not_expired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
