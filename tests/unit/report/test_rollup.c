/* The packet of many workloads: months made by hand, against packets that a
 * person has read (tests/unit/report/packets/). */
#include "packets.h"
#include "report/rollup_inside.h"
#include "report/standing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FILE_MAX_BYTES = 256 * 1024 };

static struct packets p;

static const char *const labels[] = {"a-chat", "b-batch", "c-images"};

static const char *
owner_of(const char *label)
{
	return strcmp(label, "c-images") == 0 ? "team-images" : "team-support";
}

/* The three that have an owner pass; the fourth waits for one. */
static void
good_day(const char *date)
{
	for (size_t i = 0; i < 3; i++) {
		packets_pair(&p, labels[i], date);
		packets_record(&p, &(struct packets_record){
				       .label = labels[i],
				       .date = date,
				       .owner = owner_of(labels[i]),
				   });
	}
}

static void
ownerless(const char *date)
{
	packets_pair(&p, "d-lost", date);
	packets_record(&p, &(struct packets_record){
			       .label = "d-lost",
			       .date = date,
			       .decision = "hold",
			       .reasons = "\"OWNER_MISSING\"",
			       .owner = "",
			   });
}

static void
all_eligible(void)
{
	packets_sources(&p, "2026-07-01", "new");
	for (int i = 1; i <= 3; i++) {
		char date[WALL_DAY_LEN + 1];

		snprintf(date, sizeof(date), "2026-07-%02d", i);
		packets_sources(&p, date, "unchanged");
		good_day(date);
		packets_record(&p, &(struct packets_record){
				       .label = "d-lost",
				       .date = date,
				   });
	}
}

static void
nothing_eligible(void)
{
	packets_sources(&p, "2026-07-01", "new");
	packets_sources(&p, "2026-07-02", "changed");
	packets_record(&p, &(struct packets_record){.label = "a-chat",
						    .date = "2026-07-01"});
	for (int i = 2; i <= 3; i++) {
		char date[WALL_DAY_LEN + 1];

		snprintf(date, sizeof(date), "2026-07-%02d", i);
		packets_record(&p, &(struct packets_record){
				       .label = "a-chat",
				       .date = date,
				       .decision = "hold",
				       .reasons = "\"SOURCE_STALE\","
						  "\"PRICING_NOT_SAME_DAY\"",
				   });
		packets_record(&p, &(struct packets_record){
				       .label = "b-batch",
				       .date = date,
				       .decision = "inconclusive",
				       .reasons = "\"THROTTLED\"",
				       .tier = "none",
				   });
		packets_record(&p, &(struct packets_record){
				       .label = "c-images",
				       .date = date,
				       .decision = "fail",
				       .reasons = "\"CREDENTIAL_ACCEPTED\"",
				       .owner = "team-images",
				   });
		ownerless(date);
	}
}

static void
empty_ledger(void)
{
}

static void
owner_missing(void)
{
	packets_record(&p, &(struct packets_record){
			       .label = "d-lost",
			       .date = "2026-06-30",
			       .decision = "hold",
			       .reasons = "\"OWNER_MISSING\"",
			       .owner = "",
			   });
	ownerless("2026-07-01");
	ownerless("2026-07-02");
	packets_sources(&p, "2026-07-03", "new");
	good_day("2026-07-03");
	ownerless("2026-07-03");
}

static void
response_only(void)
{
	packets_sources(&p, "2026-07-03", "new");
	packets_pair(&p, "a-chat", "2026-07-03");
	packets_record(&p, &(struct packets_record){
			       .label = "a-chat",
			       .date = "2026-07-03",
			       .tier = "response",
			       .uncertainty = "\"USAGE_IN_RESPONSE_ONLY\",",
			   });
}

/* Rows 11 and 12: the dashboard was looked at, and the page saved. */
static void
attest(void)
{
	char body[512], text[DIGEST_HEX_LEN + 1];
	struct digest d = digest_sha256("text", 4);

	packets_row(&p, "2026-07-03T08:30:00Z", "attest.usage",
		    "{\"note\":\"\",\"peer_uid\":1000,\"role\":\"reader\","
		    "\"run\":\"aaaaaaaaaaaaaaaa\",\"surface\":\"quota $5\","
		    "\"tier\":\"attested\",\"workload_label\":\"a-chat\"}");
	snprintf(body, sizeof(body),
		 "{\"note\":\"\",\"peer_uid\":1001,\"role\":\"pricing-owner\","
		 "\"snapshot\":\"%.12s\",\"source\":\"s-pricing\","
		 "\"text_sha256\":\"%s\",\"url\":\"https://docs.example.com\"}",
		 digest_hex(&d, text), text);
	packets_row(&p, "2026-07-03T08:40:00Z", "attest.source", body);
}

static void
attested(void)
{
	packets_sources(&p, "2026-07-02", "new");
	packets_pair(&p, "a-chat", "2026-07-03");
	packets_source(&p, "s-setup", "2026-07-03", "unchanged");
	packets_source(&p, "s-pricing", "2026-07-03", "blocked");
	attest();
	packets_record(&p, &(struct packets_record){
			       .label = "a-chat",
			       .date = "2026-07-03",
			       .tier = "attested",
			       .evidence = "6,8,9,11,12",
			       .uncertainty = "\"USAGE_ATTESTED\","
					      "\"SOURCE_ATTESTED\",",
			   });
}

