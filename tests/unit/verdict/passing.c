/* Every fact is whole: it has a row, a time of the day, and the values that
 * the daemon would have recorded. */
#include "passing.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { YEAR = 2026, MONTH = 7, DAY_OF_MONTH = 3 };

struct wall_time
passing_at(const struct passing *p, int hour, int minute, int second)
{
	return wall_from_s(p->input.day * SEC_PER_DAY + hour * 3600 +
			   minute * 60 + second);
}

void
passing_approve(struct source_fact *fact, struct wall_time at, uint64_t seq)
{
	fact->approved = true;
	fact->approved_text = fact->text;
	hex_encode(fact->text.bytes, SNAPSHOT_ID_LEN / 2,
		   fact->approved_snapshot);
	fact->approved_at = at;
	fact->approved_seq = seq;
	snprintf(fact->approved_role, sizeof(fact->approved_role), "%s",
		 "pricing-owner");
}

static void
set_up_config(struct passing *p)
{
	static const char *const systems[] = {"account export", "helpdesk"};

	p->owner = (struct owner){.group = "team-support",
				  .valid_from = INT32_MIN,
				  .valid_to = INT32_MAX};
	p->environment =
	    (struct environment){.name = "test", .profile_digest = ""};
	p->rule = (struct allocation_rule){.id = "direct",
					   .version = 2,
					   .type = RULE_OWNER_TAG,
					   .owner = "",
					   .pool = "",
					   .basis = "",
					   .effective_from = INT32_MIN,
					   .effective_to = INT32_MAX};
	p->metric = (struct unit_metric){.name = "cost-per-resolved-ticket",
					 .version = 3,
					 .class = METRIC_BUSINESS,
					 .numerator = "cost",
					 .denominator = "resolved tickets",
					 .unit = "EUR/ticket",
					 .source_systems = {systems, 2},
					 .refresh = "monthly",
					 .refresh_days = 31,
					 .owner = "team-support",
					 .last_refreshed = p->input.day - 2};
	p->profile = (struct profile){.name = "cometapi",
				      .base_url = "https://api.example.com"};
	p->profile.surface.present = true;
	p->profile.surface.lag_max_s = PASSING_LAG_S;
	p->gateway = (struct gateway){.name = "cometapi",
				      .profile = &p->profile,
				      .base_url = "https://api.example.com"};
}

static void
set_up_sources(struct passing *p)
{
	static const char *const names[PASSING_SOURCES][2] = {
	    [SOURCE_SETUP] = {"gw-setup", "https://docs.example.com/setup"},
	    [SOURCE_PRICING] = {"gw-pricing",
				"https://docs.example.com/pricing"},
	    [SOURCE_SUPPORT] = {"gw-support",
				"https://docs.example.com/support"},
	    [SOURCE_ALLOCATION] = {"gw-allocation",
				   "https://wiki.example.com/allocation"},
	    [SOURCE_UNIT_ECONOMICS] = {"gw-unit-economics",
				       "https://wiki.example.com/unit"},
	};

	for (int i = 0; i < PASSING_SOURCES; i++) {
		struct source_fact *fact = &p->facts[i];

		p->sources[i] =
		    (struct source){.name = names[i][0],
				    .url = names[i][1],
				    .kind = (enum source_kind)i,
				    .approval_max_age_s = 90 * SEC_PER_DAY};
		p->source_list[i] = &p->sources[i];
		p->fact_list[i] = fact;
		*fact = (struct source_fact){.read = true,
					     .tried = true,
					     .read_at = passing_at(p, 5, 20, i),
					     .read_seq = 120 + (uint64_t)i,
					     .tried_outcome = PAGE_UNCHANGED};
		fact->tried_at = fact->read_at;
		fact->tried_seq = fact->read_seq;
		fact->text = digest_sha256(names[i][0], strlen(names[i][0]));
		fact->text_len = 1000;
		passing_approve(fact,
				wall_from_s((p->input.day - 5) * SEC_PER_DAY),
				20 + (uint64_t)i);
	}
}

static void
set_up_workload(struct passing *p)
{
	p->workload =
	    (struct workload){.label = "support-chat",
			      .owner_group = "team-support",
			      .owner = &p->owner,
			      .environment_name = "test",
			      .environment = &p->environment,
			      .application = "helpdesk",
			      .gateway_name = "cometapi",
			      .gateway = &p->gateway,
			      .model = "gpt-4o-mini",
			      .credential = "support-chat",
			      .billing_unit = BILLING_TOKEN,
			      .rule_id = "direct",
			      .rule = &p->rule,
			      .metric_name = "cost-per-resolved-ticket",
			      .metric = &p->metric,
			      .follow_up_owner = "finops",
			      .reviewer_role = "budget-operator",
			      .account_surface = SURFACE_COUNTER,
			      .account_surface_note = "",
			      .sources = p->source_list,
			      .n_sources = PASSING_SOURCES,
			      .review_days = 0x7f};
	p->workload.scope_digest = digest_sha256("scope", 5);
	p->config = (struct config){.gateways = &p->gateway,
				    .n_gateways = 1,
				    .owners = &p->owner,
				    .n_owners = 1,
				    .rules = &p->rule,
				    .n_rules = 1,
				    .metrics = &p->metric,
				    .n_metrics = 1,
				    .workloads = &p->workload,
				    .n_workloads = 1};
}

static void
set_up_evidence(struct passing *p)
{
	struct day_evidence *e = &p->evidence;

	e->day = p->input.day;
	e->happy = (struct run_fact){.outcome = OUTCOME_PASS,
				     .seq = 101,
				     .requested = passing_at(p, 5, 10, 0),
				     .scope = p->workload.scope_digest,
				     .json_usage_present = true};
	snprintf(e->happy.run, sizeof(e->happy.run), "%s", "00112233445566aa");
	e->error = e->happy;
	e->error.outcome = OUTCOME_REJECTED;
	e->error.seq = 103;
	e->error.requested = passing_at(p, 5, 10, 4);
	e->error.json_usage_present = false;
	e->usage = (struct usage_fact){.seen = true,
				       .outcome = LOOK_VISIBLE,
				       .seq = 105,
				       .run = "00112233445566aa",
				       .tier = "counter"};
	e->requests = 2;
	e->tokens = 12;
}

void
passing_set_up(struct passing *p)
{
	memset(p, 0, sizeof(*p));
	p->input.day = civil_day(YEAR, MONTH, DAY_OF_MONTH);
	p->input.now = passing_at(p, 9, 12, 0);
	set_up_config(p);
	set_up_sources(p);
	set_up_workload(p);
	set_up_evidence(p);
	p->input.config = &p->config;
	p->input.workload = &p->workload;
	p->input.evidence = &p->evidence;
	p->input.sources = p->fact_list;
	p->input.clock_synchronised = true;
	p->input.credential_loaded = true;
}

struct record
passing_judge(const struct passing *p)
{
	struct record record = {0};
	int r = judge(&p->input, &record);

	assert(r == 0);
	return record;
}
