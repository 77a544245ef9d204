/* What a reload would hold and release: two configurations, one ledger. */
#include "base/json.h"
#include "conf/load.h"
#include "page/page.h"
#include "report/impact.h"

#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DAY "2026-07-03"

#define TEAM "owners = ( { group = \"team\"; } );\n"

static const char base[] =
    "profiles = ( { name = \"p\"; base_url = \"https://gw.example.com\";\n"
    "  headers = ( { name = \"A\"; value = \"${secret}\"; } );\n"
    "  happy = { path = \"/v1\"; body = \"{}\"; };\n"
    "  error = { secret = \"invalid-${nonce}\";\n"
    "            accept = ( { status = 401; } ); };\n"
    "  account_surface = \"none\"; evidence_window = \"04:30-07:30\"; } );\n"
    "gateways = ( { name = \"g\"; profile = \"p\"; } );\n" TEAM
    "allocation_rules = ( { id = \"r\"; type = \"owner-tag\";\n"
    "  effective_from = \"2026-01-01\"; document = \"https://w.example.com\";\n"
    "  } );\n"
    "unit_metrics = ( { name = \"u\"; template = \"cost-per-business-event\";\n"
    "  denominator = \"tickets\"; source_systems = [ \"export\" ];\n"
    "  refresh = \"monthly\"; owner = \"team\"; } );\n"
    "sources = (\n"
    "  { name = \"s1\"; kind = \"setup\"; url = \"https://d.example.com/1\"; },\n"
    "  { name = \"s2\"; kind = \"pricing\"; url = \"https://d.example.com/2\"; "
    "},\n"
    "  { name = \"s3\"; kind = \"support\"; url = \"https://d.example.com/3\"; "
    "},\n"
    "  { name = \"s4\"; kind = \"allocation\"; url = "
    "\"https://d.example.com/4\"; },\n"
    "  { name = \"s5\"; kind = \"unit-economics\"; url = "
    "\"https://d.example.com/5\"; } );\n"
    "defaults = { gateway = \"g\"; model = \"m\"; environment = \"test\";\n"
    "  allocation_rule = \"r\"; unit_metric = \"u\"; follow_up_owner = "
    "\"team\";\n"
    "  sources = [ \"s1\", \"s2\", \"s3\", \"s4\", \"s5\" ]; };\n";

static struct config *
load_text(struct buf *text, const char *workloads)
{
	struct conf_report report;
	struct config *config = NULL;
	struct buf words = {0};

	buf_printf(text, "workloads = ( %s );\n", workloads);
	conf_load(&(struct conf_text){.path = "t.conf",
				      .text = buf_text(text),
				      .len = text->len},
		  1, NULL, NULL, &config, &report);
	if (config == NULL) {
		conf_report_print(&report, &words);
		fail_msg("%s", buf_text(&words));
	}
	conf_report_free(&report);
	return config;
}

static struct config *
load(const char *workloads)
{
	struct buf text = {0};
	struct config *config;

	buf_puts(&text, base);
	config = load_text(&text, workloads);
	buf_free(&text);
	return config;
}

static void
apply(struct view *v, const char *kind, const char *at, const struct buf *body)
{
	struct row row = {.seq = v->rows, .kind = kind};
	struct err err;

	assert_int_equal(wall_parse(at, &row.at), 0);
	row.body = body->data;
	row.body_len = body->len;
	if (view_apply(v, &row, &err) < 0)
		fail_msg("%s", err.text);
}

