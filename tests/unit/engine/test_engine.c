/* The way of the data in a small world: one workload, one day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const sources[] = {"p-setup", "p-pricing", "p-support",
				      "p-allocation", "p-unit-economics"};

static void
print_rows(const struct world *w)
{
	char at[WALL_RFC3339_LEN + 1];

	if (getenv("VERBOSE") == NULL)
		return;
	for (size_t i = 0; i < w->fake.n_rows; i++)
		printf("%s %s %s %s\n",
		       wall_format(w->fake.rows[i].row.at, at),
		       w->fake.rows[i].kind, w->fake.rows[i].id,
		       w->fake.rows[i].body);
	printf("%s", buf_text(&w->fake.said));
}

/* A new workload whose pages are approved passes on its first day. */
static void
test_first_day(void **state)
{
	struct world w;

	world_init(&w, world_time("2026-07-03T00:00:00Z"), 1);
	world_start(&w, world_config_text(1, ""));
	world_run(&w, world_time("2026-07-03T00:15:00Z"));
	print_rows(&w);
	assert_int_equal(fake_count(&w.fake, "check.happy"), 1);
	assert_int_equal(fake_count(&w.fake, "check.error"), 1);
	assert_int_equal(fake_count(&w.fake, "check.source"), 5);
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(world_approve(&w, sources[i]), 0);
	world_run(&w, world_time("2026-07-03T00:20:00Z"));
	print_rows(&w);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_first_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
