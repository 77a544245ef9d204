/* What the ledger's rows say now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY "2026-07-03T"

static void
apply(struct view *v, uint64_t seq, const char *at, const char *kind,
      const char *body)
{
	struct row row = {.seq = seq,
			  .id = "x",
			  .kind = kind,
			  .body = body,
			  .body_len = strlen(body)};

	assert_int_equal(wall_parse(at, &row.at), 0);
	assert_int_equal(view_apply(v, &row, NULL), 0);
}

static void
begun(struct view *v, uint64_t seq, const char *at, const char *path,
      const char *slot, const char *trigger)
{
	char body[500];

	snprintf(body, sizeof(body),
		 "{\"check\":\"w/%s\",\"environment\":\"test\",\"path\":\"%s\","
		 "\"run\":\"%016llx\",\"slot\":\"%s\",\"trigger\":\"%s\","
		 "\"workload_label\":\"w\"}",
		 path, path, (unsigned long long)seq, slot, trigger);
	apply(v, seq, at, "check.begun", body);
}

static void
missed(struct view *v, uint64_t seq, const char *at, const char *check,
       const char *to, const char *reason, uint64_t run)
{
	char body[500];

	snprintf(body, sizeof(body),
		 "{\"check\":\"%s\",\"count\":1,\"from\":\"%s\",\"reason\":"
		 "\"%s\",\"run\":\"%016llx\",\"to\":\"%s\"}",
		 check, to, reason, (unsigned long long)run, to);
	apply(v, seq, at, "check.missed", body);
}

static void
assert_planned(struct view *v, enum run_path path, const char *slot)
{
	struct wall_time t;

	assert_int_equal(wall_parse(slot, &t), 0);
	assert_true(view_workload(v, "w")->planned[path].slot.us == t.us);
}

/* Only what was planned accounts for planned slots. */
static void
test_planned(void **state)
{
	struct view *v = view_new();

	begun(v, 1, DAY "05:00:07Z", "happy", DAY "05:00:00Z", "schedule");
	begun(v, 2, DAY "05:15:07Z", "happy", DAY "05:15:07Z", "reobserve");
	begun(v, 3, DAY "06:00:00Z", "happy", DAY "06:00:00Z", "manual");
	begun(v, 4, DAY "07:00:00Z", "error", DAY "06:30:00Z", "catch_up");
	assert_planned(v, PATH_HAPPY, DAY "05:00:00Z");
	assert_planned(v, PATH_ERROR, DAY "06:30:00Z");
	missed(v, 5, DAY "09:00:00Z", "w/happy", DAY "08:00:00Z", "stopped", 0);
	assert_planned(v, PATH_HAPPY, DAY "08:00:00Z");
	missed(v, 6, DAY "09:00:00Z", "w/happy", DAY "08:30:00Z", "interrupted",
	       3);
	assert_planned(v, PATH_HAPPY, DAY "08:00:00Z");
	view_free(v);
}

/* What a clock planned in a time that it has left is not owed. */
static void
test_step_back(void **state)
{
	struct view *v = view_new();

	begun(v, 1, "2031-01-01T05:00:00Z", "happy", "2031-01-01T05:00:00Z",
	      "schedule");
	begun(v, 2, DAY "05:00:00Z", "error", DAY "05:00:00Z", "schedule");
	apply(v, 3, DAY "06:00:00Z", "clock.stepped",
	      "{\"from\":\"2031-01-01T05:10:00Z\",\"step_s\":-9,\"to\":\"" DAY
	      "06:00:00Z\"}");
	assert_planned(v, PATH_HAPPY, DAY "06:00:00Z");
	assert_planned(v, PATH_ERROR, DAY "05:00:00Z");
	apply(v, 4, DAY "09:00:00Z", "clock.stepped",
	      "{\"from\":\"" DAY "07:00:00Z\",\"step_s\":7200,\"to\":\"" DAY
	      "09:00:00Z\"}");
	assert_true(v->stepped_back_seq == 3);
	/* Since then the daemon is there, whichever way the clock went. */
	assert_int_equal(v->present_seq, 4);
	apply(v, 5, DAY "10:00:00Z", "daemon.started", "{}");
	assert_int_equal(v->present_seq, 5);
	assert_int_equal(wall_day(v->present_since), wall_day(v->newest_at));
	view_free(v);
}

