/* What only the whole shows: layers, names, overlaps, shared credentials,
 * schedules, sources; and that no credential's value is ever printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/zone.h"
#include "tests/unit/conf/fixture.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

/* A profile that needs nothing else, on lines 1 to 5. */
#define PROFILE      \
	ONLY_PROFILE \
	"gateways = ( { name = \"g\"; profile = \"p\"; } );\n"
#define ONLY_PROFILE                                                       \
	"profiles = ( { name = \"p\"; base_url = \"https://a.example\";\n" \
	"  happy = { path = \"/v1/x\"; body = \"{}\"; };\n"                \
	"  error = { accept = ( { status = 401; } ); };\n"                 \
	"} );\n"

struct message {
	enum conf_severity severity;
	int line;
	const char *key;
	const char *what;
	const char *hint;
};

struct example {
	const char *text;
	struct message messages[4]; /* what NULL ends them */
};

static const struct example examples[] = {
    {PROFILE
     "workloads = ( { label = \"w\"; gateway = \"g\"; model = \"m\"; } "
     ");\n"
     "schedule = { reobserve = [ \"1h\", \"15m\",\n\"15m\", \"2h\" ]; };",
     {{CONF_ERROR, 7, "schedule.reobserve",
       "\"15m\" after \"1h\": each must be more than the one before",
       "order"}}},
    /* names that resolve to nothing are warnings */
    {PROFILE "workloads = ( { label = \"w\"; gateway = \"gg\"; model = \"m\";\n"
	     "owner_group = \"team-suport\";\n"
	     "allocation_rule = \"dirct\"; unit_metric = \"none-near\"; } );\n"
	     "owners = ( { group = \"team-support\"; } );\n"
	     "allocation_rules = ( { id = \"direct\"; type = \"owner-tag\"; } "
	     ");",
     {{CONF_WARNING, 6, "workloads.w.gateway", "no gateway \"gg\"", "\"g\""},
      {CONF_WARNING, 7, "owner_group", "no owner \"team-suport\"",
       "\"team-support\""},
      {CONF_WARNING, 8, "allocation_rule", "no allocation rule", "\"direct\""},
      {CONF_WARNING, 8, "unit_metric", "no unit metric", "held"}}},
    {PROFILE "workloads = ( { label = \"w\"; gateway = \"g\"; model = \"m\";\n"
	     "use = [ \"a\",\n\"b\" ]; environment = \"tst\";\n"
	     "sources = \"s1\"; } );\n"
	     "templates = ( { name = \"a\"; } );\n"
	     "environments = ( { name = \"test\"; } );",
     {{CONF_WARNING, 8, "use", "no template \"b\"", "\"a\""},
      {CONF_WARNING, 8, "environment", "no environment \"tst\"", "\"test\""},
      {CONF_WARNING, 9, "sources", "no source \"s1\"", ""}}},
    {"gateways = ( {\n name = \"cometap\"; } );",
     {{CONF_WARNING, 1, "gateways.cometap.profile", "no profile \"cometap\"",
       ""}}},
    {"unit_metrics = ( { name = \"m\";\n template = "
     "\"cost-per-busines-event\"; } );",
     {{CONF_WARNING, 2, "template", "no built-in metric template",
       "\"cost-per-business-event\""}}},
    /* a group is an owner, one that acts for it, or behind a role */
    {"owners = ( { group = \"team-a\"; escalation = \"finops\"; } );\n"
     "roles = ( { name = \"keeper\"; unix_group = \"auditors\"; } );\n"
     "alerting = { unowned_escalation = \"desk\"; };\n"
     "unit_metrics = ( { name = \"m\"; owner = \"team-a\"; },\n"
     "{ name = \"n\"; owner = \"taem-a\"; }, { name = \"o\"; } );\n"
     "workloads = ( { label = \"w\"; gateway = \"g\"; model = \"m\";\n"
     "follow_up_owner = \"finops\"; }, { label = \"v\"; gateway = \"g\";\n"
     "model = \"m\"; follow_up_owner = \"fin-ops\"; },\n"
     "{ label = \"u\"; gateway = \"g\"; model = \"m\";\n"
     "follow_up_owner = \"auditors\"; }, { label = \"t\"; gateway = \"g\";\n"
     "model = \"m\"; follow_up_owner = \"desk\"; },\n"
     "{ label = \"s\"; gateway = \"g\"; model = \"m\";\n"
     "follow_up_owner = \"somebody\"; } );\n"
     "gateways = ( { name = \"g\"; profile = \"none\"; } );\n",
     {{CONF_WARNING, 5, "n.owner", "no group \"taem-a\"", "\"team-a\""},
      {CONF_WARNING, 8, "v.follow_up_owner", "no group \"fin-ops\"",
       "\"finops\""},
      {CONF_WARNING, 13, "s.follow_up_owner", "no group \"somebody\"",
       "no owner, escalation or role has that name"},
      {CONF_WARNING, 14, "gateways.g.profile", "no profile", ""}}},
    /* an environment stands for itself while none is declared */
    {PROFILE "workloads = ( { label = \"w\"; gateway = \"g\"; model = \"m\";\n"
	     "environment = \"test\"; } );",
     {{0}}},
    /* required, over all layers */
    {PROFILE "workloads = ( { label = \"w\"; },\n"
	     "{ model = \"m\"; gateway = \"g\"; } );",
     {{CONF_ERROR, 6, "workloads.w.gateway", "required, and missing", ""},
      {CONF_ERROR, 6, "workloads.w.model", "required, and missing", ""},
      {CONF_ERROR, 7, "workloads[1].label", "required, and missing",
       "label = "}}},
    {PROFILE "defaults = { gateway = \"g\"; };\n"
	     "templates = ( { name = \"t\"; model = \"m\"; } );\n"
	     "workloads = ( { label = \"w\"; use = \"t\"; } );",
     {{0}}},
    /* an empty string is no value, and takes back that of a template */
    {PROFILE "templates = ( { name = \"t\"; model = \"m\"; } );\n"
	     "workloads = ( { label = \"w\"; gateway = \"g\"; use = \"t\";\n"
	     "  model = \"\"; } );",
     {{CONF_ERROR, 8, "workloads.w.model", "required, and empty", "model = "}}},
    {"profiles = ( { name = \"p\";\n"
     "happy = { path = \"/x\";\nbody = \"\"; };\n"
     "error = { accept = ( { status = 401; } ); }; } );",
     {{CONF_ERROR, 3, "profiles.p.happy.body", "required, and empty", ""}}},
    /* the defaults own nothing */
    {"defaults = {\n owner_group = \"a\"; label = \"b\"; use = \"c\"; };",
     {{CONF_ERROR, 2, "defaults.owner_group", "may not stand in defaults",
       "workload or in a named template"},
      {CONF_ERROR, 2, "defaults.label", "may not stand", ""},
      {CONF_ERROR, 2, "defaults.use", "may not stand", ""}}},
    /* sections of the wrong kind */
    {"workloads = {};\nledger = ();\nowner = ();\nowners = ( 1 );",
     {{CONF_ERROR, 1, "workloads", "must be a list of groups", ""},
      {CONF_ERROR, 2, "ledger", "must be a group", ""},
      {CONF_ERROR, 3, "owner", "unknown section", "\"owners\""},
      {CONF_ERROR, 4, "owners[0]", "must be a group", ""}}},
    /* allocation rules */
    {"owners = ( { group = \"a\"; }, { group = \"b\"; } );\n"
     "allocation_rules = ( { id = \"r\"; type = \"shared-cost-rule\";\n"
     "pool = \"p\"; method = \"fixed\";\n"
     "targets = ( { owner = \"a\"; weight = 60; },\n"
     "{ owner = \"b\"; weight = 39; } ); } );",
     {{CONF_ERROR, 4, "r.targets", "the weights make 99", "100"}}},
    {"owners = ( { group = \"a\"; } );\n"
     "allocation_rules = ( { id = \"r\"; type = \"shared-cost-rule\";\n"
     "pool = \"p\";\n"
     "targets = ( { owner = \"a\"; }, { owner = \"q\"; } ); },\n"
     "{ id = \"s\"; type = \"shared-cost-rule\"; pool = \"q\"; } );",
     {{CONF_ERROR, 4, "r.targets", "a pool cannot feed a pool", ""}}},
    {"owners = ( { group = \"a\"; } );\n"
     "allocation_rules = ( { id = \"r\"; type = \"shared-cost-rule\";\n"
     "pool = \"p\";\n"
     "targets = ( { owner = \"a\"; weight = 100; }, { owner = \"a\"; },\n"
     "  { owner = \"x\"; } ); } );",
     {{CONF_ERROR, 4, "r.targets", "weights count for the method fixed", ""},
      {CONF_ERROR, 4, "r.targets", "stands twice", ""},
      {CONF_WARNING, 4, "r.targets", "no owner \"x\"", ""}}},
    {"allocation_rules = ( { id = \"r\"; type = \"owner-tag\";\n"
     "pool = \"p\";\n method = \"even\"; },\n"
     "{ id = \"s\"; type = \"shared-cost-rule\";\n owner = \"r\"; } );",
     {{CONF_ERROR, 2, "r.pool", "an owner-tag rule has no pool",
       "shared-cost-rule"},
      {CONF_ERROR, 3, "r.method", "an owner-tag rule has no method", ""},
      {CONF_ERROR, 5, "s.owner", "a shared-cost-rule has no owner", ""},
      {CONF_WARNING, 5, "s.owner", "no owner", ""}}},
    {"allocation_rules = (\n"
     "{ id = \"r\"; type = \"owner-tag\"; effective_from = \"2026-01-01\"; },\n"
     "{ id = \"r\"; version = 2; type = \"owner-tag\";\n"
     "  effective_from = \"2026-07-01\"; } );",
     {{CONF_ERROR, 4, "r.effective_from", "never used: version 1 at t.conf:2",
       "effective_to"}}},
    {"allocation_rules = (\n"
     "{ id = \"r\"; type = \"owner-tag\"; effective_to = \"2026-07-01\"; },\n"
     "{ id = \"r\"; version = 2; type = \"owner-tag\";\n"
     "  effective_from = \"2026-07-01\"; } );",
     {{CONF_ERROR, 4, "r.effective_from",
       "version 1 at t.conf:2 holds on some of its days", ""}}},
    {"allocation_rules = (\n"
     "{ id = \"r\"; version = 2; type = \"owner-tag\";\n"
     "  effective_from = \"2026-07-01\"; },\n"
     "{ id = \"r\"; type = \"owner-tag\"; effective_to = \"2026-07-01\"; } "
     ");",
     {{CONF_ERROR, 4, "r.effective_from",
       "version 2 at t.conf:2 holds on some of its days", ""}}},
    {"allocation_rules = (\n"
     "{ id = \"r\"; type = \"owner-tag\"; effective_to = \"2026-06-30\"; },\n"
     "{ id = \"r\"; version = 2; type = \"owner-tag\";\n"
     "  effective_from = \"2026-07-01\"; } );",
     {{0}}},
    {"allocation_rules = (\n"
     "{ id = \"r\"; type = \"owner-tag\"; effective_from = \"2026-07-02\";\n"
     "effective_to = \"2026-07-01\"; } );\n"
     "owners = ( { group = \"a\"; valid_from = \"2026-07-02\";\n"
     "valid_to = \"2026-07-01\"; } );",
     {{CONF_ERROR, 3, "r.effective_to", "before effective_from", ""},
      {CONF_ERROR, 5, "a.valid_to", "before valid_from", ""}}},
    /* the same name twice */
    {"owners = ( { group = \"a\"; },\n"
     "{\n group = \"a\"; } );\n"
     "roles = ( { name = \"a\"; unix_group = \"x\"; } );\n"
     "allocation_rules = ( { id = \"a\"; type = \"owner-tag\"; },\n"
     "{ id = \"a\"; type = \"owner-tag\"; } );",
     {{CONF_ERROR, 3, "owners.a.group", "the same name as at t.conf:1", ""},
      {CONF_ERROR, 6, "a.id", "the same name as at t.conf:5", ""}}},
    {PROFILE "sources = ( { name = \"x\"; kind = \"setup\";\n"
	     "url = \"https://a.example/x\"; } );\n"
	     "workloads = ( { gateway = \"g\"; model = \"m\";\n"
	     "  label = \"x\"; } );",
     {{CONF_ERROR, 9, "workloads.x.label", "the same name as at t.conf:6",
       ""}}},
    /* shared credentials */
    {PROFILE "workloads = ( { label = \"v\"; gateway = \"g\"; model = \"m\"; "
	     "},\n"
	     "{ label = \"w\"; gateway = \"g\"; model = \"m\";\n"
	     "credential = \"v\"; } );",
     {{CONF_WARNING, 8, "workloads.w.credential",
       "the workload at t.conf:6 has the same credential",
       "both are "
       "held"}}},
    /* account surface */
    {PROFILE "workloads = ( { label = \"v\"; gateway = \"g\"; model = \"m\";\n"
	     "account_surface = \"counter\"; },\n"
	     "{ label = \"w\"; gateway = \"g\"; model = \"m\";\n"
	     "account_surface = \"response\"; } );",
     {{CONF_ERROR, 7, "v.account_surface", "gateway g has no counter",
       "response"},
      {CONF_WARNING, 9, "w.account_surface_note", "missing", ""}}},
    /* schedules */
    {PROFILE "workloads = ( { label = \"v\"; gateway = \"g\"; model = \"m\";\n"
	     "happy_schedule = \"1 1 */100 * MON#4\"; },\n"
	     "{ label = \"w\"; gateway = \"g\"; model = \"m\";\n"
	     "schedule_timezone = \"Europe/Berln\"; } );",
     {{CONF_ERROR, 7, "v.happy_schedule", "never fires", ""},
      {CONF_ERROR, 9, "w.schedule_timezone", "no time zone", ""}}},
    {PROFILE "workloads = ( { label = \"v\"; gateway = \"g\"; model = \"m\";\n"
	     "review_days = [ \"mon\" ]; happy_schedule = \"0 5 * * 2\"; },\n"
	     "{ label = \"w\"; gateway = \"g\"; model = \"m\";\n"
	     "review_days = [ \"mon\" ]; happy_schedule = \"0 5 29 2 *\";\n"
	     "error_schedule = \"0 5 * * 5L\"; } );",
     {{CONF_ERROR, 7, "v.happy_schedule", "never fires on one of review_days",
       "UTC"},
      {CONF_ERROR, 10, "w.error_schedule", "never fires on one of review_days",
       "UTC"}}},
    {PROFILE "workloads = ( { label = \"v\"; gateway = \"g\"; model = \"m\";\n"
	     "happy_schedule = \"0 * * * *\"; },\n"
	     "{ label = \"w\"; gateway = \"g\"; model = \"m\";\n"
	     "happy_schedule = \"* * * *\"; } );",
     {{CONF_WARNING, 6, "v.max_requests_per_day",
       "48 requests a day are planned, and the ceiling is 6", ""},
      {CONF_ERROR, 9, "w.happy_schedule", "not a cron expression",
       "five fields"}}},
    /* placeholders */
    {"defaults = {\n account_surface_note = \"${secret}\";\n"
     "application = \"${foo}\"; };\n"
     "sources = ( { name = \"s\"; kind = \"setup\";\n"
     "url = \"https://a.example/x\"; pointer = \"/${model}\"; } );",
     {{CONF_ERROR, 2, "account_surface_note", "${secret} may not stand",
       "header"},
      {CONF_ERROR, 3, "application", "unknown placeholder", ""},
      {CONF_ERROR, 5, "s.pointer", "${model} may stand", ""}}},
    /* a profile that only an admin could mean */
    {"profiles = ( { name = \"p\";\n"
     "happy = { path = \"/v1/x\"; body = \"{model}\"; };\n"
     "error = { secret = \"fixed\"; accept = ( { json = true; } ); };\n"
     "request_id = ( {} ); } );",
     {{CONF_ERROR, 2, "p.happy", "the body is not JSON", ""},
      {CONF_ERROR, 3, "p.error", "any answer", ""},
      {CONF_ERROR, 3, "p.error", "must differ in each run", "nonce"},
      {CONF_ERROR, 4, "p.request_id", "needs a header or a pointer", ""}}},
    {PROFILE "profiles_ = 1;\n"
	     "workloads = ( { label = \"w\"; gateway = \"g\"; model = \"m\";\n"
	     "  api_key = \"x\"; } );",
     {{CONF_ERROR, 6, "profiles_", "unknown section", "\"profiles\""},
      {CONF_ERROR, 8, "w.api_key", "unknown key", "credentials are named"}}},
    {"profiles = ( { name = \"p\";\n base_url = \"https://a.example/?x=1\";\n"
     "hosts = \"b.example\"; account_surface = \"counter\";\n"
     "happy = { path = \"/x\"; body = \"{}\"; };\n"
     "error = { accept = ( { status = 401; } ); }; } );",
     {{CONF_ERROR, 2, "p.base_url", "a query", ""},
      {CONF_ERROR, 3, "p.hosts", "not among them", ""},
      {CONF_ERROR, 3, "p.account_surface", "no counter to read", ""}}},
    {"profiles = ( { name = \"p\";\n"
     "surface = { path = \"/x\"; wait = [ \"5s\", \"5s\", \"65s\" ];\n"
     "lag_max = \"1m\"; };\n"
     "happy = { path = \"/x\"; body = \"{}\"; };\n"
     "error = { accept = ( { status = 401; } ); }; } );",
     {{CONF_ERROR, 2, "p.surface", "no counter is named", ""},
      {CONF_ERROR, 2, "p.surface", "do not increase", ""},
      {CONF_ERROR, 2, "p.surface", "after lag_max", ""}}},
    /* gateways */
    {"profiles = ( { name = \"p\";\n"
     "happy = { path = \"/x\"; body = \"{}\"; };\n"
     "error = { accept = ( { status = 401; } ); }; } );\n"
     "gateways = (\n{ name = \"g\"; profile = \"p\"; } );",
     {{CONF_ERROR, 5, "g.base_url", "the profile p brings none", ""}}},
    {"profiles = ( { name = \"p\";\n"
     "happy = { path = \"/x\"; body = \"{}\"; };\n"
     "error = { accept = ( { status = 401; } ); }; } );\n"
     "gateways = (\n{ name = \"g\"; profile = \"p\";\n"
     "base_url = \"http://api.example.com\"; } );",
     {{CONF_ERROR, 6, "g.base_url", "to loopback only", "https"}}},
    /* what a client's documentation calls the base URL */
    {ONLY_PROFILE "gateways = (\n"
		  "{ name = \"a\"; profile = \"p\"; base_url = "
		  "\"https://a.example/v1/\"; },\n"
		  "{ name = \"b\"; profile = \"p\"; base_url = "
		  "\"https://a.example/api/v1/x\"; },\n"
		  "{ name = \"c\"; profile = \"p\"; base_url = "
		  "\"https://a.example/api/x\"; },\n"
		  "{ name = \"d\"; profile = \"p\"; base_url = "
		  "\"https://a.example/v1x/api\"; } );",
     {{CONF_WARNING, 6, "a.base_url", "go to https://a.example/v1/v1/x",
       "base_url = \"https://a.example\";"},
      {CONF_WARNING, 7, "b.base_url", "https://a.example/api/v1/x/v1/x",
       "base_url = \"https://a.example/api\";"},
      {CONF_WARNING, 8, "c.base_url", "https://a.example/api/x/v1/x",
       "base_url = \"https://a.example/api\";"}}},
    {ONLY_PROFILE "gateways = (\n"
		  "{ name = \"a\"; profile = \"p\"; base_url = "
		  "\"https://a.example/v1?x=1\"; },\n"
		  "{ name = \"b\"; profile = \"p\"; base_url = "
		  "\"https://a.example/#v1\"; } );",
     {{CONF_ERROR, 6, "a.base_url", "a query may not stand in it", "paths"},
      {CONF_ERROR, 7, "b.base_url", "a fragment", ""}}},
    {"profiles = ( { name = \"p\";\n base_url = \"https://a.example/v1\";\n"
     "happy = { path = \"/v1/x?y=z\"; body = \"{}\"; };\n"
     "error = { accept = ( { status = 401; } ); }; } );\n"
     "gateways = ( { name = \"g\"; profile = \"p\"; } );",
     {{CONF_WARNING, 2, "p.base_url", "https://a.example/v1/v1/x?y=z", ""}}},
    /* one shape, whatever its length */
    {"defaults = {\nevidence_window = \"5:00-6:00\"; };",
     {{CONF_ERROR, 2, "evidence_window", "\"5:00-6:00\" is not a window",
       "04:30"}}},
    {PROFILE "workloads = (); sources = (); alerts = (\n"
	     "{ rule = \"owner-mising\"; fails = 3; grace = \"1h\"; },\n"
	     "{ rule = \"source-lost\"; },\n"
	     "{ rule = \"source-lost\"; } );",
     {{CONF_ERROR, 7, "rule", "\"owner-mising\" is not known",
       "\"owner-missing\""},
      {CONF_ERROR, 9, "source-lost.rule", "the same name as at t.conf:8", ""}}},
    /* what does nothing at its rule */
    {PROFILE "workloads = (); sources = (); alerts = (\n"
	     "{ rule = \"source-lost\"; fails = 5;\n of = 2; for = \"1h\"; "
	     "},\n"
	     "{ rule = \"scope-changed\"; grace = \"0s\"; },\n"
	     "{ rule = \"usage-not-visible\"; grace = \"1h\"; },\n"
	     "{ rule = \"happy-path-failed\"; fails = 3; of = 2; } );",
     {{CONF_WARNING, 7, "alerts.source-lost.fails", "happy-path-failed alone",
       "take it out"},
      {CONF_WARNING, 8, "alerts.source-lost.of", "no effect", "take it out"},
      {CONF_WARNING, 9, "alerts.scope-changed.grace", "no effect",
       "take it out"},
      {CONF_WARNING, 11, "alerts.happy-path-failed.of", "3 of 2 cannot fail",
       "as many as fails"}}},
    {PROFILE "workloads = (); sources = (); alerts = (\n"
	     "{ rule = \"happy-path-failed\"; fails = 3; of = 3; },\n"
	     "{ rule = \"evidence-gap\"; grace = \"1h\"; },\n"
	     "{ rule = \"source-stale\"; grace = \"1h\"; } );",
     {{0}}},
    {PROFILE "workloads = (); sources = (); alerts = (\n"
	     "{ rule = \"happy-path-failed\"; of = 1; } );",
     {{CONF_WARNING, 7, "of", "2 of 1 cannot fail", "as many as fails"}}},
};