/* Each source read and approved that morning. */
static struct view *
approved(const struct config *config)
{
	struct view *v = view_new();

	for (size_t i = 0; i < config->n_sources; i++) {
		const struct source *s = &config->sources[i];
		struct digest filter = page_filter_digest(s),
			      text = digest_sha256(s->name, 2);
		char hex[2][DIGEST_HEX_LEN + 1];
		struct buf body = {0};

		digest_hex(&filter, hex[0]);
		digest_hex(&text, hex[1]);
		buf_printf(&body,
			   "{\"filter_sha256\":\"%s\",\"final_url\":\"%s\","
			   "\"http_status\":200,\"outcome\":\"new\",\"read\":"
			   "\"read\",\"read_at\":\"" DAY "T05:00:00Z\","
			   "\"slot\":\"" DAY "T05:00:00Z\",\"snapshot\":"
			   "\"%.12s\",\"source\":\"%s\",\"text_bytes\":2,"
			   "\"text_sha256\":\"%s\",\"trigger\":\"schedule\","
			   "\"url\":\"%s\"}",
			   hex[0], s->url, hex[1], s->name, hex[1], s->url);
		apply(v, "check.source", DAY "T05:00:00Z", &body);
		buf_reset(&body);
		buf_printf(&body,
			   "{\"note\":\"seen\",\"peer_uid\":0,\"role\":\"x\","
			   "\"snapshot\":\"%.12s\",\"source\":\"%s\","
			   "\"text_sha256\":\"%s\"}",
			   hex[1], s->name, hex[1]);
		apply(v, "source.approved", DAY "T06:00:00Z", &body);
		buf_free(&body);
	}
	return v;
}

static void
put_list(struct json_object *one, const char *key, struct buf *out)
{
	struct json_object *list = json_get(one, key);

	for (size_t i = 0; list != NULL && i < json_object_array_length(list);
	     i++)
		buf_printf(
		    out, "%s%s", i == 0 ? " " : ",",
		    json_object_get_string(json_object_array_get_idx(list, i)));
	buf_puts(out, list == NULL ? " null" : "");
}

/* "a changed held intake: before -> after;" for each workload. */
static void
render(const struct impact *impact, struct buf *out)
{
	struct json_object *answer, *list;
	struct buf text = {0};

	impact_json(impact, &text);
	assert_int_equal(json_parse(buf_text(&text), text.len,
				    &JSON_LEDGER_LIMITS, &answer, NULL),
			 0);
	list = json_get(answer, "workloads");
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *one = json_object_array_get_idx(list, i);

		buf_printf(
		    out, "%s %s %s%s:", json_get_string(one, "label", ""),
		    json_get_string(one, "change", ""),
		    json_get_string(one, "effect", ""),
		    json_get_bool(one, "intake", false) ? " intake" : "");
		put_list(one, "before", out);
		buf_puts(out, " ->");
		put_list(one, "after", out);
		buf_puts(out, "; ");
	}
	json_object_put(answer);
	buf_free(&text);
}

/* Those that are in no list are counted, too. */
static void
still_held(void **state)
{
	struct config *before =
	    load("{ label = \"a\"; }, { label = \"b\"; }, { label = \"c\"; }");
	struct config *after =
	    load("{ label = \"a\"; }, { label = \"c\"; application = \"x\"; },"
		 "{ label = \"d\"; }");
	struct impact impact = {before, after, approved(before), {0}};
	struct buf out = {0};

	wall_parse(DAY "T12:00:00Z", &impact.now);
	impact_json(&impact, &out);
	assert_non_null(
	    strstr(buf_text(&out), "\"still_held\":2,\"total\":3,"));
	assert_null(strstr(buf_text(&out), "\"label\":\"a\""));
	buf_free(&out);
	view_free((struct view *)impact.view);
	config_free(before);
	config_free(after);
}

#define OWNED "owner_group = \"team\"; "

