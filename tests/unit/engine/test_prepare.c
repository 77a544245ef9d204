/* What a person asks for before a meeting: what today's evidence lacks is
 * observed, once, and what still does not pass is told. */
#include "scene.h"

#include <stdio.h>
#include <string.h>

/* What ends the answer on DAY2. */
#define PACKET(owner)                                   \
	"the packet of today: evidencectl packet" owner \
	" --by owner --date " DAY2 "\n"
#define W0	"{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; }"
#define W1	"{ label = \"w1\"; use = \"t\"; owner_group = \"other\"; }"
#define PRICING "https://gw.example/pricing"

static int
prepare(struct world *w, const char *owner, bool wait)
{
	struct ctl_request request = {.command = CTL_PREPARE, .wait = wait};

	snprintf(request.name, sizeof(request.name), "%s", owner);
	return world_ask(w, &request);
}

/* The newest answer, once there is one. */
static const char *
answer(const struct world *w, int *ret_status)
{
	assert_true(w->fake.n_replies > 0);
	*ret_status = w->fake.replies[w->fake.n_replies - 1].exit_status;
	return w->fake.replies[w->fake.n_replies - 1].text;
}

static void
expect(const struct world *w, int status, const char *text)
{
	int is;
	const char *words = answer(w, &is);

	assert_string_equal(words, text);
	assert_int_equal(is, status);
}

/* Lets so many seconds pass. */
static void
pass_s(struct world *w, int64_t s)
{
	world_run(w,
		  (struct wall_time){w->fake.now.wall.us + s * USEC_PER_SEC});
}

/* Before the window of a day nothing of it was observed; then everything is,
 * and asking again sends nothing. */
static void
test_what_is_lacking(void **state)
{
	size_t sent, reads;
	struct world w;

	scene_start(&w, world_config_text(2, ""));
	scene_until(&w, DAY2, "01:00:00");
	sent = w.n_seen;
	reads = scene_count(&w, "check.source", NULL, NULL);
	assert_int_equal(prepare(&w, "", true), -1);
	pass_s(&w, 120);
	expect(&w, CTL_OK, "2 of 2 workloads pass\n" PACKET(""));
	assert_int_equal(w.n_seen - sent, 4);
	assert_int_equal(scene_count(&w, "check.source", NULL, NULL) - reads,
			 5);
	assert_int_equal(scene_count(&w, "check.source", "\"manual\"", DAY2),
			 5);
	sent = w.fake.sent;
	assert_int_equal(prepare(&w, "", true), CTL_OK);
	expect(&w, CTL_OK, "2 of 2 workloads pass\n" PACKET(""));
	assert_int_equal(prepare(&w, "", false), CTL_OK);
	expect(&w, CTL_OK, "begun: 0 reads of pages, 0 runs\n");
	assert_int_equal(w.fake.sent, sent);
	world_free(&w);
}

static void
test_without_waiting(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(2, ""));
	scene_until(&w, DAY2, "01:00:00");
	assert_int_equal(prepare(&w, "", false), CTL_OK);
	expect(&w, CTL_OK, "begun: 5 reads of pages, 2 runs\n");
	/* What is under way is not begun again. */
	assert_int_equal(prepare(&w, "", false), CTL_OK);
	expect(&w, CTL_OK, "begun: 0 reads of pages, 0 runs\n");
	world_free(&w);
}

static void
test_of_one_owner(void **state)
{
	struct world w;
	size_t sent;

	scene_start(&w, world_config_of(W0 ", " W1, ""));
	scene_until(&w, DAY2, "01:00:00");
	sent = scene_count(&w, "check.begun", "\"w1\"", NULL);
	assert_int_equal(prepare(&w, "team", true), -1);
	pass_s(&w, 120);
	expect(&w, CTL_OK, "1 of 1 workload passes\n" PACKET(" --owner team"));
	assert_int_equal(scene_count(&w, "check.begun", "\"w1\"", NULL), sent);
	assert_int_equal(prepare(&w, "nobody", true), CTL_NO_OBJECT);
	world_free(&w);
}

