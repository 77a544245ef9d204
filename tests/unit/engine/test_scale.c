/* Two hundred workloads out of one template, at one gateway: their intake, and
 * one line for what befalls all of them. */
#include "scene.h"

#include <stdio.h>
#include <string.h>

enum { WORKLOADS = 200, TEXT_BYTES = 40000, TEXTS = 8 };

#define PRICES "https://prices.example/pricing"

/* The text with its first `from` in other words. */
static const char *
reworded(const char *text, const char *from, const char *to)
{
	static char out[TEXTS][TEXT_BYTES]; /* the newest ones */
	static int turn;
	char *ret = out[turn++ % TEXTS];
	const char *at = strstr(text, from);

	assert_non_null(at);
	snprintf(ret, TEXT_BYTES, "%.*s%s%s", (int)(at - text), text, to,
		 at + strlen(from));
	return ret;
}

/* The surface may be asked often, and the prices are on a host of their own. */
static const char *
text_of_all(void)
{
	const char *text = world_config_text(WORKLOADS, "");

	text = reworded(text, "profile = \"practice\";",
			"profile = \"practice\"; rate = { reads = 60; per = "
			"\"15s\"; };");
	return reworded(text, "https://gw.example/pricing", PRICES);
}

/* Lines that an operator reads. */
static size_t
lines(const struct world *w, const char *kind)
{
	return scene_count(w, kind, "\"lead\":true", NULL);
}

static size_t
passes(const struct world *w)
{
	size_t n = 0;

	for (int i = 0; i < WORKLOADS; i++) {
		char label[16];

		snprintf(label, sizeof(label), "w%d", i);
		n += world_decision(w, label) == DECISION_PASS;
	}
	return n;
}

static void
start(struct world *w)
{
	scene_start(w, text_of_all());
	assert_int_equal(passes(w), WORKLOADS);
}

/* Within ten minutes, and no burst. */
static void
test_intake(void **state)
{
	const struct wall_time load = scene_at(DAY1, "00:00:00");
	struct wall_time before = {0};
	struct world w;
	size_t n = 0;

	scene_start_raw(&w, text_of_all());
	for (size_t i = 0; i < w.n_seen; i++) {
		if (w.seen[i].invalid)
			continue;
		n++;
		assert_in_range(wall_s(w.seen[i].at) - wall_s(load), 0, 600);
		assert_true(w.seen[i].at.us - before.us >= USEC_PER_SEC);
		before = w.seen[i].at;
	}
	assert_int_equal(n, WORKLOADS);
	assert_int_equal(scene_count(&w, "check.happy", "\"intake\"", NULL),
			 WORKLOADS);
	assert_int_equal(scene_count(&w, "check.usage", "\"visible\"", NULL),
			 WORKLOADS);
	world_free(&w);
}

/* Where the surface may be asked seldom, they wait for it, and none of them is
 * left out; nor do they ask for the disk's free space at every turn. */
static void
test_intake_is_queued(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(WORKLOADS, ""));
	assert_true(passes(&w) < WORKLOADS);
	assert_int_equal(scene_count(&w, "check.missed", NULL, NULL), 0);
	scene_until(&w, DAY2, "00:00:00");
	assert_int_equal(passes(&w), WORKLOADS);
	assert_in_range(w.fake.n_may_probe, WORKLOADS, 3 * WORKLOADS);
	world_free(&w);
}

/* Another model in the template is another scope of all, another one in a
 * workload of that workload alone. */
static void
test_rescoped(void **state)
{
	const char *text =
	    reworded(text_of_all(), "model = \"mini\"", "model = \"maxi\"");
	struct world w;

	start(&w);
	scene_until(&w, DAY1, "12:00:00");
	scene_reload(&w, text);
	scene_until(&w, DAY1, "12:10:00");
	assert_int_equal(scene_count(&w, "check.happy", "\"intake\"",
				     "\"requested_model\":\"maxi\""),
			 WORKLOADS);
	scene_until(&w, DAY2, "01:00:00");
	scene_reload(&w, reworded(text, "label = \"w7\";",
				  "label = \"w7\"; model = \"midi\";"));
	scene_until(&w, DAY2, "01:10:00");
	assert_int_equal(scene_count(&w, "check.happy", "\"intake\"", NULL),
			 2 * WORKLOADS + 1);
	assert_int_equal(scene_count(&w, "check.happy", "\"intake\"",
				     "\"requested_model\":\"midi\""),
			 1);
	world_free(&w);
}

static void
test_outage_is_one_line(void **state)
{
	struct world w;
	size_t raised, resolved;

	start(&w);
	scene_until(&w, DAY2, "00:00:00");
	raised = lines(&w, "alert.raised");
	resolved = lines(&w, "alert.resolved");
	w.gateway = MOOD_UNREACHABLE;
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(lines(&w, "alert.raised"), raised + 1);
	assert_non_null(strstr(scene_body(&w, "alert.raised", NULL),
			       "W gateway-unreachable gw: "));
	w.gateway = MOOD_GOOD;
	scene_until(&w, DAY3, "23:00:00");
	assert_int_equal(passes(&w), WORKLOADS);
	assert_int_equal(lines(&w, "alert.raised"), raised + 1);
	assert_int_equal(lines(&w, "alert.resolved"), resolved + 1);
	world_free(&w);
}

static void
test_pricing_change_is_one_line(void **state)
{
	struct world w;
	size_t raised;

	start(&w);
	scene_until(&w, DAY2, "00:00:00");
	raised = lines(&w, "alert.raised");
	snprintf(world_page(&w, PRICES)->text, 200, "Twice the price.\n");
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(lines(&w, "alert.raised"), raised + 1);
	assert_non_null(strstr(scene_body(&w, "alert.raised", NULL),
			       "W source-changed p-pricing: "));
	assert_non_null(strstr(scene_body(&w, "alert.raised", NULL),
			       "; holds 200 workloads of 1 owner; "));
	assert_int_equal(passes(&w), 0);
	assert_int_equal(world_approve(&w, "p-pricing"), 0);
	scene_until(&w, DAY2, "23:10:00");
	assert_int_equal(passes(&w), WORKLOADS);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_intake),
	    cmocka_unit_test(test_intake_is_queued),
	    cmocka_unit_test(test_rescoped),
	    cmocka_unit_test(test_outage_is_one_line),
	    cmocka_unit_test(test_pricing_change_is_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