static void
test_examples(void **state)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];
		size_t n[2] = {0, 0};
		struct loaded l;

		load_text(&l, e->text);
		for (size_t k = 0; k < 4 && e->messages[k].what != NULL; k++) {
			const struct message *m = &e->messages[k];

			n[m->severity]++;
			expect_message(&l, m->severity, "t.conf", m->line,
				       m->key, m->what, m->hint);
		}
		expect_counts(&l, n[CONF_ERROR], n[CONF_WARNING]);
		loaded_free(&l);
	}
}

/* All that can be, on lines 6 to 20, and nothing that holds it on the day. */
#define WHOLE                                                                 \
	PROFILE                                                               \
	"sources = ( { name = \"a\"; kind = \"setup\"; url = "                \
	"\"https://a.example/a\"; },\n"                                       \
	"{ name = \"b\"; kind = \"pricing\"; url = \"https://a.example/b\"; " \
	"},\n"                                                                \
	"{ name = \"c\"; kind = \"support\"; url = \"https://a.example/c\"; " \
	"},\n"                                                                \
	"{ name = \"d\"; kind = \"allocation\"; url = "                       \
	"\"https://a.example/d\"; },\n"                                       \
	"{ name = \"e\"; kind = \"unit-economics\"; url = "                   \
	"\"https://a.example/e\"; } );\n"                                     \
	"owners = (\n{ group = \"o\"; valid_from = \"2026-07-01\";\n"         \
	"  valid_to = \"2026-07-31\"; } );\n"                                 \
	"allocation_rules = (\n{ id = \"r\"; type = \"owner-tag\"; "          \
	"effective_to = \"2026-07-31\"; } );\n"                               \
	"unit_metrics = (\n{ name = \"m\"; template = "                       \
	"\"cost-per-business-event\"; denominator = \"x\"; refresh = "        \
	"\"7d\"; owner = \"o\"; source_systems = \"y\"; last_refreshed = "    \
	"\"2026-07-28\"; } );\n"                                              \
	"workloads = (\n{ label = \"w\"; gateway = \"g\"; model = \"m\"; "    \
	"follow_up_owner = \"o\"; environment = \"test\"; "                   \
	"owner_group = \"o\"; allocation_rule = \"r\"; unit_metric = "        \
	"\"m\"; sources = [ \"a\", \"b\", \"c\", \"d\", \"e\" ]; "            \
	"allow_attestation = true; }"

