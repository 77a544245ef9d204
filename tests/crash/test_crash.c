/* The power is cut between any two calls of small lives of a ledger, every
 * legal image is recovered, and recovery is cut as well.
 *
 *   I1  what was acknowledged is there, byte for byte
 *   I2  the rows are a prefix of what was appended, in its order
 *   I3  a pure crash is never taken for damage and never refused
 *   I4  texts stand before the rows that rest on them; the sums of sealed
 *       segments before the rows behind them
 *   I5  recovering twice is recovering once; nothing that was cut is lost
 *
 * What ledger_open() has returned is acknowledged, too.  A process that is
 * killed while the kernel lives is another kind of crash: what it wrote is
 * seen but not durable, and the next process must not rely on it.
 *
 * tests/crash/mutations runs this program against mutants: EVIDENCED_NOSYNC
 * is a pattern of syncs that the disk ignores (or, with EVIDENCED_LATE, does
 * after it has answered), EVIDENCED_TRACE_SYNC tells all syncs, EVIDENCED_FAIL_FAST stops at the first failure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../fakes/leave.h"
#include "../fakes/rig.h"
#include "images.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUBMITTED_MAX = 64, SEGMENT_ROWS = 4, LEAVE_EVERY = 97, LEAVE_MAX = 60 };

/* Depth 0 is the life itself, 1 the recovery of its images, 2 the recovery
 * of images of that. */
enum { DEPTH_MAX = 2 };

static const struct image_budget budgets[DEPTH_MAX] = {{100, 40}, {4, 3}};

/* Of how many images the recovery is cut, too. */
enum { NEST_EVERY = 41 };

static long total_images;
static uint64_t next_seed = 88172645463325252u;
static struct leave *leave;

/* The bytes of the newest segment before recovery. */
struct before {
	char name[64];
	char *bytes;
	size_t len;
	bool durable; /* not only seen */
};

/* A ledger with what is known about it. */
struct world {
	struct rig rig;
	int depth;
	bool opened;
	/* numbers of rows in the order they were appended; 0 = stopped */
	int submitted[SUBMITTED_MAX];
	size_t n_submitted;
	struct before before;
	bool watched; /* cut at each call */
	bool kills;   /* also kill the process at each call */
};

static void on_call(void *ctx, struct simdisk *d);

static void
watch(struct world *w)
{
	if (w->depth < DEPTH_MAX && w->watched)
		simdisk_set_hook(w->rig.disk, on_call, w);
}

static void
submit(struct world *w, int n)
{
	assert_true(w->n_submitted < SUBMITTED_MAX);
	w->submitted[w->n_submitted++] = n;
}

static void
append(struct world *w, int n)
{
	submit(w, n);
	assert_int_equal(rig_append(&w->rig, n), 0);
}

static void
append_blob(struct world *w, int n)
{
	submit(w, n);
	assert_int_equal(rig_append_blob(&w->rig, n), 0);
}

static void
flush(struct world *w)
{
	int r = rig_flush(&w->rig);

	if (r < 0)
		fail_msg("flush: %s", w->rig.err.text);
}

static int
collect(void *ctx, const struct row *row)
{
	rig_ack(ctx, row);
	return 0;
}

/* All rows count as acknowledged from here on. */
static void
acknowledge_all(struct world *w)
{
	while (w->rig.n_acks > 0)
		free(w->rig.acks[--w->rig.n_acks]);
	assert_int_equal(ledger_scan(simdisk_io(w->rig.disk), RIG_DIR, 0,
				     UINT64_MAX, collect, &w->rig, NULL),
			 0);
}

static void
open_world(struct world *w)
{
	int r = rig_open(&w->rig);

	if (r < 0)
		fail_msg("I3: refused: %s", w->rig.err.text);
	if (w->rig.rec.damaged)
		fail_msg("I3: %s", w->rig.rec.words);
	if (w->opened && w->rig.rec.created)
		fail_msg("I1: the ledger is gone");
	w->opened = true;
}

