/* Where a workload stands: by its record, pending, or not due. */
#include "conf/load.h"
#include "report/standing.h"
#include "report/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char text[] =
    "profiles = ( { name = \"p\"; base_url = \"https://gw.example.com\";\n"
    "  headers = ( { name = \"A\"; value = \"${secret}\"; } );\n"
    "  happy = { path = \"/v1\"; body = \"{}\"; };\n"
    "  error = { secret = \"invalid-${nonce}\";\n"
    "            accept = ( { status = 401; } ); };\n"
    "  surface = { path = \"/u\"; increases = \"/n\"; wait = [ \"5s\" ];\n"
    "              lag_max = \"10m\"; };\n"
    "  account_surface = \"counter\"; } );\n"
    "gateways = ( { name = \"g\"; profile = \"p\"; } );\n"
    "alerting = { grace = \"30m\"; };\n"
    "workloads = (\n"
    "  { label = \"a\"; gateway = \"g\"; model = \"m\";\n"
    "    evidence_window = \"04:30-07:30\";\n"
    "    review_days = [ \"mon\", \"tue\", \"wed\", \"thu\", \"fri\" ]; },\n"
    "  { label = \"late\"; gateway = \"g\"; model = \"m\";\n"
    "    evidence_window = \"20:00-23:30\"; },\n"
    "  { label = \"r\"; gateway = \"g\"; model = \"m\";\n"
    "    account_surface = \"response\"; account_surface_note = \"ok\"; } );\n";

static struct config *config;
static struct view *view;

static int
set_up(void **state)
{
	const struct conf_text file = {"t.conf", text, sizeof(text) - 1, false};
	struct conf_report report;
	struct buf words = {0};

	if (conf_load(&file, 1, NULL, NULL, &config, &report) < 0) {
		conf_report_print(&report, &words);
		fprintf(stderr, "%s", buf_text(&words));
		return -1;
	}
	conf_report_free(&report);
	view = view_new();
	return 0;
}

static int
tear_down(void **state)
{
	view_free(view);
	config_free(config);
	return 0;
}

static struct wall_time
at(const char *time)
{
	struct wall_time t;

	assert_int_equal(wall_parse(time, &t), 0);
	return t;
}

static int32_t
day(const char *date)
{
	int32_t d;

	assert_int_equal(day_parse(date, &d), 0);
	return d;
}

/* 2026-07-03 is a Friday. */
static void
record_of(const char *tier, const char *label, const char *date,
	  const char *decision, uint64_t seq)
{
	char body[2048];
	struct err err = {0};
	struct row row = {
	    .seq = seq, .at = at("2026-07-03T09:00:00Z"), .kind = "record"};
	int n = snprintf(
	    body, sizeof(body),
	    "{\"allocation_rule\":\"owner-tag\",\"decided_at\":"
	    "\"%sT08:00:00Z\",\"decided_by\":\"daemon\",\"decision\":\"%s\","
	    "\"environment\":\"\",\"evidence_tier\":\"%s\","
	    "\"follow_up_owner\":\"\","
	    "\"owner_group\":\"\",\"pricing_reference_checked\":\"yes\","
	    "\"reasons\":[],\"remaining_uncertainty\":[],"
	    "\"request_result\":\"pass\",\"request_time_utc\":\"\","
	    "\"review_date\":\"%s\",\"reviewer_role\":\"\","
	    "\"source_urls_checked\":[],\"unit_metric_name\":\"\","
	    "\"usage_evidence_present\":\"yes\",\"workload_label\":\"%s\"}",
	    date, decision, tier, date, label);

	row.body = body;
	row.body_len = (size_t)n;
	if (view_apply(view, &row, &err) < 0)
		fail_msg("%s", err.text);
}

static void
record(const char *label, const char *date, const char *decision, uint64_t seq)
{
	record_of("counter", label, date, decision, seq);
}

/* By rows, where there are any. */
static struct standing_seen
seen(const char *now)
{
	struct standing_seen s = standing_by_rows(view, at(now));

	if (view->rows == 0)
		s.reach = s.now;
	return s;
}

static void
expect(const char *label, const char *date, const char *now, const char *word,
       const char *sentence)
{
	const struct workload *w = config_workload(config, label);
	struct standing_seen s = seen(now);
	struct standing standing;
	struct buf out = {0};

	standing_of(config, view, w, day(date), &s, &standing);
	assert_string_equal(standing_word(&standing), word);
	standing_sentence(&standing, &out);
	assert_string_equal(buf_text(&out), sentence);
	buf_free(&out);
}