static const struct {
	const char *text;
	const char *day;
	struct message messages[8];
} held[] = {
    {WHOLE " );", "2026-07-31", {{0}}},
    /* nothing is set */
    {PROFILE "workloads = (\n{ label = \"v\"; gateway = \"g\"; model = "
	     "\"m\"; } );",
     "2026-07-31",
     {{CONF_WARNING, 7, "v.owner_group", "no owner_group is set",
       "owner_group = "},
      {CONF_WARNING, 7, "v.environment", "no environment is set",
       "environment = "},
      {CONF_WARNING, 7, "v.follow_up_owner", "no follow_up_owner is set", ""},
      {CONF_WARNING, 7, "v.allocation_rule", "no allocation_rule is set", ""},
      {CONF_WARNING, 7, "v.unit_metric", "no unit_metric is set", ""},
      {CONF_WARNING, 7, "v.sources",
       "no source of kind setup, pricing, support, allocation, unit-economics",
       "sources = "},
      {CONF_WARNING, 7, "v.account_surface", "nobody may attest it",
       "allow_attestation"}}},
    /* what no longer holds is told where it stands, and once */
    {WHOLE ",\n{ label = \"v\"; gateway = \"g\"; model = \"m\"; "
	   "follow_up_owner = \"o\"; environment = \"test\"; "
	   "owner_group = \"o\"; allocation_rule = \"r\"; unit_metric = "
	   "\"m\"; sources = [ \"a\", \"b\", \"c\", \"d\", \"e\" ]; "
	   "allow_attestation = true; } );",
     "2026-08-10",
     {{CONF_WARNING, 12, "owners.o", "valid until 2026-07-31", "are held"},
      {CONF_WARNING, 15, "allocation_rules.r", "effective until 2026-07-31",
       ""},
      {CONF_WARNING, 17, "unit_metrics.m", "last refreshed on 2026-07-28",
       ""}}},
    {WHOLE " );",
     "2026-06-30",
     {{CONF_WARNING, 12, "owners.o", "valid only from 2026-07-01", ""},
      {CONF_WARNING, 17, "unit_metrics.m", "a day to come", ""}}},
    /* a name that resolves to nothing is told as that alone */
    {"workloads = ( { label = \"v\"; gateway = \"g\"; model = \"m\";\n"
     "owner_group = \"a\"; allocation_rule = \"b\"; unit_metric = \"c\";\n"
     "environment = \"d\"; follow_up_owner = \"o\"; } );\n"
     "environments = ( { name = \"test\"; } );",
     "2026-07-31",
     {{CONF_WARNING, 1, "v.gateway", "no gateway", ""},
      {CONF_WARNING, 2, "v.owner_group", "no owner", ""},
      {CONF_WARNING, 2, "v.allocation_rule", "no allocation rule", ""},
      {CONF_WARNING, 2, "v.unit_metric", "no unit metric", ""},
      {CONF_WARNING, 3, "v.environment", "no environment", ""},
      {CONF_WARNING, 3, "v.follow_up_owner", "no group", ""}}},
    /* an error first */
    {PROFILE "workloads = ( { label = \"v\"; gateway = \"g\"; model = \"m\"; "
	     "owner_grp = \"o\"; } );",
     "2026-07-31",
     {{CONF_ERROR, 6, "v.owner_grp", "unknown key", "owner_group"}}},
};

