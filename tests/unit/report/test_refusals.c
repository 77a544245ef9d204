/* The claims that packets refuse, R1 to R15: a month whose rows offer every
 * one of them, and what the packet of that month, and those of its records,
 * say in every format.
 *
 * The only places that may name such a claim are the sentences that refuse it;
 * they are cut out first. */
#include "base/json.h"
#include "packets.h"
#include "report/packet_inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

static struct packets p;
static struct buf said, json;

/* One line, so that no line break hides a sentence. */
static void
flatten(struct buf *out)
{
	size_t n = 0;
	for (size_t i = 0; i < out->len; i++) {
		char c = out->data[i] == '\n' ? ' ' : out->data[i];

		if (c != ' ' || n == 0 || out->data[n - 1] != ' ')
			out->data[n++] = c;
	}
	out->len = n;
	out->data[n] = '\0';
}

static void
cut_out(struct buf *out, const char *sentence)
{
	char *cut;

	while ((cut = strstr(out->data, sentence)) != NULL)
		memmove(cut, cut + strlen(sentence),
			strlen(cut + strlen(sentence)) + 1);
}

/* Text, YAML and JSON of a record; and its numbers once more, to be parsed. */
static void
print_one(uint64_t record)
{
	struct packet *packet = packets_one(&p, record);
	struct writer text = {.width = 80, .out = &said};
	struct writer lines = {
	    .format = WRITER_JSON, .width = 80, .out = &json};

	packet_text(packet, NULL, &text);
	assert_int_equal(packet_yaml(packet, &said), 0);
	assert_int_equal(packet_json(packet, &said), 0);
	packet_numbers(packet, &lines);
	assert_true(writer_ok(&text) && writer_ok(&lines));
	packet_free(packet);
}

static int
tempt(void **state)
{
	packets_init(&p, "2026-07-03");
	packets_sources(&p, "2026-07-01", "new");
	packets_sources(&p, "2026-07-03", "unchanged");
	packets_pair(&p, "a-chat", "2026-07-03");
	packets_record(&p, &(struct packets_record){
			       .label = "a-chat",
			       .date = "2026-07-03",
			       .evidence = "1,2,5,6,8,10",
			       .pricing =
				   "{\"approved_seq\":2,\"read_at\":"
				   "\"2026-07-03T05:20:00Z\",\"snapshot\":"
				   "\"982d9e3eb996\",\"source\":\"s-pricing\","
				   "\"url\":\"https://docs.example.com\"}",
			   });
	/* passed yesterday, and nothing is known of today */
	packets_pair(&p, "c-images", "2026-07-02");
	packets_record(&p, &(struct packets_record){.label = "c-images",
						    .date = "2026-07-02",
						    .owner = "team-images"});
	packets_record(&p,
		       &(struct packets_record){.label = "d-lost",
						.date = "2026-07-03",
						.decision = "hold",
						.reasons = "\"OWNER_MISSING\"",
						.owner = ""});
	/* what an account was billed, what a gateway said of its limits, and
	 * a value of a metric with the plan for the next month */
	packets_row(&p, "2026-07-03T10:00:00Z", "account.imported",
		    "{\"amount\":\"4211.09\",\"currency\":\"USD\",\"digest\":"
		    "\"ab\",\"mapped\":3,\"period\":\"2026-06\",\"rows\":3,"
		    "\"status\":\"closed\",\"unmapped\":0}");
	packets_row(&p, "2026-07-03T10:00:00Z", "check.happy",
		    "{\"check\":\"a-chat/happy\",\"headers\":{\"retry_after\":"
		    "\"86399\",\"x_ratelimit_remaining\":\"4242\"},"
		    "\"http_status\":200,\"outcome\":\"pass\",\"request_time_"
		    "utc\":\"2026-07-03T05:10:00Z\",\"run\":\"bbbbbbbbbbbbbbbb"
		    "\",\"workload_label\":\"a-chat\"}");
	packets_row(&p, "2026-07-03T10:00:00Z", "metric.refreshed",
		    "{\"next_month\":\"2026-08-31\",\"unit_metric_name\":"
		    "\"cost-per-ticket\",\"value\":\"3.77\",\"workload_label"
		    "\":\"a-chat\"}");
	packets_row(&p, "2026-07-03T10:00:00Z", "correction",
		    "{\"corrects\":{\"kind\":\"record\",\"leaf\":\"00\","
		    "\"seq\":11},\"note\":\"next month it will double\","
		    "\"role\":\"r\",\"workload_label\":\"a-chat\"}");
	packets_row(&p, "2026-07-03T10:00:00Z", "note",
		    "{\"alert\":\"x/y\",\"note\":\"resolved, the invoice is "
		    "$4.20, 99.9% uptime\",\"role\":\"r\"}");
	packets_row(&p, "2026-07-04T00:00:00Z", "daemon.started", "{}");
	packets_make(&p, ROLLUP_OWNER, PACKET_CLOSED, true);
	packets_print(&p, WRITER_JSON, &json);
	for (int f = WRITER_TEXT; f <= WRITER_HTML; f++)
		packets_print(&p, (enum writer_format)f, &said);
	print_one(11); /* of a-chat */
	print_one(17); /* of d-lost */
	flatten(&said);
	cut_out(&said, packet_refusals);
	for (int k = 0; k < SOURCE_KINDS; k++)
		cut_out(&said, packet_source_words(
				   source_kind_name((enum source_kind)k)));
	return 0;
}

