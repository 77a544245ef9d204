#include "world.h"

#include "conf/load.h"
#include "tz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char profile[] =
    "profiles = ( { name = \"practice\"; base_url = \"https://gw.example\";\n"
    "  headers = ( { name = \"Authorization\"; value = \"Bearer ${secret}\"; "
    "} );\n"
    "  happy = { method = \"POST\"; path = \"/v1/chat/completions\";\n"
    "    content_type = \"application/json\";\n"
    "    body = \"{\\\"model\\\":\\\"${model}\\\"}\";\n"
    "    expect_status = [ 200 ]; expect_type = \"application/json\";\n"
    "    require = [ \"/choices/0/finish_reason\" ]; forbid = [ \"/error\" ];\n"
    "    usage = { input = \"/usage/prompt_tokens\"; output = "
    "\"/usage/completion_tokens\"; total = \"/usage/total_tokens\"; };\n"
    "    model_pointer = \"/model\"; };\n"
    "  error = { variant = \"credential\"; secret = "
    "\"sk-evidenced-invalid-${nonce}\"; accept = ( { status = 401; } ); };\n"
    "  surface = { path = \"/api/usage/token\"; ok_pointer = \"/code\";\n"
    "    label_pointer = \"/data/name\"; increases = \"/data/total_used\";\n"
    "    decreases = \"/data/total_available\"; unit = \"quota\";\n"
    "    wait = [ \"5s\", \"65s\" ]; lag_max = \"10m\";\n"
    "    rate = { reads = 20; per = \"20m\"; }; };\n"
    "  account_surface = \"counter\"; timeout = \"30s\"; spacing = \"10s\";\n"
    "  evidence_window = \"04:30-07:30\";\n"
    "} );\n";

struct wall_time
world_time(const char *rfc3339)
{
	struct wall_time t;

	if (wall_parse(rfc3339, &t) < 0)
		abort();
	return t;
}

const char *
world_config_text(int n, const char *extra)
{
	char workloads[16384] = "";
	size_t used = 0;

	for (int i = 0; i < n; i++)
		used += (size_t)snprintf(
		    workloads + used, sizeof(workloads) - used,
		    "%s{ label = \"w%d\"; use = \"t\"; owner_group = "
		    "\"team\"; }",
		    i == 0 ? "" : ", ", i);
	return world_config_of(workloads, extra);
}

const char *
world_config_of(const char *workloads, const char *extra)
{
	static char text[32768];
	static const char *const kinds[] = {"setup", "pricing", "support",
					    "allocation", "unit-economics"};
	size_t used = 0;

	used += (size_t)snprintf(
	    text + used, sizeof(text) - used,
	    "defaults = { reviewer_role = \"budget-operator\"; "
	    "follow_up_owner = \"finops\"; sources = [ \"p-setup\", "
	    "\"p-pricing\", \"p-support\", \"p-allocation\", "
	    "\"p-unit-economics\" ]; };\n"
	    "owners = ( { group = \"team\"; cost_center = \"CC-1\"; } );\n"
	    "gateways = ( { name = \"gw\"; profile = \"practice\"; } );\n"
	    "unit_metrics = ( { name = \"m\"; template = "
	    "\"cost-per-business-event\"; denominator = \"tickets\"; "
	    "source_systems = [ \"helpdesk\" ]; refresh = \"monthly\"; owner "
	    "= \"team\"; } );\n"
	    "allocation_rules = ( { id = \"direct\"; type = \"owner-tag\"; "
	    "effective_from = \"2020-01-01\"; document = "
	    "\"https://gw.example/rule\"; } );\n"
	    "roles = ( { name = \"pricing-owner\"; unix_group = \"finops\"; "
	    "may = [ \"approve\", \"attest\", \"operate\" ]; }, { name = "
	    "\"reader\"; unix_group = \"staff\"; may = [ \"review\" ]; }, { "
	    "name = \"operator\"; unix_group = \"staff\"; may = [ \"operate\" "
	    "]; }, { name = \"counsel\"; unix_group = \"legal\"; may = [ "
	    "\"decide\" ]; } );\nsources = (");
	for (size_t i = 0; i < 5; i++)
		used += (size_t)snprintf(
		    text + used, sizeof(text) - used,
		    "%s{ name = \"p-%s\"; kind = \"%s\"; url = "
		    "\"https://gw.example/%s\"; owner = \"pricing-owner\"; }",
		    i == 0 ? "" : ", ", kinds[i], kinds[i], kinds[i]);
	used += (size_t)snprintf(
	    text + used, sizeof(text) - used,
	    ");\ntemplates = ( { name = \"t\"; gateway = \"gw\"; model = "
	    "\"mini\"; environment = \"test\"; allocation_rule = \"direct\"; "
	    "unit_metric = \"m\"; } );\nworkloads = (");
	snprintf(text + used, sizeof(text) - used, "%s);\n%s", workloads,
		 extra);
	return text;
}