static void
capped(void)
{
	packets_sources(&p, "2026-07-03", "new");
	packets_pair(&p, "a-chat", "2026-07-03");
	packets_row(&p, "2026-07-03T09:00:00Z", "decision",
		    "{\"decision\":\"hold\",\"note\":\"\",\"peer_uid\":1000,"
		    "\"role\":\"budget-owner\",\"until\":\"2026-07-10\","
		    "\"workload_label\":\"a-chat\"}");
	packets_record(&p, &(struct packets_record){
			       .label = "a-chat",
			       .date = "2026-07-03",
			       .decision = "hold",
			       .reasons = "\"LOWERED_BY_ROLE\"",
			       .cap = "{\"decision\":\"hold\",\"role\":"
				      "\"budget-owner\",\"seq\":9,"
				      "\"until\":\"2026-07-10\"}",
			   });
}

static void
late_pass(void)
{
	packets_sources(&p, "2026-07-03", "new");
	packets_pair(&p, "a-chat", "2026-07-03");
	packets_record(&p, &(struct packets_record){
			       .label = "a-chat",
			       .date = "2026-07-03",
			       .decision = "inconclusive",
			       .reasons = "\"NOT_OBSERVED_5XX\"",
			   });
	packets_record(&p, &(struct packets_record){
			       .label = "a-chat",
			       .date = "2026-07-03",
			       .at = "2026-07-04T00:20:00Z",
			   });
}

/* The pass of the review date, and a hold of the day before it. */
static void
corrected(void)
{
	packets_sources(&p, "2026-07-03", "new");
	packets_record(&p, &(struct packets_record){
			       .label = "a-chat",
			       .date = "2026-07-02",
			       .decision = "hold",
			       .reasons = "\"SOURCE_STALE\"",
			   });
	good_day("2026-07-03");
	packets_row(&p, "2026-07-03T10:00:00Z", "correction",
		    "{\"corrects\":{\"kind\":\"record\",\"leaf\":\"00\","
		    "\"seq\":5},\"note\":\"it is $5\",\"peer_uid\":1000,"
		    "\"role\":\"finops\",\"workload_label\":\"a-chat\"}");
	packets_row(&p, "2026-07-04T00:10:00Z", "correction",
		    "{\"corrects\":{\"kind\":\"record\",\"leaf\":\"00\","
		    "\"seq\":10},\"note\":\"it is $5\",\"peer_uid\":1000,"
		    "\"role\":\"finops\",\"workload_label\":\"a-chat\"}");
}

/* The ledger ends before the day's evidence is given up. */
static void
not_yet_due(void)
{
	packets_sources(&p, "2026-07-02", "new");
	good_day("2026-07-02");
	packets_row(&p, "2026-07-03T04:00:00Z", "daemon.started", "{}");
}

static const struct {
	const char *name;
	void (*fill)(void);
	enum rollup_by by;
	bool rows_alone;
} cases[] = {
    {"all-eligible", all_eligible, ROLLUP_OWNER, false},
    {"nothing-eligible", nothing_eligible, ROLLUP_OWNER, false},
    {"empty-ledger", empty_ledger, ROLLUP_OWNER, true},
    {"owner-missing", owner_missing, ROLLUP_OWNER, false},
    {"response-only", response_only, ROLLUP_ENVIRONMENT, true},
    {"attested", attested, ROLLUP_OWNER, false},
    {"capped", capped, ROLLUP_COST_CENTER, false},
    {"corrected", corrected, ROLLUP_OWNER, false},
    {"late-pass", late_pass, ROLLUP_APPLICATION, false},
    {"not-yet-due", not_yet_due, ROLLUP_POOL, false},
};

/* ---- against files ---- */

static void
expect_file(const char *name, const char *suffix, const struct buf *out)
{
	char path[1024], *expected = calloc(1, FILE_MAX_BYTES);
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/unit/report/packets/%s.%s",
		 getenv("top_srcdir"), name, suffix);
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

static void
golden_packets(void **state)
{
	static const struct {
		enum writer_format format;
		const char *suffix;
	} formats[] = {{WRITER_TEXT, "txt"},
		       {WRITER_JSON, "jsonl"},
		       {WRITER_YAML, "yaml"},
		       {WRITER_HTML, "html"}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		packets_init(&p, "2026-07-03");
		cases[i].fill();
		packets_make(&p, cases[i].by, PACKET_GIVEN,
			     !cases[i].rows_alone);
		for (size_t f = 0; f < 4; f++) {
			struct buf out = {0};

			packets_print(&p, formats[f].format, &out);
			expect_file(cases[i].name, formats[f].suffix, &out);
			buf_free(&out);
		}
		packets_free(&p);
	}
}

/* ---- what a file does not show well ---- */

static const struct rollup_entry *
entry(const char *label)
{
	for (size_t i = 0; i < p.rollup.n; i++) {
		if (strcmp(p.rollup.entries[i].span->label, label) == 0)
			return &p.rollup.entries[i];
	}
	fail_msg("%s is not in the packet", label);
	return NULL;
}

static void
expect_reach(const char *words)
{
	struct buf out = {0};

	rollup_reach(&p.rollup, &out);
	assert_string_equal(buf_text(&out), words);
	buf_free(&out);
}

static size_t
lines_with(const char *words)
{
	struct buf out = {0};
	size_t n = 0;

	packets_print(&p, WRITER_JSON, &out);
	for (const char *at = buf_text(&out); (at = strstr(at, words)) != NULL;
	     at++)
		n++;
	buf_free(&out);
	return n;
}

