/* The samples and profiles as they are shipped: they load without a word,
 * dumps load again to the same digest, and capacity is computed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "check/request.h"
#include "tests/unit/conf/fixture.h"

#include <stdlib.h>
#include <string.h>

/* What a person may write first. */
static const char first_file[] =
    "defaults = { reviewer_role = \"budget-operator\"; follow_up_owner = "
    "\"finops\"; };\n"
    "owners = ( { group = \"team-support\"; cost_center = \"CC-114\"; "
    "escalation = \"finops\"; } );\n"
    "gateways = ( { name = \"cometapi\"; } );\n"
    "unit_metrics = ( { name = \"cost-per-resolved-ticket\"; template = "
    "\"cost-per-business-event\"; denominator = \"resolved tickets\";\n"
    "    source_systems = [ \"account export\", \"helpdesk\" ]; refresh = "
    "\"monthly\"; owner = \"team-support\"; } );\n"
    "allocation_rules = ( { id = \"direct\"; type = \"owner-tag\"; "
    "effective_from = \"2026-07-01\"; document = "
    "\"https://wiki.example.com/finops/allocation\"; } );\n"
    "roles = ( { name = \"pricing-owner\"; unix_group = \"finops\"; may = [ "
    "\"approve\", \"attest\" ]; } );\n"
    "templates = ( { name = \"chat-test\"; gateway = \"cometapi\"; model = "
    "\"gpt-4o-mini\"; environment = \"test\";\n"
    "    allocation_rule = \"direct\"; unit_metric = "
    "\"cost-per-resolved-ticket\"; evidence_window = \"04:30-07:30\"; } );\n"
    "workloads = ( { label = \"support-chat\"; use = \"chat-test\"; "
    "owner_group = \"team-support\"; } );\n";

static void
test_first_file(void **state)
{
	struct file file = {"evidenced.conf", first_file};
	const struct workload *w;
	const struct unit_metric *m;
	const struct surface_profile *s;
	struct digest scope;
	struct loaded l;

	load_with_profiles(&l, &file, 1);
	expect_counts(&l, 0, 0);
	w = config_workload(l.config, "support-chat");
	assert_string_equal(w->reviewer_role, "budget-operator");
	assert_string_equal(w->follow_up_owner, "finops");
	assert_string_equal(w->environment_name, "test");
	assert_null(w->environment);
	assert_false(w->environment_dangling);
	assert_string_equal(w->credential, "support-chat");
	assert_int_equal(w->max_requests_per_day, 6);
	assert_int_equal(w->max_tokens_per_day, 5000);
	assert_int_equal(w->account_surface, SURFACE_COUNTER);
	assert_int_equal(w->review_days, 127);
	assert_int_equal(w->happy.window_from_s, 16200);
	assert_int_equal(w->rule->effective_from, civil_day(2026, 7, 1));
	m = w->metric;
	assert_int_equal(m->class, METRIC_BUSINESS);
	assert_string_equal(m->numerator, "billed cost");
	assert_string_equal(m->denominator, "resolved tickets");
	assert_string_equal(m->unit, "currency per event");
	assert_int_equal(m->refresh_days, 31);
	assert_int_equal(m->last_refreshed, INT32_MIN);
	/* three kinds come with the profile, two are the admin's */
	assert_int_equal(w->n_sources, 3);
	assert_int_equal(w->kinds_missing,
			 1u << SOURCE_ALLOCATION | 1u << SOURCE_UNIT_ECONOMICS);
	assert_string_equal(w->sources[1]->name,
			    "cometapi-pricing-gpt-4o-mini");
	assert_string_equal(w->sources[1]->pointer, "/data[id=gpt-4o-mini]");
	assert_string_equal(w->sources[1]->schedule.text, "04:00-05:00");
	s = &w->gateway->profile->surface;
	assert_true(s->present);
	assert_int_equal(s->wait_s.n, 2);
	assert_int_equal(s->wait_s.at[1], 65);
	assert_int_equal(s->lag_max_s, 600);
	assert_int_equal(s->rate_tokens, 20);
	assert_int_equal(s->rate_per_s, 1200);
	scope = check_scope_digest(w);
	assert_true(digest_equal(&scope, &w->scope_digest));
	assert_int_equal(l.config->reobserve_s.n, 3);
	assert_int_equal(l.config->reobserve_s.at[2], 10800);
	assert_int_equal(l.config->grace_s, 1800);
	assert_int_equal(l.config->min_free_bytes, 64 << 20);
	loaded_free(&l);
}