static void
held_and_released(void **state)
{
	static const struct {
		const char *before, *after, *wanted;
	} rows[] = {
	    {"{ label = \"a\"; " OWNED "}", "{ label = \"a\"; " OWNED "}", ""},
	    {"{ label = \"a\"; " OWNED "}", "{ label = \"a\"; }",
	     "a changed held: -> OWNER_MISSING; "},
	    {"{ label = \"a\"; }", "{ label = \"a\"; " OWNED "}",
	     "a changed released: OWNER_MISSING ->; "},
	    {"{ label = \"a\"; }", "{ label = \"a\"; application = \"x\"; }",
	     "a changed still held: OWNER_MISSING -> OWNER_MISSING; "},
	    {"{ label = \"a\"; }",
	     "{ label = \"a\"; " OWNED "allocation_rule = \"none\"; }",
	     "a changed held: OWNER_MISSING -> RULE_MISSING; "},
	    {"{ label = \"a\"; " OWNED "}",
	     "{ label = \"a\"; model = \"n\"; " OWNED "}",
	     "a changed none intake: ->; "},
	    {"{ label = \"a\"; " OWNED "}",
	     "{ label = \"a\"; " OWNED "}, { label = \"b\"; }",
	     "b added held intake: null -> OWNER_MISSING; "},
	    {"{ label = \"a\"; " OWNED "}, { label = \"b\"; }",
	     "{ label = \"a\"; " OWNED "}",
	     "b removed removed: OWNER_MISSING -> null; "},
	    /* nothing of it changed, and yet it is held by the other */
	    {"{ label = \"a\"; " OWNED "credential = \"k\"; }",
	     "{ label = \"a\"; " OWNED "credential = \"k\"; },"
	     "{ label = \"b\"; " OWNED "credential = \"k\"; }",
	     "a same held: -> CREDENTIAL_SHARED; "
	     "b added held intake: null -> CREDENTIAL_SHARED; "},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config *before = load(rows[i].before),
			      *after = load(rows[i].after);
		struct impact impact = {before, after, approved(before), {0}};
		struct buf out = {0};

		wall_parse(DAY "T12:00:00Z", &impact.now);
		render(&impact, &out);
		assert_string_equal(buf_text(&out), rows[i].wanted);
		buf_free(&out);
		view_free((struct view *)impact.view);
		config_free(before);
		config_free(after);
	}
}

/* "k" is loaded, "p" is not, of any other nothing is known. */
static enum impact_credential
credential(void *ctx, const char *name)
{
	assert_string_equal(ctx, "ours");
	return strcmp(name, "k") == 0	? IMPACT_LOADED
	       : strcmp(name, "p") == 0 ? IMPACT_NOT_LOADED
					: IMPACT_UNKNOWN;
}

static void
credentials(void **state)
{
	char ours[] = "ours";
	struct config *before =
	    load("{ label = \"a\"; " OWNED "credential = \"k\"; },"
		 "{ label = \"b\"; " OWNED "credential = \"p\"; },"
		 "{ label = \"c\"; " OWNED "credential = \"q\"; }");
	struct config *after =
	    load("{ label = \"a\"; " OWNED "credential = \"p\"; },"
		 "{ label = \"b\"; " OWNED "credential = \"k\"; },"
		 "{ label = \"c\"; " OWNED "credential = \"r\"; }");
	struct impact impact = {.before = before,
				.after = after,
				.view = approved(before),
				.credential = credential,
				.ctx = ours};
	struct buf out = {0};

	wall_parse(DAY "T12:00:00Z", &impact.now);
	render(&impact, &out);
	assert_string_equal(buf_text(&out),
			    "a changed held intake: -> CREDENTIAL_MISSING; "
			    "b changed released intake: CREDENTIAL_MISSING ->; "
			    "c changed none intake: ->; ");
	buf_reset(&out);
	impact_json(&impact, &out);
	assert_non_null(strstr(buf_text(&out), "\"unknown_credentials\":1,"));
	impact.credential = NULL;
	buf_reset(&out);
	impact_json(&impact, &out);
	assert_non_null(strstr(buf_text(&out), "\"unknown_credentials\":3,"));
	assert_null(strstr(buf_text(&out), "CREDENTIAL_MISSING"));
	buf_free(&out);
	view_free((struct view *)impact.view);
	config_free(before);
	config_free(after);
}

/* An approval is of the page at its address; it grows old; no ledger has
 * none. */