/* The rows say whether a day has closed, not how it was chosen. */
static void
closed_by_the_rows(void **state)
{
	for (int choice = PACKET_GIVEN; choice <= PACKET_CLOSED; choice++) {
		packets_init(&p, "2026-07-03");
		not_yet_due();
		packets_make(&p, ROLLUP_OWNER, (enum packet_choice)choice,
			     true);
		assert_int_equal(entry("a-chat")->state, ROLLUP_PENDING);
		expect_reach(
		    "The rows begin on 2026-07-02: nothing is known of the days of the period before it. The ledger ends before this day closed: what it "
		    "does not show is not known yet.");
		packets_free(&p);
		packets_init(&p, "2026-07-03");
		not_yet_due();
		packets_row(&p, "2026-07-04T00:00:00Z", "daemon.started", "{}");
		packets_make(&p, ROLLUP_OWNER, (enum packet_choice)choice,
			     true);
		assert_int_equal(entry("a-chat")->state, ROLLUP_NO_RECORD);
		expect_reach(
		    "The rows begin on 2026-07-02: nothing is known of the days of the period before it.");
		packets_free(&p);
	}
	packets_init(&p, "2026-07-04"); /* a Saturday */
	not_yet_due();
	packets_make(&p, ROLLUP_OWNER, PACKET_CLOSED, true);
	assert_int_equal(entry("c-images")->state, ROLLUP_NOT_DUE);
	packets_free(&p);
}

/* As why and list say it: what was loaded after its window is not missing
 * while its first pair may still come. */
static void
loaded_late(void **state)
{
	static const struct {
		const char *head;
		enum rollup_state state;
	} steps[] = {{"2026-07-03T15:49:59Z", ROLLUP_PENDING},
		     {"2026-07-03T15:50:00Z", ROLLUP_NO_RECORD}};

	for (size_t i = 0; i < 2; i++) {
		packets_init(&p, "2026-07-03");
		packets_row(&p, "2026-07-03T12:00:00Z", "config.loaded", "{}");
		packets_row(&p, steps[i].head, "daemon.stopped", "{}");
		packets_make(&p, ROLLUP_OWNER, PACKET_CLOSED, true);
		assert_int_equal(entry("a-chat")->state, steps[i].state);
		packets_free(&p);
	}
}

/* What was there the day before is caught up with by a daemon that comes after
 * its window. */
static void
came_late(void **state)
{
	static const char *const kinds[] = {"daemon.started", "clock.stepped"};
	static const struct {
		const char *head;
		enum rollup_state state;
	} steps[] = {{"2026-07-03T15:39:59Z", ROLLUP_PENDING},
		     {"2026-07-03T15:40:00Z", ROLLUP_NO_RECORD}};

	for (size_t i = 0; i < 4; i++) {
		packets_init(&p, "2026-07-03");
		packets_pair(&p, "a-chat", "2026-07-02");
		packets_row(&p, "2026-07-03T12:00:00Z", kinds[i / 2], "{}");
		packets_row(&p, steps[i % 2].head, "daemon.stopped", "{}");
		packets_make(&p, ROLLUP_OWNER, PACKET_CLOSED, true);
		assert_int_equal(entry("a-chat")->state, steps[i % 2].state);
		packets_free(&p);
	}
}

/* A slot of a-chat that was begun, and its answer in that scope. */
static void
tested(const char *at, const char *path, const char *scope)
{
	char kind[32], body[512];

	snprintf(body, sizeof(body),
		 "{\"check\":\"a-chat/%s\",\"path\":\"%s\",\"run\":\"%s\","
		 "\"slot\":\"%s\",\"trigger\":\"schedule\","
		 "\"workload_label\":\"a-chat\"}",
		 path, path, "aaaaaaaaaaaaaaaa", at);
	packets_row(&p, at, "check.begun", body);
	snprintf(kind, sizeof(kind), "check.%s", path);
	snprintf(body, sizeof(body),
		 "{\"context\":{\"scope_digest\":\"%s\"},\"outcome\":"
		 "\"unreachable\",\"request_time_utc\":\"%s\",\"run\":\"%s\","
		 "\"workload_label\":\"a-chat\"}",
		 scope, at, "aaaaaaaaaaaaaaaa");
	packets_row(&p, at, kind, body);
}

/* The packet and the standing of the same rows. */
static void
expect_state(const char *head, enum rollup_state state)
{
	const struct workload *w = config_workload(p.config, "a-chat");
	struct standing_seen seen;
	struct standing standing;

	packets_row(&p, head, "daemon.stopped", "{}");
	packets_make(&p, ROLLUP_OWNER, PACKET_CLOSED, true);
	assert_int_equal(entry("a-chat")->state, state);
	seen = standing_by_rows(p.view, p.view->newest_at);
	standing_of(p.config, p.view, w, p.span.first + p.span.n_days - 1,
		    &seen, &standing);
	assert_string_equal(standing_word(&standing), rollup_state_word(state));
}

/* Where the rows end before the evidence was due, and that is over, nobody can
 * tell; the packet says so in each form, in the word of status and why. */