/* The windows that the profile of CometAPI comes with avoid the hours that
 * its help centre names. */
static void
test_maintenance_is_avoided(void **state)
{
	struct file file = {
	    "a.conf",
	    "gateways = ( { name = \"cometapi\"; } );\n"
	    "workloads = ( { label = \"w\"; gateway = \"cometapi\"; model = "
	    "\"m\"; } );"};
	const struct schedule *s;
	struct loaded l;

	load_with_profiles(&l, &file, 1);
	expect_counts(&l, 0, 0);
	s = &l.config->workloads[0].happy;
	assert_true(s->window_from_s >= 5 * 3600);
	assert_true(s->window_to_s <= 24 * 3600);
	loaded_free(&l);
}

static void
load_samples(struct loaded *l)
{
	char *main_file = read_source_file("etc/evidenced.conf");
	char *drop_in = read_source_file("etc/conf.d/example");
	struct file files[] = {{"etc/evidenced.conf", main_file},
			       {"etc/conf.d/example", drop_in}};

	load_with_profiles(l, files, 1);
	expect_counts(l, 0, 0);
	assert_int_equal(l->config->workloads[0].kinds_missing, 0);
	loaded_free(l);
	load_with_profiles(l, files, 2);
	expect_counts(l, 0, 0);
	assert_int_equal(l->config->n_workloads, 2);
	assert_int_equal(l->config->workloads[1].kinds_missing, 0);
	free(main_file);
	free(drop_in);
}

static void
test_samples(void **state)
{
	struct loaded l;

	load_samples(&l);
	loaded_free(&l);
}

/* A dump in each mode loads to the configuration that it came from; CHANGED
 * needs the profile files beside it, the others stand alone. */
static void
test_dump_round_trip(void **state)
{
	static const enum conf_dump modes[] = {CONF_DUMP_ALL, CONF_DUMP_CHANGED,
					       CONF_DUMP_ORIGIN};
	struct loaded first, again;

	load_samples(&first);
	for (size_t i = 0; i < 3; i++) {
		struct buf out = {0};
		struct file file;

		conf_dump(first.config, modes[i], &out);
		file = (struct file){"dump.conf", buf_text(&out)};
		if (modes[i] == CONF_DUMP_CHANGED)
			load_with_profiles(&again, &file, 1);
		else
			load_files(&again, &file, 1);
		expect_counts(&again, 0, 0);
		assert_string_equal(again.config->effective,
				    first.config->effective);
		assert_true(
		    digest_equal(&again.config->digest, &first.config->digest));
		assert_true(
		    digest_equal(&again.config->workloads[1].scope_digest,
				 &first.config->workloads[1].scope_digest));
		assert_true(digest_equal(&again.config->workloads[1].digest,
					 &first.config->workloads[1].digest));
		assert_true(digest_equal(&again.config->profiles[0].digest,
					 &first.config->profiles[0].digest));
		buf_free(&out);
		loaded_free(&again);
	}
	loaded_free(&first);
}

/* Loads the canonical text of a configuration again; to the same one. */
static void
expect_again(const struct config *first)
{
	struct config *again;

	assert_int_equal(
	    conf_load_effective(first->effective, host_zone, NULL, &again), 0);
	assert_string_equal(again->effective, first->effective);
	assert_true(digest_equal(&again->digest, &first->digest));
	assert_int_equal(again->n_sources, first->n_sources);
	for (size_t i = 0; i < first->n_workloads; i++) {
		assert_true(digest_equal(&again->workloads[i].digest,
					 &first->workloads[i].digest));
		assert_true(digest_equal(&again->workloads[i].scope_digest,
					 &first->workloads[i].scope_digest));
	}
	assert_string_equal(again->workloads[0].origin.file, "");
	config_free(again);
}

/* What the ledger keeps of a configuration is all of it, with sources that
 * gateways bring and with one whose name only looks like theirs. */