static int
read_zone(void *ctx, const char *name, void **ret_bytes, size_t *ret_len)
{
	unsigned char *bytes = malloc(TZ_BYTES_MAX);

	if (bytes == NULL)
		abort();
	*ret_len = tz_read(name, bytes);
	*ret_bytes = bytes;
	return 0;
}

struct config *
world_config(const char *text)
{
	struct conf_text texts[] = {
	    {"practice.conf", profile, sizeof(profile) - 1, true},
	    {"evidenced.conf", text, strlen(text), false},
	};
	struct conf_report report;
	struct config *config = NULL;
	struct buf words = {0};

	if (conf_load(texts, 2, read_zone, NULL, &config, &report) < 0) {
		conf_report_print(&report, &words);
		fprintf(stderr, "%s", buf_text(&words));
		abort();
	}
	conf_report_free(&report);
	return config;
}

void
world_init(struct world *w, struct wall_time at, uint64_t seed)
{
	memset(w, 0, sizeof(*w));
	fake_init(&w->fake, seed);
	w->fake.now = (struct now){at, {1000 * USEC_PER_SEC}};
	w->surface_status = 200;
}

void
world_free(struct world *w)
{
	fake_free(&w->fake);
	free(w->seen);
}

struct world_key *
world_key(struct world *w, const char *label)
{
	struct world_key *k;

	for (size_t i = 0; i < w->n_keys; i++) {
		if (strcmp(w->keys[i].label, label) == 0)
			return &w->keys[i];
	}
	k = &w->keys[w->n_keys++];
	*k = (struct world_key){.used = 1000};
	snprintf(k->label, sizeof(k->label), "%s", label);
	return k;
}

struct world_page *
world_page(struct world *w, const char *url)
{
	struct world_page *p;

	for (size_t i = 0; i < w->n_pages; i++) {
		if (strcmp(w->pages[i].url, url) == 0)
			return &w->pages[i];
	}
	p = &w->pages[w->n_pages++];
	*p = (struct world_page){.status = 200};
	snprintf(p->url, sizeof(p->url), "%s", url);
	snprintf(p->text, sizeof(p->text), "The text of %s, first version.\n",
		 url);
	return p;
}

static void
answer_counter(struct world *w, const struct fake_request *r,
	       const struct world_key *k)
{
	char body[300];

	w->surface_reads++;
	if (w->surface_status == 429 && w->retry_after != NULL) {
		fake_answer_header(&w->fake, r, 429, "retry-after",
				   w->retry_after, "");
		return;
	}
	if (w->surface_status != 200) {
		fake_answer(&w->fake, r, w->surface_status, "application/json",
			    "");
		return;
	}
	snprintf(body, sizeof(body),
		 "{\"code\":true,\"data\":{\"name\":\"%s\",\"total_granted\":"
		 "100000,\"total_used\":%lld,\"total_available\":%lld}}",
		 w->nameless ? "" : k->label,
		 (long long)(k->used - w->used_behind),
		 (long long)(100000 - k->used));
	fake_answer(&w->fake, r, 200, "application/json", body);
}

static void
answer_good(struct world *w, const struct fake_request *r, struct world_key *k,
	    const char *usage)
{
	char body[400];

	snprintf(body, sizeof(body),
		 "{\"id\":\"c\",\"model\":\"mini-1\",\"choices\":[{\"index\":0,"
		 "\"finish_reason\":\"stop\"}]%s}",
		 usage);
	if (k != NULL && k->mood != MOOD_COUNTER_FROZEN)
		k->used += 14;
	fake_answer(&w->fake, r, 200, "application/json", body);
}

static const char usage[] = ",\"usage\":{\"prompt_tokens\":12,"
			    "\"completion_tokens\":2,\"total_tokens\":14}";

static void
answer_invalid(struct world *w, const struct fake_request *r,
	       enum world_mood mood)
{
	if (mood == MOOD_ACCEPTS_INVALID)
		answer_good(w, r, NULL, usage);
	else
		fake_answer(
		    &w->fake, r, mood == MOOD_ODD_REJECTION ? 418 : 401,
		    "application/json",
		    "{\"error\":{\"message\":\"Invalid token\",\"type\":"
		    "\"comet_api_error\",\"code\":\"\"}}");
}

/* The body is {"model":"..."}. */
static void
remember(struct world *w, const struct fake_request *r)
{
	struct world_request *seen;
	const char *model = strchr(r->body, ':') + 2;

	w->seen = realloc(w->seen, (w->n_seen + 1) * sizeof(*w->seen));
	if (w->seen == NULL)
		abort();
	seen = &w->seen[w->n_seen++];
	*seen = (struct world_request){
	    .invalid = r->invalid, .at = r->at, .n_durable = r->n_durable};
	snprintf(seen->invalid_secret, sizeof(seen->invalid_secret), "%s",
		 r->invalid_secret);
	snprintf(seen->model, sizeof(seen->model), "%.*s",
		 (int)strcspn(model, "\""), model);
}