static void
not_reached(void **state)
{
	static const char *const shown[] = {
	    [WRITER_TEXT] = "1 hold, 3 not known.",
	    [WRITER_JSON] = "\"not_known\":3,",
	    [WRITER_YAML] = "not_known: 3",
	    [WRITER_HTML] = "3 not known.",
	};

	for (int pending = 0; pending < 2; pending++) {
		enum rollup_state wanted =
		    pending ? ROLLUP_PENDING : ROLLUP_NOT_KNOWN;
		struct standing_seen seen;
		struct standing standing;

		packets_init(&p, "2026-07-03");
		packets_record(&p, &(struct packets_record){
				       .label = "b-batch",
				       .date = "2026-07-03",
				       .at = "2026-07-03T02:00:00Z",
				       .decision = "hold",
				       .reasons = "\"OWNER_MISSING\""});
		wall_parse(pending ? "2026-07-03T11:09:59Z"
				   : "2026-07-04T06:00:00Z",
			   &p.now);
		packets_make(&p, ROLLUP_OWNER, PACKET_GIVEN, true);
		assert_int_equal(entry("a-chat")->state, wanted);
		seen = standing_by_rows(p.view, p.now);
		standing_of(p.config, p.view,
			    config_workload(p.config, "a-chat"), p.rollup.day,
			    &seen, &standing);
		assert_string_equal(standing_word(&standing),
				    rollup_state_word(wanted));
		for (int f = 0; f < 4; f++) {
			struct buf out = {0};

			packets_print(&p, (enum writer_format)f, &out);
			assert_int_equal(
			    strstr(buf_text(&out), shown[f]) != NULL, !pending);
			buf_free(&out);
		}
		expect_reach(
		    "The rows begin on 2026-07-03: nothing is known of the days of the period before it. The ledger ends before this day closed: what it "
		    "does not show is not known yet.");
		packets_free(&p);
	}
}

/* What a text that is changed after the window leaves as it was is not late by
 * it: not what was there the day before, and not what was begun with already.
 * Another scope is begun with anew. */
static void
loaded_again(void **state)
{
	static const char other[] =
	    "00000000000000000000000000000000000000000000000000000000000000aa";
	static const struct {
		const char *begun, *path;
		bool rescoped;
		const char *before, *closes; /* the last second, and then */
	} steps[] = {
	    {"2026-07-02T05:10:00Z", "happy", false, NULL, "13:00:01Z"},
	    {"2026-07-03T05:10:00Z", "happy", false, NULL, "13:00:01Z"},
	    {"2026-07-03T10:30:00Z", "happy", false, "14:19:59Z", "14:20:00Z"},
	    {"2026-07-03T05:10:00Z", "error", false, "16:49:59Z", "16:50:00Z"},
	    {NULL, NULL, false, "16:49:59Z", "16:50:00Z"},
	    {"2026-07-02T05:10:00Z", "happy", true, "16:49:59Z", "16:50:00Z"},
	    {"2026-07-03T05:10:00Z", "happy", true, "16:49:59Z", "16:50:00Z"},
	};

	for (size_t i = 0; i < 2 * sizeof(steps) / sizeof(steps[0]); i++) {
		bool early = i % 2 == 0;
		char hex[DIGEST_HEX_LEN + 1], head[WALL_RFC3339_LEN + 1];

		if (early && steps[i / 2].before == NULL)
			continue;
		packets_init(&p, "2026-07-03");
		if (steps[i / 2].begun != NULL)
			tested(steps[i / 2].begun, steps[i / 2].path,
			       steps[i / 2].rescoped
				   ? other
				   : digest_hex(
					 &config_workload(p.config, "a-chat")
					      ->scope_digest,
					 hex));
		packets_row(&p, "2026-07-03T13:00:00Z", "config.loaded", "{}");
		snprintf(head, sizeof(head), "2026-07-03T%s",
			 early ? steps[i / 2].before : steps[i / 2].closes);
		expect_state(head, early ? ROLLUP_PENDING : ROLLUP_NO_RECORD);
		packets_free(&p);
	}
}

static void
expect_requests(const char *basis, int requests)
{
	struct number numbers[ROLLUP_NUMBERS];

	packets_make(&p, ROLLUP_OWNER, PACKET_GIVEN, true);
	rollup_numbers(&p.rollup, numbers);
	assert_string_equal(numbers[0].basis, basis);
	assert_int_equal(numbers[0].known, requests >= 0);
	assert_int_equal(numbers[3].known, requests > 0);
	if (requests >= 0)
		assert_int_equal(numbers[0].value, requests);
}

static void
prune(const char *to)
{
	char body[256];

	snprintf(body, sizeof(body),
		 "{\"from\":0,\"keep\":[],\"note\":\"\",\"role\":\"r\","
		 "\"sha256\":\"\",\"to\":%s}",
		 to);
	packets_row(&p, "2026-07-31T00:00:00Z", "ledger.prune", body);
}

/* Where the rows do not reach, nothing is counted. */
static void
unknown_is_not_zero(void **state)
{
	packets_init(&p, "2026-11-28"); /* the ledger ends before */
	packets_pair(&p, "a-chat", "2026-07-26");
	expect_requests("no row of the period", -1);
	assert_int_equal(entry("a-chat")->state, ROLLUP_PENDING);
	packets_free(&p);
	packets_init(&p, "2020-01-15"); /* it begins after */
	packets_pair(&p, "a-chat", "2026-07-26");
	expect_requests("no row of the period", -1);
	assert_int_equal(entry("a-chat")->state, ROLLUP_NOT_DUE);
	expect_reach("The rows begin after this day.");
	assert_int_equal(lines_with("\"state\":null"), p.rollup.n);
	assert_int_equal(lines_with("\"not_due\":null"),
			 p.rollup.n_groups + 1); /* and all of them */
	assert_int_equal(lines_with("\"pass_days\":null"), p.rollup.n_groups);
	assert_int_equal(lines_with("\"due_days\":null"), p.rollup.n_groups);
	packets_free(&p);
	packets_init(&p, "2026-07-30"); /* it ends and begins within */
	packets_pair(&p, "a-chat", "2026-07-26");
	expect_requests("begun 2026-07-26 to 2026-07-26, error path included",
			2);
	packets_free(&p);
	packets_init(&p, "2026-07-30"); /* the clock went back */
	packets_pair(&p, "a-chat", "2026-07-26");
	packets_pair(&p, "a-chat", "2026-07-24");
	expect_requests("begun 2026-07-24 to 2026-07-24, error path included",
			4);
	packets_free(&p);
	packets_init(&p, "2026-07-30");
	packets_pair(&p, "a-chat", "2026-07-26");
	prune("4");
	expect_requests("rows before 4 were pruned", -1);
	expect_reach("Rows before 4 were pruned.");
	packets_free(&p);
	packets_init(&p, "2026-07-30"); /* the period is all there */
	packets_row(&p, "2026-06-30T00:00:00Z", "daemon.started", "{}");
	packets_pair(&p, "a-chat", "2026-07-26");
	prune("1");
	expect_requests("begun 2026-07-01 to 2026-07-30, error path included",
			2);
	expect_reach("");
	packets_free(&p);
}

