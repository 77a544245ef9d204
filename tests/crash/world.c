/* Worlds nest: an image is a world of its own, one level deeper, which knows
 * what its parent had submitted and acknowledged when it was cut.  At the
 * deepest level nothing is cut any more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "images.h"
#include "readers.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAVE_EVERY = 97, LEAVE_MAX = 60, SIGNATURES_EVERY = 8 };

/* Depth 0 is the life itself, 1 the recovery of its images, 2 the recovery
 * of images of that. */
enum { DEPTH_MAX = 2 };

static const struct effort {
	struct image_budget budgets[DEPTH_MAX];
	int nest_every; /* of how many images the recovery is cut, too */
	long wanted;	/* images */
} efforts[] = {{{{7, 4}, {4, 3}}, 41, 20000},
	       {{{90, 60}, {6, 6}}, 31, 200000}}; /* --long */

static const struct effort *
effort(void)
{
	return &efforts[getenv("EVIDENCED_LONG") != NULL];
}

static long total_images; /* of the whole run */
static uint64_t next_seed = 88172645463325252u;

static void on_call(void *ctx, struct simdisk *d);

void
world_watch(struct world *w)
{
	if (w->depth < DEPTH_MAX && w->watched)
		simdisk_set_hook(w->rig.disk, on_call, w);
}

void
world_submit(struct world *w, int n)
{
	assert_true(w->n_submitted < SUBMITTED_MAX);
	w->submitted[w->n_submitted++] = n;
}

void
world_append(struct world *w, int n)
{
	world_submit(w, n);
	assert_int_equal(rig_append(&w->rig, n), 0);
}

void
world_append_blob(struct world *w, int n)
{
	world_submit(w, n);
	assert_int_equal(rig_append_blob(&w->rig, n), 0);
}

void
world_flush(struct world *w)
{
	int r = rig_flush(&w->rig);

	if (r < 0)
		fail_msg("flush: %s", w->rig.err.text);
	w->published = ledger_checkpoint(w->rig.l, NULL);
}

void
world_sign(struct world *w)
{
	world_flush(w);
	ledger_want_checkpoint(w->rig.l);
	world_flush(w);
	assert_int_equal(w->published, ledger_durable(w->rig.l));
	readers_check_log(w->rig.disk);
}

static int
collect(void *ctx, const struct row *row)
{
	rig_ack(ctx, row);
	return 0;
}

/* All rows count as acknowledged from here on. */
void
world_acknowledge_all(struct world *w)
{
	while (w->rig.n_acks > 0)
		free(w->rig.acks[--w->rig.n_acks]);
	assert_int_equal(ledger_scan(simdisk_io(w->rig.disk), RIG_DIR, 0,
				     UINT64_MAX, collect, &w->rig, NULL),
			 0);
}

void
world_open(struct world *w)
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
	rig_init_disk(&w->rig, disk, parent->rig.segment_rows);
	w->rig.key_seed = parent->rig.key_seed;
	w->rig.min_free_bytes = INT64_MAX / 2;
	simdisk_set_room(disk, 1 << 30);
	w->leave = parent->leave;
	w->depth = parent->depth + 1;
	w->opened = parent->opened;
	memcpy(w->submitted, parent->submitted, sizeof(w->submitted));
	w->n_submitted = parent->n_submitted;
	w->published = parent->published;
	w->lost = parent->lost;
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

/* No crash makes a checkpoint look lost. */
static void
check_recovered(const struct world *w, const struct row *row)
{
	if (!w->lost && strcmp(row->kind, "ledger.recovered") == 0 &&
	    memmem(row->body, row->body_len, "torn_tail", 9) == NULL)
		fail_msg("I2: a false alarm: %.*s", (int)row->line_len,
			 row->line);
}