static void
ran(struct view *v, uint64_t seq, const char *path, const char *endpoint,
    const char *outcome, const char *class)
{
	char kind[16], body[500];

	snprintf(kind, sizeof(kind), "check.%s", path);
	snprintf(body, sizeof(body),
		 "{\"check\":\"w/%s\",\"endpoint\":\"%s\",\"outcome\":\"%s\","
		 "\"request_time_utc\":\"" DAY
		 "05:00:00Z\",\"run\":\"%016llx\",\"status_class\":\"%s\","
		 "\"workload_label\":\"w\"}",
		 path, endpoint, outcome, (unsigned long long)seq, class);
	apply(v, seq, DAY "05:00:00Z", kind, body);
}

static void
was_read(struct view *v, uint64_t seq, const char *url, const char *outcome,
	 int status)
{
	char body[500];

	snprintf(body, sizeof(body),
		 "{\"http_status\":%d,\"outcome\":\"%s\",\"source\":\"p\","
		 "\"url\":\"%s\"}",
		 status, outcome, url);
	apply(v, seq, DAY "05:00:00Z", "check.source", body);
}

/* Which tries were answered by somebody beyond this host. */
static void
test_answers(void **state)
{
	static const struct {
		const char *class, *outcome;
		bool answered, silent;
	} runs[] = {
	    {"2xx", "pass", true, false},
	    {"5xx", "server_error", true, false},
	    {"dns", "unreachable", false, true},
	    {"connect", "unreachable", false, true},
	    {"timeout", "unreachable", false, true},
	    {"tls", "unreachable", true, false},
	    {"reset", "unreachable", true, false},
	    {"too_big", "malformed", true, false},
	    {"insecure", "unreachable", false, false},
	    {"host", "unreachable", false, false},
	    {"no_credential", "credential_missing", false, false},
	    {"stopped", "stopped", false, false},
	};
	struct view *v = view_new();
	uint64_t seq = 1;

	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++, seq++) {
		ran(v, seq, "happy", "https://gw.example/v1", runs[i].outcome,
		    runs[i].class);
		assert_int_equal(v->answered_seq == seq, runs[i].answered);
		assert_int_equal(view_workload(v, "w")->last_happy_silent,
				 runs[i].silent);
	}
	ran(v, ++seq, "error", "https://gw.example/v1", "rejected", "4xx");
	assert_true(v->answered_seq == seq);
	ran(v, seq + 1, "happy", "http://127.0.0.1:8080/v1", "pass", "2xx");
	assert_true(v->answered_seq == seq);
	was_read(v, seq + 2, "https://gw.example/p", "error", 0);
	assert_true(v->answered_seq == seq);
	assert_true(view_source(v, "p")->tried_silent);
	was_read(v, seq + 3, "http://localhost/p", "error", 0);
	assert_false(view_source(v, "p")->tried_silent);
	was_read(v, seq + 4, "https://gw.example/p", "error", 503);
	assert_true(v->answered_seq == seq + 4);
	view_free(v);
}

/* A begun run stays open until its result or until it is told. */
static void
test_open_run(void **state)
{
	struct view *v = view_new();
	const struct begun_fact *b;

	begun(v, 1, DAY "05:00:00Z", "happy", DAY "05:00:00Z", "schedule");
	b = &view_workload(v, "w")->begun[PATH_HAPPY];
	assert_true(b->open);
	missed(v, 2, DAY "05:10:00Z", "w/happy", DAY "05:00:00Z", "interrupted",
	       7);
	assert_true(b->open);
	missed(v, 3, DAY "05:10:00Z", "w/happy", DAY "05:00:00Z", "interrupted",
	       1);
	assert_false(b->open);
	view_free(v);
}

static void
test_attempts(void **state)
{
	struct view *v = view_new();
	const struct view_day *d;

	begun(v, 1, DAY "04:00:00Z", "happy", DAY "04:00:00Z", "manual");
	begun(v, 2, DAY "05:00:09Z", "happy", DAY "05:00:00Z", "schedule");
	begun(v, 3, DAY "05:00:10Z", "error", DAY "05:00:00Z", "schedule");
	begun(v, 4, DAY "05:15:09Z", "happy", DAY "05:15:09Z", "reobserve");
	d = &view_workload(v, "w")->days[0];
	assert_int_equal(d->attempts[PATH_HAPPY].n, 2);
	assert_int_equal(d->attempts[PATH_ERROR].n, 1);
	assert_int_equal(d->evidence.requests, 4);
	assert_int_equal(wall_s(d->attempts[PATH_HAPPY].first_at) % 60, 9);
	view_free(v);
}