static int
forget(void **state)
{
	packets_free(&p);
	buf_free(&said);
	buf_free(&json);
	return 0;
}

static void
never(const char *words)
{
	if (strcasestr(buf_text(&said), words) != NULL)
		fail_msg("the packet says '%s'", words);
}

/* The objects of the JSON lines, one after the other. */
static struct json_object *
next_object(const char **at)
{
	size_t len = strcspn(*at, "\n");
	struct json_object *o;

	if (len == 0)
		return NULL;
	assert_int_equal(json_parse(*at, len, &JSON_FOREIGN_LIMITS, &o, NULL),
			 0);
	*at += len + 1;
	return o;
}

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
r1_no_invoice_total(void **state)
{
	never("invoice");
	never("amount due");
	never("4211");
	never("2026-06");
}

static void
r2_no_availability(void **state)
{
	never("availab");
}

static void
r3_no_price_and_no_discount(void **state)
{
	never("$");
	never("\xe2\x82\xac");
	never("discount");
	never("% off");
}

static void
r4_no_uptime_and_no_latency(void **state)
{
	never("uptime");
	never("latency");
	never(" ms");
}

static void
r5_no_limits(void **state)
{
	never("quota");
	never("rate limit");
	never("ratelimit");
	never("4242");
	never("86399");
}

static void
r6_no_error_text(void **state)
{
	never("quota exceeded");
	never("error_code");
}

static bool
is_cost(struct json_object *o)
{
	return strcmp(json_get_string(o, "quantity", ""), "cost") == 0;
}

static void
r7_tokens_make_no_cost(void **state)
{
	const char *at = buf_text(&json);
	struct json_object *o;
	int costs = 0;

	while ((o = next_object(&at)) != NULL) {
		if (is_cost(o)) {
			assert_null(json_get(o, "value"));
			costs++;
		}
		json_object_put(o);
	}
	assert_int_equal(costs, 3);
	never("4.20");
}

static void
r8_absent_is_not_zero(void **state)
{
	const char *at = buf_text(&json);
	struct json_object *o;

	while ((o = next_object(&at)) != NULL) {
		if (strcmp(json_get_string(o, "quantity", ""),
			   "prompt tokens") == 0)
			assert_null(json_get(o, "value"));
		json_object_put(o);
	}
	assert_int_equal(p.rollup.use.prompt.reported, 0);
	assert_int_equal(p.rollup.use.tokens.total, 28);
}

static void
r9_nobody_owns_by_guess(void **state)
{
	assert_string_equal(entry("d-lost")->group, "(unallocated)");
	for (size_t i = 0; i < p.rollup.n_groups; i++) {
		if (strcmp(p.rollup.groups[i].name, "(unallocated)") == 0)
			assert_int_equal(p.rollup.groups[i].n, 1);
	}
}

/* Metrics stand by name, in the records of their workloads: nothing is
 * grouped, summed or compared by them. */