static void
approvals(void **state)
{
	static const struct {
		const char *now;
		bool view;
		reason_set wanted;
	} rows[] = {
	    {DAY "T12:00:00Z", true, 0},
	    {"2026-10-01T05:59:59Z", true, 0},
	    {"2026-10-01T06:00:00Z", true,
	     UINT64_C(1) << REASON_APPROVAL_EXPIRED},
	    {DAY "T12:00:00Z", false, UINT64_C(1) << REASON_SOURCE_UNAPPROVED},
	};
	struct config *c = load("{ label = \"a\"; " OWNED "}");
	struct view *v = approved(c);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct impact impact = {c, c, rows[i].view ? v : NULL, {0}};
		reason_set ours = reason_bit(REASON_APPROVAL_EXPIRED) |
				  reason_bit(REASON_SOURCE_UNAPPROVED) |
				  reason_bit(REASON_CHANGE_UNAPPROVED);

		wall_parse(rows[i].now, &impact.now);
		assert_int_equal(impact_reasons(&impact, c, &c->workloads[0]) &
				     ours,
				 rows[i].wanted);
	}
	view_source(v, "s2")->fact.url = digest_sha256("elsewhere", 9);
	assert_int_equal(impact_reasons(&(struct impact){c, c, v, v->newest_at},
					c, &c->workloads[0]),
			 reason_bit(REASON_SOURCE_UNAPPROVED));
	view_free(v);
	config_free(c);
}

/* ---- what changed besides the workloads ---- */

#define OWNED_BY(group) "{ label = \"a\"; owner_group = \"" group "\"; }"
#define ROLE(group, may)                                                     \
	"roles = ( { name = \"r\"; unix_group = \"" group "\"; may = [ " may \
	" ]; } ); "

/* The configuration of the base with other owners, and roles. */
static struct config *
load_with(const char *owners_and_roles, const char *workloads)
{
	const char *at = strstr(base, TEAM);
	struct buf text = {0};
	struct config *config;

	assert_non_null(at);
	buf_add(&text, base, (size_t)(at - base));
	buf_printf(&text, "%s%s", owners_and_roles, at + strlen(TEAM));
	config = load_text(&text, workloads);
	buf_free(&text);
	return config;
}

static void
changes(void **state)
{
#define RELEASED                                                        \
	"released workload a, as far as the configuration says; next: " \
	"evidencectl why a\n"
#define A OWNED_BY("team")
	static const struct {
		const char *before, *was, *after, *is, *wanted;
	} rows[] = {
	    {TEAM, A, TEAM, A, ""},
	    {TEAM, A, TEAM ROLE("g", "\"approve\""), A,
	     "added role r: g (approve)\n"},
	    {TEAM ROLE("g", "\"approve\""), A, TEAM, A,
	     "removed role r, was g (approve)\n"},
	    {TEAM ROLE("g", "\"approve\""), A, TEAM ROLE("h", "\"approve\""), A,
	     "changed role r: h (approve), was g (approve)\n"},
	    {TEAM ROLE("g", "\"approve\""), A,
	     TEAM ROLE("g", "\"attest\", \"approve\""), A,
	     "changed role r: g (approve, attest), was g (approve)\n"},
	    /* the workload says the same, and is held by the other */
	    {TEAM, A, "", A,
	     "removed owner team\nheld workload a: "
	     "OWNER_MISSING\n"},
	    {"", A, TEAM, A, "added owner team\n" RELEASED},
	    {TEAM, A,
	     "owners = ( { group = \"team\"; cost_center = \"C\"; } ); ", A,
	     "changed owner team\n"},
	    {TEAM, A,
	     "owners = ( { group = \"team\"; valid_to = \"2026-07-02\"; } );"
	     " ",
	     A, "changed owner team\nheld workload a: OWNER_EXPIRED\n"},
	    {TEAM, A, TEAM, "{ label = \"a\"; }",
	     "changed workload a\nremoved owner of workload a, was team\n"
	     "held workload a: OWNER_MISSING\n"},
	    {TEAM, "{ label = \"a\"; }", TEAM, A,
	     "changed workload a\nadded owner of workload a: team\n" RELEASED},
	    {TEAM, A, TEAM, OWNED_BY("other"),
	     "changed workload a\nchanged owner of workload a: other, was "
	     "team\nheld workload a: OWNER_MISSING\n"},
	    /* still held is nothing new; an owner goes with its workload */
	    {TEAM, "{ label = \"a\"; }", TEAM,
	     "{ label = \"a\"; application = \"x\"; }", "changed workload a\n"},
	    {TEAM, A, TEAM, "{ label = \"b\"; }",
	     "added workload b\nremoved workload a\n"
	     "held workload b: OWNER_MISSING\n"},
	};
#undef A
#undef RELEASED

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config *before = load_with(rows[i].before, rows[i].was),
			      *after = load_with(rows[i].after, rows[i].is);
		struct impact impact = {before, after, approved(before), {0}};
		struct buf out = {0};

		wall_parse(DAY "T12:00:00Z", &impact.now);
		impact_print(&impact, &out);
		assert_string_equal(buf_text(&out), rows[i].wanted);
		buf_free(&out);
		view_free((struct view *)impact.view);
		config_free(before);
		config_free(after);
	}
}