static void
run(struct view *v, uint64_t seq, const char *label, const char *credential,
    int tokens)
{
	char body[700];

	snprintf(body, sizeof(body),
		 "{\"check\":\"%s/happy\",\"context\":{\"scope_digest\":\"\"},"
		 "\"credential\":\"%s\",\"outcome\":\"pass\","
		 "\"request_time_utc\":\"" DAY "05:00:00Z\",\"run\":\"%016llx\""
		 ",\"usage\":{\"total_tokens\":%d},\"workload_label\":\"%s\"}",
		 label, credential, (unsigned long long)seq, tokens, label);
	apply(v, seq, DAY "05:00:00Z", "check.happy", body);
}

static void
look(struct view *v, uint64_t seq, const char *label, uint64_t of)
{
	char body[500];

	snprintf(body, sizeof(body),
		 "{\"after\":{\"outcome\":\"ok\",\"up\":5},\"look\":1,"
		 "\"outcome\":\"visible\",\"run\":\"%016llx\",\"tier\":"
		 "\"counter\",\"workload_label\":\"%s\"}",
		 (unsigned long long)of, label);
	apply(v, seq, DAY "05:01:00Z", "check.usage", body);
}

/* What another workload used of the same key is explained by its run. */
static void
test_shared_key(void **state)
{
	struct view *v = view_new();

	run(v, 1, "a", "k", 10);
	look(v, 2, "a", 1);
	assert_true(view_workload(v, "a")->has_after);
	run(v, 3, "b", "other", 10);
	assert_true(view_workload(v, "a")->has_after);
	run(v, 4, "c", "k", 10);
	assert_false(view_workload(v, "a")->has_after);
	view_free(v);
}

static void
test_tokens(void **state)
{
	struct view *v = view_new();

	run(v, 1, "a", "k", 10);
	run(v, 2, "a", "k", 30);
	run(v, 3, "a", "k", 20);
	assert_int_equal(view_workload(v, "a")->days[0].evidence.tokens, 60);
	assert_int_equal(view_workload(v, "a")->days[0].tokens_most, 30);
	view_free(v);
}

static void
read_page(struct view *v, uint64_t seq, const char *at, const char *outcome)
{
	char body[500];

	snprintf(body, sizeof(body),
		 "{\"outcome\":\"%s\",\"read_at\":\"%s\",\"slot\":\"%s\","
		 "\"source\":\"p\",\"text_bytes\":9,\"text_sha256\":\"\","
		 "\"trigger\":\"schedule\",\"url\":\"https://x.example/\"}",
		 outcome, at, at);
	apply(v, seq, at, "check.source", body);
}

/* The facts of a day stay readable on the next, also when a clock has been
 * in another year between. */
static void
test_source_on_a_day(void **state)
{
	struct view *v = view_new();
	int32_t day;

	assert_int_equal(day_parse("2026-07-03", &day), 0);
	read_page(v, 1, DAY "05:00:00Z", "new");
	read_page(v, 2, "2026-07-04T05:00:00Z", "gone");
	assert_int_equal(view_source_on(v, "p", day)->tried_outcome, PAGE_NEW);
	assert_int_equal(view_source_on(v, "p", day + 1)->tried_outcome,
			 PAGE_GONE);
	read_page(v, 3, "2031-01-01T05:00:00Z", "unchanged");
	read_page(v, 4, "2026-07-05T05:00:00Z", "unchanged");
	assert_true(view_source_on(v, "p", day + 2)->read_seq == 4);
	view_free(v);
}

/* The rows that the view needs give an equal view. */
static void
test_needed(void **state)
{
	static const char *const outcomes[] = {"new",  "gone", "gone",
					       "gone", "gone", "gone"};
	struct view *v = view_new(), *again = view_new();
	uint64_t *seqs;
	char at[40];
	size_t n;

	for (uint64_t i = 0; i < 30; i++) {
		snprintf(at, sizeof(at), "2026-06-%02dT05:00:00Z", (int)i + 1);
		read_page(v, i, at, i < 6 ? outcomes[i] : "gone");
	}
	assert_int_equal(view_needed(v, &seqs, &n), 0);
	for (size_t i = 0; i < n; i++) {
		snprintf(at, sizeof(at), "2026-06-%02dT05:00:00Z",
			 (int)seqs[i] + 1);
		read_page(again, seqs[i], at,
			  seqs[i] < 6 ? outcomes[seqs[i]] : "gone");
	}
	assert_true(n < 30);
	assert_true(view_source(again, "p")->fact.bad_since.us ==
		    view_source(v, "p")->fact.bad_since.us);
	assert_true(view_source(again, "p")->fact.read_seq ==
		    view_source(v, "p")->fact.read_seq);
	assert_true(view_source(again, "p")->planned.slot.us ==
		    view_source(v, "p")->planned.slot.us);
	assert_true(view_source(again, "p")->before.tried_seq ==
		    view_source(v, "p")->before.tried_seq);
	free(seqs);
	view_free(v);
	view_free(again);
}