static void
init_world(struct world *w, struct simdisk *disk, const struct world *parent)
{
	*w = (struct world){0};
	rig_init_disk(&w->rig, disk, SEGMENT_ROWS);
	w->rig.min_free_bytes = INT64_MAX / 2;
	simdisk_set_room(disk, 1 << 30);
	w->depth = parent->depth + 1;
	w->opened = parent->opened;
	memcpy(w->submitted, parent->submitted, sizeof(w->submitted));
	w->n_submitted = parent->n_submitted;
	for (size_t i = 0; i < parent->rig.n_acks; i++) {
		w->rig.acks[i] = strdup(parent->rig.acks[i]);
		assert_non_null(w->rig.acks[i]);
	}
	w->rig.n_acks = parent->rig.n_acks;
}

static void
fini_world(struct world *w)
{
	free(w->before.bytes);
	rig_fini(&w->rig);
}

/* ---- the invariants ---- */

struct reading {
	struct world *w;
	size_t acked;	  /* the next that must appear */
	size_t submitted; /* the next that may appear */
};

static void
check_acked(struct reading *r, const struct row *row)
{
	struct rig *rig = &r->w->rig;
	char mark[40];

	if (r->acked == rig->n_acks)
		return;
	snprintf(mark, sizeof(mark), "\"seq\":%llu,",
		 (unsigned long long)row->seq);
	if (strstr(rig->acks[r->acked], mark) == NULL)
		return;
	if (strncmp(rig->acks[r->acked], row->line, row->line_len) != 0)
		fail_msg("I1: acknowledged %s\nbut there is %.*s",
			 rig->acks[r->acked], (int)row->line_len, row->line);
	r->acked++;
}

static void
check_blob(struct reading *r, int n)
{
	char text[RIG_TEXT_MAX], *kept;
	struct digest d = rig_blob_text(n, text);
	struct err err;
	size_t len;

	if (ledger_blob(simdisk_io(r->w->rig.disk), RIG_DIR, &d, &kept, &len,
			&err) < 0)
		fail_msg("I4: row %d without its text: %s", n, err.text);
	free(kept);
}

static void
check_order(struct reading *r, const struct row *row)
{
	char id[32];
	int n;

	if (strcmp(row->kind, "ledger.genesis") == 0 ||
	    strcmp(row->kind, "ledger.recovered") == 0)
		return;
	assert_true(r->submitted < r->w->n_submitted);
	n = r->w->submitted[r->submitted++];
	if (n == 0)
		snprintf(id, sizeof(id), "stopped.1");
	else
		snprintf(id, sizeof(id), "row.%d", n);
	if (strcmp(id, row->id) != 0)
		fail_msg("I2: %s where %s was appended", row->id, id);
	if (memmem(row->body, row->body_len, "text_sha256", 11) != NULL)
		check_blob(r, n);
}

static int
check_row(void *ctx, const struct row *row)
{
	check_acked(ctx, row);
	check_order(ctx, row);
	return 0;
}

static void
check_rows(struct world *w)
{
	struct reading r = {.w = w};
	struct ledger_verdict v;
	struct err err;

	if (ledger_scan(simdisk_io(w->rig.disk), RIG_DIR, 0, UINT64_MAX,
			check_row, &r, &err) < 0)
		fail_msg("scan: %s", err.text);
	if (r.acked < w->rig.n_acks)
		fail_msg("I1: lost %s", w->rig.acks[r.acked]);
	assert_int_equal(
	    ledger_verify(simdisk_io(w->rig.disk), RIG_DIR, 1, &v, NULL), 0);
	if (!v.ok)
		fail_msg("verify: row %d: %s", (int)v.first_bad_seq, v.reason);
	w->n_submitted = r.submitted;
}

