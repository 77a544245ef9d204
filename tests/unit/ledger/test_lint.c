/* Rows that are whole, and still wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ledger/lint.h"

#include <string.h>

static const struct {
	const char *at, *kind, *body;
	const char *words; /* of what is wrong; NULL: nothing */
} rows[] = {
    {"2026-07-03T00:00:00Z", "note", "{}", NULL},
    {"2026-07-03T00:00:00.5Z", "note", "{\"a\":[1,\"b\\\\\"],\"c\":null}",
     NULL},
    {"2026-07-03T00:00:00Z", "alert.raised",
     "{\"rule\":\"owner-missing\",\"subject\":\"a\"}", NULL},
    {"2026-07-03T00:00:00Z", "alert.silenced", "{\"matcher\":\"x\"}", NULL},
    {"2026-07-03T00:00:00Z", "check.happy",
     "{\"check\":\"a/happy\",\"outcome\":\"ok\",\"workload_label\":\"a\"}",
     NULL},
    {"2026-07-03T00:00:00.5Z", "check.happy",
     "{\"check\":\"a/happy\",\"outcome\":\"ok\",\"workload_label\":\"a\"}",
     "a fraction of a second"},
    {"2026-07-03T00:00:00Z", "check.happy", "{\"check\":\"a/happy\"}",
     "no member workload_label"},
    {"2026-07-03T00:00:00Z", "record", "{\"decision\":\"pass\"}",
     "no member review_date"},
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
