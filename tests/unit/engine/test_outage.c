/* Many workloads and one cause: one line that names it, and one when it is
 * over; all rows are there all the same. */
#include "scene.h"

#include <stdio.h>
#include <string.h>

enum { WORKLOADS = 50, CROWD = 300 };

/* Lines that an operator reads. */
static size_t
lines(const struct world *w, const char *kind)
{
	return scene_count(w, kind, "\"lead\":true", NULL);
}

/* A whole day without the gateway: all workloads fail in their own minutes of
 * three hours, and try again three times. */
static void
test_gateway_outage(void **state)
{
	struct world w;
	size_t raised, resolved;

	scene_start(&w, world_config_text(WORKLOADS, ""));
	scene_until(&w, DAY2, "00:00:00");
	raised = lines(&w, "alert.raised");
	resolved = lines(&w, "alert.resolved");
	w.gateway = MOOD_UNREACHABLE;
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(lines(&w, "alert.raised"), raised + 1);
	assert_non_null(strstr(scene_body(&w, "alert.raised", NULL),
			       "W gateway-unreachable gw: "));
	assert_int_equal(lines(&w, "alert.resolved"), resolved);
	/* the next day mends it: one word that it is over, and one workload
	 * that is the last to get through may have its own */
	w.gateway = MOOD_GOOD;
	scene_until(&w, DAY3, "23:00:00");
	assert_in_range(lines(&w, "alert.raised"), raised + 1, raised + 2);
	assert_in_range(lines(&w, "alert.resolved"), resolved + 1,
			resolved + 2);
	assert_int_equal(scene_count(&w, "alert.resolved",
				     "gateway-unreachable", "\"lead\":true"),
			 1);
	for (int i = 0; i < WORKLOADS; i++) {
		char label[16];

		snprintf(label, sizeof(label), "w%d", i);
		assert_int_equal(world_decision(&w, label), DECISION_PASS);
	}
	world_free(&w);
}

/* A pricing page that all of them rest on has changed: one line, which says
 * how many it holds. */
static void
test_page_changed(void **state)
{
	struct world w;
	size_t raised;

	scene_start(&w, world_config_text(WORKLOADS, ""));
	scene_until(&w, DAY2, "00:00:00");
	raised = lines(&w, "alert.raised");
	snprintf(world_page(&w, "https://gw.example/pricing")->text,
		 sizeof(w.pages[0].text), "other words about what it takes");
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(lines(&w, "alert.raised"), raised + 1);
	assert_non_null(strstr(scene_body(&w, "alert.raised", NULL),
			       "W source-changed p-pricing: "));
	assert_non_null(strstr(scene_body(&w, "alert.raised", NULL),
			       "; holds 50 workloads of 1 owner; "));
	assert_int_equal(world_decision(&w, "w49"), DECISION_HOLD);
	world_free(&w);
}

/* Hundreds of alerts at once take several turns: no turn is long. */
static void
test_many_at_once(void **state)
{
	struct buf workloads = {0};
	struct world w;

	for (int i = 0; i < CROWD; i++)
		buf_printf(&workloads, "%s{ label = \"w%d\"; use = \"t\"; }",
			   i == 0 ? "" : ", ", i);
	scene_start_raw(&w, world_config_of(buf_text(&workloads), ""));
	buf_free(&workloads);
	assert_int_equal(scene_count(&w, "alert.raised", "owner-missing", NULL),
			 CROWD);
	assert_int_equal(
	    scene_count(&w, "alert.raised", "owner-missing", "\"lead\":true"),
	    1);
	assert_in_range(w.fake.turn_rows_max, 100, CROWD / 2);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_gateway_outage),
	    cmocka_unit_test(test_page_changed),
	    cmocka_unit_test(test_many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