static void
check_order(struct reading *r, const struct row *row)
{
	char id[32];
	int n;

	check_recovered(r->w, row);
	if (strcmp(row->kind, "ledger.genesis") == 0 ||
	    strcmp(row->kind, "ledger.recovered") == 0 ||
	    strcmp(row->kind, "key.rotate") == 0)
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

/* Signatures are slow to check: those of some images. */
static void
verify(struct world *w)
{
	int level = total_images % SIGNATURES_EVERY == 0 ? 3 : 1;
	struct ledger_verdict v;
	struct err err;

	if (ledger_verify(simdisk_io(w->rig.disk), RIG_DIR, level, &v, &err) <
	    0)
		fail_msg("verify: %s", err.text);
	if (!v.ok)
		fail_msg("I3: verify: row %d: %s", (int)v.first_bad_seq,
			 v.reason);
}

void
world_check_rows(struct world *w)
{
	struct reading r = {.w = w};
	struct err err;

	if (ledger_scan(simdisk_io(w->rig.disk), RIG_DIR, 0, UINT64_MAX,
			check_row, &r, &err) < 0)
		fail_msg("scan: %s", err.text);
	if (r.acked < w->rig.n_acks)
		fail_msg("I1: lost %s", w->rig.acks[r.acked]);
	verify(w);
	w->n_submitted = r.submitted;
}

/* Rows behind a sealed segment are acknowledged only after its sum is. */
static void
check_sums(struct world *w)
{
	uint64_t rows = (uint64_t)w->rig.segment_rows;
	const char *seq;

	if (w->rig.n_acks == 0)
		return;
	seq = strstr(w->rig.acks[w->rig.n_acks - 1], "\"seq\":");
	readers_check_sums(w->rig.disk, 0,
			   strtoull(seq + 6, NULL, 10) / rows * rows,
			   w->rig.segment_rows);
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

void
world_note_before(struct world *w)
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
	world_open(w);
	assert_false(w->rig.rec.torn);
	assert_int_equal(ledger_durable(w->rig.l), rows);
	assert_memory_equal(ledger_head(w->rig.l), &head, sizeof(head));
}

static void
go_on(struct world *w)
{
	/* Of the life that was cut, only what was found counts. */
	world_acknowledge_all(w);
	world_watch(w);
	world_append(w, 50 + w->depth);
	world_flush(w);
	world_append_blob(w, 60 + w->depth);
	world_append(w, 70 + w->depth);
	world_flush(w);
	world_sign(w);
	simdisk_set_hook(w->rig.disk, NULL, NULL);
	world_check_rows(w);
}

static void
live_on(struct world *w)
{
	world_note_before(w);
	if (w->opened)
		check_sums(w);
	readers_check_checkpoint(w->rig.disk, w->published);
	if (w->opened)
		verify(w);
	world_watch(w);
	world_open(w);
	simdisk_set_hook(w->rig.disk, NULL, NULL);
	if (ledger_checkpoint(w->rig.l, NULL) < w->published)
		fail_msg("I4: the checkpoint of %d rows is lost",
			 (int)w->published);
	check_nothing_lost(w, &w->before);
	world_check_rows(w);
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
	w.watched = total_images % effort()->nest_every == 0;
	live_on(&w);
	if (total_images % LEAVE_EVERY == 0 &&
	    total_images / LEAVE_EVERY < LEAVE_MAX)
		leave_ledger(w.leave, w.rig.disk, RIG_DIR);
	fini_world(&w);
}

static void
on_call(void *ctx, struct simdisk *d)
{
	struct world *w = ctx, killed;

	images_each(d, &effort()->budgets[w->depth], next_seed++, on_image, w);
	if (!w->kills)
		return;
	init_world(&killed, simdisk_kill(d), w);
	killed.watched = true;
	live_on(&killed);
	fini_world(&killed);
}

void
world_begin(struct world *w, struct leave *leave, bool kills, bool lock)
{
	*w = (struct world){.leave = leave, .watched = true, .kills = kills};
	rig_init(&w->rig, SEGMENT_ROWS);
	/* What an unsynced claim may become is asked in one life only: it
	 * would triple the images of every other. */
	if (!lock)
		simdisk_ignore(w->rig.disk, "lock");
	/* No ballast: it has nothing to lose, and a test of its own. */
	w->rig.min_free_bytes = INT64_MAX / 2;
	images_obey(w->rig.disk);
	world_watch(w);
}

void
world_widen(struct world *w, int segment_rows)
{
	w->rig.segment_rows = segment_rows;
}

void
world_end(struct world *w)
{
	on_call(w, w->rig.disk);
	simdisk_set_hook(w->rig.disk, NULL, NULL);
	world_check_rows(w);
	fini_world(w);
}

long
world_images(void)
{
	return total_images;
}

long
world_images_wanted(void)
{
	return effort()->wanted;
}