static void
without_any_record(void **state)
{
	expect("a", "2026-07-03", "2026-07-03T03:00:00Z", "pending",
	       "pending on 2026-07-03; not yet due; window 04:30-07:30Z; no "
	       "pass yet");
	expect("a", "2026-07-03", "2026-07-03T11:10:00Z", "no record",
	       "no record on 2026-07-03; its evidence was due until "
	       "2026-07-03T11:10:00Z; no pass yet");
	expect("a", "2026-07-04", "2026-07-04T03:00:00Z", "not due",
	       "not due on 2026-07-04; no pass yet");
}

static void
row(const char *kind, const char *when)
{
	struct row row = {.seq = view->rows,
			  .at = at(when),
			  .kind = kind,
			  .body = "{}",
			  .body_len = 2};

	assert_int_equal(view_apply(view, &row, NULL), 0);
}

static void
loaded(const char *when)
{
	row("config.loaded", when);
}

/* What came after its window is due from then on: no record is missing yet. */
static void
loaded_late(void **state)
{
	loaded("2026-07-03T07:29:59Z"); /* within it */
	expect("a", "2026-07-03", "2026-07-03T11:10:00Z", "not known",
	       "not known on 2026-07-03; its evidence was due until "
	       "2026-07-03T11:10:00Z, which the ledger does not reach; no pass "
	       "yet");
	loaded("2026-07-03T12:00:00Z");
	/* 12:00 + 10 min + 3 h + 10 min + 30 min */
	expect("a", "2026-07-03", "2026-07-03T15:49:59Z", "pending",
	       "pending on 2026-07-03; loaded after its window 04:30-07:30Z; "
	       "its evidence is due until 2026-07-03T15:50:00Z; no pass yet");
	expect("a", "2026-07-03", "2026-07-03T15:50:00Z", "not known",
	       "not known on 2026-07-03; its evidence was due until "
	       "2026-07-03T15:50:00Z, which the ledger does not reach; no pass "
	       "yet");
	/* of another day */
	expect("a", "2026-07-06", "2026-07-06T11:10:00Z", "not known",
	       "not known on 2026-07-06; its evidence was due until "
	       "2026-07-06T11:10:00Z, which the ledger does not reach; no pass "
	       "yet");
}

/* What was missed while the daemon was away is caught up with: until that is
 * given up nothing is missing.  The daemon knows it before its row does. */
static void
came_late(void **state)
{
	static const char *const kinds[] = {"daemon.started", "clock.stepped"};
	static const char pending[] =
	    "pending on 2026-07-03; the daemon started or its clock stepped "
	    "after its window 04:30-07:30Z; its evidence is due until 2026-07-03T15:40:00Z; no "
	    "pass yet";
	struct standing standing;
	struct standing_seen fresh = {at("2026-07-03T12:00:01Z"),
				      at("2026-07-03T12:00:01Z"),
				      at("2026-07-03T12:00:00Z")};
	struct tally t;

	tally_records(config, view, day("2026-07-03"), &fresh, &t);
	assert_int_equal(t.pending, 3);
	assert_int_equal(t.no_record, 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(view_reset(view), 0);
		row(kinds[i], "2026-07-03T07:00:00Z"); /* in its window */
		expect("a", "2026-07-03", "2026-07-03T11:09:59Z", "pending",
		       "pending on 2026-07-03; not yet due; window "
		       "04:30-07:30Z; no pass yet");
		row(kinds[i], "2026-07-03T12:00:00Z");
		expect("a", "2026-07-03", "2026-07-03T12:00:00Z", "pending",
		       pending);
		expect("a", "2026-07-03", "2026-07-03T15:39:59Z", "pending",
		       pending);
		/* of another day */
		expect("a", "2026-07-06", "2026-07-06T03:00:00Z", "pending",
		       "pending on 2026-07-06; not yet due; window "
		       "04:30-07:30Z; no pass yet");
		/* the rows end; the daemon itself knows that there is none */
		expect("a", "2026-07-03", "2026-07-03T15:40:00Z", "not known",
		       "not known on 2026-07-03; its evidence was due until "
		       "2026-07-03T15:40:00Z, which the ledger does not reach; "
		       "no pass yet");
		row("daemon.stopped", "2026-07-03T15:40:00Z");
		expect("a", "2026-07-03", "2026-07-03T15:40:00Z", "no record",
		       "no record on 2026-07-03; its evidence was due until "
		       "2026-07-03T15:40:00Z; no pass yet");
	}
	fresh.now = at("2026-07-03T15:40:00Z");
	fresh.reach = fresh.now;
	standing_of(config, view, config_workload(config, "a"),
		    day("2026-07-03"), &fresh, &standing);
	assert_string_equal(standing_word(&standing), "no record");
}