static void
answer_throttled(struct world *w, const struct fake_request *r)
{
	if (w->retry_after != NULL)
		fake_answer_header(&w->fake, r, 429, "retry-after",
				   w->retry_after, "");
	else
		fake_answer(&w->fake, r, 429, "application/json", "");
}

static void
answer_model(struct world *w, const struct fake_request *r)
{
	struct world_key *k = world_key(w, r->credential);
	enum world_mood mood = w->gateway;

	remember(w, r);
	if (r->invalid)
		k = world_key(w, w->seen[w->n_seen - 1].model);
	if (k->mood != MOOD_GOOD)
		mood = k->mood;
	if (w->lose_in > 0 && --w->lose_in == 0) {
		w->lost = true;
		return;
	}
	if (mood == MOOD_UNREACHABLE)
		fake_answer_transport(&w->fake, r, TRANSPORT_CONNECT);
	else if (mood == MOOD_THROTTLED)
		answer_throttled(w, r);
	else if (mood == MOOD_SCRIPTED)
		fake_answer(&w->fake, r, w->script.status, w->script.type,
			    w->script.body);
	else if (mood == MOOD_SERVER_ERROR)
		fake_answer(&w->fake, r, 502, "text/html", "<h1>bad</h1>");
	else if (r->invalid)
		answer_invalid(w, r, mood);
	else if (mood == MOOD_REJECTS_ALL)
		answer_invalid(w, r, mood);
	else if (mood == MOOD_NO_CREDIT)
		fake_answer(&w->fake, r, 402, "application/json",
			    "{\"error\":{\"message\":\"Insufficient "
			    "Balance\",\"type\":\"unknown_error\"}}");
	else
		answer_good(w, r, k, mood == MOOD_NO_USAGE ? "" : usage);
}

static void
answer(struct world *w, const struct fake_request *r)
{
	struct world_page *p;

	if (w->offline) {
		fake_answer_transport(&w->fake, r, TRANSPORT_DNS);
	} else if (strstr(r->url, "/v1/chat/completions") != NULL) {
		answer_model(w, r);
	} else if (strstr(r->url, "/api/usage/token") != NULL) {
		if (w->gateway == MOOD_UNREACHABLE)
			fake_answer_transport(&w->fake, r, TRANSPORT_CONNECT);
		else
			answer_counter(w, r, world_key(w, r->credential));
	} else {
		p = world_page(w, r->url);
		if (p->status == 0)
			fake_answer_transport(&w->fake, r, TRANSPORT_TIMEOUT);
		else
			fake_answer(&w->fake, r, p->status, "text/html",
				    p->text);
	}
}

static bool
hold(struct world *w, const struct fake_request *r)
{
	if (w->hold == NULL || strstr(r->url, w->hold) == NULL)
		return false;
	w->held = *r;
	w->hold = NULL;
	return true;
}

static void
serve(struct world *w)
{
	struct fake_request r;
	struct fake_page p;

	for (;;) {
		if (fake_take_request(&w->fake, &r)) {
			if (hold(w, &r))
				continue;
			answer(w, &r);
			fake_request_free(&r);
		} else if (fake_take_page(&w->fake, &p)) {
			fake_answer_page(&w->fake, &p, p.body);
			fake_page_free(&p);
		} else {
			return;
		}
	}
}

void
world_start(struct world *w, const char *config_text)
{
	fake_start(&w->fake, world_config(config_text));
	serve(w);
}

void
world_run(struct world *w, struct wall_time t)
{
	serve(w);
	while (!w->lost && w->fake.now.wall.us < t.us) {
		fake_run_until(&w->fake, t);
		serve(w);
	}
}

int
world_ask(struct world *w, const struct ctl_request *request)
{
	struct ctl_peer root = {.root = true};
	uint64_t client = w->fake.n_replies + 1000;

	engine_request(w->fake.engine, w->fake.now, client, request, &root);
	fake_turn(&w->fake);
	serve(w);
	for (size_t i = 0; i < w->fake.n_replies; i++) {
		if (w->fake.replies[i].client == client)
			return w->fake.replies[i].exit_status;
	}
	return -1;
}

int
world_approve(struct world *w, const char *source)
{
	const struct view_source *v =
	    view_source(engine_view(w->fake.engine), source);
	struct ctl_request request = {.command = CTL_APPROVE,
				      .role = "pricing-owner",
				      .note = "compared with the saved page"};

	if (v == NULL)
		return -1;
	snprintf(request.name, sizeof(request.name), "%s", source);
	digest_hex(&v->fact.text, request.snapshot);
	return world_ask(w, &request);
}

enum decision
world_decision(const struct world *w, const char *label)
{
	const struct view_workload *v =
	    view_workload(engine_view(w->fake.engine), label);

	return v == NULL || !v->record.present ? DECISION_NONE
					       : v->record.decision;
}