static enum reason
reason_of(const char *code)
{
	enum reason reason;

	assert_int_equal(reason_by_code(code, &reason), 0);
	return reason;
}

static void
expect_who(enum rollup_by by, const char *group, const char *code,
	   const char *who)
{
	struct rollup_reason *reasons;
	size_t n, k = 0;

	packets_init(&p, "2026-07-03");
	packets_record(&p, &(struct packets_record){
			       .label = "a-chat",
			       .date = "2026-07-03",
			       .decision = "hold",
			       .reasons = "\"THROTTLED\"",
			   });
	packets_record(&p, &(struct packets_record){
			       .label = "c-images",
			       .date = "2026-07-03",
			       .owner = "team-images",
			       .decision = "hold",
			       .reasons = "\"THROTTLED\"",
			   });
	packets_record(&p, &(struct packets_record){
			       .label = "d-lost",
			       .date = "2026-07-03",
			       .owner = "",
			       .decision = "hold",
			       .reasons = "\"SOURCE_STALE\","
					  "\"OWNER_MISSING\"",
			   });
	packets_make(&p, by, PACKET_GIVEN, true);
	assert_int_equal(rollup_reasons(&p.rollup, &reasons, &n), 0);
	while (k < n && (reasons[k].reason != reason_of(code) ||
			 strcmp(reasons[k].group->name, group) != 0))
		k++;
	assert_true(k < n);
	assert_string_equal(reasons[k].who, who);
	free(reasons);
	packets_free(&p);
}

/* One name where one acts for all, else the words that hold for each. */
static void
who_acts(void **state)
{
	expect_who(ROLLUP_OWNER, "team-images", "THROTTLED", "team-images");
	expect_who(ROLLUP_OWNER, "(unallocated)", "OWNER_MISSING", "lead");
	expect_who(ROLLUP_OWNER, "(unallocated)", "SOURCE_STALE",
		   reason_info(REASON_SOURCE_STALE)->who);
	expect_who(ROLLUP_ENVIRONMENT, "test", "THROTTLED",
		   "the workload's owner group");
}

/* The packet of one workload says the same, where a configuration tells it. */
static void
who_acts_on_one(void **state)
{
	static const struct {
		bool config;
		const char *says;
	} configured[] = {
	    {true, "Who acts: lead."},
	    {false, "Who acts: whoever keeps the configuration."}};

	packets_init(&p, "2026-07-03");
	ownerless("2026-07-03");
	for (size_t i = 0; i < 2; i++) {
		struct packet *packet = packets_one(&p, p.seq);
		struct buf out = {0};
		struct writer w = {.width = 200, .out = &out};

		packet_text(packet, configured[i].config ? p.config : NULL, &w);
		assert_non_null(strstr(buf_text(&out), configured[i].says));
		packet_free(packet);
		buf_free(&out);
	}
	packets_make(&p, ROLLUP_OWNER, PACKET_GIVEN, true);
	packets_free(&p);
}

/* A source holds nobody who is held for something else. */
static void
what_a_source_holds(void **state)
{
	struct rollup_source *sources;
	size_t n;

	packets_init(&p, "2026-07-03");
	packets_sources(&p, "2026-07-01", "new");
	ownerless("2026-07-03");
	packets_record(&p, &(struct packets_record){
			       .label = "a-chat",
			       .date = "2026-07-03",
			       .decision = "hold",
			       .reasons = "\"OWNER_EXPIRED\",\"SOURCE_STALE\"",
			   });
	packets_make(&p, ROLLUP_OWNER, PACKET_GIVEN, true);
	assert_int_equal(rollup_sources(&p.rollup, &sources, &n), 0);
	assert_int_equal(n, 2);
	assert_true(sources[0].stale);
	assert_int_equal(sources[0].holds, 1);
	free(sources);
	packets_free(&p);
}

/* Nobody was to read it yet on a day that is still to come. */
static void
a_day_to_come(void **state)
{
	static const char *const now[] = {"2026-07-31T23:59:59Z",
					  "2026-08-01T00:00:00Z"};
	struct rollup_source *sources;
	size_t n;

	for (int come = 0; come < 2; come++) {
		packets_init(&p, "2026-08-01");
		packets_sources(&p, "2026-07-31", "new");
		wall_parse(now[come], &p.now);
		packets_make(&p, ROLLUP_OWNER, PACKET_GIVEN, true);
		assert_int_equal(rollup_sources(&p.rollup, &sources, &n), 0);
		assert_string_equal(sources[0].source->name, "s-pricing");
		assert_int_equal(sources[0].unknown, come == 0);
		assert_int_equal(sources[0].stale, come == 1);
		free(sources);
		packets_free(&p);
	}
}

