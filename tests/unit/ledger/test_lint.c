/* Rows that are whole, and still wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ledger/lint.h"

#include <stdio.h>
#include <string.h>

#define DAY "2026-07-03T00:00:00Z"
#define NOTE                                                             \
	"{\"alert\":\"a\",\"note\":\"b\",\"peer_uid\":0,\"role\":\"c\"," \
	"\"workload_label\":\"d\""
#define BEGUN "{\"check\":\"a/happy\",\"environment\":\"test\",\"path\":"
#define REST                                                          \
	",\"run\":\"r\",\"slot\":\"" DAY "\",\"trigger\":\"manual\"," \
	"\"workload_label\":"
#define HEX	   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define CORRECTION "{\"corrects\":{\"kind\":\"note\",\"leaf\":\"" HEX "\","
#define WHO	   ",\"note\":\"a\",\"peer_uid\":0,\"role\":\"b\"}"
#define DAILY                                                     \
	"{\"alerts\":0,\"fail\":0,\"hold\":0,\"inconclusive\":0," \
	"\"ledger_rows\":1,\"muted\":0,\"not_due\":0,\"open\":"
#define OPEN "{\"acked\":false,\"id\":\"a/b\",\"severity\":"
#define SILENCES                                                    \
	",\"pass\":0,\"pending\":0,\"review_date\":\"2026-07-03\"," \
	"\"silences\":[],\"text\":\"t\"}"

#define RAISED "\"count\":1,\"detail\":\"\",\"evidence\":[],"
#define RAISED_REST                                                    \
	",\"group\":\"\",\"holds_owners\":0,\"holds_workloads\":0,"    \
	"\"lead\":true,\"owner\":\"o\",\"reasons\":[],\"rule\":\"x\"," \
	"\"severity\":\"info\",\"since\":null,\"subject\":\"y\","      \
	"\"text\":\"t\","
#define RESOLVED_REST                                                     \
	",\"group\":\"\",\"lead\":true,\"owner\":\"o\",\"raised_seq\":1," \
	"\"reasons\":[],\"resolution\":\"r\",\"rule\":\"x\","             \
	"\"severity\":\"info\",\"subject\":\"y\",\"text\":\"t\","

static const struct {
	const char *at, *kind, *body;
	const char *words; /* of what is wrong; NULL: nothing */
} rows[] = {
    {DAY, "note", NOTE "}", NULL},
    {"2026-07-03T00:00:00.5Z", "note", NOTE "}", NULL},
    {DAY, "check.begun", BEGUN "\"happy\"" REST "\"a\"}", NULL},
    {"2026-07-03T00:00:00.5Z", "check.begun", BEGUN "\"happy\"" REST "\"a\"}",
     "a fraction of a second"},
    /* members: lacking, unknown, of another type, of other words */
    {DAY, "note", "{}", "no member note"},
    {DAY, "record", "{\"decision\":\"pass\"}", "no member allocation_rule"},
    {DAY, "note", NOTE ",\"x\":1}", "no member that this build knows: x"},
    {DAY, "check.begun", BEGUN "\"happy\"" REST "7}",
     "the member workload_label is not"},
    {DAY, "check.begun", BEGUN "\"happy\"" REST "\"<b>\"}",
     "the member workload_label is not"},
    {DAY, "check.begun", BEGUN "\"both\"" REST "\"a\"}",
     "the member path is not"},
    {DAY, "check.begun", BEGUN "\"happ\"" REST "\"a\"}",
     "the member path is not"},
    {DAY, "check.begun", BEGUN "null" REST "\"a\"}", "the member path is not"},
    {DAY, "clock.stepped",
     "{\"from\":\"2026-07-03T00:00:00Z\",\"step_s\":-9,\"to\":\"\"}", NULL},
    {DAY, "clock.stepped", "{\"from\":\"yesterday\",\"step_s\":-9,\"to\":\"\"}",
     "the member from is not"},
    {DAY, "clock.stepped",
     "{\"from\":\"2026-07-03T00:00:00Z\",\"step_s\":\"9\",\"to\":\"\"}",
     "the member step_s is not"},
    {DAY, "daemon.started",
     "{\"config_digest\":\"" HEX "\",\"damaged\":false,\"host\":\"h\","
     "\"version\":\"1\"}",
     NULL},
    {DAY, "daemon.started",
     "{\"config_digest\":\"" HEX "\",\"damaged\":0,\"host\":\"h\","
     "\"version\":\"1\"}",
     "the member damaged is not"},
    {DAY, "daemon.started",
     "{\"config_digest\":\"0\",\"damaged\":false,\"host\":\"h\","
     "\"version\":\"1\"}",
     "the member config_digest is not"},
    /* what may lack, and what may be null */
    {DAY, "legal_hold",
     "{\"note\":\"a\",\"peer_uid\":0,\"releases\":1,\"role\":\"b\"}", NULL},
    {DAY, "check.missed",
     "{\"check\":\"a\",\"count\":1,\"from\":\"\",\"reason\":\"x\","
     "\"run\":null,\"to\":\"\"}",
     NULL},
    {DAY, "check.missed",
     "{\"check\":null,\"count\":1,\"from\":\"\",\"reason\":\"x\","
     "\"run\":null,\"to\":\"\"}",
     "the member check is not"},
    /* members within members, and in lists */
    {DAY, "correction", CORRECTION "\"seq\":1}" WHO, NULL},
    {DAY, "correction", CORRECTION "\"seq\":\"1\"}" WHO,
     "the member seq is not"},
    {DAY, "correction", CORRECTION "\"seq\":1,\"x\":1}" WHO,
     "no member that this build knows: x"},
    {DAY, "digest.daily", DAILY "[]" SILENCES, NULL},
    {DAY, "digest.daily",
     DAILY "[" OPEN "\"info\",\"silenced\":true}]" SILENCES, NULL},
    {DAY, "digest.daily", DAILY "[" OPEN "\"low\",\"silenced\":true}]" SILENCES,
     "the member severity is not"},
    {DAY, "digest.daily", DAILY "[7]" SILENCES, "the member open is not"},
    {DAY, "digest.daily", DAILY "{}" SILENCES, "the member open is not"},
    /* members that newer parts of the program may bring */
    {DAY, "review", "{\"any\":1,\"role\":\"b\"}", NULL},
    {DAY, "review", "{\"any\":1}", "no member role"},
    {"2026-07-03T00:00:00Z", "alert.", "{}", "no kind that this build knows"},
    {"2026-07-03T00:00:00Z", "notes", "{}", "no kind that this build knows"},
    {"2026-07-03T00:00:00Z", "note", "{\"a\":1,\"a\":2}", "duplicate key"},
    {"2026-07-03T00:00:00Z", "note", "{\"b\":1,\"a\":2}", "canonical"},
    {"2026-07-03T00:00:00Z", "note", "{\"a\": 1}", "canonical"},
    {"2026-07-03T00:00:00Z", "note", "{\"a\":1.5}", "lint: "},
    {"2026-07-03T00:00:00Z", "note", "{\"a\":9007199254740992}", "lint: "},
    {"2026-07-03T00:00:00Z", "note", "{\"a\":\"\\u0000\"}", "lint: "},
    {"2026-07-03T00:00:00Z", "note", "{\"a\":\"\xff\"}", "lint: "},
    {"2026-07-03T00:00:00Z", "note", "{\"a\":[[[[[[[[[1]]]]]]]]]}", "lint: "},
    {"2026-07-03T00:00:00Z", "note",
     "{\"a\":\"Authorization: Bearer abcdefghijklmnop0123456789\"}",
     "looks like a credential"},
};

