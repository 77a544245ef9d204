/* Every row of cron-vectors.tsv: the definition of the dialect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/tz.h"
#include "sched/cron.h"
#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MIN = 167, LINE_MAX_BYTES = 512 };

struct row {
	const char *expression, *zone, *from, *expected;
};

/* What our functions answer, in the words of the column "expected". */
static void
answer(const struct row *row, char out[WALL_RFC3339_LEN + 1])
{
	struct wall_time from, next;
	struct zone *zone;
	struct cron *cron;
	struct err err;

	if (cron_parse(row->expression, &cron, &err) < 0) {
		snprintf(out, WALL_RFC3339_LEN + 1, "INVALID");
		return;
	}
	snprintf(out, WALL_RFC3339_LEN + 1, "NEVER");
	if (strcmp(row->zone, "-") != 0) {
		zone = tz_load(row->zone);
		assert_int_equal(wall_parse(row->from, &from), 0);
		if (cron_next(cron, zone, from, &next) == 0)
			wall_format(next, out);
		zone_free(zone);
	}
	cron_free(cron);
}

static void
check_row(const struct row *row, int line)
{
	char expected[WALL_RFC3339_LEN + 1], got[WALL_RFC3339_LEN + 1];
	struct wall_time t;

	snprintf(expected, sizeof(expected), "%s", row->expected);
	if (wall_parse(row->expected, &t) == 0)
		wall_format(t, expected);
	answer(row, got);
	if (strcmp(expected, got) != 0)
		fail_msg("line %d: %s in %s after %s: %s, not %s", line,
			 row->expression, row->zone, row->from, got, expected);
}

static void
test_vectors(void **state)
{
	char path[512], text[LINE_MAX_BYTES];
	int line = 0, rows = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/unit/sched/cron-vectors.tsv",
		 getenv("top_srcdir"));
	f = fopen(path, "r");
	if (f == NULL)
		fail_msg("cannot open %s", path);
	while (fgets(text, sizeof(text), f) != NULL) {
		char *rest = text;
		struct row row;

		line++;
		if (text[0] == '#')
			continue;
		row.expression = strsep(&rest, "\t");
		row.zone = strsep(&rest, "\t");
		row.from = strsep(&rest, "\t");
		row.expected = strsep(&rest, "\t\n");
		assert_non_null(row.expected);
		check_row(&row, line);
		rows++;
	}
	fclose(f);
	assert_true(rows >= ROWS_MIN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