/* A record that says so is named, whether its row is there or not. */
static void
who_attested(void **state)
{
	packets_init(&p, "2026-07-03");
	packets_record(&p, &(struct packets_record){
			       .label = "a-chat",
			       .date = "2026-07-03",
			       .tier = "attested",
			       .evidence = "77",
			       .uncertainty = "\"USAGE_ATTESTED\","
					      "\"SOURCE_ATTESTED\",",
			   });
	packets_record(&p, &(struct packets_record){.label = "b-batch",
						    .date = "2026-07-03"});
	packets_make(&p, ROLLUP_OWNER, PACKET_GIVEN, true);
	assert_int_equal(lines_with("\"attested\":\"usage\",\"object\":"
				    "\"attested\",\"peer_uid\":null"),
			 1);
	assert_int_equal(lines_with("\"attested\":\"page\",\"object\":"
				    "\"attested\",\"peer_uid\":null"),
			 1);
	packets_free(&p);

	/* of the day before: it counts no more, and vouches for nothing */
	packets_init(&p, "2026-07-04");
	attest();
	packets_record(&p, &(struct packets_record){.label = "a-chat",
						    .date = "2026-07-04",
						    .evidence = "1,2"});
	packets_make(&p, ROLLUP_OWNER, PACKET_GIVEN, true);
	assert_int_equal(lines_with("\"object\":\"attested\""), 0);
	packets_free(&p);
}

static void
days_that_were_due(void **state)
{
	packets_init(&p, "2026-07-06");
	good_day("2026-07-02");
	good_day("2026-07-06");
	packets_row(&p, "2026-07-07T00:00:00Z", "daemon.started", "{}");
	packets_make(&p, ROLLUP_OWNER, PACKET_CLOSED, true);
	/* from its first row on: 2, 3, 4, 5 and 6 July */
	assert_int_equal(entry("a-chat")->due_days, 5);
	assert_int_equal(entry("a-chat")->pass_days, 2);
	assert_int_equal(entry("c-images")->due_days, 3); /* no weekend */
	assert_int_equal(entry("d-lost")->due_days, 1);
	packets_free(&p);

	packets_init(&p, "2026-07-06");
	packets_pair(&p, "a-chat", "2026-06-29");
	packets_row(&p, "2026-07-07T00:00:00Z", "daemon.started", "{}");
	packets_make(&p, ROLLUP_OWNER, PACKET_CLOSED, true);
	assert_int_equal(entry("a-chat")->due_days, 6);
	packets_free(&p);
}

static const char three[] =
    "{\"workloads\":[{\"label\":\"a-chat\",\"owner_group\":\"team-support\"},"
    "{\"label\":\"b-batch\",\"owner_group\":\"team-support\"},"
    "{\"label\":\"c-images\",\"owner_group\":\"team-images\"}]}";
static const char with_old[] =
    "{\"workloads\":[{\"application\":\"archive\",\"environment\":\"staging\","
    "\"label\":\"old\",\"owner_group\":\"team-old\","
    "\"review_days\":[\"wed\",\"thu\"]}]}";

static const struct rollup_entry *
entry_if_any(const char *label)
{
	for (size_t i = 0; i < p.rollup.n; i++) {
		if (strcmp(p.rollup.entries[i].span->label, label) == 0)
			return &p.rollup.entries[i];
	}
	return NULL;
}

/* What is configured now and has no record of the day is told of unless the
 * configurations of the day are known and name it not: what was due and has no
 * record must not vanish. */
static void
told_without_a_record(void **state)
{
	static const struct {
		const char *at, *until, *text;
		bool told;
	} known[] = {
	    {"2026-07-01T04:00:00Z", NULL, three, false},
	    {"2026-07-01T04:00:00Z", "2026-07-04T09:00:00Z", three, false},
	    {"2026-07-01T04:00:00Z", "2026-07-03T23:59:00Z", three, true},
	    {"2026-07-01T04:00:00Z", NULL, NULL, true},
	    {"2026-07-01T04:00:00Z", NULL, "{", true},
	    /* what came before it is not known */
	    {"2026-07-04T04:00:00Z", NULL, three, true},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct rollup_entry *e;

		packets_init(&p, "2026-07-03");
		good_day("2026-07-03");
		packets_pair(&p, "d-lost", "2026-07-04");
		packets_loaded(&p, known[i].at, known[i].until, known[i].text);
		if (known[i].until != NULL)
			packets_loaded(&p, known[i].until, NULL,
				       p.config->effective);
		packets_make(&p, ROLLUP_OWNER, PACKET_GIVEN, true);
		e = entry_if_any("d-lost");
		assert_int_equal(e != NULL, known[i].told);
		if (e != NULL)
			assert_int_equal(e->state, ROLLUP_NO_RECORD);
		assert_int_equal(p.rollup.n, 3 + (e != NULL));
		packets_free(&p);
	}
}

/* A gap in the rows hides nothing, however long it is. */
static void
gaps_are_told(void **state)
{
	packets_init(&p, "2026-07-20");
	packets_pair(&p, "a-chat", "2026-07-01");
	packets_row(&p, "2026-07-25T00:00:00Z", "daemon.started", "{}");
	packets_loaded(&p, "2026-06-01T00:00:00Z", NULL, p.config->effective);
	packets_make(&p, ROLLUP_OWNER, PACKET_GIVEN, true);
	assert_int_equal(p.rollup.n, 4);
	for (size_t i = 0; i < p.rollup.n; i++)
		assert_int_equal(p.rollup.entries[i].state, ROLLUP_NO_RECORD);
	/* before any row of its own, too; weekends are no review days of one */
	assert_int_equal(entry("b-batch")->due_days, 20);
	assert_int_equal(entry("c-images")->due_days, 14);
	packets_free(&p);
}