static void
test_effective_round_trip(void **state)
{
	static const struct file own = {
	    "z.conf", "sources = ( { name = \"cometapi-support\"; kind = "
		      "\"support\"; url = \"https://a.example.com/\"; } );\n"
		      "workloads = ( { label = \"w\"; gateway = \"cometapi\"; "
		      "model = \"m\"; sources = [ \"cometapi-support\" ]; } "
		      ");\n"
		      "gateways = ( { name = \"cometapi\"; } );\n"};
	static const char *const none[] = {
	    "",
	    "[]",
	    "{}",
	    "{\"sources\":5}",
	    "{\"workloads\":[{\"lable\":\"a\"}]}",
	    "{\"ledger\":{\"directory\":\"/a\\u0000\"}}"};
	struct loaded l;
	struct config *config;

	load_samples(&l);
	expect_again(l.config);
	loaded_free(&l);
	load_with_profiles(&l, &own, 1);
	expect_counts(&l, 0, 0);
	expect_again(l.config);
	loaded_free(&l);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(
		    conf_load_effective(none[i], NULL, NULL, &config),
		    ERR_INVALID);
}

/* An empty list in place of a default that is not empty, a zero in place of
 * what a profile says, and characters that want an escape. */
static void
test_dump_odd_values(void **state)
{
	struct file file = {
	    "a.conf",
	    "schedule = { reobserve = []; };\n"
	    "approvals = { max_age = \"0s\"; };\n"
	    "gateways = ( { name = \"cometapi\"; spacing = \"0s\"; } );\n"
	    "owners = ( { group = \"a\"; contact = \"a \\\"b\\\" \\\\c\"; } "
	    ");\n"};
	struct loaded first, again;
	struct buf out = {0};

	load_with_profiles(&first, &file, 1);
	expect_counts(&first, 0, 0);
	assert_int_equal(first.config->reobserve_s.n, 0);
	assert_int_equal(first.config->gateways[0].spacing_s, 0);
	assert_string_equal(first.config->owners[0].contact, "a \"b\" \\c");
	for (int mode = CONF_DUMP_ALL; mode <= CONF_DUMP_CHANGED; mode++) {
		buf_reset(&out);
		conf_dump(first.config, (enum conf_dump)mode, &out);
		file.text = buf_text(&out);
		if (mode == CONF_DUMP_CHANGED)
			load_with_profiles(&again, &file, 1);
		else
			load_files(&again, &file, 1);
		expect_counts(&again, 0, 0);
		assert_string_equal(again.config->effective,
				    first.config->effective);
		loaded_free(&again);
	}
	buf_free(&out);
	loaded_free(&first);
}

/* Every value that is not the default is in the dump, and says whence. */
static void
test_dump_modes(void **state)
{
	struct buf out = {0};
	struct loaded l;

	load_samples(&l);
	conf_dump(l.config, CONF_DUMP_CHANGED, &out);
	assert_non_null(strstr(buf_text(&out), "pricing_review = \"human\";"));
	assert_null(strstr(buf_text(&out), "max_requests_per_day"));
	assert_null(strstr(buf_text(&out), "profiles"));
	assert_null(strstr(buf_text(&out), "ledger"));
	assert_null(strstr(buf_text(&out), "cometapi-setup"));
	buf_reset(&out);
	conf_dump(l.config, CONF_DUMP_ORIGIN, &out);
	assert_non_null(
	    strstr(buf_text(&out),
		   "    pricing_review = \"human\";\t# etc/conf.d/example:"));
	assert_non_null(strstr(buf_text(&out),
			       "    max_requests_per_day = 6;\t# default\n"));
	assert_non_null(strstr(
	    buf_text(&out),
	    "    follow_up_owner = \"finops\";\t# etc/evidenced.conf:14\n"));
	buf_reset(&out);
	conf_dump(l.config, CONF_DUMP_ALL, &out);
	assert_non_null(strstr(buf_text(&out), "  max_requests_per_day = 6;"));
	assert_non_null(
	    strstr(buf_text(&out),
		   "#     name = \"cometapi-pricing-gpt-4o-mini\";\n"));
	assert_null(strstr(buf_text(&out), "# default"));
	buf_free(&out);
	loaded_free(&l);
}