struct kind_body {
	const char *kind, *body;
};

/* Approvals, a correction of one of them, and holds. */
static const struct kind_body amended[] = {
    {"source.approved", "{\"source\":\"p\",\"role\":\"r\"}"},
    {"scope.approved",
     "{\"workload_label\":\"w\",\"scope_digest\":"
     "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}"},
    {"correction", "{\"corrects\":{\"seq\":1}}"},
    {"correction", "{\"corrects\":{\"seq\":2}}"},
    {"legal_hold", "{\"since\":\"\",\"until\":\"2026-07-01T00:00:00Z\"}"},
    {"legal_hold", "{\"since\":\"2026-07-01T00:00:00Z\",\"until\":\"\"}"},
    {"legal_hold", "{\"releases\":5}"},
};

static void
apply_amended(struct view *v, uint64_t seq)
{
	apply(v, seq, DAY "05:00:00Z", amended[seq - 1].kind,
	      amended[seq - 1].body);
}

static void
assert_amended(const struct view *v)
{
	static const struct digest none = {0};
	const struct view_workload *w = view_workload(v, "w");

	assert_true(view_source(v, "p") == NULL ||
		    !view_source(v, "p")->fact.approved);
	assert_true(w->scope_approved);
	assert_true(digest_equal(&w->approved_scope, &none));
	assert_int_equal(view_correction(v, 1)->by, 3);
	assert_int_equal(view_correction(v, 2)->by, 4);
	assert_null(view_correction(v, 3));
	assert_int_equal(v->n_holds, 1);
	assert_int_equal(v->holds[0].seq, 6);
	assert_true(v->holds[0].until.us == INT64_MAX);
	assert_null(view_hold(v, 5));
}

static void
test_amended(void **state)
{
	struct view *v = view_new(), *again = view_new();
	struct row early = {.seq = 5,
			    .id = "x",
			    .kind = "correction",
			    .body = "{\"corrects\":{\"seq\":5}}",
			    .body_len = 22};
	uint64_t *seqs;
	size_t n;

	for (uint64_t seq = 1; seq <= 7; seq++)
		apply_amended(v, seq);
	assert_amended(v);
	assert_int_equal(view_needed(v, &seqs, &n), 0);
	for (size_t i = 0; i < n; i++)
		apply_amended(again, seqs[i]);
	assert_amended(again);
	/* a row corrects only what stands before it */
	assert_int_equal(view_apply(v, &early, NULL), ERR_INVALID);
	free(seqs);
	view_free(v);
	view_free(again);
}

/* Also what was known of the day before forgets an approval taken back. */
static void
test_amended_before(void **state)
{
	struct view *v = view_new();
	int32_t day;

	day_parse("2026-07-03", &day);
	apply(v, 1, "2026-07-03T05:00:00Z", "source.approved",
	      "{\"source\":\"p\",\"role\":\"r\"}");
	read_page(v, 2, "2026-07-04T05:00:00Z", "new");
	assert_true(view_source_on(v, "p", day)->approved);
	apply(v, 3, "2026-07-04T06:00:00Z", "correction",
	      "{\"corrects\":{\"seq\":1}}");
	assert_false(view_source_on(v, "p", day)->approved);
	assert_false(view_source_on(v, "p", day + 1)->approved);
	view_free(v);
}

/* A newer daemon's rows do no harm; a body that is no JSON is an error. */
static void
test_unknown(void **state)
{
	struct view *v = view_new();
	struct row row = {.seq = 2,
			  .id = "x",
			  .kind = "check.begun",
			  .body = "{",
			  .body_len = 1};

	apply(v, 1, DAY "05:00:00Z", "from.the.future", "{\"a\":1}");
	assert_true(v->rows == 2);
	assert_true(view_apply(v, &row, NULL) < 0);
	view_free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_planned),
	    cmocka_unit_test(test_step_back),
	    cmocka_unit_test(test_answers),
	    cmocka_unit_test(test_open_run),
	    cmocka_unit_test(test_attempts),
	    cmocka_unit_test(test_shared_key),
	    cmocka_unit_test(test_tokens),
	    cmocka_unit_test(test_source_on_a_day),
	    cmocka_unit_test(test_needed),
	    cmocka_unit_test(test_amended),
	    cmocka_unit_test(test_amended_before),
	    cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
