#include "packets.h"
#include "conf/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char text[] =
    "profiles = ( { name = \"p\"; base_url = \"https://gw.example.com\";\n"
    "  headers = ( { name = \"A\"; value = \"${secret}\"; } );\n"
    "  happy = { path = \"/v1\"; body = \"{}\"; };\n"
    "  error = { secret = \"invalid-${nonce}\";\n"
    "            accept = ( { status = 401; } ); };\n"
    "  surface = { path = \"/u\"; increases = \"/n\"; wait = [ \"5s\" ];\n"
    "              lag_max = \"10m\"; };\n"
    "  account_surface = \"counter\"; } );\n"
    "gateways = ( { name = \"g\"; profile = \"p\"; } );\n"
    "alerting = { grace = \"30m\"; unowned_escalation = \"lead\"; };\n"
    "owners = ( { group = \"team-support\"; cost_center = \"CC-114\"; },\n"
    "  { group = \"team-images\"; cost_center = \"CC-220\"; } );\n"
    "allocation_rules = (\n"
    "  { id = \"direct\"; type = \"owner-tag\"; effective_from =\n"
    "    \"2026-01-01\"; document = \"https://wiki.example.com/a\"; },\n"
    "  { id = \"shared\"; type = \"shared-cost-rule\"; pool = \"platform\";\n"
    "    method = \"even\"; targets = ( { owner = \"team-support\"; },\n"
    "    { owner = \"team-images\"; } ); effective_from = \"2026-01-01\";\n"
    "    document = \"https://wiki.example.com/a\"; } );\n"
    "environments = ( { name = \"test\"; }, { name = \"staging\"; } );\n"
    "sources = (\n"
    "  { name = \"s-pricing\"; kind = \"pricing\"; owner = \"finops\";\n"
    "    url = \"https://docs.example.com/pricing\"; },\n"
    "  { name = \"s-setup\"; kind = \"setup\"; owner = \"finops\";\n"
    "    url = \"https://docs.example.com/setup\"; } );\n"
    "templates = ( { name = \"t\"; gateway = \"g\"; model = \"m\";\n"
    "  environment = \"test\"; allocation_rule = \"direct\";\n"
    "  evidence_window = \"04:30-07:30\";\n"
    "  sources = [ \"s-pricing\", \"s-setup\" ]; } );\n"
    "workloads = (\n"
    "  { label = \"a-chat\"; use = \"t\"; owner_group = \"team-support\";\n"
    "    application = \"helpdesk\"; },\n"
    "  { label = \"b-batch\"; use = \"t\"; owner_group = \"team-support\";\n"
    "    environment = \"staging\"; allocation_rule = \"shared\"; },\n"
    "  { label = \"c-images\"; use = \"t\"; owner_group = \"team-images\";\n"
    "    review_days = [ \"mon\", \"tue\", \"wed\", \"thu\", \"fri\" ]; },\n"
    "  { label = \"d-lost\"; use = \"t\"; } );\n";

static struct config *
load(void)
{
	const struct conf_text file = {"t.conf", text, sizeof(text) - 1, false};
	struct conf_report report;
	struct buf words = {0};
	struct config *config;

	if (conf_load(&file, 1, NULL, NULL, &config, &report) < 0) {
		conf_report_print(&report, &words);
		fail_msg("%s", buf_text(&words));
	}
	conf_report_free(&report);
	return config;
}

void
packets_init(struct packets *p, const char *last_day)
{
	int32_t last, first;
	struct civil c;

	assert_int_equal(day_parse(last_day, &last), 0);
	c = civil_from_s(wall_s(wall_day_start(last)));
	first = civil_day(c.year, c.month, 1);
	*p = (struct packets){.config = load(), .view = view_new()};
	assert_non_null(p->view);
	span_init(&p->span, first, (int)(last - first + 1));
	snapshots_init(&p->snapshots, first, p->span.n_days);
}

void
packets_free(struct packets *p)
{
	rollup_free(&p->rollup);
	span_free(&p->span);
	snapshots_free(&p->snapshots);
	view_free(p->view);
	config_free(p->config);
	for (uint64_t i = 1; i <= p->seq; i++) {
		free((char *)p->rows[i].kind);
		free((char *)p->rows[i].body);
	}
}