/* Anything that a configuration says differently gives another digest. */
static void
test_digest(void **state)
{
	static const char *const changes[][2] = {
	    {"gpt-4o-mini", "gpt-4o"},
	    {"CC-114", "CC-115"},
	    {"04:30-07:30", "04:30-07:31"},
	    {"\"approve\", ", ""},
	    {"2026-07-01", "2026-07-02"},
	    {"resolved tickets", "resolved ticket"},
	};
	struct file file = {"a.conf", first_file};
	struct loaded first, other;

	load_with_profiles(&first, &file, 1);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const char *at = strstr(first_file, changes[i][0]);
		struct buf text = {0};

		assert_non_null(at);
		buf_add(&text, first_file, (size_t)(at - first_file));
		buf_puts(&text, changes[i][1]);
		buf_puts(&text, at + strlen(changes[i][0]));
		file.text = buf_text(&text);
		load_with_profiles(&other, &file, 1);
		expect_counts(&other, 0, 0);
		assert_false(
		    digest_equal(&first.config->digest, &other.config->digest));
		buf_free(&text);
		loaded_free(&other);
	}
	loaded_free(&first);
}

/* 60 pairs of three reads in an hour, at 20 reads per 20 minutes. */
static void
test_capacity(void **state)
{
	struct buf text = {0}, out = {0};
	struct file file;
	struct loaded l;

	buf_puts(&text,
		 "gateways = ( { name = \"cometapi\"; spacing = \"30s\"; } );\n"
		 "defaults = { gateway = \"cometapi\"; model = \"m\";\n"
		 "evidence_window = \"05:00-06:00\"; };\nworkloads = (\n");
	for (int i = 0; i < 60; i++)
		buf_printf(&text, "%s{ label = \"w%d\"; }", i > 0 ? "," : "",
			   i);
	buf_puts(&text, ");\n");
	file = (struct file){"a.conf", buf_text(&text)};
	load_with_profiles(&l, &file, 1);
	expect_counts(&l, 0, 0);
	assert_int_equal(conf_capacity(l.config, &out), 1);
	assert_string_equal(
	    buf_text(&out),
	    "gateway cometapi: a day: 60 pairs, 180 account reads of 1460, "
	    "2h40m needed of 24h\n"
	    "  window 05:00-06:00 UTC: 60 pairs, 180 account reads of 80, "
	    "2h40m needed of 1h: too much\n"
	    "    widen evidence_window to 2h40m or more, or give some "
	    "workloads another window\n");
	loaded_free(&l);
	buf_reset(&out);

	/* the same pairs fit when only their spacing counts */
	buf_reset(&text);
	buf_puts(
	    &text,
	    "gateways = ( { name = \"g\"; profile = \"generic\"; base_url = "
	    "\"https://a.example\"; spacing = \"1m\"; } );\n"
	    "defaults = { gateway = \"g\"; model = \"m\"; };\n"
	    "workloads = ( { label = \"a\"; evidence_window = "
	    "\"05:00-05:01\"; },\n"
	    "{ label = \"b\"; evidence_window = \"05:00-05:01\"; },\n"
	    "{ label = \"c\"; evidence_window = \"06:00-06:01\"; },\n"
	    "{ label = \"d\"; happy_schedule = \"*/1 * * * *\";\n"
	    "  max_requests_per_day = 3000; } );\n");
	file.text = buf_text(&text);
	load_with_profiles(&l, &file, 1);
	expect_counts(&l, 0, 0);
	assert_int_equal(conf_capacity(l.config, &out), 1);
	assert_string_equal(
	    buf_text(&out),
	    "gateway g: a day: 1443 pairs, 0 account reads, 24h03m needed of "
	    "24h: too much\n"
	    "    plan fewer pairs, or raise rate and lower spacing if the "
	    "gateway allows it\n"
	    "  window 05:00-05:01 UTC: 2 pairs, 0 account reads, 2m needed of 1m: "
	    "too much\n"
	    "    widen evidence_window to 2m or more, or give some workloads "
	    "another window\n"
	    "  window 06:00-06:01 UTC: 1 pair, 0 account reads, 1m needed of "
	    "1m\n");
	loaded_free(&l);
	buf_free(&out);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_first_file),
	    cmocka_unit_test(test_maintenance_is_avoided),
	    cmocka_unit_test(test_samples),
	    cmocka_unit_test(test_dump_round_trip),
	    cmocka_unit_test(test_effective_round_trip),
	    cmocka_unit_test(test_dump_odd_values),
	    cmocka_unit_test(test_dump_modes),
	    cmocka_unit_test(test_digest),
	    cmocka_unit_test(test_capacity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