/* A request that was begun, and its answer, of a workload in its scope. */
static void
ran(const char *label, const char *when, const char *scope)
{
	struct err err = {0};
	char hex[DIGEST_HEX_LEN + 1], bodies[2][1024];
	const struct workload *w = config_workload(config, label);

	snprintf(bodies[0], sizeof(bodies[0]),
		 "{\"check\":\"%s/happy\",\"path\":\"happy\",\"run\":\"1\","
		 "\"slot\":\"%s\",\"trigger\":\"intake\","
		 "\"workload_label\":\"%s\"}",
		 label, when, label);
	snprintf(bodies[1], sizeof(bodies[1]),
		 "{\"context\":{\"scope_digest\":\"%s\"},\"outcome\":\"ok\","
		 "\"request_time_utc\":\"%s\",\"run\":\"1\","
		 "\"workload_label\":\"%s\"}",
		 scope != NULL ? scope : digest_hex(&w->scope_digest, hex),
		 when, label);
	for (uint64_t i = 0; i < 2; i++) {
		struct row row = {.seq = 2 + i,
				  .at = at(when),
				  .kind =
				      i == 0 ? "check.begun" : "check.happy",
				  .body = bodies[i],
				  .body_len = strlen(bodies[i])};

		if (view_apply(view, &row, &err) < 0)
			fail_msg("%s", err.text);
	}
}

static const char late[] =
    "pending on 2026-07-03; loaded after its window 04:30-07:30Z; its evidence "
    "is due until ";
static const char missing[] =
    "no record on 2026-07-03; its evidence was due until ";

/* A text that is changed after the window takes nothing back that was said of
 * the workloads it leaves as they were. */
