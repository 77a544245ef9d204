/* No number and no word of a record comes from nowhere: each is a row, a time
 * or a name that went in, or stands in a closed table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "random_day.h"
#include "verdict/statement.h"

#include <json-c/json.h>
#include <string.h>

static bool
is_seq_of(const struct passing *p, uint64_t n)
{
	const struct day_evidence *e = &p->evidence;
	const uint64_t seqs[] = {e->happy.seq,
				 e->error.seq,
				 e->happy_inconclusive.seq,
				 e->error_inconclusive.seq,
				 e->happy_before.seq,
				 e->usage.seq,
				 e->usage_before.seq,
				 p->cap.seq};
	bool found = false;

	for (size_t i = 0; i < sizeof(seqs) / sizeof(seqs[0]); i++)
		found |= seqs[i] == n;
	for (size_t i = 0; i < p->workload.n_sources; i++) {
		const struct source_fact *f = &p->facts[i];

		found |= f->read_seq == n || f->tried_seq == n ||
			 f->approved_seq == n || f->attested_seq == n;
	}
	return found && n != 0;
}

static bool
is_time_of(const struct passing *p, const char *text)
{
	const struct day_evidence *e = &p->evidence;
	struct wall_time times[16 + 2 * PASSING_SOURCES] = {
	    e->happy.requested,
	    e->error.requested,
	    e->happy_inconclusive.requested,
	    e->error_inconclusive.requested,
	    e->happy_before.requested,
	    p->input.now};
	char formatted[WALL_RFC3339_LEN + 1];

	for (size_t i = 0; i < PASSING_SOURCES; i++) {
		times[16 + 2 * i] = p->facts[i].read_at;
		times[17 + 2 * i] = p->facts[i].attested_at;
	}
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (strcmp(wall_format(times[i], formatted), text) == 0)
			return true;
	}
	return false;
}

static bool
is_configured(const struct passing *p, const char *text)
{
	const struct workload *w = &p->workload;
	const char *const texts[] = {
	    w->label,	      w->owner_group, w->environment_name,
	    w->credential,    w->metric_name, w->follow_up_owner,
	    w->reviewer_role, p->cap.role,    "direct@2",
	    "2026-07-02",     "2026-07-03",   "2026-07-04"};
	bool found = false;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		found |= strcmp(texts[i], text) == 0;
	for (size_t i = 0; i < PASSING_SOURCES; i++) {
		char id[SNAPSHOT_ID_LEN + 1];

		hex_encode(p->facts[i].text.bytes, SNAPSHOT_ID_LEN / 2, id);
		found |= strcmp(p->sources[i].url, text) == 0 ||
			 strcmp(p->sources[i].name, text) == 0 ||
			 strcmp(id, text) == 0;
	}
	return found;
}

static bool
is_word(const char *text)
{
	static const char *const words[] = {"",
					    "pass",
					    "fail",
					    "hold",
					    "inconclusive",
					    "pending",
					    "yes",
					    "no",
					    "completed",
					    "contradicted",
					    "not_observed",
					    "owner-tag",
					    "shared-cost-rule",
					    "none",
					    "token",
					    "call",
					    "daemon",
					    "counter",
					    "response",
					    "attested",
					    "row",
					    "row_by_id",
					    "setup",
					    "pricing",
					    "support",
					    "allocation",
					    "unit-economics"};
	enum reason ignored;
	bool found = reason_by_code(text, &ignored) == 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		found |= strcmp(words[i], text) == 0;
	for (int s = 0; s < STATEMENTS; s++)
		found |=
		    strcmp(statement_info((enum statement)s)->word, text) == 0;
	for (int u = 0; u < UNCERTAINTIES; u++)
		found |= strcmp(uncertainty_info((enum uncertainty)u)->word,
				text) == 0;
	return found;
}

static void
check_origin(const struct passing *p, struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_int: {
		int64_t n = json_object_get_int64(value);

		if (!is_seq_of(p, (uint64_t)n) && n != p->metric.version)
			fail_msg("the number %lld comes from nowhere",
				 (long long)n);
		break;
	}
	case json_type_string: {
		const char *text = json_object_get_string(value);

		if (!is_word(text) && !is_configured(p, text) &&
		    !is_time_of(p, text))
			fail_msg("\"%s\" comes from nowhere", text);
		break;
	}
	case json_type_array:
		for (size_t i = 0; i < json_object_array_length(value); i++)
			check_origin(p, json_object_array_get_idx(value, i));
		break;
	case json_type_object: {
		json_object_object_foreach(value, key, member)
		{
			(void)key;
			check_origin(p, member);
		}
		break;
	}
	case json_type_null:
		break;
	default:
		fail_msg("neither text nor whole number");
	}
}

static void
test_everything_has_an_origin(void **state)
{
	for (int round = 0; round < ROUNDS / 4; round++) {
		struct passing p;
		struct record record;
		struct json_object *body;

		random_day(&p);
		record = passing_judge(&p);
		assert_int_equal(json_parse(record.body, record.text.len,
					    &JSON_LEDGER_LIMITS, &body, NULL),
				 0);
		check_origin(&p, body);
		json_object_put(body);
		record_free(&record);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_everything_has_an_origin),
	};

	random_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
