/* A row as a journal entry: fields, faces, framing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "alert/rule.h"
#include "ledger/mirror.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row with its line; kept until the next call. */
static struct row *
row_of(const char *kind, const char *body)
{
	static struct row row;
	static struct row_names names;
	static struct buf line;
	struct row_draft draft = {
	    .at = wall_from_s(1783036801),
	    .id = "x.1",
	    .kind = kind,
	    .body = body,
	    .body_len = strlen(body),
	};
	const struct digest prev = {{7}};
	struct row_parts parts;
	struct digest leaf;

	buf_free(&line);
	assert_int_equal(row_check(&draft, NULL), 0);
	row_render(&line, &draft, 42, 40, &prev, &leaf);
	assert_int_equal(row_parse(line.data, line.len - 1, &parts), 0);
	row_from_parts(&row, &names, line.data, line.len - 1, &parts, &leaf);
	return &row;
}

static const struct digest genesis = {{0xab, 0xcd}};

/* The value of a field, malloc'd, NULL when it is not there.  The datagram
 * is read by the rules of the protocol. */
static char *
field(const struct buf *datagram, const char *key)
{
	const char *p = datagram->data, *end = p + datagram->len;
	char *found = NULL;

	while (p < end) {
		size_t n = strcspn(p, "=\n"), len;
		const char *value;

		if (p[n] == '=') {
			value = p + n + 1;
			len = (size_t)((const char *)memchr(
					   value, '\n', (size_t)(end - value)) -
				       value);
		} else {
			len = 0;
			for (size_t i = 8; i > 0; i--)
				len = len << 8 | (unsigned char)p[n + i];
			value = p + n + 9;
		}
		assert_true(value + len < end && value[len] == '\n');
		assert_true(len > 0);
		if (strlen(key) == n && memcmp(p, key, n) == 0) {
			assert_null(found);
			found = strndup(value, len);
		}
		p = value + len + 1;
	}
	return found;
}

static void
assert_field(const struct buf *b, const char *key, const char *expected)
{
	char *value = field(b, key);

	if (expected == NULL)
		assert_null(value);
	else if (value == NULL)
		fail_msg("no %s", key);
	else
		assert_string_equal(value, expected);
	free(value);
}

static void
test_record(void **state)
{
	const struct row *row = row_of(
	    "record",
	    "{\"decision\":\"hold\",\"environment\":\"test\","
	    "\"owner_group\":\"team-support\",\"reasons\":[\"OWNER_EXPIRED\","
	    "\"USAGE_PENDING\"],\"review_date\":\"2026-07-02\","
	    "\"workload_label\":\"support-chat\"}");
	char hex[DIGEST_HEX_LEN + 1], *value;
	struct buf b = {0};
	bool alert = true;

	assert_int_equal(mirror_row(row, &genesis, &b, &alert), 0);
	assert_false(alert);
	assert_field(&b, "MESSAGE",
		     "record support-chat 2026-07-02: hold (OWNER_EXPIRED, "
		     "USAGE_PENDING) [row 42]");
	assert_field(&b, "MESSAGE_ID", "48f11e28c78841a1a914e3ad95fd2ca1");
	assert_field(&b, "PRIORITY", "5");
	assert_field(&b, "SYSLOG_IDENTIFIER", "evidenced-ledger");
	assert_field(&b, "EVIDENCED_LEDGER", digest_hex(&genesis, hex));
	assert_field(&b, "EVIDENCED_SEQ", "42");
	assert_field(&b, "EVIDENCED_LEAF", digest_hex(&row->leaf, hex));
	assert_field(&b, "EVIDENCED_KIND", "record");
	assert_field(&b, "EVIDENCED_DAY", "2026-07-02");
	assert_field(&b, "EVIDENCED_WORKLOAD", "support-chat");
	assert_field(&b, "EVIDENCED_OWNER", "team-support");
	assert_field(&b, "EVIDENCED_ENVIRONMENT", "test");
	assert_field(&b, "EVIDENCED_DECISION", "hold");
	assert_field(&b, "EVIDENCED_CHECK", NULL);
	assert_field(&b, "EVIDENCED_RULE", NULL);
	value = field(&b, "EVIDENCED_ROW");
	assert_non_null(value);
	assert_int_equal(strlen(value), row->line_len);
	assert_memory_equal(value, row->line, row->line_len);
	free(value);
	buf_free(&b);
}