/* One that is asked for by name need not wait; many keep the pace. */
static void
test_keeps_the_pace(void **state)
{
	struct wall_time before = {0};
	struct world w;
	size_t first;

	scene_start(&w, world_config_text(4, ""));
	scene_until(&w, DAY2, "01:00:00");
	first = w.n_seen;
	prepare(&w, "", true);
	pass_s(&w, 600);
	expect(&w, CTL_OK, "4 of 4 workloads pass\n" PACKET(""));
	assert_int_equal(w.n_seen - first, 8);
	for (size_t i = first; i < w.n_seen; i++) {
		if (w.seen[i].invalid)
			continue;
		assert_true(w.seen[i].at.us - before.us >= 10 * USEC_PER_SEC);
		before = w.seen[i].at;
	}
	world_free(&w);
}

static void
test_what_still_lacks(void **state)
{
	struct world w;

	scene_start(&w, world_config_of(W0 ", " W1, ""));
	scene_until(&w, DAY2, "01:00:00");
	snprintf(world_page(&w, PRICING)->text, 200, "Twice the price.\n");
	assert_int_equal(prepare(&w, "", true), -1);
	pass_s(&w, 120);
	expect(&w, CTL_CHECK_FAILED,
	       "0 of 2 workloads pass\n"
	       "w0: hold (CHANGE_UNAPPROVED)\n"
	       "w1: hold (OWNER_MISSING, CHANGE_UNAPPROVED)\n"
	       "who acts: evidencectl todo\n" PACKET(""));
	assert_int_equal(prepare(&w, "team", true), CTL_CHECK_FAILED);
	expect(&w, CTL_CHECK_FAILED,
	       "0 of 1 workload passes\n"
	       "w0: hold (CHANGE_UNAPPROVED)\n"
	       "who acts: evidencectl todo --owner team\n" PACKET(
		   " --owner team"));
	world_free(&w);
}

/* A page that went bad after it was read is read again. */
static void
test_bad_page_again(void **state)
{
	struct world w;
	size_t reads;

	scene_start(&w, world_config_text(1, ""));
	world_page(&w, PRICING)->status = 404;
	assert_int_equal(scene_run(&w, "p-pricing"), CTL_CHECK_FAILED);
	world_page(&w, PRICING)->status = 200;
	pass_s(&w, 1);
	reads = scene_count(&w, "check.source", NULL, NULL);
	prepare(&w, "", true);
	pass_s(&w, 1);
	assert_int_equal(scene_count(&w, "check.source", NULL, NULL),
			 reads + 1);
	world_free(&w);
}

/* Nobody is kept waiting for a gateway that is down, or a stop. */
static void
test_not_observed(void **state)
{
	char name[] = "w0", *missing[] = {name};
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "01:00:00");
	w.gateway = MOOD_UNREACHABLE;
	assert_int_equal(prepare(&w, "", true), -1);
	pass_s(&w, 120);
	expect(&w, CTL_CHECK_FAILED,
	       "0 of 1 workload passes\n"
	       "w0: pending (no record yet)\n"
	       "who acts: evidencectl todo\n" PACKET(""));
	w.gateway = MOOD_GOOD;
	w.fake.missing_credentials = missing;
	w.fake.n_missing_credentials = 1;
	assert_int_equal(prepare(&w, "", false), CTL_OK);
	expect(&w, CTL_OK,
	       "begun: 0 reads of pages, 0 runs\n"
	       "stopped: 1 run; evidencectl todo\n");
	assert_int_equal(prepare(&w, "", true), CTL_CHECK_FAILED);
	expect(&w, CTL_CHECK_FAILED,
	       "0 of 1 workload passes\n"
	       "w0: pending, not run: credential_missing (no record yet)\n"
	       "who acts: evidencectl todo\n" PACKET(""));
	world_free(&w);
}

/* 2026-07-04 is a Saturday. */
static void
test_no_review_day(void **state)
{
	struct world w;
	size_t sent;

	scene_start(&w, world_config_of("{ label = \"w0\"; use = \"t\"; "
					"owner_group = \"team\"; review_days = "
					"[ \"fri\", \"mon\" ]; }",
					""));
	scene_until(&w, DAY2, "01:00:00");
	sent = w.n_seen;
	prepare(&w, "", true);
	pass_s(&w, 60);
	expect(&w, CTL_OK, "no workload is due today\n");
	assert_int_equal(w.n_seen, sent);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_is_lacking),
	    cmocka_unit_test(test_without_waiting),
	    cmocka_unit_test(test_of_one_owner),
	    cmocka_unit_test(test_keeps_the_pace),
	    cmocka_unit_test(test_what_still_lacks),
	    cmocka_unit_test(test_bad_page_again),
	    cmocka_unit_test(test_not_observed),
	    cmocka_unit_test(test_no_review_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
