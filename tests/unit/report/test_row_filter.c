/* Which rows a question means. */
#include "report/row_filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct row
row(const char *kind, const char *body)
{
	return (struct row){.at = wall_from_s(1000),
			    .kind = kind,
			    .body = body,
			    .body_len = strlen(body)};
}

static const char *const two[] = {"note", "check.happy", NULL};

static void
each_condition(void **state)
{
	static const struct {
		struct row_filter filter;
		const char *kind, *body;
		bool matches;
	} rows[] = {
	    {{0}, "note", "{}", true},
	    {{.kind = "note"}, "note", "{}", true},
	    {{.kind = "check"}, "check.happy", "{}", true},
	    {{.kind = "check.h"}, "check.happy", "{}", false},
	    {{.kind = "check.happy"}, "check", "{}", false},
	    {{.kinds = two}, "note", "{}", true},
	    {{.kinds = two}, "check.happy", "{}", true},
	    {{.kinds = two}, "check", "{}", false},
	    {{.kinds = two + 1}, "note", "{}", false},
	    {{.kinds = two + 2}, "note", "{}", false},
	    {{.kinds = two, .kind = "check"}, "note", "{}", false},
	    {{.workload = ""}, "record", "{\"workload_label\":\"a\"}", false},
	    {{.workload = ""}, "check.source", "{\"source\":\"a\"}", true},
	    {{.workload = "a"}, "record", "{\"workload_label\":\"a\"}", true},
	    {{.workload = "a"}, "alert.raised", "{\"workload\":\"a\"}", true},
	    {{.workload = "a"},
	     "check.missed",
	     "{\"check\":\"a/happy\"}",
	     true},
	    {{.workload = "a"},
	     "check.missed",
	     "{\"check\":\"ab/happy\"}",
	     false},
	    {{.workload = "a"}, "record", "{\"workload_label\":\"ab\"}", false},
	    {{.workload = "a"}, "record", "{\"note\":\"a\"}", false},
	    {{.owner = "t"}, "record", "{\"owner_group\":\"t\"}", true},
	    {{.owner = "t"}, "alert.raised", "{\"owner\":\"t\"}", true},
	    {{.owner = "t"}, "record", "{\"owner_group\":\"tt\"}", false},
	    {{.check = "a/happy"},
	     "check.happy",
	     "{\"check\":\"a/happy\"}",
	     true},
	    {{.check = "src"}, "check.source", "{\"source\":\"src\"}", true},
	    {{.check = "a"}, "check.happy", "{\"check\":\"a/happy\"}", false},
	    {{.decision = "pass"}, "record", "{\"decision\":\"pass\"}", true},
	    {{.decision = "pass"},
	     "record",
	     "{\"decision\":\"hold\",\"x\":\"pass\"}",
	     false},
	    {{.since = {1000 * USEC_PER_SEC}}, "note", "{}", true},
	    {{.since = {1000 * USEC_PER_SEC + 1}}, "note", "{}", false},
	    {{.until = {1000 * USEC_PER_SEC}}, "note", "{}", false},
	    {{.until = {1000 * USEC_PER_SEC + 1}}, "note", "{}", true},
	    {{.workload = "a", .decision = "pass"},
	     "record",
	     "{\"decision\":\"pass\",\"workload_label\":\"a\"}",
	     true},
	    {{.workload = "b", .decision = "pass"},
	     "record",
	     "{\"decision\":\"pass\",\"workload_label\":\"a b\"}",
	     false},
	    {{.workload = "a"}, "record", "{\"workload_label\":\"a\"", false},
	    {{.day = "2026-07-03"},
	     "record",
	     "{\"review_date\":\"2026-07-03\"}",
	     true},
	    {{.day = "1970-01-01"}, "note", "{}", true},
	    {{.day = "1970-01-02"}, "note", "{}", false},
	    {{.owner = "(unallocated)"}, "alert.raised", "{}", true},
	    {{.owner = "(unallocated)"},
	     "record",
	     "{\"owner_group\":\"\"}",
	     true},
	    {{.owner = "(unallocated)"},
	     "record",
	     "{\"owner_group\":\"t\"}",
	     false},
	    {{.owner = "(unallocated)"}, "note", "{}", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct row r = row(rows[i].kind, rows[i].body);

		if (row_filter_matches(&rows[i].filter, &r) != rows[i].matches)
			fail_msg("row %zu: %s", i, rows[i].body);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_condition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