/* What loads and is held is a warning of a check, on its day. */
static void
test_held(void **state)
{
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
		size_t n[2] = {0, 0};
		struct loaded l;
		int32_t day;

		assert_int_equal(day_parse(held[i].day, &day), 0);
		check_text(&l, held[i].text, day);
		for (size_t k = 0; k < 8; k++) {
			const struct message *m = &held[i].messages[k];

			if (m->what == NULL)
				break;
			n[m->severity]++;
			expect_message(&l, m->severity, "t.conf", m->line,
				       m->key, m->what, m->hint);
		}
		expect_counts(&l, n[CONF_ERROR], n[CONF_WARNING]);
		assert_int_equal(l.rc, n[CONF_ERROR] > 0 ? ERR_INVALID : 0);
		loaded_free(&l);
	}
}

/* A file of errors alone: so many are shown, and all are counted. */
/* What a packet would print is held to what a packet may say. */
static void
test_claims(void **state)
{
	struct loaded l;

	load_text(&l,
		  "owners = ( { group = \"team\";\n"
		  "cost_center = \"total cost 5 USD, 20% discount\"; } );\n"
		  "unit_metrics = ( { name = \"m\";\n"
		  "numerator = \"allocated cost\"; unit = \"USD per ticket\";\n"
		  "denominator = \"99.99% uptime guaranteed\";\n"
		  "source_systems = [ \"helpdesk\", \"will cost\" ]; } );\n"
		  "defaults = {\n"
		  "application = \"never down\";\n"
		  "account_surface_note = \"USD 12.50 a month\"; };\n");
	expect_counts(&l, 5, 0);
	expect_message(&l, CONF_ERROR, "t.conf", 2, "cost_center",
		       "packets print it: NOTE_CLAIM: ", "say what it is");
	expect_message(&l, CONF_ERROR, "t.conf", 5, "denominator",
		       "NOTE_CLAIM: ", "");
	expect_message(&l, CONF_ERROR, "t.conf", 6, "source_systems",
		       "NOTE_CLAIM: ", "");
	expect_message(&l, CONF_ERROR, "t.conf", 8, "application",
		       "NOTE_CLAIM: ", "");
	expect_message(&l, CONF_ERROR, "t.conf", 9, "account_surface_note",
		       "NOTE_CLAIM: ", "");
	loaded_free(&l);
}