/* What left the configuration is told of as it was configured then. */
static void
removed_later(void **state)
{
	packets_init(&p, "2026-07-02");
	packets_row(&p, "2026-07-01T00:00:00Z", "daemon.started", "{}");
	packets_row(&p, "2026-07-05T00:00:00Z", "daemon.started", "{}");
	packets_loaded(&p, "2026-07-01T00:00:00Z", "2026-07-02T04:00:00Z",
		       with_old);
	packets_loaded(&p, "2026-07-02T04:00:00Z", NULL, three);
	packets_make(&p, ROLLUP_APPLICATION, PACKET_GIVEN, true);
	assert_int_equal(entry("old")->state, ROLLUP_NO_RECORD);
	assert_string_equal(entry("old")->owner, "team-old");
	assert_string_equal(entry("old")->group, "archive");
	assert_int_equal(entry("old")->due_days, 2);
	/* three says nothing of applications, whatever they are now */
	assert_string_equal(entry("a-chat")->group, "(no application)");
	assert_int_equal(entry("a-chat")->due_days, 1);
	assert_null(entry_if_any("d-lost"));
	packets_free(&p);
	/* a Friday, which was no review day of it */
	packets_init(&p, "2026-07-03");
	packets_row(&p, "2026-07-01T00:00:00Z", "daemon.started", "{}");
	packets_row(&p, "2026-07-05T00:00:00Z", "daemon.started", "{}");
	packets_loaded(&p, "2026-07-01T00:00:00Z", NULL, with_old);
	packets_make(&p, ROLLUP_ENVIRONMENT, PACKET_GIVEN, false);
	assert_int_equal(p.rollup.n, 1);
	assert_int_equal(entry("old")->state, ROLLUP_NOT_DUE);
	assert_string_equal(entry("old")->group, "staging");
	assert_int_equal(entry("old")->due_days, 2);
	packets_free(&p);
}

/* Who bore the cost is told as it was then, and a group whose time was over
 * bore none. */
static void
cost_as_it_was(void **state)
{
#define THEN(owner, from)                                                       \
	"{\"allocation_rules\":[{\"effective_from\":\"2026-01-01\","            \
	"\"effective_to\":\"2026-06-30\",\"id\":\"r\",\"pool\":\"before\"},"    \
	"{\"effective_from\":\"" from "\",\"id\":\"r\",\"pool\":\"p-then\"}],"  \
	"\"owners\":[{\"cost_center\":\"CC-THEN\",\"group\":\"team-old\"" owner \
	"}],\"workloads\":[{\"allocation_rule\":\"r\",\"label\":\"old\","       \
	"\"owner_group\":\"team-old\"}]}"
	static const struct {
		const char *effective;
		enum rollup_by by;
		const char *group;
	} rows[] = {
	    {THEN("", "2026-07-01"), ROLLUP_COST_CENTER, "CC-THEN"},
	    {THEN("", "2026-07-01"), ROLLUP_POOL, "p-then"},
	    /* none was in force: the newest is named */
	    {THEN("", "2026-08-01"), ROLLUP_POOL, "p-then"},
	    {THEN(",\"valid_to\":\"2026-07-01\"", "2026-07-01"),
	     ROLLUP_COST_CENTER, "(no cost center)"},
	    {"{\"workloads\":[{\"label\":\"old\"}]}", ROLLUP_POOL, "(no pool)"},
	};
#undef THEN

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		packets_init(&p, "2026-07-02");
		packets_row(&p, "2026-07-01T00:00:00Z", "daemon.started", "{}");
		packets_loaded(&p, "2026-07-01T00:00:00Z", NULL,
			       rows[i].effective);
		packets_make(&p, rows[i].by, PACKET_GIVEN, true);
		assert_string_equal(entry("old")->group, rows[i].group);
		packets_free(&p);
	}
}

static void
assert_head(const char *effective, bool config, const char *words)
{
	struct buf out = {0};

	packets_init(&p, "2026-07-03");
	good_day("2026-07-03");
	packets_loaded(&p, "2026-07-01T00:00:00Z", NULL,
		       effective == NULL || effective[0] != '\0'
			   ? effective
			   : p.config->effective);
	packets_make(&p, ROLLUP_OWNER, PACKET_GIVEN, config);
	packets_print(&p, WRITER_TEXT, &out);
	if (words == NULL)
		assert_null(strstr(buf_text(&out), "was in force"));
	else if (strstr(buf_text(&out), words) == NULL)
		fail_msg("'%s' is not in: %s", words, buf_text(&out));
	buf_free(&out);
	packets_free(&p);
}

/* Which configuration tells of the day is said where it is not today's. */
static void
which_configuration(void **state)
{
	assert_head("", true, NULL);
	assert_head(three, true, "was in force:");
	assert_head(three, true, "cost centers and pools are told by it;");
	assert_head(NULL, true, "kept: what no record");
	assert_head(three, false, "No configuration of today was read");
	assert_head("{}", true, "3 of 3 workloads");
}