/* Rows behind a sealed segment are acknowledged only after its sum is. */
static void
check_sums(struct world *w)
{
	char *sums = simdisk_read(w->rig.disk, rig_path("SHA256SUMS"), NULL);
	size_t sealed = 0;

	if (w->rig.n_acks > 0) {
		const char *seq =
		    strstr(w->rig.acks[w->rig.n_acks - 1], "\"seq\":");

		sealed = (size_t)atol(seq + 6) / SEGMENT_ROWS;
	}
	for (size_t i = 0; i < sealed; i++) {
		char name[40];

		snprintf(name, sizeof(name), "  seg-%012zu.jsonl\n",
			 i * SEGMENT_ROWS);
		if (sums == NULL || strstr(sums, name) == NULL)
			fail_msg("I4: no sum of%s", name);
	}
	free(sums);
}

static void
note_newest(void *ctx, const char *path, mode_t mode, const void *bytes,
	    size_t len)
{
	struct before *b = ctx;
	const char *name = strrchr(path, '/') + 1;

	if (strncmp(name, "seg-", 4) != 0 || strstr(name, ".new") != NULL ||
	    strcmp(name, b->name) <= 0)
		return;
	snprintf(b->name, sizeof(b->name), "%s", name);
	free(b->bytes);
	b->bytes = malloc(len + 1);
	assert_non_null(b->bytes);
	memcpy(b->bytes, bytes, len);
	b->len = len;
}

static void
note_before(struct world *w)
{
	w->before.durable = !simdisk_is_pending(w->rig.disk);
	simdisk_each(w->rig.disk, RIG_DIR, note_newest, &w->before);
}

/* Looks in torn/ for the end of what was there, from `rest` at the latest. */
struct search {
	const struct before *before;
	size_t rest;
	bool found;
};

static void
compare_torn(void *ctx, const char *path, mode_t mode, const void *bytes,
	     size_t len)
{
	struct search *s = ctx;
	const struct before *b = s->before;

	if (len >= b->len - s->rest && len <= b->len &&
	    memcmp(b->bytes + b->len - len, bytes, len) == 0)
		s->found = true;
}

/* Every byte that stood in the segment before a recovery is in the segment
 * or in torn/: while the recovery runs, and ever after. */
static void
check_nothing_lost(struct world *w, const struct before *b)
{
	struct search s = {.before = b};
	size_t len;
	char *now;

	if (b->bytes == NULL)
		return;
	now = simdisk_read(w->rig.disk, rig_path(b->name), &len);
	assert_non_null(now);
	while (s.rest < len && s.rest < b->len &&
	       now[s.rest] == b->bytes[s.rest])
		s.rest++;
	free(now);
	if (s.rest == b->len)
		return;
	simdisk_each(w->rig.disk, rig_path("torn"), compare_torn, &s);
	if (!s.found)
		fail_msg("I5: %zu bytes that were cut are lost",
			 b->len - s.rest);
}

static void
check_again(struct world *w)
{
	uint64_t rows = ledger_durable(w->rig.l);
	struct digest head = *ledger_head(w->rig.l);

	rig_close(&w->rig);
	open_world(w);
	assert_false(w->rig.rec.torn);
	assert_int_equal(ledger_durable(w->rig.l), rows);
	assert_memory_equal(ledger_head(w->rig.l), &head, sizeof(head));
}

static void
go_on(struct world *w)
{
	/* Of the life that was cut, only what was found counts. */
	acknowledge_all(w);
	watch(w);
	append(w, 50 + w->depth);
	flush(w);
	append_blob(w, 60 + w->depth);
	append(w, 70 + w->depth);
	flush(w);
	simdisk_set_hook(w->rig.disk, NULL, NULL);
	check_rows(w);
}

static void
live_on(struct world *w)
{
	note_before(w);
	if (w->opened)
		check_sums(w);
	watch(w);
	open_world(w);
	simdisk_set_hook(w->rig.disk, NULL, NULL);
	check_nothing_lost(w, &w->before);
	check_rows(w);
	if (w->depth == DEPTH_MAX)
		check_again(w);
	go_on(w);
	rig_close(&w->rig);
	assert_int_equal(simdisk_open_count(w->rig.disk), 0);
}