void
packets_row(struct packets *p, const char *at, const char *kind,
	    const char *body)
{
	struct row row = {.seq = ++p->seq,
			  .id = "x",
			  .kind = strdup(kind),
			  .body = strdup(body),
			  .body_len = strlen(body),
			  .leaf = digest_sha256("leaf", 4)};
	struct err err = {0};

	assert_in_range(row.seq, 1, PACKETS_ROWS_MAX);
	assert_int_equal(wall_parse(at, &row.at), 0);
	p->rows[row.seq] = row;
	assert_int_equal(span_apply(&p->span, &row), 0);
	assert_int_equal(snapshots_apply(&p->snapshots, &row), 0);
	if (view_apply(p->view, &row, &err) < 0)
		fail_msg("%s: %s", kind, err.text);
}

static const char *
either(const char *text_or_null, const char *usual)
{
	return text_or_null == NULL ? usual : text_or_null;
}

/* "" where the pair was not observed whole. */
static const char *
result_of(const char *decision)
{
	if (strcmp(decision, "inconclusive") == 0)
		return "";
	return strcmp(decision, "fail") == 0 ? "fail" : "pass";
}

static const char *
yes_or_no(bool yes)
{
	return yes ? "yes" : "no";
}

/* As evidenced would write it: what is a fact of the pair, of the surface and
 * of the page stands in its own member, whatever the decision is. */
void
packets_record(struct packets *p, const struct packets_record *r)
{
	const char *decision = either(r->decision, "pass");
	const char *reasons = either(r->reasons, "");
	const char *tier = either(r->tier, "counter");
	const char *result = result_of(decision);
	bool used = strcmp(tier, "none") != 0 && strcmp(tier, "response") != 0;
	bool observed = result[0] != '\0';
	bool priced = strstr(reasons, "PRICING") == NULL;
	char body[4096], at[40];

	snprintf(at, sizeof(at), "%sT09:12:00Z", r->date);
	snprintf(
	    body, sizeof(body),
	    "{\"allocation_rule\":\"owner-tag\",\"cap\":%s,"
	    "\"decided_at\":\"%s\",\"decided_by\":\"daemon\","
	    "\"decision\":\"%s\",\"environment\":\"test\",\"evidence\":[%s],"
	    "\"evidence_tier\":\"%s\",\"follow_up_owner\":\"finops\","
	    "\"not_verified\":[%s\"gateway_failover_and_retry\","
	    "\"streaming_responses\"],\"owner_group\":\"%s\","
	    "\"pricing_reference\":%s,"
	    "\"pricing_reference_checked\":\"%s\",\"reasons\":[%s],"
	    "\"remaining_uncertainty\":[%s\"STREAMING_NOT_PROBED\"],"
	    "\"request_result\":\"%s\","
	    "\"request_time_utc\":\"%sT05:10:00Z\","
	    "\"review_date\":\"%s\",\"reviewer_role\":\"budget-operator\","
	    "\"source_urls_checked\":"
	    "[\"https://docs.example.com/pricing\"],"
	    "\"unit_metric_name\":\"cost-per-ticket\","
	    "\"usage_evidence_present\":\"%s\","
	    "\"verified\":[%s\"environment\"],\"workload_label\":\"%s\"}",
	    either(r->cap, "null"), either(r->at, at), decision,
	    either(r->evidence, ""), tier,
	    observed ? "" : "\"request_result\",",
	    either(r->owner, "team-support"), either(r->pricing, "null"),
	    yes_or_no(priced), reasons, either(r->uncertainty, ""), result,
	    r->date, r->date, yes_or_no(used),
	    observed ? "\"request_result\"," : "", r->label);
	packets_row(p, either(r->at, at), "record", body);
}

static void
run(struct packets *p, const char *label, const char *date, const char *path)
{
	char body[1024], at[40], kind[32];
	bool happy = strcmp(path, "happy") == 0;

	snprintf(at, sizeof(at), "%sT05:10:00Z", date);
	snprintf(body, sizeof(body),
		 "{\"check\":\"%s/%s\",\"path\":\"%s\",\"run\":"
		 "\"aaaaaaaaaaaaaaaa\",\"slot\":\"%s\",\"trigger\":"
		 "\"schedule\",\"workload_label\":\"%s\"}",
		 label, path, path, at, label);
	packets_row(p, at, "check.begun", body);
	snprintf(kind, sizeof(kind), "check.%s", path);
	snprintf(
	    body, sizeof(body),
	    "{\"check\":\"%s/%s\",\"error_code\":\"quota exceeded\","
	    "\"http_status\":%d,\"outcome\":\"%s\",\"request_time_utc\":\"%s\","
	    "\"run\":\"aaaaaaaaaaaaaaaa\",\"usage\":"
	    "{\"completion_tokens\":%s,\"prompt_tokens\":null,"
	    "\"total_tokens\":%s},\"workload_label\":\"%s\"}",
	    label, path, happy ? 200 : 401, happy ? "pass" : "rejected", at,
	    happy ? "3" : "null", happy ? "14" : "null", label);
	packets_row(p, at, kind, body);
}