static void
test_rows(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct row_draft draft = {.id = "a",
					  .kind = rows[i].kind,
					  .body = rows[i].body,
					  .body_len = strlen(rows[i].body)};
		struct row_parts parts;
		char why[LINT_WHY_SIZE] = "";
		struct digest prev = {{0}}, leaf;
		struct buf line = {0};
		bool ok;

		assert_int_equal(wall_parse(rows[i].at, &draft.at), 0);
		row_render(&line, &draft, 1, 1, &prev, &leaf);
		assert_int_equal(row_parse(line.data, line.len - 1, &parts), 0);
		ok = lint_row(line.data, line.len - 1, &parts, why);
		if (ok != (rows[i].words == NULL) ||
		    (!ok && strstr(why, rows[i].words) == NULL))
			fail_msg("%s %s: \"%s\"", rows[i].kind, rows[i].body,
				 why);
		assert_null(strstr(why, "abcdefghijklmnop"));
		buf_free(&line);
	}
}

/* Each member that names a workload, a source or a gateway: %s is where the
 * name stands; what may be nobody's may be empty. */
static const struct {
	const char *kind, *body, *member;
	bool may_be_empty;
} named[] = {
    {"attest.source",
     "{\"file_bytes\":1,\"filter_sha256\":\"" HEX "\",\"normaliser\":1,"
     "\"note\":\"a\",\"peer_uid\":0,\"role\":\"b\",\"snapshot\":\"c\","
     "\"source\":\"%s\",\"text_bytes\":1,\"text_sha256\":\"" HEX
     "\",\"title\":\"\",\"url\":\"u\"}",
     "source", false},
    {"source.approved",
     "{\"note\":\"a\",\"peer_uid\":0,\"role\":\"b\",\"snapshot\":\"c\","
     "\"source\":\"%s\",\"text_sha256\":\"" HEX "\"}",
     "source", false},
    {"attest.usage",
     "{\"note\":\"a\",\"peer_uid\":0,\"role\":\"b\",\"run\":\"r\","
     "\"surface\":\"s\",\"tier\":\"attested\",\"workload_label\":\"%s\"}",
     "workload_label", false},
    {"check.begun", BEGUN "\"happy\"" REST "\"%s\"}", "workload_label", false},
    {"check.usage",
     "{\"after\":null,\"before\":null,\"check\":\"a/happy\","
     "\"environment\":\"test\",\"evidence_lag_s\":null,\"label_seen\":null,"
     "\"look\":1,\"outcome\":\"visible\",\"run\":\"r\","
     "\"surface\":\"s\",\"tier\":\"counter\",\"unit\":\"u\","
     "\"workload_label\":\"%s\"}",
     "workload_label", false},
    {"correction",
     CORRECTION "\"seq\":1},\"note\":\"a\",\"peer_uid\":0,\"role\":\"b\","
		"\"workload_label\":\"%s\"}",
     "workload_label", false},
    {"decision",
     "{\"decision\":\"hold\",\"note\":\"a\",\"peer_uid\":0,"
     "\"role\":\"b\",\"until\":\"2026-07-10\",\"workload_label\":\"%s\"}",
     "workload_label", false},
    {"scope.approved",
     "{\"note\":\"a\",\"peer_uid\":0,\"role\":\"b\","
     "\"scope_digest\":\"d\",\"workload_label\":\"%s\"}",
     "workload_label", false},
    {"note",
     "{\"alert\":\"a\",\"note\":\"b\",\"peer_uid\":0,\"role\":\"c\","
     "\"workload_label\":\"%s\"}",
     "workload_label", true},
    {"alert.acked",
     "{\"note\":\"a\",\"owner\":\"o\",\"peer_uid\":0,\"raised_seq\":1,"
     "\"role\":\"b\",\"rule\":\"x\",\"severity\":\"info\","
     "\"subject\":\"y\",\"text\":\"t\",\"until\":\"" DAY
     "\",\"workload\":\"%s\"}",
     "workload", true},
    {"alert.raised",
     "{" RAISED "\"gateway\":\"%s\"" RAISED_REST "\"workload\":\"\"}",
     "gateway", true},
    {"alert.raised",
     "{" RAISED "\"gateway\":\"\"" RAISED_REST "\"workload\":\"%s\"}",
     "workload", true},
    {"alert.resolved",
     "{\"count\":1,\"gateway\":\"%s\"" RESOLVED_REST "\"workload\":\"\"}",
     "gateway", true},
    {"alert.resolved",
     "{\"count\":1,\"gateway\":\"\"" RESOLVED_REST "\"workload\":\"%s\"}",
     "workload", true},
};