static void
on_image(void *ctx, struct simdisk *image)
{
	const struct world *parent = ctx;
	struct world w;

	total_images++;
	init_world(&w, image, parent);
	if (w.opened && parent->before.durable)
		check_nothing_lost(&w, &parent->before);
	w.watched = total_images % NEST_EVERY == 0;
	live_on(&w);
	if (total_images % LEAVE_EVERY == 0 &&
	    total_images / LEAVE_EVERY < LEAVE_MAX)
		leave_ledger(leave, w.rig.disk, RIG_DIR);
	fini_world(&w);
}

static void
on_call(void *ctx, struct simdisk *d)
{
	struct world *w = ctx, killed;

	images_each(d, &budgets[w->depth], next_seed++, on_image, w);
	if (!w->kills)
		return;
	init_world(&killed, simdisk_kill(d), w);
	killed.watched = true;
	live_on(&killed);
	fini_world(&killed);
}

static void
trace_sync(void *ctx, const char *sync)
{
	printf("SYNC %s\n", sync);
}

static void
begin(struct world *w, bool kills, bool lock)
{
	*w = (struct world){.watched = true, .kills = kills};
	rig_init(&w->rig, SEGMENT_ROWS);
	/* What an unsynced claim may become is asked in one life only: it
	 * would triple the images of every other. */
	if (!lock)
		simdisk_ignore(w->rig.disk, "lock");
	/* No ballast: it has nothing to lose, and a test of its own. */
	w->rig.min_free_bytes = INT64_MAX / 2;
	simdisk_set_nosync(w->rig.disk, getenv("EVIDENCED_NOSYNC"),
			   getenv("EVIDENCED_LATE") != NULL);
	if (getenv("EVIDENCED_TRACE_SYNC") != NULL)
		simdisk_set_trace(w->rig.disk, trace_sync, NULL);
	watch(w);
}

static void
end(struct world *w)
{
	on_call(w, w->rig.disk);
	simdisk_set_hook(w->rig.disk, NULL, NULL);
	check_rows(w);
	fini_world(w);
}

/* ---- the lives ---- */

static void
live(struct world *w)
{
	open_world(w);
	acknowledge_all(w);
	append(w, 1);
	flush(w);
	append_blob(w, 2);
	append(w, 3);
	flush(w);
	append(w, 4);
	append(w, 5);
	flush(w);
	append_blob(w, 6);
	flush(w);
	submit(w, 0);
	rig_stop(&w->rig, 1);
	open_world(w);
	append(w, 7);
	append(w, 8);
	flush(w);
	/* without a stop */
	rig_close(&w->rig);
	open_world(w);
	acknowledge_all(w);
	append(w, 9);
	flush(w);
}

static void
test_power_cut(void **state)
{
	struct world w;

	begin(&w, false, false);
	live(&w);
	end(&w);
}

static void
test_kill_then_power_cut(void **state)
{
	struct world w;

	begin(&w, true, false);
	/* Power cuts of this life were the test before. */
	w.depth = 1;
	live(&w);
	end(&w);
}

/* The last row before a clean stop fills its segment. */
static void
test_stop_at_segment_end(void **state)
{
	struct world w;

	begin(&w, true, true);
	open_world(&w);
	acknowledge_all(&w);
	append(&w, 1);
	append(&w, 2);
	flush(&w);
	submit(&w, 0);
	rig_stop(&w.rig, 1);
	open_world(&w);
	append(&w, 3);
	flush(&w);
	end(&w);
}

/* Recovery of a torn tail, cut at each of its calls. */
static void
test_torn(void **state)
{
	static const char junk[] = "{\"at\":\"2026-07-03T00:00";
	struct world w;
	char *seg;
	size_t len;

	begin(&w, false, false);
	simdisk_set_hook(w.rig.disk, NULL, NULL);
	open_world(&w);
	append(&w, 1);
	append(&w, 2);
	flush(&w);
	acknowledge_all(&w);
	rig_close(&w.rig);
	seg =
	    simdisk_read(w.rig.disk, rig_path("seg-000000000000.jsonl"), &len);
	seg = realloc(seg, len + sizeof(junk));
	assert_non_null(seg);
	memcpy(seg + len, junk, sizeof(junk));
	simdisk_write(w.rig.disk, rig_path("seg-000000000000.jsonl"), seg,
		      len + sizeof(junk));
	free(seg);
	note_before(&w);
	watch(&w);
	open_world(&w);
	assert_true(w.rig.rec.torn);
	acknowledge_all(&w);
	append(&w, 3);
	flush(&w);
	end(&w);
}