/* What the configuration no longer holds may be held all the same. */
static void
released_but(void **state)
{
	const struct {
		const char *until; /* of a cap, or NULL */
		const char *day;   /* of the record, or NULL */
		enum decision decision;
		reason_set reasons;
		const char *but;
	} rows[] = {
	    {NULL, NULL, 0, 0, "as far as the configuration says"},
	    {DAY, NULL, 0, 0, "but role r keeps it at hold until " DAY},
	    {"2026-07-02", NULL, 0, 0, "as far as the configuration says"},
	    {NULL, DAY, DECISION_INCONCLUSIVE,
	     reason_bit(REASON_OWNER_MISSING) | reason_bit(REASON_THROTTLED) |
		 reason_bit(REASON_USAGE_ABSENT),
	     "but its record of today says USAGE_ABSENT, THROTTLED"},
	    {NULL, DAY, DECISION_HOLD, reason_bit(REASON_OWNER_MISSING),
	     "as far as the configuration says"},
	    {NULL, "2026-07-02", DECISION_INCONCLUSIVE,
	     reason_bit(REASON_THROTTLED), "as far as the configuration says"},
	    {DAY, DAY, DECISION_INCONCLUSIVE, reason_bit(REASON_THROTTLED),
	     "but role r keeps it at hold until " DAY},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config *before = load("{ label = \"a\"; }"),
			      *after = load(OWNED_BY("team"));
		struct view *view = approved(after);
		struct impact impact = {before, after, view, {0}};
		struct view_workload *w;
		struct buf out = {0}, body = {0};
		char wanted[200];

		wall_parse(DAY "T12:00:00Z", &impact.now);
		buf_printf(&body,
			   "{\"decision\":\"hold\",\"role\":\"r\",\"until\":"
			   "\"%s\",\"workload_label\":\"a\"}",
			   rows[i].until == NULL ? "2026-01-01"
						 : rows[i].until);
		apply(view, "decision", "2026-01-01T00:00:00Z", &body);
		w = (struct view_workload *)view_workload(view, "a");
		w->record.present = rows[i].day != NULL;
		w->record.decision = rows[i].decision;
		w->record.reasons = rows[i].reasons;
		if (rows[i].day != NULL)
			day_parse(rows[i].day, &w->record.day);
		impact_print(&impact, &out);
		snprintf(wanted, sizeof(wanted),
			 "released workload a, %s; next: evidencectl why a\n",
			 rows[i].but);
		assert_non_null(strstr(buf_text(&out), wanted));
		buf_free(&out);
		buf_free(&body);
		view_free(view);
		config_free(before);
		config_free(after);
	}
}

/* The answer to check-config has the same, but for the workloads. */
static void
changes_json(void **state)
{
	struct config *before = load_with(TEAM ROLE("g", "\"approve\""),
					  "{ label = \"a\"; }"),
		      *after = load_with(TEAM, OWNED_BY("team"));
	struct impact impact = {.before = before, .after = after};
	struct buf out = {0};

	impact_json(&impact, &out);
	assert_non_null(strstr(
	    buf_text(&out),
	    "{\"changes\":[{\"after\":\"team\",\"before\":null,\"change\":"
	    "\"added\",\"name\":\"a\",\"what\":\"owner of workload\"},"
	    "{\"after\":null,\"before\":\"g (approve)\",\"change\":"
	    "\"removed\",\"name\":\"r\",\"what\":\"role\"}],"));
	buf_free(&out);
	config_free(before);
	config_free(after);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(still_held),	 cmocka_unit_test(released_but),
	    cmocka_unit_test(held_and_released), cmocka_unit_test(credentials),
	    cmocka_unit_test(approvals),	 cmocka_unit_test(changes),
	    cmocka_unit_test(changes_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