static void
r10_no_metric_is_compared(void **state)
{
	const char *at = buf_text(&json);
	struct json_object *o;
	enum rollup_by by;
	int named = 0;

	while ((o = next_object(&at)) != NULL) {
		json_object_object_foreach(o, key, value)
		{
			if (strstr(key, "metric") == NULL)
				continue;

			assert_string_equal(key, "unit_metric_name");
			assert_string_equal(json_get_string(o, "object", ""),
					    "workload");
			assert_true(
			    value == NULL ||
			    json_object_is_type(value, json_type_string));
			named += value != NULL;
		}
		json_object_put(o);
	}
	assert_int_equal(named, 2);
	assert_int_equal(rollup_by_parse("unit-metric", &by), ERR_NOT_FOUND);
	never("3.77");
	never("cheaper");
	never("average");
	never("compared");
}

static void
r10_no_metric_has_a_value(void **state)
{
	const char *name = "cost-per-ticket";
	const char *at = buf_text(&said);

	while ((at = strstr(at, name)) != NULL) {
		at += strlen(name);
		at += strspn(at, "\" ");
		assert_false(*at >= '0' && *at <= '9');
	}
}

static void
r11_nothing_is_resolved(void **state)
{
	never("resolved");
}

static void
r12_no_pass_is_carried_forward(void **state)
{
	assert_int_equal(entry("c-images")->state, ROLLUP_NO_RECORD);
	assert_int_equal(entry("c-images")->pass_days, 1);
	assert_int_equal(p.rollup.all.states[ROLLUP_PASS], 1);
}

static void
r13_no_forecast(void **state)
{
	never("forecast");
	never("per month");
	never("expected");
	never("estimate");
	never("next month");
	never("projected");
	never("trend");
	never("double");
}

/* Nothing is told of a day to come: no date lies behind the newest row. */
static void
r13_no_day_to_come(void **state)
{
	const char *text = buf_text(&said), *at = text;
	int dates = 0;

	for (; (at = strstr(at, "20")) != NULL; at++) {
		char day[WALL_DAY_LEN + 1] = "";
		int32_t read;

		strncpy(day, at, WALL_DAY_LEN);
		if ((at > text && at[-1] >= '0' && at[-1] <= '9') ||
		    day_parse(day, &read) < 0)
			continue;
		if (strcmp(day, "2026-07-04") > 0)
			fail_msg("the packet tells of %s", day);
		dates++;
	}
	assert_true(dates > 50);
}

/* Titles of pages and notes of people are not quoted. */
static void
r14_no_free_text(void **state)
{
	never("100% uptime");
	never("it is ");
	never("99.9");
}

/* Names of rows and users, and members of objects that are named themselves. */
static bool
is_identity(const char *key)
{
	static const char *const keys[] = {"schema",	 "seq",
					   "ledger_seq", "approved_seq",
					   "peer_uid",	 "corrected_by"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i], key) == 0)
			return true;
	}
	return false;
}

static void
r15_no_number_alone(void **state)
{
	static const char *const needed[] = {"unit", "basis", "source",
					     "as_of"};
	const char *at = buf_text(&json);
	struct json_object *o;
	int numbers = 0;

	while ((o = next_object(&at)) != NULL) {
		json_object_object_foreach(o, key, value)
		{
			assert_false(
			    json_object_is_type(value, json_type_double));
			if (!json_object_is_type(value, json_type_int) ||
			    is_identity(key))
				continue;
			numbers++;
			for (size_t i = 0; i < 4; i++)
				assert_non_null(json_get(o, needed[i]));
		}
		json_object_put(o);
	}
	assert_true(numbers > 50);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, tempt, forget)
	const struct CMUnitTest tests[] = {
	    TEST(r1_no_invoice_total),
	    TEST(r2_no_availability),
	    TEST(r3_no_price_and_no_discount),
	    TEST(r4_no_uptime_and_no_latency),
	    TEST(r5_no_limits),
	    TEST(r6_no_error_text),
	    TEST(r7_tokens_make_no_cost),
	    TEST(r8_absent_is_not_zero),
	    TEST(r9_nobody_owns_by_guess),
	    TEST(r10_no_metric_is_compared),
	    TEST(r10_no_metric_has_a_value),
	    TEST(r11_nothing_is_resolved),
	    TEST(r12_no_pass_is_carried_forward),
	    TEST(r13_no_forecast),
	    TEST(r13_no_day_to_come),
	    TEST(r14_no_free_text),
	    TEST(r15_no_number_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