/* SHA256SUMS is lost and made again at start. */
static void
test_sums_again(void **state)
{
	struct world w;
	char *sums;

	begin(&w, false, false);
	simdisk_set_hook(w.rig.disk, NULL, NULL);
	open_world(&w);
	for (int i = 1; i <= 9; i++)
		append(&w, i);
	flush(&w);
	submit(&w, 0);
	rig_stop(&w.rig, 1);
	sums = simdisk_read(w.rig.disk, rig_path("SHA256SUMS"), NULL);
	simdisk_write(w.rig.disk, rig_path("SHA256SUMS"), sums, 89 + 20);
	free(sums);
	acknowledge_all(&w);
	open_world(&w);
	watch(&w);
	append(&w, 10);
	flush(&w);
	end(&w);
}

/* Writes that fail are taken back; what was cut may come back in a crash. */
static void
test_failed_writes(void **state)
{
	struct world w;

	begin(&w, false, false);
	open_world(&w);
	acknowledge_all(&w);
	append(&w, 1);
	append(&w, 2);
	simdisk_fail(w.rig.disk, 1, EIO, SIMDISK_LATE, false);
	assert_int_equal(rig_flush(&w.rig), ERR_IO);
	append_blob(&w, 3);
	simdisk_set_room(w.rig.disk, 0);
	assert_int_equal(rig_flush(&w.rig), ERR_FULL);
	simdisk_set_room(w.rig.disk, 1 << 30);
	flush(&w);
	append(&w, 4);
	flush(&w);
	end(&w);
}

/* A sync fails, the process ends, the next one recovers: what the kernel
 * still shows of the batch is not on the disk. */
static void
test_failed_sync(void **state)
{
	struct world w;
	struct simdisk *disk;

	begin(&w, false, false);
	open_world(&w);
	acknowledge_all(&w);
	append(&w, 1);
	simdisk_set_hook(w.rig.disk, NULL, NULL);
	simdisk_fail(w.rig.disk, 2, EIO, SIMDISK_FAIL, false);
	assert_int_equal(rig_flush(&w.rig), ERR_POISONED);
	rig_close(&w.rig);
	disk = simdisk_kill(w.rig.disk);
	simdisk_free(w.rig.disk);
	w.rig.disk = disk;
	open_world(&w);
	check_rows(&w);
	acknowledge_all(&w);
	watch(&w);
	append(&w, 2);
	flush(&w);
	end(&w);
}

static int
run(const struct CMUnitTest *tests, size_t n)
{
	bool stop = getenv("EVIDENCED_FAIL_FAST") != NULL;
	int failed = 0;

	for (size_t i = 0; i < n && !(stop && failed > 0); i++) {
		const struct CMUnitTest one[] = {tests[i]};

		failed +=
		    cmocka_run_group_tests_name(tests[i].name, one, NULL, NULL);
	}
	return failed;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_torn),
	    cmocka_unit_test(test_sums_again),
	    cmocka_unit_test(test_failed_writes),
	    cmocka_unit_test(test_failed_sync),
	    cmocka_unit_test(test_stop_at_segment_end),
	    cmocka_unit_test(test_power_cut),
	    cmocka_unit_test(test_kill_then_power_cut),
	};
	int failed, judged;

	setvbuf(stdout, NULL, _IOLBF, 0);
	leave = leave_new();
	failed = run(tests, sizeof(tests) / sizeof(tests[0]));
	judged = leave_judge(leave);
	printf("%ld images recovered; %d ledgers judged by ledger-check\n",
	       total_images, judged);
	return failed > 0 || judged < 0;
}