/* Before the rows begin nobody knows whether a page was read. */
static void
stale_is_known(void **state)
{
	struct rollup_source *sources;
	size_t n;

	packets_init(&p, "2026-07-03");
	packets_sources(&p, "2026-07-06", "new");
	packets_make(&p, ROLLUP_OWNER, PACKET_GIVEN, true);
	assert_int_equal(rollup_sources(&p.rollup, &sources, &n), 0);
	assert_int_equal(n, 2);
	assert_true(sources[0].unknown);
	assert_false(sources[0].stale);
	assert_false(rollup_source_fine(&sources[0]));
	free(sources);
	assert_int_equal(lines_with("\"stale\":null"), 2);
	assert_int_equal(lines_with("\"stale\":true"), 0);
	packets_free(&p);
	/* one that came later, beside one that nobody has read yet */
	packets_init(&p, "2026-07-03");
	good_day("2026-07-03");
	packets_source(&p, "s-setup", "2026-07-06", "new");
	packets_make(&p, ROLLUP_OWNER, PACKET_GIVEN, true);
	assert_int_equal(lines_with("\"stale\":null"), 1);
	assert_int_equal(lines_with("\"stale\":true"), 1);
	packets_free(&p);
}

static void
since_when(void **state)
{
	packets_init(&p, "2026-07-05");
	packets_pair(&p, "b-batch", "2026-06-30");
	for (int i = 1; i <= 5; i++) {
		char date[WALL_DAY_LEN + 1];

		snprintf(date, sizeof(date), "2026-07-%02d", i);
		if (i == 4)
			continue; /* no record, no pass */
		packets_record(&p, &(struct packets_record){
				       .label = "a-chat",
				       .date = date,
				       .decision = i == 1 ? NULL : "hold"});
		packets_record(&p,
			       &(struct packets_record){.label = "b-batch",
							.date = date,
							.decision = "hold"});
	}
	packets_make(&p, ROLLUP_OWNER, PACKET_CLOSED, true);
	assert_int_equal(entry("a-chat")->since - p.span.first, 1);
	assert_false(entry("a-chat")->since_before);
	assert_int_equal(entry("b-batch")->since - p.span.first, 0);
	assert_true(entry("b-batch")->since_before);
	assert_int_equal(entry("c-images")->since, INT32_MAX);
	packets_free(&p);
}

static void
one_owner(void **state)
{
	const struct rollup_asked asked = {.owner = "team-images"};
	const struct rollup_asked nobody = {.owner = "(unallocated)"};

	packets_init(&p, "2026-07-03");
	owner_missing();
	packets_make(&p, ROLLUP_OWNER, PACKET_GIVEN, true);
	assert_int_equal(p.rollup.n, 4);
	rollup_free(&p.rollup);
	assert_int_equal(rollup_make(p.config, p.view, &p.snapshots, &p.span,
				     &asked, &p.rollup),
			 0);
	assert_int_equal(p.rollup.n, 1);
	assert_int_equal(p.rollup.use.requests, 2);
	rollup_free(&p.rollup);
	assert_int_equal(rollup_make(p.config, p.view, &p.snapshots, &p.span,
				     &nobody, &p.rollup),
			 0);
	assert_int_equal(p.rollup.n, 1);
	assert_string_equal(p.rollup.groups[0].name, "(unallocated)");
	packets_free(&p);
}

#define HOSTILE "<meta http-equiv=refresh content=0;//t>"

/* A name that is no label names nothing; and were it to name something, it
 * would stand on the page as text. */
static void
names_are_no_markup(void **state)
{
	struct buf out = {0};

	packets_init(&p, "2026-07-03");
	packets_sources(&p, "2026-07-03", "new");
	good_day("2026-07-03");
	packets_record(&p, &(struct packets_record){.label = HOSTILE,
						    .date = "2026-07-03"});
	assert_null(span_workload(&p.span, HOSTILE));
	memcpy(p.span.workloads[0].label, HOSTILE, sizeof(HOSTILE));
	memcpy(p.span.sources[0].name, HOSTILE, sizeof(HOSTILE));
	((struct source *)p.config->sources)->name = HOSTILE;
	packets_make(&p, ROLLUP_OWNER, PACKET_GIVEN, true);
	packets_print(&p, WRITER_HTML, &out);
	assert_null(strstr(buf_text(&out), "<meta http-equiv=refresh"));
	assert_non_null(strstr(buf_text(&out),
			       "<title>&lt;meta http-equiv=refresh "
			       "content=0;//t&gt; 2026-07-03: read"));
	assert_non_null(strstr(buf_text(&out), "\n&lt;meta http-equiv=refresh "
					       "content=0;//t&gt;     P"));
	buf_free(&out);
	packets_free(&p);
}

static void
names_of_groups(void **state)
{
	enum rollup_by by;

	for (int i = 0; i < ROLLUP_BYS; i++) {
		assert_int_equal(
		    rollup_by_parse(rollup_by_name((enum rollup_by)i), &by), 0);
		assert_int_equal(by, i);
	}
	assert_int_equal(rollup_by_parse("team", &by), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(golden_packets),
	    cmocka_unit_test(closed_by_the_rows),
	    cmocka_unit_test(loaded_late),
	    cmocka_unit_test(not_reached),
	    cmocka_unit_test(came_late),
	    cmocka_unit_test(loaded_again),
	    cmocka_unit_test(unknown_is_not_zero),
	    cmocka_unit_test(who_acts),
	    cmocka_unit_test(who_acts_on_one),
	    cmocka_unit_test(what_a_source_holds),
	    cmocka_unit_test(a_day_to_come),
	    cmocka_unit_test(who_attested),
	    cmocka_unit_test(days_that_were_due),
	    cmocka_unit_test(told_without_a_record),
	    cmocka_unit_test(gaps_are_told),
	    cmocka_unit_test(removed_later),
	    cmocka_unit_test(cost_as_it_was),
	    cmocka_unit_test(which_configuration),
	    cmocka_unit_test(stale_is_known),
	    cmocka_unit_test(since_when),
	    cmocka_unit_test(one_owner),
	    cmocka_unit_test(names_are_no_markup),
	    cmocka_unit_test(names_of_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