static void
loaded_again(void **state)
{
	static const char other[] =
	    "00000000000000000000000000000000000000000000000000000000000000aa";
	static const struct {
		const char *ran, *scope; /* NULL: that of now */
		const char *record;	 /* of that day */
		const char *word, *closes;
	} cases[] = {
	    /* yesterday, by a request or by a record alone */
	    {"2026-07-02T05:00:00Z", NULL, NULL, missing, "11:10:00Z"},
	    {NULL, NULL, "2026-07-02", missing, "11:10:00Z"},
	    /* in its window of today, and late today before the reload */
	    {"2026-07-03T05:00:00Z", NULL, NULL, missing, "11:10:00Z"},
	    {"2026-07-03T09:00:00Z", NULL, NULL, missing, "12:50:00Z"},
	    /* by the loading: 13:00 + 10 min + 3 h + 10 min + 30 min */
	    {"2026-07-03T13:00:05Z", NULL, NULL, late, "16:50:00Z"},
	    {NULL, NULL, NULL, late, "16:50:00Z"},
	    /* a scope that is new is begun with */
	    {"2026-07-02T05:00:00Z", other, NULL, late, "16:50:00Z"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf sentence = {0};
		bool is_late = cases[i].word == late;

		assert_int_equal(view_reset(view), 0);
		if (cases[i].ran != NULL)
			ran("a", cases[i].ran, cases[i].scope);
		if (cases[i].record != NULL)
			record("a", cases[i].record, "hold", 4);
		loaded("2026-07-03T13:00:00Z");
		buf_printf(&sentence, "%s2026-07-03T%s; no pass yet",
			   cases[i].word, cases[i].closes);
		expect("a", "2026-07-03", "2026-07-03T14:00:00Z",
		       is_late ? "pending" : "no record", buf_text(&sentence));
		buf_free(&sentence);
	}
}

static void
with_records(void **state)
{
	record("a", "2026-07-02", "pass", 7);
	expect("a", "2026-07-03", "2026-07-03T11:09:59Z", "pending",
	       "pending on 2026-07-03; not yet due; window 04:30-07:30Z; last "
	       "pass 2026-07-02, row 7");
	record("a", "2026-07-03", "hold", 9);
	expect("a", "2026-07-03", "2026-07-03T12:00:00Z", "hold",
	       "hold on 2026-07-03; record row 9, decided "
	       "2026-07-03T08:00:00Z");
	expect("a", "2026-07-04", "2026-07-04T12:00:00Z", "not due",
	       "not due on 2026-07-04; last pass 2026-07-02, row 7");
	record_of("response", "r", "2026-07-03", "pass", 10);
	expect("r", "2026-07-03", "2026-07-03T12:00:00Z",
	       "pass (response only)",
	       "pass (response only) on 2026-07-03; record row 10, decided "
	       "2026-07-03T08:00:00Z");
}

/* Of the newest day whose newest record is one: what was taken back is none,
 * however long ago, and a clock that visited another year says nothing. */
static void
last_pass(void **state)
{
	static const struct {
		const char *date, *decision; /* of the next row */
		const char *tail;	     /* then, on the 11th */
	} steps[] = {
	    {"2026-07-02", "pass", "last pass 2026-07-02, row 0"},
	    {"2026-07-02", "hold", "no pass yet"},
	    {"2026-07-02", "pass", "last pass 2026-07-02, row 2"},
	    {"2026-07-01", "hold", "last pass 2026-07-02, row 2"},
	    {"2026-07-03", "pass", "last pass 2026-07-03, row 4"},
	    {"2026-07-03", "fail", "last pass 2026-07-02, row 2"},
	    {"2026-07-04", "hold", "last pass 2026-07-02, row 2"},
	    {"2026-07-05", "hold", "last pass 2026-07-02, row 2"},
	    {"2099-01-01", "pass", "last pass 2026-07-02, row 2"},
	    {"2026-07-02", "hold", "no pass yet"},
	    {"2026-07-07", "pass", "last pass 2026-07-07, row 10"},
	};
	const size_t n = sizeof(steps) / sizeof(steps[0]);
	struct buf sentence = {0};

	for (size_t i = 0; i < n; i++) {
		record("a", steps[i].date, steps[i].decision, i);
		buf_reset(&sentence);
		buf_printf(&sentence, "not due on 2026-07-11; %s",
			   steps[i].tail);
		expect("a", "2026-07-11", "2026-07-11T12:00:00Z", "not due",
		       buf_text(&sentence));
	}
	buf_free(&sentence);
}

/* The record and the pass count as they stand, and never without a word. */
static void
corrected(void **state)
{
	static const char *const bodies[] = {"{\"corrects\":{\"seq\":7}}",
					     "{\"corrects\":{\"seq\":9}}"};
	const struct standing_seen noon = {
	    at("2026-07-03T12:00:00Z"), at("2026-07-03T12:00:00Z"), {0}};
	struct tally t;

	record("a", "2026-07-02", "pass", 7);
	record("a", "2026-07-03", "hold", 9);
	for (uint64_t i = 0; i < 2; i++) {
		struct row row = {.seq = 20 + i,
				  .at = at("2026-07-03T10:00:00Z"),
				  .kind = "correction",
				  .body = bodies[i],
				  .body_len = strlen(bodies[i])};

		assert_int_equal(view_apply(view, &row, NULL), 0);
	}
	expect("a", "2026-07-03", "2026-07-03T12:00:00Z", "hold",
	       "hold on 2026-07-03; record row 9, decided "
	       "2026-07-03T08:00:00Z, corrected by row 21");
	/* of the passes alone: nobody enters a review by a hold */
	tally_records(config, view, day("2026-07-03"), &noon, &t);
	assert_int_equal(t.pass_corrected + t.response_corrected, 0);
	record("a", "2026-07-03", "pass", 22);
	record_of("response", "r", "2026-07-03", "pass", 23);
	for (uint64_t i = 0; i < 2; i++) {
		struct row row = {.seq = 24 + i,
				  .at = at("2026-07-03T10:00:00Z"),
				  .kind = "correction",
				  .body = i == 0
					      ? "{\"corrects\":{\"seq\":22}}"
					      : "{\"corrects\":{\"seq\":23}}",
				  .body_len = 23};

		assert_int_equal(view_apply(view, &row, NULL), 0);
	}
	tally_records(config, view, day("2026-07-03"), &noon, &t);
	assert_int_equal(t.pass, 1);
	assert_int_equal(t.pass_corrected, 1);
	assert_int_equal(t.response_only, 1);
	assert_int_equal(t.response_corrected, 1);
	expect("a", "2026-07-04", "2026-07-04T12:00:00Z", "not due",
	       "not due on 2026-07-04; last pass 2026-07-03, row 22, corrected "
	       "by row 24");
}

/* What the record says, whatever is configured today. */
static void
passes_apart(void **state)
{
	const struct standing_seen noon = seen("2026-07-03T12:00:00Z");
	struct tally t;

	record_of("attested", "r", "2026-07-03", "pass", 7);
	record_of("response", "a", "2026-07-03", "pass", 8);
	record_of("response", "late", "2026-07-03", "hold", 9);
	expect("r", "2026-07-03", "2026-07-03T12:00:00Z", "pass",
	       "pass on 2026-07-03; record row 7, decided "
	       "2026-07-03T08:00:00Z");
	tally_records(config, view, day("2026-07-03"), &noon, &t);
	assert_int_equal(t.pass, 1);
	assert_int_equal(t.response_only, 1);
	assert_int_equal(t.hold, 1);
	tally_records(config, view, day("2026-07-02"), &noon, &t);
	assert_int_equal(t.pass + t.response_only + t.hold, 0);
}

/* What closed without a record is pending no more. */
static void
closed_without_a_record(void **state)
{
	static const struct {
		const char *day, *now;
		int pending, no_record, not_due;
	} cases[] = {
	    {"2026-07-03", "2026-07-03T11:09:59Z", 3, 0, 0},
	    {"2026-07-03", "2026-07-03T11:10:00Z", 2, 1, 0},
	    {"2026-07-03", "2026-07-04T12:00:00Z", 0, 3, 0},
	    {"2026-07-04", "2026-07-04T12:00:00Z", 2, 0, 1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct standing_seen s = seen(cases[i].now);
		struct tally t;

		tally_records(config, view, day(cases[i].day), &s, &t);
		assert_int_equal(t.pending, cases[i].pending);
		assert_int_equal(t.no_record, cases[i].no_record);
		assert_int_equal(t.not_due, cases[i].not_due);
		assert_int_equal(t.pass + t.hold + t.inconclusive + t.fail, 0);
	}
}

static void
expect_closes(const char *label, const char *date, const char *when)
{
	const struct workload *w =
	    label == NULL ? NULL : config_workload(config, label);
	struct wall_time then = at(when), before = {then.us - 1};

	assert_true(standing_has_closed(config, w, day(date), NULL, then));
	assert_false(standing_has_closed(config, w, day(date), NULL, before));
}

/* Repetitions after midnight belong to the next day. */
static void
when_a_day_closes(void **state)
{
	struct wall_time closes;

	assert_int_equal(standing_closes(config, config_workload(config, "a"),
					 day("2026-07-03"), NULL, &closes),
			 0);
	/* 07:30 + 3 h + 10 min + 30 min */
	assert_int_equal(closes.us, at("2026-07-03T11:10:00Z").us);
	assert_int_equal(standing_closes(config,
					 config_workload(config, "late"),
					 day("2026-07-03"), NULL, &closes),
			 0);
	assert_int_equal(closes.us, at("2026-07-04T00:40:00Z").us);
	expect_closes("a", "2026-07-03", "2026-07-03T11:10:00Z");
	expect_closes("late", "2026-07-03", "2026-07-04T00:40:00Z");
	expect_closes(NULL, "2026-07-03", "2026-07-04T00:00:00Z");
	/* all of them; the latest decides */
	assert_false(standing_all_closed(config, day("2026-07-03"),
					 at("2026-07-04T00:39:59Z")));
	assert_true(standing_all_closed(config, day("2026-07-03"),
					at("2026-07-04T00:40:00Z")));
	assert_false(standing_all_closed(NULL, day("2026-07-03"),
					 at("2026-07-03T23:59:59Z")));
	assert_true(standing_all_closed(NULL, day("2026-07-03"),
					at("2026-07-04T00:00:00Z")));
	assert_false(standing_all_closed(config, day("2026-07-05"),
					 at("2026-07-04T12:00:00Z")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(without_any_record, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(loaded_late, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(came_late, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(loaded_again, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(with_records, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(last_pass, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(corrected, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(passes_apart, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(closed_without_a_record, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(when_a_day_closes, set_up,
					    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