static void
test_many_errors(void **state)
{
	enum { SHOWN = 5000, MORE = 7 };
	struct buf text = {0}, out = {0};
	struct loaded l;

	buf_puts(&text, "owners = (");
	for (int i = 0; i < SHOWN + MORE; i++)
		buf_printf(&text, "%s\n{ group = %d; }", i == 0 ? "" : ",", i);
	buf_puts(&text, " );");
	load_text(&l, buf_text(&text));
	assert_int_equal(l.report.n_errors, SHOWN + MORE);
	assert_int_equal(l.report.n, SHOWN);
	conf_report_print(&l.report, &out);
	assert_non_null(strstr(buf_text(&out), "\nand 7 errors more\n"));
	loaded_free(&l);
	buf_free(&text);
	buf_free(&out);
}

/* As many that are misread: what is beyond the bound is counted alone, and is
 * compared with nothing. */
static void
test_many_traps(void **state)
{
	enum { SHOWN = 5000, MORE = 190000 };
	struct buf text = {0};
	struct loaded l;

	buf_puts(&text, "owners = (");
	for (int i = 0; i < SHOWN + MORE; i++)
		buf_printf(&text, "%s1.5", i == 0 ? "" : ",\n");
	buf_puts(&text, ");\n");
	load_text(&l, buf_text(&text));
	assert_int_equal(l.report.n, SHOWN);
	assert_true(l.report.n_errors >= SHOWN + MORE);
	loaded_free(&l);
	buf_free(&text);
}

/* So long that nothing of today rests on what goes; not set: for ever. */
static void
test_keep(void **state)
{
	static const struct {
		const char *keep;
		int64_t days; /* -1: refused */
	} cases[] = {{"400d", 400},  {"9600h", 400},  {"36600d", 36600},
		     {"forever", 0}, {"399d", -1},    {"0s", -1},
		     {"9599h", -1},  {"36601d", -1},  {"7 years", -1},
		     {"never", -1},  {"forever ", -1}};
	struct loaded l;

	load_text(&l, PROFILE);
	assert_int_equal(l.config->keep_s, 0);
	loaded_free(&l);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[sizeof(PROFILE) + 60];

		snprintf(text, sizeof(text),
			 PROFILE "ledger = { keep = \"%s\"; };\n",
			 cases[i].keep);
		load_text(&l, text);
		expect_counts(&l, cases[i].days < 0 ? 1 : 0, 0);
		if (cases[i].days >= 0)
			assert_int_equal(l.config->keep_s,
					 cases[i].days * 86400);
		loaded_free(&l);
	}
}

/* Lists add up over files, scalars take the last, one name of two files is
 * an error that names both. */
static void
test_drop_ins(void **state)
{
	const struct file good[] = {
	    {"a.conf",
	     PROFILE "ledger = { min_free = \"1GiB\"; directory = "
		     "\"/a\"; };\n"
		     "defaults = { follow_up_owner = \"x\"; application = "
		     "\"one\"; }; owners = ( { group = \"x\"; } );\n"
		     "workloads = ( { label = \"a\"; gateway = \"g\"; "
		     "model = \"m\"; } );"},
	    {"conf.d/10.conf", "ledger = { min_free = \"2GiB\"; };\n"
			       "defaults = { application = \"two\"; };\n"
			       "workloads = ( { label = \"b\"; gateway = "
			       "\"g\"; model = \"m\"; } );"},
	};
	const struct file bad[] = {good[0],
				   {"conf.d/20.conf",
				    "workloads = (\n{ gateway = \"g\"; model = "
				    "\"m\";\nlabel = \"a\"; } );"}};
	struct loaded l;

	load_files(&l, good, 2);
	expect_counts(&l, 0, 0);
	assert_int_equal(l.config->n_workloads, 2);
	assert_string_equal(l.config->workloads[1].label, "b");
	assert_int_equal(l.config->workloads[1].origin.line, 3);
	assert_string_equal(l.config->workloads[1].origin.file,
			    "conf.d/10.conf");
	assert_int_equal(l.config->min_free_bytes, INT64_C(2) << 30);
	assert_string_equal(l.config->ledger_dir, "/a");
	assert_string_equal(l.config->workloads[0].application, "two");
	assert_string_equal(l.config->workloads[0].follow_up_owner, "x");
	loaded_free(&l);

	load_files(&l, bad, 2);
	expect_counts(&l, 1, 0);
	expect_message(&l, CONF_ERROR, "conf.d/20.conf", 3, "a.label",
		       "the same name as at a.conf:8", "");
	loaded_free(&l);
}

static void
test_templates(void **state)
{
	static const char text[] = PROFILE
	    "defaults = { gateway = \"g\"; model = \"d\"; review_days = "
	    "\"sun\";\n"
	    "  max_requests_per_day = 20; application = \"d\"; };\n"
	    "templates = ( { name = \"t1\"; model = \"t1\"; owner_group = "
	    "\"o\";\n"
	    "  sources = [ \"s1\", \"s2\" ]; review_days = [ \"mon\", \"tue\" "
	    "]; },\n"
	    "  { name = \"t2\"; model = \"t2\"; sources = [ \"s3\" ]; } );\n"
	    "owners = ( { group = \"o\"; } );\n"
	    "sources = ( { name = \"s1\"; kind = \"setup\"; url = "
	    "\"https://a.example/1\"; },\n"
	    "{ name = \"s2\"; kind = \"pricing\"; url = "
	    "\"https://a.example/2\"; },\n"
	    "{ name = \"s3\"; kind = \"support\"; url = "
	    "\"https://a.example/3\"; } );\n"
	    "workloads = ( { label = \"none\"; },\n"
	    "{ label = \"first\"; use = \"t1\"; },\n"
	    "{ label = \"both\"; use = [ \"t1\", \"t2\" ]; },\n"
	    "{ label = \"turned\"; use = ( \"t2\", \"t1\" ); },\n"
	    "{ label = \"own\"; use = [ \"t1\" ]; model = \"own\";\n"
	    "  owner_group = \"\"; sources = []; application = \"\"; } );";
	const struct workload *w;
	struct loaded l;

	load_text(&l, text);
	expect_counts(&l, 0, 0);
	w = config_workload(l.config, "none");
	assert_string_equal(w->model, "d");
	assert_null(w->owner);
	assert_int_equal(w->review_days, 1);
	assert_int_equal(w->max_requests_per_day, 20);
	assert_int_equal(w->max_tokens_per_day, 5000);
	assert_int_equal(w->kinds_missing, (1u << SOURCE_KINDS) - 1);
	w = config_workload(l.config, "first");
	assert_string_equal(w->model, "t1");
	assert_string_equal(w->application, "d");
	assert_ptr_equal(w->owner, &l.config->owners[0]);
	assert_int_equal(w->review_days, 2 | 4);
	assert_int_equal(w->n_sources, 2);
	assert_string_equal(w->sources[1]->name, "s2");
	w = config_workload(l.config, "both");
	assert_string_equal(w->model, "t2");
	assert_int_equal(w->n_sources, 1); /* lists replace */
	assert_string_equal(w->owner_group, "o");
	w = config_workload(l.config, "turned");
	assert_string_equal(w->model, "t1");
	assert_int_equal(w->n_sources, 2);
	w = config_workload(l.config, "own");
	assert_string_equal(w->model, "own");
	assert_string_equal(w->owner_group, ""); /* "" takes it back */
	assert_string_equal(w->application, "");
	assert_int_equal(w->n_sources, 0);
	assert_string_equal(w->credential, "own");
	assert_null(config_workload(l.config, "nobody"));
	loaded_free(&l);
}

