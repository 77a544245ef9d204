/* Packets of days that the engine itself observed and judged, against packets
 * that a person has read: whatever the daemon writes into a record stands in
 * one of them, so that sentences which contradict each other are seen. */
#include "scene.h"

#include "base/json.h"
#include "report/rollup.h"
#include "verdict/statement.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 64 * 1024, HEX_MIN = 12 };

/* Digests change with every key of the configuration that is new. */
static void
mask_digests(struct buf *out)
{
	for (char *at = out->data; *at != '\0';) {
		size_t n = strspn(at, "0123456789abcdef");

		if (n >= HEX_MIN)
			memset(at, 'x', n);
		at += n == 0 ? 1 : n;
	}
}

static void
expect_file(const char *name, const struct buf *out)
{
	char path[1024], *expected = calloc(1, FILE_MAX_BYTES);
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/unit/engine/%s",
		 getenv("top_srcdir"), name);
	if (getenv("EVIDENCED_WRITE_GOLDEN") != NULL) {
		f = fopen(path, "w");
		assert_non_null(f);
		fwrite(out->data, 1, out->len, f);
		fclose(f);
	}
	f = fopen(path, "r");
	if (f == NULL || expected == NULL)
		fail_msg("%s cannot be read", path);
	assert_in_range(fread(expected, 1, FILE_MAX_BYTES - 1, f), 1,
			FILE_MAX_BYTES - 2);
	fclose(f);
	if (strcmp(buf_text(out), expected) != 0)
		fail_msg("%s: it is now:\n%s", path, buf_text(out));
	free(expected);
}

static const struct row *
row_of(const struct world *w, uint64_t seq)
{
	for (size_t i = 0; i < w->fake.n_durable; i++) {
		if (w->fake.rows[i].row.seq == seq)
			return &w->fake.rows[i].row;
	}
	fail_msg("row %llu is not there", (unsigned long long)seq);
	return NULL;
}

static void
print_one(const struct world *w, const struct row *record, struct buf *out)
{
	struct writer writer = {.width = 80, .out = out};
	struct packet *packet;
	const uint64_t *seqs;
	size_t n;

	assert_int_equal(packet_new(record, PACKET_GIVEN, &packet, NULL), 0);
	seqs = packet_evidence(packet, &n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(packet_add(packet, row_of(w, seqs[i])), 0);
	packet_text(packet, NULL, &writer);
	assert_true(writer_ok(&writer));
	packet_free(packet);
}

/* Of all workloads, as of the newest row; the month begins with DAY1. */
static void
print_many(const struct world *w, int32_t day, struct buf *out)
{
	const struct config *config = engine_config(w->fake.engine);
	const struct rollup_asked asked = {.by = ROLLUP_OWNER,
					   .choice = PACKET_GIVEN};
	struct writer writer = {.width = 80, .out = out};
	struct view *view = view_new();
	struct snapshots snapshots;
	struct rollup rollup;
	struct span span;
	int32_t first;

	assert_non_null(view);
	assert_int_equal(day_parse(DAY1, &first), 0);
	span_init(&span, first, (int)(day - first + 1));
	snapshots_init(&snapshots, first, span.n_days);
	for (size_t i = 0; i < w->fake.n_durable; i++) {
		const struct row *row = &w->fake.rows[i].row;

		assert_int_equal(span_apply(&span, row), 0);
		assert_int_equal(snapshots_apply(&snapshots, row), 0);
		assert_int_equal(view_apply(view, row, NULL), 0);
	}
	for (size_t i = 0; i < config->n_workloads; i++)
		assert_int_equal(span_expect(&span, config->workloads[i].label),
				 0);
	assert_int_equal(span_end(&span), 0);
	assert_int_equal(
	    rollup_make(config, view, &snapshots, &span, &asked, &rollup), 0);
	rollup_print(&rollup, &writer);
	assert_true(writer_ok(&writer));
	rollup_free(&rollup);
	snapshots_free(&snapshots);
	span_free(&span);
	view_free(view);
}

/* All that can be verified is, and is told as that and as nothing else. */
static void
expect_all_verified(const struct row *record)
{
	struct json_object *body, *yes, *no;
	int n = 0;

	assert_int_equal(json_parse(record->body, record->body_len,
				    &JSON_LEDGER_LIMITS, &body, NULL),
			 0);
	yes = json_get(body, "verified");
	no = json_get(body, "not_verified");
	for (int i = 0; i < STATEMENTS; i++) {
		const struct statement_info *s =
		    statement_info((enum statement)i);

		assert_int_equal(json_holds(yes, s->word), s->verified != NULL);
		assert_int_equal(json_holds(no, s->word), s->verified == NULL);
		n += s->verified != NULL;
	}
	assert_int_equal(n, 10);
	json_object_put(body);
}

static void
expect_packets(struct world *w, const char *file)
{
	const struct fake_row *record = fake_newest(&w->fake, "record", 0);
	struct buf out = {0};
	int32_t day;

	assert_non_null(record);
	assert_int_equal(world_decision(w, "w0"), DECISION_PASS);
	assert_int_equal(day_parse(DAY2, &day), 0);
	expect_all_verified(&record->row);
	print_one(w, &record->row, &out);
	buf_puts(&out, "\n");
	print_many(w, day, &out);
	mask_digests(&out);
	expect_file(file, &out);
	buf_free(&out);
}

static void
test_pass(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "23:00:00");
	expect_packets(&w, "packet-pass.txt");
	world_free(&w);
}

/* The planned run met a server error; a quarter of an hour later it was
 * observed again. */
static void
test_late_pass(void **state)
{
	struct wall_time slot;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	slot = scene_slot(&w, "w0", DAY2);
	w.gateway = MOOD_SERVER_ERROR;
	world_run(&w, (struct wall_time){slot.us + 300 * USEC_PER_SEC});
	w.gateway = MOOD_GOOD;
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(scene_count(&w, "check.happy", DAY2, "reobserve"), 1);
	expect_packets(&w, "packet-late.txt");
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pass),
	    cmocka_unit_test(test_late_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