/* Whether the row with this name passes; otherwise the member is named. */
static bool
passes(size_t i, const char *name)
{
	struct row_draft draft = {.id = "a", .kind = named[i].kind};
	struct row_parts parts;
	char why[LINT_WHY_SIZE] = "", words[60];
	struct digest prev = {{0}}, leaf;
	struct buf line = {0}, body = {0};
	const char *at = strstr(named[i].body, "%s");
	bool ok;

	buf_add(&body, named[i].body, (size_t)(at - named[i].body));
	buf_puts(&body, name);
	buf_puts(&body, at + 2);
	draft.body = buf_text(&body);
	draft.body_len = body.len;
	assert_int_equal(wall_parse(DAY, &draft.at), 0);
	row_render(&line, &draft, 1, 1, &prev, &leaf);
	assert_int_equal(row_parse(line.data, line.len - 1, &parts), 0);
	ok = lint_row(line.data, line.len - 1, &parts, why);
	snprintf(words, sizeof(words), "the member %s is not", named[i].member);
	if (!ok && strstr(why, words) == NULL)
		fail_msg("%s: \"%s\"", named[i].kind, why);
	buf_free(&line);
	buf_free(&body);
	return ok;
}

static void
test_names(void **state)
{
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		print_message("%s %s\n", named[i].kind, named[i].member);
		assert_true(passes(i, "chat-1"));
		assert_false(passes(i, "Chat"));
		assert_false(passes(i, "-chat"));
		assert_false(passes(i, "<b>"));
		assert_false(passes(i, "a b"));
		assert_int_equal(passes(i, ""), named[i].may_be_empty);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
