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
		printf("%s %s %s %s\n", wall_format(w->fake.rows[i].row.at, at),
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

/* The text of the configuration with one word replaced; to be freed. */
static char *
with(const char *text, const char *was, const char *is)
{
	const char *at = strstr(text, was);
	struct buf out = {0};

	assert_non_null(at);
	buf_add(&out, text, (size_t)(at - text));
	buf_printf(&out, "%s%s", is, at + strlen(was));
	return buf_steal(&out);
}

static void
reload(struct world *w, char *text)
{
	char *words;

	engine_reload(w->fake.engine, w->fake.now, world_config(text), &words);
	free(words);
	free(text);
}

/* What a reload answers: what changed, and what that holds. */
static void
test_reload_words(void **state)
{
	char *text, *words;
	struct world w;

	world_init(&w, world_time("2026-07-03T00:00:00Z"), 1);
	world_start(&w, world_config_text(1, ""));
	world_run(&w, world_time("2026-07-03T00:15:00Z"));
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(world_approve(&w, sources[i]), 0);
	text = with(world_config_text(1, ""), "unix_group = \"finops\"",
		    "unix_group = \"budget\"");
	engine_reload(w.fake.engine, w.fake.now, world_config(text), &words);
	assert_non_null(
	    strstr(words, "changed role pricing-owner: budget (approve"));
	assert_null(strstr(words, "held"));
	free(words);
	free(text);
	text = with(world_config_text(1, ""), "group = \"team\"",
		    "group = \"others\"");
	engine_reload(w.fake.engine, w.fake.now, world_config(text), &words);
	assert_non_null(strstr(words, "removed owner team\n"));
	assert_non_null(strstr(words, "held workload w0: OWNER_MISSING"));
	free(words);
	free(text);
	world_free(&w);
}

static void
pass_first_day(struct world *w)
{
	world_init(w, world_time("2026-07-03T00:00:00Z"), 1);
	world_start(w, world_config_text(1, ""));
	world_run(w, world_time("2026-07-03T00:15:00Z"));
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(world_approve(w, sources[i]), 0);
	world_run(w, world_time("2026-07-03T00:20:00Z"));
	assert_int_equal(world_decision(w, "w0"), DECISION_PASS);
}

/* What was read at one address is not said to have been read at another. */
static void
test_moved_source(void **state)
{
	struct world w;

	pass_first_day(&w);
	reload(&w, with(world_config_text(1, ""), "https://gw.example/pricing",
			"https://gw.example/elsewhere"));
	world_run(&w, world_time("2026-07-03T00:40:00Z"));
	for (size_t i = 0; i < w.fake.n_rows; i++) {
		if (strcmp(w.fake.rows[i].kind, "record") == 0 &&
		    strstr(w.fake.rows[i].body, "/elsewhere") != NULL)
			assert_null(strstr(w.fake.rows[i].body,
					   "\"decision\":\"pass\""));
	}
	world_run(&w, world_time("2026-07-04T00:00:00Z"));
	print_rows(&w);
	assert_int_not_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* A run in one environment is no proof for another: it gets its own. */
static void
test_moved_environment(void **state)
{
	struct world w;

	pass_first_day(&w);
	reload(&w, with(world_config_text(1, ""), "environment = \"test\"",
			"environment = \"live\""));
	world_run(&w, world_time("2026-07-03T00:40:00Z"));
	print_rows(&w);
	assert_int_equal(fake_count(&w.fake, "check.happy"), 2);
	assert_int_equal(fake_count(&w.fake, "check.error"), 2);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_first_day),
	    cmocka_unit_test(test_reload_words),
	    cmocka_unit_test(test_moved_source),
	    cmocka_unit_test(test_moved_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