void
packets_pair(struct packets *p, const char *label, const char *date)
{
	run(p, label, date, "happy");
	run(p, label, date, "error");
}

void
packets_source(struct packets *p, const char *name, const char *date,
	       const char *outcome)
{
	char body[1024], at[40], digest[DIGEST_HEX_LEN + 1];
	struct digest d = digest_sha256(outcome, strlen(outcome));

	if (strcmp(outcome, "unchanged") == 0 || strcmp(outcome, "new") == 0)
		d = digest_sha256("text", 4);
	digest_hex(&d, digest);
	snprintf(at, sizeof(at), "%sT05:20:00Z", date);
	snprintf(body, sizeof(body),
		 "{\"outcome\":\"%s\",\"read_at\":\"%s\",\"source\":\"%s\","
		 "\"text_sha256\":\"%s\",\"title\":\"100%% uptime, 20%% off\","
		 "\"url\":\"https://docs.example.com\"}",
		 outcome, at, name, digest);
	packets_row(p, at, "check.source", body);
	if (strcmp(outcome, "new") != 0)
		return;
	snprintf(at, sizeof(at), "%sT08:00:00Z", date);
	snprintf(body, sizeof(body),
		 "{\"note\":\"it is available, $5\",\"role\":\"pricing-owner\","
		 "\"snapshot\":\"%.12s\",\"source\":\"%s\","
		 "\"text_sha256\":\"%s\"}",
		 digest, name, digest);
	packets_row(p, at, "source.approved", body);
}

void
packets_sources(struct packets *p, const char *date, const char *outcome)
{
	packets_source(p, "s-pricing", date, outcome);
	packets_source(p, "s-setup", date, outcome);
}

void
packets_loaded(struct packets *p, const char *at, const char *until,
	       const char *effective)
{
	size_t len = effective == NULL ? 0 : strlen(effective);
	struct digest digest = digest_sha256(effective, len);
	struct wall_time from, to;
	int32_t last = INT32_MAX;

	assert_int_equal(wall_parse(at, &from), 0);
	if (until != NULL) {
		assert_int_equal(wall_parse(until, &to), 0);
		last = wall_day(to);
	}
	if (p->span.known_from == INT32_MAX)
		span_load_from(&p->span, wall_day(from));
	assert_int_equal(
	    span_load(&p->span, wall_day(from), last, &digest, effective, len),
	    0);
}

void
packets_make(struct packets *p, enum rollup_by by, enum packet_choice choice,
	     bool config)
{
	const struct rollup_asked asked = {
	    .by = by, .choice = choice, .now = p->now};
	const struct config *c = config ? p->config : NULL;

	for (size_t i = 0; c != NULL && i < c->n_workloads; i++)
		assert_int_equal(span_expect(&p->span, c->workloads[i].label),
				 0);
	assert_int_equal(span_end(&p->span), 0);
	assert_int_equal(rollup_make(c, p->view, &p->snapshots, &p->span,
				     &asked, &p->rollup),
			 0);
}

/* The digest of the configuration changes with every key that is new: it is
 * written as x, whole or its first twelve digits. */
static void
mask_digest(const struct packets *p, struct buf *out)
{
	char hex[DIGEST_HEX_LEN + 1], *at = out->data;

	digest_hex(&p->config->digest, hex);
	hex[12] = '\0';
	while ((at = strstr(at, hex)) != NULL) {
		size_t n = strspn(at, "0123456789abcdef");

		memset(at, 'x', n);
		at += n;
	}
}

void
packets_print(const struct packets *p, enum writer_format format,
	      struct buf *out)
{
	struct writer w = {.format = format, .width = 80, .out = out};

	if (format == WRITER_HTML)
		rollup_page(&p->rollup, out);
	else
		rollup_print(&p->rollup, &w);
	assert_true(writer_ok(&w));
	mask_digest(p, out);
}

struct packet *
packets_one(const struct packets *p, uint64_t record)
{
	struct packet *packet;
	struct err err = {0};
	const uint64_t *seqs;
	size_t n;

	if (packet_new(&p->rows[record], PACKET_GIVEN, &packet, &err) < 0)
		fail_msg("%s", err.text);
	seqs = packet_evidence(packet, &n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(packet_add(packet, &p->rows[seqs[i]]), 0);
	return packet;
}