static void
test_passing_record(void **state)
{
	struct buf b = {0};
	bool alert;

	mirror_row(row_of("record", "{\"decision\":\"pass\","
				    "\"owner_group\":\"\","
				    "\"workload_label\":\"w\"}"),
		   &genesis, &b, &alert);
	assert_field(&b, "PRIORITY", "6");
	assert_field(&b, "EVIDENCED_OWNER", NULL);
	/* no review_date: the day of `at` */
	assert_field(&b, "EVIDENCED_DAY", "2026-07-03");
	buf_free(&b);
}

/* A cut is the usual thing after a crash; a checkpoint that is lost is not. */
static void
test_recovered(void **state)
{
	static const char *const cases[][2] = {
	    {"torn_tail", "6"},
	    {"checkpoints_lost", "4"},
	    {"checkpoint_log_lost", "4"},
	    {"never_signed", "4"},
	};

	for (size_t i = 0; i < 4; i++) {
		struct buf b = {0};
		char body[80];
		bool alert;

		snprintf(body, sizeof(body),
			 "{\"from_seq\":0,\"reason\":\"%s\",\"to_seq\":9}",
			 cases[i][0]);
		mirror_row(row_of("ledger.recovered", body), &genesis, &b,
			   &alert);
		assert_field(&b, "PRIORITY", cases[i][1]);
		assert_field(&b, "SYSLOG_IDENTIFIER", "evidenced-ledger");
		buf_free(&b);
	}
}

static void
test_check(void **state)
{
	struct buf b = {0};
	bool alert;

	mirror_row(
	    row_of("check.happy",
		   "{\"check\":\"support-chat/happy\",\"environment\":"
		   "\"test\",\"outcome\":\"completed\",\"workload_label\":"
		   "\"support-chat\"}"),
	    &genesis, &b, &alert);
	assert_field(&b, "MESSAGE",
		     "check.happy support-chat/happy: completed [row 42]");
	assert_field(&b, "EVIDENCED_CHECK", "support-chat/happy");
	assert_field(&b, "EVIDENCED_WORKLOAD", "support-chat");
	assert_field(&b, "PRIORITY", "6");
	buf_free(&b);
}

/* The day's digest stands among the operator's lines. */
static void
test_digest(void **state)
{
	struct buf b = {0};
	bool alert;

	mirror_row(row_of("digest.daily",
			  "{\"alerts\":1,\"review_date\":\"2026-07-02\","
			  "\"text\":\"2 pass; 1 alert; ledger 41\"}"),
		   &genesis, &b, &alert);
	assert_field(&b, "MESSAGE",
		     "digest 2026-07-02: 2 pass; 1 alert; ledger 41");
	assert_field(&b, "MESSAGE_ID", MIRROR_DIGEST_MESSAGE_ID);
	assert_field(&b, "PRIORITY", "5");
	assert_field(&b, "SYSLOG_IDENTIFIER", "evidenced");
	assert_field(&b, "EVIDENCED_DAY", "2026-07-02");
	buf_free(&b);
}

static const struct {
	const char *kind, *severity;
	bool lead;
	const char *identifier, *priority;
} alerts[] = {
    {"alert.raised", "critical", true, "evidenced", "2"},
    {"alert.raised", "warning", true, "evidenced", "4"},
    {"alert.raised", "info", true, "evidenced", "5"},
    {"alert.resolved", "critical", true, "evidenced", "5"},
    {"alert.raised", "critical", false, "evidenced-ledger", "6"},
    {"alert.acked", "critical", true, "evidenced-ledger", "6"},
};