/* Each source kind of a workload: named ones first, then the gateway's, then
 * the profile's; one per model where the pointer asks for it. */
static void
test_sources(void **state)
{
	static const char text[] =
	    "profiles = ( { name = \"p\"; base_url = \"https://a.example\";\n"
	    "  happy = { path = \"/v1/x\"; body = \"{}\"; };\n"
	    "  error = { accept = ( { status = 401; } ); };\n"
	    "  sources = ( { kind = \"setup\"; url = "
	    "\"https://a.example/setup\"; },\n"
	    "  { kind = \"pricing\"; url = \"https://a.example/models\";\n"
	    "    pointer = \"/data[id=${model}]/pricing\"; },\n"
	    "  { kind = \"support\"; url = \"https://a.example/help\"; } );\n"
	    "} );\n"
	    "gateways = ( { name = \"g\"; profile = \"p\"; sources = ( { kind "
	    "= \"support\";\n"
	    "  url = \"https://b.example/help\"; } ); } );\n"
	    "sources = ( { name = \"mine\"; kind = \"setup\"; url = "
	    "\"https://c.example/s\";\n"
	    "  approval_max_age = \"0s\"; hosts = [ \"c.example\", "
	    "\"d.example\" ]; } );\n"
	    "workloads = ( { label = \"w1\"; gateway = \"g\"; model = "
	    "\"Org/M-1.5\"; },\n"
	    "{ label = \"w2\"; gateway = \"g\"; model = \"org/m-1-5\"; "
	    "sources = \"mine\"; },\n"
	    "{ label = \"w3\"; gateway = \"g\"; model = \"org/m-1-5\"; },\n"
	    "{ label = \"w4\"; gateway = \"g\"; model =\n"
	    "  \"a-model-with-quite-a-long-name-that-fits-nowhere\"; } );";
	const struct workload *w1, *w2, *w3, *w4;
	struct loaded l;

	load_text(&l, text);
	expect_counts(&l, 0, 0);
	w1 = config_workload(l.config, "w1");
	w2 = config_workload(l.config, "w2");
	w3 = config_workload(l.config, "w3");
	w4 = config_workload(l.config, "w4");
	assert_int_equal(l.config->n_sources, 1 + 2 + 3);
	assert_int_equal(w1->kinds_missing,
			 1u << SOURCE_ALLOCATION | 1u << SOURCE_UNIT_ECONOMICS);
	assert_int_equal(w1->n_sources, 3);
	assert_string_equal(w1->sources[0]->name, "g-setup");
	assert_string_equal(w1->sources[2]->name, "g-support");
	assert_string_equal(w1->sources[2]->url, "https://b.example/help");
	assert_string_equal(w1->sources[1]->pointer,
			    "/data[id=Org/M-1.5]/pricing");
	assert_ptr_equal(w1->sources[0]->gateway, &l.config->gateways[0]);
	assert_string_equal(w1->sources[0]->hosts.at[0], "a.example");
	assert_int_equal(w1->sources[0]->approval_max_age_s, 90 * 86400);
	/* the own setup source comes first, and no second one */
	assert_int_equal(w2->n_sources, 3);
	assert_string_equal(w2->sources[0]->name, "mine");
	assert_null(w2->sources[0]->gateway);
	assert_int_equal(w2->sources[0]->approval_max_age_s, 0);
	assert_int_equal(w2->sources[0]->hosts.n, 2);
	/* one model, one source; two models of one slug, two names */
	assert_ptr_equal(w2->sources[1], w3->sources[1]);
	assert_ptr_not_equal(w1->sources[1], w2->sources[1]);
	assert_string_not_equal(w1->sources[1]->name, w2->sources[1]->name);
	assert_int_equal(
	    strncmp(w1->sources[1]->name, "g-pricing-org-m-1-5-", 20), 0);
	assert_int_equal(strlen(w4->sources[1]->name), LABEL_MAX);
	for (size_t i = 0; i < l.config->n_sources; i++)
		assert_ptr_equal(
		    config_source(l.config, l.config->sources[i].name),
		    &l.config->sources[i]);
	loaded_free(&l);
}

/* A source may not take the name of one that a gateway brings. */
static void
test_brought_name(void **state)
{
	static const char text[] = PROFILE
	    "workloads = ( { label = \"w\"; gateway = \"h\"; model = \"m\"; }, "
	    "{\n"
	    "  label = \"h-setup\"; gateway = \"h\"; model = \"m\"; } );\n"
	    "";
	const struct file files[] = {
	    {"a.conf", text},
	    {"b.conf",
	     "gateways = ( { name = \"h\"; profile = \"p\";\n"
	     "sources = ( {\nkind = \"setup\"; url = "
	     "\"https://a.example/s\"; },\n"
	     "{ kind = \"setup\"; url = \"https://a.example/t\"; } ); } "
	     ");"}};
	struct loaded l;

	load_files(&l, files, 2);
	expect_counts(&l, 2, 0);
	expect_message(&l, CONF_ERROR, "a.conf", 7, "h-setup.label",
		       "b.conf:2, which a gateway brings", "another name");
	expect_message(&l, CONF_ERROR, "b.conf", 4, "h.sources",
		       "two sources of the kind setup", "");
	loaded_free(&l);
}

