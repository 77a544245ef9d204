/* When a checkpoint must have been signed, and the rows that tell that it is
 * lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ledger/lint_form.h"
#include "ledger/lost.h"

#include "base/json.h"

#include <json-c/json.h>
#include <string.h>

enum { ROWS = 4 };

#define TORN "{\"bytes\":1,\"file\":\"f\",\"reason\":\"torn_tail\"}"
#define LOST "{\"from_seq\":0,\"reason\":\"checkpoints_lost\",\"to_seq\":5}"

struct fed {
	uint64_t seq;
	int64_t at_s;
	const char *kind, *body;
};

static const struct {
	const char *name;
	uint64_t covered;
	struct fed rows[5];
	const char *due;
} cases[] = {
    {"no row", 0, {{0}}, NULL},
    {"one segment", 0, {{0, 0, "note"}, {3, 0, "note"}}, NULL},
    {"the next", 0, {{0, 0, "note"}, {4, 0, "note"}}, "a segment is sealed"},
    {"covered up to there", 4, {{3, 0, "note"}, {4, 0, "note"}}, NULL},
    {"covered before",
     3,
     {{2, 0, "note"}, {3, 0, "note"}, {4, 0, "note"}},
     "a segment is sealed"},
    {"600 s", 0, {{0, 0, "note"}, {1, 600, "note"}}, NULL},
    {"longer, once: the host slept",
     0,
     {{0, 0, "note"}, {1, 601, "note"}, {2, 1201, "note"}},
     NULL},
    {"longer",
     0,
     {{0, 0, "note"}, {1, 601, "note"}, {2, 1202, "note"}},
     "these rows span more than 300 s"},
    {"longer, by a clock that was set",
     0,
     {{0, 0, "note"},
      {1, 1, "clock.stepped"},
      {2, 9999, "note"},
      {3, 99999, "note"}},
     NULL},
    {"sealed, by a clock that was set",
     0,
     {{0, 0, "note"}, {1, 1, "clock.stepped"}, {4, 9999, "note"}},
     "a segment is sealed"},
    {"a recovery stands before the first chance",
     0,
     {{0, 0, "note"}, {4, 9999, "ledger.recovered", TORN}},
     NULL},
    {"told", 0, {{0, 0, "note"}, {6, 9, "ledger.recovered", LOST}}, NULL},
    {"told, and again",
     0,
     {{0, 0, "note"}, {6, 9, "ledger.recovered", LOST}, {8, 9, "note"}},
     "a segment is sealed"},
};

static struct row_parts
parts_of(const struct fed *f)
{
	const char *body = f->body == NULL ? "{}" : f->body;

	return (struct row_parts){.seq = f->seq,
				  .at = wall_from_s(f->at_s),
				  .kind = f->kind,
				  .kind_len = strlen(f->kind),
				  .body = body,
				  .body_len = strlen(body)};
}

static void
test_due(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct unsigned_rows u = {.any = false};
		const char *due;

		for (size_t k = 0; k < 5 && cases[i].rows[k].kind != NULL;
		     k++) {
			struct row_parts p = parts_of(&cases[i].rows[k]);

			unsigned_rows_note(&u, &p, cases[i].covered);
		}
		due = unsigned_rows_due(&u, ROWS);
		print_message("%s\n", cases[i].name);
		if (cases[i].due == NULL)
			assert_null(due);
		else
			assert_string_equal(due, cases[i].due);
	}
}

static const char *const bodies[] = {
    [LOST_LOG] = "{\"from_seq\":3,\"reason\":\"checkpoint_log_lost\","
		 "\"to_seq\":9}",
    [LOST_OR_NEVER] = "{\"from_seq\":3,\"reason\":\"never_signed\","
		      "\"to_seq\":9}",
    [LOST_CHECKPOINTS] = "{\"from_seq\":3,\"reason\":\"checkpoints_lost\","
			 "\"to_seq\":9}",
};

static void
test_rows(void **state)
{
	for (enum lost i = LOST_LOG; i <= LOST_CHECKPOINTS; i++) {
		struct loss loss = {.what = i, .from = 3, .to = 10}, again;
		struct fed f = {0, 0, LOST_KIND, bodies[i]};
		struct row_parts p = parts_of(&f);
		struct buf body = {0};
		struct json_object *o;
		char why[200];

		lost_body(&loss, &body);
		assert_string_equal(buf_text(&body), bodies[i]);
		buf_free(&body);
		assert_true(lost_parse(&p, &again));
		assert_int_equal(again.what, i);
		assert_int_equal(again.from, 3);
		assert_int_equal(again.to, 10);
		assert_int_equal(json_parse(bodies[i], strlen(bodies[i]),
					    &JSON_LEDGER_LIMITS, &o, NULL),
				 0);
		assert_true(
		    lint_form_fits(lint_form_of(LOST_KIND, strlen(LOST_KIND)),
				   o, why, sizeof(why)));
		json_object_put(o);
	}
}

static void
test_other_rows(void **state)
{
	const struct fed rows[] = {{0, 0, LOST_KIND, TORN},
				   {0, 0, "note", LOST},
				   {0, 0, LOST_KIND, "{"},
				   {0, 0, LOST_KIND, "{}"}};
	struct loss loss;

	for (size_t i = 0; i < 4; i++) {
		struct row_parts p = parts_of(&rows[i]);

		assert_false(lost_parse(&p, &loss));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_due),
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_other_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