static void
test_alerts(void **state)
{
	for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++) {
		const struct alert_rule *rule =
		    alert_rule_by_name("source-stale");
		char body[400];
		struct buf b = {0};
		bool alert, leads;

		snprintf(
		    body, sizeof(body),
		    "{\"lead\":%s,\"owner\":\"\",\"rule\":\"source-stale\","
		    "\"severity\":\"%s\",\"subject\":\"cometapi-pricing\","
		    "\"text\":\"W source-stale cometapi-pricing: not read\","
		    "\"workload\":\"\"}",
		    alerts[i].lead ? "true" : "false", alerts[i].severity);
		assert_int_equal(mirror_row(row_of(alerts[i].kind, body),
					    &genesis, &b, &alert),
				 0);
		leads = strcmp(alerts[i].identifier, "evidenced") == 0;
		assert_int_equal(alert, leads);
		assert_field(&b, "SYSLOG_IDENTIFIER", alerts[i].identifier);
		assert_field(&b, "PRIORITY", alerts[i].priority);
		assert_field(&b, "MESSAGE_ID",
			     leads ? rule->message_id : MIRROR_ROW_MESSAGE_ID);
		assert_field(&b, "EVIDENCED_WORKLOAD", NULL);
		if (strcmp(alerts[i].kind, "alert.acked") != 0) {
			assert_field(
			    &b, "MESSAGE",
			    "W source-stale cometapi-pricing: not read");
			assert_field(&b, "EVIDENCED_OWNER", "(unallocated)");
			assert_field(&b, "EVIDENCED_RULE", "source-stale");
			assert_field(&b, "EVIDENCED_SUBJECT",
				     "cometapi-pricing");
		}
		buf_free(&b);
	}
}

/* A rule that this build does not know is an alert all the same. */
static void
test_unknown_rule(void **state)
{
	struct buf b = {0};
	bool alert;

	mirror_row(row_of("alert.raised",
			  "{\"lead\":true,\"rule\":\"from-the-future\","
			  "\"severity\":\"critical\",\"text\":\"C x\"}"),
		   &genesis, &b, &alert);
	assert_true(alert);
	assert_field(&b, "PRIORITY", "2");
	assert_field(&b, "MESSAGE_ID", MIRROR_ROW_MESSAGE_ID);
	assert_field(&b, "SYSLOG_IDENTIFIER", "evidenced");
	buf_free(&b);
}

/* What no row of ours can hold, but a row of another build might. */
static void
test_line_ends(void **state)
{
	static const char body[] = "{\"check\":\"a\\nEVIDENCED_SEQ=1\"}";
	struct row row = *row_of("check.happy", "{}");
	struct buf b = {0};
	bool alert;

	row.body = body;
	row.body_len = strlen(body);
	mirror_row(&row, &genesis, &b, &alert);
	assert_field(&b, "EVIDENCED_SEQ", "42");
	/* The body is refused by the strict gate: no details. */
	assert_field(&b, "EVIDENCED_CHECK", NULL);
	assert_field(&b, "MESSAGE", "check.happy [row 42]");
	buf_reset(&b);
	row = *row_of("check.happy", "{}");
	row.line = "two\nlines";
	row.line_len = 9;
	mirror_row(&row, &genesis, &b, &alert);
	assert_field(&b, "EVIDENCED_ROW", "two\nlines");
	buf_free(&b);
}

static void
test_checkpoint(void **state)
{
	static const char note[] =
	    "x\n7\n"
	    "BwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	    "\n\xe2\x80\x94 x AAAA\n";
	const struct digest root = {{7}};
	char hex[DIGEST_HEX_LEN + 1];
	struct buf b = {0};

	assert_int_equal(mirror_checkpoint(7, &root, note, &genesis, &b), 0);
	assert_field(&b, "MESSAGE", "checkpoint of 7 rows");
	assert_field(&b, "MESSAGE_ID", "d257985e807842378144f1045d162a18");
	assert_field(&b, "PRIORITY", "6");
	assert_field(&b, "SYSLOG_IDENTIFIER", "evidenced-ledger");
	assert_field(&b, "EVIDENCED_LEDGER", digest_hex(&genesis, hex));
	assert_field(&b, "EVIDENCED_SIZE", "7");
	assert_field(&b, "EVIDENCED_ROOT",
		     "BwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
	assert_field(&b, "EVIDENCED_CHECKPOINT", note);
	assert_field(&b, "EVIDENCED_SEQ", NULL);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_record),
	    cmocka_unit_test(test_passing_record),
	    cmocka_unit_test(test_recovered),
	    cmocka_unit_test(test_check),
	    cmocka_unit_test(test_digest),
	    cmocka_unit_test(test_alerts),
	    cmocka_unit_test(test_unknown_rule),
	    cmocka_unit_test(test_line_ends),
	    cmocka_unit_test(test_checkpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