static void
test_schedules(void **state)
{
	static const char text[] = PROFILE
	    "workloads = ( { label = \"w1\"; gateway = \"g\"; model = \"m\";\n"
	    "  sources = [ \"early\", \"all\" ];\n"
	    "  evidence_window = \"00:10-02:00\"; },\n"
	    "{ label = \"w2\"; gateway = \"g\"; model = \"m\"; sources = "
	    "\"all\";\n"
	    "  evidence_window = \"23:00-01:00\"; schedule_timezone = "
	    "\"Europe/Berlin\"; },\n"
	    "{ label = \"w3\"; gateway = \"g\"; model = \"m\"; sources = "
	    "\"berlin\";\n"
	    "  evidence_window = \"09:00-10:00\"; schedule_timezone = "
	    "\"Europe/Berlin\"; },\n"
	    "{ label = \"w4\"; gateway = \"g\"; model = \"m\"; sources = "
	    "\"late\";\n"
	    "  happy_schedule = \"50 23 * * *\"; error_schedule = "
	    "\"@hourly\"; jitter = \"5m\";\n"
	    "  max_requests_per_day = 25; },\n"
	    "{ label = \"w5\"; gateway = \"g\"; model = \"m\"; sources = "
	    "\"tokyo\";\n"
	    "  evidence_window = \"04:00-06:00\"; schedule_timezone = "
	    "\"Asia/Tokyo\"; },\n"
	    "{ label = \"w6\"; gateway = \"g\"; model = \"m\"; sources = "
	    "\"midnight\";\n"
	    "  evidence_window = \"23:00-01:00\"; } );\n"
	    "sources = ( { name = \"early\"; kind = \"setup\"; url = "
	    "\"https://a.example/1\"; },\n"
	    "{ name = \"all\"; kind = \"pricing\"; url = "
	    "\"https://a.example/2\"; },\n"
	    "{ name = \"berlin\"; kind = \"pricing\"; url = "
	    "\"https://a.example/3\"; },\n"
	    "{ name = \"late\"; kind = \"pricing\"; url = "
	    "\"https://a.example/4\"; },\n"
	    "{ name = \"own\"; kind = \"pricing\"; url = "
	    "\"https://a.example/5\"; read_window = \"07:00-07:30\";\n"
	    "  schedule_timezone = \"Europe/Berlin\"; },\n"
	    "{ name = \"cron\"; kind = \"pricing\"; url = "
	    "\"https://a.example/6\"; read_schedule = \"5 4 * * *\"; },\n"
	    "{ name = \"unused\"; kind = \"pricing\"; url = "
	    "\"https://a.example/7\"; },\n"
	    "{ name = \"tokyo\"; kind = \"pricing\"; url = "
	    "\"https://a.example/8\"; },\n"
	    "{ name = \"midnight\"; kind = \"pricing\"; url = "
	    "\"https://a.example/9\"; } );";
	static const struct {
		const char *name;
		const char *window;
	} windows[] = {
	    {"early", "00:00-01:00"},  /* 23:40 would be the day before */
	    {"all", "00:00-01:00"},    /* the earliest of its workloads */
	    {"berlin", "06:30-07:30"}, /* 07:00Z in summer */
	    {"late", "23:00-24:00"},   /* an hour within the day */
	    {"own", "07:00-07:30"},    {"cron", "5 4 * * *"},
	    {"unused", "00:00-01:00"}, {"tokyo", "18:30-19:30"},
	};
	const struct workload *w;
	struct loaded l;

	load_text(&l, text);
	expect_counts(&l, 0, 0);
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		const struct source *s =
		    config_source(l.config, windows[i].name);

		assert_string_equal(s->schedule.text, windows[i].window);
		assert_true((s->schedule.cron != NULL) ==
			    (strcmp(s->name, "cron") == 0));
		assert_true((s->schedule.zone != NULL) ==
			    (strcmp(s->name, "own") == 0));
	}
	w = config_workload(l.config, "w2");
	assert_int_equal(w->happy.window_from_s, 23 * 3600);
	assert_int_equal(w->happy.window_to_s, 25 * 3600);
	assert_non_null(w->happy.zone);
	assert_false(w->error_own);
	assert_string_equal(w->error.text, "23:00-01:00");
	w = config_workload(l.config, "w4");
	assert_non_null(w->happy.cron);
	assert_string_equal(w->happy.text, "50 23 * * *");
	assert_true(w->error_own);
	assert_non_null(w->error.cron);
	assert_string_equal(w->error.text, "@hourly");
	assert_int_equal(w->error.jitter_s, 300);
	assert_string_equal(w->evidence_window, "05:30-08:30");
	loaded_free(&l);
}

/* Gateways override limits in a profile of their own; evidence of other
 * gateways is untouched, and the digest stays that of the profile. */
static void
test_gateway_overrides(void **state)
{
	static const char over[] =
	    "gateways = ( { name = \"h\"; profile = \"p\"; base_url = "
	    "\"http://127.0.0.1:8080/\";\n"
	    "  timeout = \"500ms\"; max_body = \"1MiB\"; spacing = \"0s\";\n"
	    "  rate = { reads = 3; per = \"10s\"; };\n"
	    "  evidence_window = \"01:00-02:00\"; } );\n"
	    "workloads = ( { label = \"w\"; gateway = \"h\"; model = \"m\"; },"
	    "\n { label = \"x\"; gateway = \"g\"; model = \"m\"; } );";
	const struct file files[] = {{"a.conf", PROFILE}, {"b.conf", over}};
	const struct gateway *g, *h;
	struct loaded l;

	load_files(&l, files, 2);
	expect_counts(&l, 0, 0);
	g = config_gateway(l.config, "g");
	h = config_gateway(l.config, "h");
	assert_string_equal(h->base_url, "http://127.0.0.1:8080");
	assert_string_equal(h->hosts.at[0], "127.0.0.1");
	assert_string_equal(g->hosts.at[0], "a.example");
	assert_int_equal(h->profile->timeout_ms, 500);
	assert_int_equal(g->profile->timeout_ms, 30000);
	assert_int_equal(h->profile->max_body_bytes, 1 << 20);
	assert_int_equal(h->profile->surface.rate_tokens, 3);
	assert_int_equal(h->profile->surface.rate_per_s, 10);
	assert_int_equal(g->profile->surface.rate_tokens, 20);
	assert_int_equal(h->spacing_s, 0);
	assert_int_equal(g->spacing_s, 10);
	assert_true(digest_equal(&g->profile->digest, &h->profile->digest));
	assert_string_equal(config_workload(l.config, "w")->happy.text,
			    "01:00-02:00");
	assert_string_equal(config_workload(l.config, "x")->happy.text,
			    "05:30-08:30");
	assert_int_equal(config_workload(l.config, "w")->account_surface,
			 SURFACE_NONE);
	loaded_free(&l);
}

static void
test_environments(void **state)
{
	static const char text[] = PROFILE
	    "environments = ( { name = \"test\"; } );\n"
	    "workloads = ( { label = \"a\"; gateway = \"g\"; model = \"m\"; "
	    "environment = \"test\"; },\n"
	    "{ label = \"b\"; gateway = \"g\"; model = \"m\"; environment = "
	    "\"live\"; },\n"
	    "{ label = \"c\"; gateway = \"g\"; model = \"m\"; } );";
	const struct workload *w;
	struct loaded l;

	load_text(&l, text);
	expect_counts(&l, 0, 1);
	w = l.config->workloads;
	assert_ptr_equal(w[0].environment, &l.config->environments[0]);
	assert_false(w[0].environment_dangling);
	assert_null(w[1].environment);
	assert_true(w[1].environment_dangling);
	assert_null(w[2].environment);
	assert_false(w[2].environment_dangling);
	loaded_free(&l);
}

/* What is wrong in a template is said once, not once per workload. */
static void
test_template_is_told_once(void **state)
{
	static const char text[] = PROFILE
	    "templates = ( { name = \"t\"; gateway = \"g\"; model = \"m\";\n"
	    "  owner_group = \"nobody\";\n"
	    "  schedule_timezone = \"Europe/Nowhere\"; } );\n"
	    "workloads = ( { label = \"a\"; use = \"t\"; },\n"
	    "{ label = \"b\"; use = \"t\"; }, { label = \"c\"; use = \"t\"; "
	    "},\n"
	    "{ label = \"d\"; use = \"t\"; owner_group = \"nobody\"; } );";
	struct loaded l;

	load_text(&l, text);
	expect_counts(&l, 1, 2);
	expect_message(&l, CONF_WARNING, "t.conf", 7, "a.owner_group",
		       "no owner", "");
	expect_message(&l, CONF_WARNING, "t.conf", 11, "d.owner_group",
		       "no owner", "");
	expect_message(&l, CONF_ERROR, "t.conf", 8, "a.schedule_timezone",
		       "no time zone", "");
	loaded_free(&l);
}

/* A suggestion may be a secret that stands where a name belongs. */
static void
test_no_secret_is_suggested(void **state)
{
	static const char text[] =
	    "owners = ( { group = \"0badc0de0badc0de0badc0de0badc0de\"; } );\n"
	    "allocation_rules = ( { id = \"r\"; type = \"owner-tag\";\n"
	    "owner = \"0badc0de0badc0de0badc0de0badc0d\"; } );";
	struct buf out = {0};
	struct loaded l;

	load_text(&l, text);
	expect_counts(&l, 1, 1);
	conf_report_print(&l.report, &out);
	assert_null(strstr(buf_text(&out), "0badc0de0badc0de0badc0de0badc0de"));
	buf_free(&out);
	loaded_free(&l);
}

