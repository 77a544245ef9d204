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
	/* the next day mends it: one word that it is over */
	w.gateway = MOOD_GOOD;
	scene_until(&w, DAY3, "23:00:00");
	assert_int_equal(lines(&w, "alert.raised"), raised + 1);
	assert_int_equal(lines(&w, "alert.resolved"), resolved + 1);
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

#define WORKLOAD(i)                                                    \
	"{ label = \"w" #i "\"; use = \"t\"; owner_group = \"team\"; " \
	"model = \"m" #i "\"; }"

/* Four workloads whose error paths are told apart. */
static const char *
text_of_four(void)
{
	return world_config_of(
	    WORKLOAD(0) ", " WORKLOAD(1) ", " WORKLOAD(2) ", " WORKLOAD(3), "");
}

/* A gateway that answers with errors only is told once; what one of its
 * workloads has of its own is told all the same. */
static void
test_outage_explains_what_it_explains(void **state)
{
	struct world w;

	scene_start(&w, text_of_four());
	scene_until(&w, DAY2, "00:00:00");
	w.gateway = MOOD_SERVER_ERROR;
	world_key(&w, "m0")->mood = MOOD_ODD_REJECTION;
	world_key(&w, "w1")->mood = MOOD_COUNTER_FROZEN;
	scene_until(&w, DAY2, "23:00:00");
	assert_true(scene_alert(&w, "gateway-unreachable/gw"));
	assert_true(scene_reason(&w, "w2", REASON_ERROR_PATH_NOT_OBSERVED));
	assert_true(scene_alert(&w, "error-path-invisible/w0"));
	assert_false(scene_alert(&w, "error-path-invisible/w2"));
	assert_false(scene_alert(&w, "error-path-invisible/w3"));
	assert_true(scene_alert(&w, "usage-not-visible/w1"));
	world_free(&w);
}

/* The account surface goes with the gateway. */
static void
test_outage_of_the_surface(void **state)
{
	struct world w;

	scene_start(&w, text_of_four());
	scene_until(&w, DAY2, "00:00:00");
	w.surface_status = 500;
	world_key(&w, "w0")->mood = MOOD_UNREACHABLE;
	world_key(&w, "w1")->mood = MOOD_UNREACHABLE;
	scene_until(&w, DAY2, "23:00:00");
	assert_true(scene_alert(&w, "gateway-unreachable/gw"));
	assert_true(scene_reason(&w, "w2", REASON_SURFACE_UNREACHABLE));
	assert_false(scene_alert(&w, "usage-not-visible/w2"));
	world_free(&w);
}

/* Without an outage of the gateway both are findings. */
static void
test_no_outage_explains_nothing(void **state)
{
	struct world w;

	scene_start(&w, text_of_four());
	scene_until(&w, DAY2, "00:00:00");
	w.surface_status = 500;
	world_key(&w, "m3")->mood = MOOD_SERVER_ERROR;
	scene_until(&w, DAY2, "23:00:00");
	assert_false(scene_alert(&w, "gateway-unreachable/gw"));
	assert_true(scene_alert(&w, "usage-not-visible/w2"));
	assert_true(scene_alert(&w, "error-path-invisible/w3"));
	world_free(&w);
}

/* Fifty workloads, and a pricing page on a host of its own. */
static const char *
text_of_two_hosts(void)
{
	static const char from[] = "https://gw.example/pricing";
	static char text[40000];
	const char *all = world_config_text(WORKLOADS, "");
	const char *at = strstr(all, from);

	assert_non_null(at);
	snprintf(text, sizeof(text), "%.*shttps://prices.example/pricing%s",
		 (int)(at - all), all, at + strlen(from));
	return text;
}

static size_t
count_decisions(const struct world *w, enum decision decision)
{
	size_t n = 0;
	char label[16];

	for (int i = 0; i < WORKLOADS; i++) {
		snprintf(label, sizeof(label), "w%d", i);
		n += world_decision(w, label) == decision;
	}
	return n;
}

/* Nothing answers for most of a day: one line, whatever could not be reached;
 * and one when the next day has seen everything again.  The records say of
 * each what they would have said. */