static void
test_credentials_shared(void **state)
{
	static const char text[] = PROFILE
	    "workloads = ( { label = \"a\"; gateway = \"g\"; model = \"m\"; "
	    "credential = \"k\"; },\n"
	    "{ label = \"b\"; gateway = \"g\"; model = \"m\"; },\n"
	    "{ label = \"k\"; gateway = \"g\"; model = \"m\"; },\n"
	    "{ label = \"c\"; gateway = \"g\"; model = \"m\"; credential = "
	    "\"k\"; } );";
	struct loaded l;

	load_text(&l, text);
	expect_counts(&l, 0, 2);
	assert_true(config_workload(l.config, "a")->credential_shared);
	assert_false(config_workload(l.config, "b")->credential_shared);
	assert_true(config_workload(l.config, "k")->credential_shared);
	assert_true(config_workload(l.config, "c")->credential_shared);
	loaded_free(&l);
}

static void
test_rule_versions(void **state)
{
	static const char text[] = PROFILE
	    "allocation_rules = ( { id = \"r\"; version = 2; type = "
	    "\"owner-tag\";\n"
	    "  effective_from = \"2026-07-01\"; },\n"
	    "{ id = \"r\"; version = 1; type = \"owner-tag\"; effective_to = "
	    "\"2026-06-30\"; } );\n"
	    "workloads = ( { label = \"w\"; gateway = \"g\"; model = \"m\";\n"
	    "  allocation_rule = \"r\"; } );";
	struct loaded l;

	load_text(&l, text);
	expect_counts(&l, 0, 0);
	assert_int_equal(l.config->workloads[0].rule->version, 2);
	assert_int_equal(l.config->rules[1].effective_from, INT32_MIN);
	assert_int_equal(l.config->rules[0].effective_to, INT32_MAX);
	loaded_free(&l);
}

/* Only profiles may stand in a profile file. */
static void
test_profile_file(void **state)
{
	static const char text[] = "profiles = ();\nowners = ( { group = "
				   "\"a\"; } );";
	struct conf_text t = {"p.conf", text, strlen(text), true};
	struct loaded l = {.config = NULL};

	l.rc = conf_load(&t, 1, NULL, NULL, &l.config, &l.report);
	expect_counts(&l, 1, 0);
	expect_message(&l, CONF_ERROR, "p.conf", 2, "owners", "only profiles",
		       "conf.d");
	loaded_free(&l);
}

/* Values of credentials, in every place where a text or a name may stand. */
static void
test_no_secret_is_printed(void **state)
{
	static const char *const canaries[] = {
	    "sk-canary0123456789abcdef",
	    "0badc0de0badc0de0badc0de0badc0de0bad"};
	static const char *const places[] = {
	    "defaults = { model = \"%\"; };",
	    "defaults = { credential = \"%\"; application = \"%\"; };",
	    "defaults = { api_key = \"%\"; };",
	    "defaults = { review_days = [ \"%\" ]; jitter = \"%\"; };",
	    "defaults = { happy_schedule = \"%\"; };",
	    "defaults = { evidence_window = \"%\"; };",
	    "defaults = { account_surface = \"%\"; };",
	    "api_key = \"%\";",
	    "owners = ( { group = \"%\"; }, { group = \"%\"; } );",
	    "owners = ( \"%\" );",
	    "owners = \"%\";",
	    "ledger = [ \"%\" ];",
	    "x = { y = ( { z = \"%\"; } ); };",
	    "templates = ( { name = \"%\"; }, { name = \"%\"; } );",
	    "workloads = ( { label = \"w\"; use = \"%\"; gateway = \"%\"; "
	    "model = \"m\"; } );",
	    "workloads = ( { label = \"%\"; gateway = \"g\"; model = \"m\"; "
	    "owner_group = \"a\"; }, { label = \"%\"; } );",
	    "workloads = ( { label = \"w\"; gateway = \"a\"; model = \"m\"; "
	    "} ); gateways = ( { name = \"%\"; } );",
	    "gateways = ( { name = \"g\"; base_url = \"https://%@h.example\"; "
	    "} );",
	    "gateways = ( { name = \"g\"; base_url = "
	    "\"https://h.example/?k=%\"; } );",
	    "allocation_rules = ( { id = \"%\"; type = \"owner-tag\"; }, { id "
	    "= \"%\"; type = \"%\"; owner = \"%\"; } );",
	    "profiles = ( { name = \"p\"; headers = ( { name = "
	    "\"Authorization\"; value = \"Bearer %\"; } ); happy = { path = "
	    "\"/%\"; body = \"%\"; }; error = { secret = \"%\"; accept = ( { "
	    "status = 401; equals = \"%\"; } ); }; } );",
	    "defaults = { model = %; };",
	    "defaults = { % = \"x\"; };",
	    "% = 1;",
	    "defaults = { model = \"% };",
	    "unit_metrics = ( { name = \"m\"; template = \"%\"; } );",
	    "@include \"% \"",
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		for (size_t k = 0; k < 2; k++) {
			struct buf text = {0}, out = {0};
			struct loaded l;

			for (const char *c = places[i]; *c != '\0'; c++) {
				if (*c == '%')
					buf_puts(&text, canaries[k]);
				else
					buf_putc(&text, *c);
			}
			load_text(&l, buf_text(&text));
			assert_int_equal(l.rc, ERR_INVALID);
			conf_report_print(&l.report, &out);
			if (strstr(buf_text(&out), canaries[k]) != NULL ||
			    strstr(buf_text(&out), canaries[k] + 3) != NULL)
				fail_msg("printed: %s", buf_text(&out));
			if (strstr(places[i], "\"%\"") != NULL &&
			    strstr(buf_text(&out), "credential's value") ==
				NULL)
				fail_msg("not noticed in %s: %s", places[i],
					 buf_text(&out));
			buf_free(&text);
			buf_free(&out);
			loaded_free(&l);
		}
	}
}

/* Files in the order in which they were given, then lines. */
static void
test_report_order(void **state)
{
	const struct file files[] = {
	    {"z.conf", "a = 1;\n\nb = 1;\n"},
	    {"a.conf", "c = 1;\nowners = ( { group = \"x\"; group_ = 1; } );"},
	    {"m.conf", "owners = ( { group = \"x\"; } );\n"}};
	struct buf out = {0};
	struct loaded l;

	load_files(&l, files, 3);
	conf_report_print(&l.report, &out);
	assert_string_equal(
	    buf_text(&out),
	    "z.conf:1: a: unknown section; evidenced.conf(5) lists the "
	    "sections\n"
	    "z.conf:3: b: unknown section; evidenced.conf(5) lists the "
	    "sections\n"
	    "a.conf:1: c: unknown section; evidenced.conf(5) lists the "
	    "sections\n"
	    "a.conf:2: owners.x.group_: unknown key; did you mean "
	    "\"group\"?\n"
	    "m.conf:1: owners.x.group: the same name as at a.conf:2; choose "
	    "another name, or take one of them out\n");
	buf_free(&out);
	loaded_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_examples),
	    cmocka_unit_test(test_held),
	    cmocka_unit_test(test_claims),
	    cmocka_unit_test(test_many_errors),
	    cmocka_unit_test(test_many_traps),
	    cmocka_unit_test(test_keep),
	    cmocka_unit_test(test_drop_ins),
	    cmocka_unit_test(test_templates),
	    cmocka_unit_test(test_sources),
	    cmocka_unit_test(test_brought_name),
	    cmocka_unit_test(test_schedules),
	    cmocka_unit_test(test_gateway_overrides),
	    cmocka_unit_test(test_environments),
	    cmocka_unit_test(test_template_is_told_once),
	    cmocka_unit_test(test_no_secret_is_suggested),
	    cmocka_unit_test(test_credentials_shared),
	    cmocka_unit_test(test_rule_versions),
	    cmocka_unit_test(test_profile_file),
	    cmocka_unit_test(test_no_secret_is_printed),
	    cmocka_unit_test(test_report_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