static void
test_host_offline(void **state)
{
	struct world w;
	size_t raised, resolved;

	scene_start(&w, text_of_two_hosts());
	scene_until(&w, DAY2, "00:00:00");
	raised = lines(&w, "alert.raised");
	resolved = lines(&w, "alert.resolved");
	w.offline = true;
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(lines(&w, "alert.raised"), raised + 1);
	assert_non_null(strstr(scene_body(&w, "alert.raised", NULL),
			       "W host-offline evidenced: no gateway and no "
			       "page has answered since 2026-07-04T"));
	assert_int_equal(lines(&w, "alert.resolved"), resolved);
	assert_int_equal(count_decisions(&w, DECISION_INCONCLUSIVE), WORKLOADS);
	assert_true(scene_reason(&w, "w7", REASON_NOT_OBSERVED_NETWORK));
	assert_true(scene_reason(&w, "w7", REASON_SOURCE_UNREACHABLE));
	w.offline = false;
	scene_until(&w, DAY3, "23:00:00");
	assert_int_equal(lines(&w, "alert.raised"), raised + 1);
	assert_int_equal(lines(&w, "alert.resolved"), resolved + 1);
	assert_int_equal(count_decisions(&w, DECISION_PASS), WORKLOADS);
	assert_int_equal(
	    alert_machine_count(engine_view(w.fake.engine)->alerts), 0);
	world_free(&w);
}

/* One page that answers is a network: then each outage is its own finding. */
static void
test_not_offline(void **state)
{
	struct world w;

	scene_start(&w, text_of_two_hosts());
	scene_until(&w, DAY2, "00:00:00");
	w.gateway = MOOD_UNREACHABLE;
	world_page(&w, "https://gw.example/setup")->status = 0;
	scene_until(&w, DAY2, "23:00:00");
	assert_false(scene_alert(&w, "host-offline/evidenced"));
	assert_true(scene_alert(&w, "gateway-unreachable/gw"));
	assert_true(scene_alert(&w, "source-stale/p-setup"));
	world_free(&w);
}

/* One host that is all that is ever asked may as well be away itself. */
static void
test_one_host_is_no_network(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(WORKLOADS, ""));
	scene_until(&w, DAY2, "00:00:00");
	w.offline = true;
	scene_until(&w, DAY2, "23:00:00");
	assert_false(scene_alert(&w, "host-offline/evidenced"));
	assert_true(scene_alert(&w, "gateway-unreachable/gw"));
	world_free(&w);
}

/* The network comes back, and the gateway does not: that is said as soon as
 * two workloads found it so, and not hidden behind what is over. */
static void
test_gateway_away_when_back(void **state)
{
	struct world w;

	scene_start(&w, text_of_two_hosts());
	scene_until(&w, DAY2, "00:00:00");
	w.offline = true;
	scene_until(&w, DAY2, "23:00:00");
	w.offline = false;
	w.gateway = MOOD_UNREACHABLE;
	scene_until(&w, DAY3, "23:00:00");
	assert_false(scene_alert(&w, "host-offline/evidenced"));
	assert_true(scene_alert(&w, "gateway-unreachable/gw"));
	assert_int_equal(
	    scene_count(&w, "alert.raised", "happy-path-failed", NULL), 0);
	world_free(&w);
}

/* A restart in the middle knows what was said, and what is over. */
static void
test_offline_over_a_restart(void **state)
{
	const char *text = text_of_two_hosts();
	struct world w;

	scene_start(&w, text);
	scene_until(&w, DAY2, "00:00:00");
	w.offline = true;
	scene_until(&w, DAY2, "12:00:00");
	assert_true(scene_alert(&w, "host-offline/evidenced"));
	scene_crash(&w);
	world_start(&w, text);
	scene_until(&w, DAY2, "23:00:00");
	w.offline = false;
	scene_until(&w, DAY3, "05:30:00");
	assert_true(scene_alert(&w, "host-offline/evidenced"));
	scene_crash(&w);
	world_start(&w, text);
	scene_until(&w, DAY3, "23:00:00");
	assert_int_equal(scene_count(&w, "alert.raised", "host-offline", NULL),
			 1);
	assert_int_equal(
	    scene_count(&w, "alert.raised", "gateway-unreachable", NULL), 0);
	assert_int_equal(
	    alert_machine_count(engine_view(w.fake.engine)->alerts), 0);
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
	    cmocka_unit_test(test_outage_explains_what_it_explains),
	    cmocka_unit_test(test_outage_of_the_surface),
	    cmocka_unit_test(test_no_outage_explains_nothing),
	    cmocka_unit_test(test_host_offline),
	    cmocka_unit_test(test_not_offline),
	    cmocka_unit_test(test_one_host_is_no_network),
	    cmocka_unit_test(test_gateway_away_when_back),
	    cmocka_unit_test(test_offline_over_a_restart),
	    cmocka_unit_test(test_page_changed),
	    cmocka_unit_test(test_many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
