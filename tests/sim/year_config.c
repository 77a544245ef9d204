/* Ten workloads that differ in when they run, what they have and what they
 * lack.  Every model is called after its workload, so that a request shows
 * whose it was. */
#include "year.h"

#include <stdio.h>

static const char common[] =
    "defaults = { reviewer_role = \"budget-operator\";\n"
    "  follow_up_owner = \"finops\"; sources = [ \"p-setup\",\n"
    "  \"p-pricing\", \"p-support\", \"p-allocation\",\n"
    "  \"p-unit-economics\" ]; };\n"
    "approvals = { max_age = \"200d\"; };\n"
    "gateways = ( { name = \"gw\"; profile = \"practice\"; } );\n"
    "unit_metrics = ( { name = \"m\";\n"
    "  template = \"cost-per-business-event\"; denominator = \"tickets\";\n"
    "  source_systems = [ \"helpdesk\" ]; refresh = \"monthly\";\n"
    "  owner = \"team\"; } );\n"
    "allocation_rules = ( { id = \"direct\"; type = \"owner-tag\";\n"
    "  effective_from = \"2020-01-01\";\n"
    "  document = \"https://gw.example/rule\"; } );\n"
    "roles = ( { name = \"pricing-owner\"; unix_group = \"finops\";\n"
    "  may = [ \"approve\", \"attest\", \"operate\" ]; } );\n"
    "sources = (\n"
    "  { name = \"p-setup\"; kind = \"setup\";\n"
    "    url = \"https://gw.example/setup\"; owner = \"pricing-owner\"; },\n"
    "  { name = \"p-pricing\"; kind = \"pricing\";\n"
    "    url = \"https://gw.example/pricing\"; owner = \"pricing-owner\"; },\n"
    "  { name = \"p-support\"; kind = \"support\";\n"
    "    url = \"https://gw.example/support\"; owner = \"pricing-owner\"; },\n"
    "  { name = \"p-allocation\"; kind = \"allocation\";\n"
    "    url = \"https://gw.example/allocation\";\n"
    "    owner = \"pricing-owner\"; },\n"
    "  { name = \"p-unit-economics\"; kind = \"unit-economics\";\n"
    "    url = \"https://metrics.example/economics\";\n"
    "    owner = \"pricing-owner\"; } );\n"
    "templates = ( { name = \"t\"; gateway = \"gw\"; environment = \"test\";\n"
    "  allocation_rule = \"direct\"; unit_metric = \"m\"; } );\n";

static const char always[] =
    "  { label = \"berlin\"; use = \"t\"; owner_group = \"team\";\n"
    "    model = \"berlin\"; schedule_timezone = \"Europe/Berlin\";\n"
    "    evidence_window = \"02:15-02:45\"; },\n"
    "  { label = \"newyork\"; use = \"t\"; owner_group = \"team\";\n"
    "    model = \"newyork\"; schedule_timezone = \"America/New_York\";\n"
    "    happy_schedule = \"30 2 * * *\"; },\n"
    "  { label = \"hourly\"; use = \"t\"; owner_group = \"team\";\n"
    "    model = \"hourly\"; happy_schedule = \"0 * * * *\";\n"
    "    error_schedule = \"30 5 * * *\"; max_requests_per_day = 40; },\n"
    "  { label = \"expiring\"; use = \"t\"; model = \"expiring\";\n"
    "    owner_group = \"contractors\"; },\n"
    "  { label = \"shared-a\"; use = \"t\"; owner_group = \"team\";\n"
    "    model = \"shared-a\"; credential = \"shared-a\"; },\n"
    "  { label = \"direct\"; use = \"t\"; owner_group = \"team\";\n"
    "    model = \"direct\"; account_surface = \"response\";\n"
    "    account_surface_note = \"approved by finops\"; },\n"
    "  { label = \"weekdays\"; use = \"t\"; owner_group = \"team\";\n"
    "    model = \"weekdays\"; review_days = [ \"mon\", \"tue\",\n"
    "    \"wed\", \"thu\", \"fri\" ]; },\n"
    "  { label = \"late\"; use = \"t\"; owner_group = \"team\";\n"
    "    model = \"late\"; happy_schedule = \"55 23 * * *\";\n"
    "    jitter = \"15m\"; }\n";

static const char sharing[] =
    "  ,{ label = \"shared-b\"; use = \"t\"; owner_group = \"team\";\n"
    "    model = \"shared-b\"; credential = \"shared-a\";\n"
    "    account_surface = \"response\";\n"
    "    account_surface_note = \"approved by finops\"; }\n";

static const char newcomer[] =
    "  ,{ label = \"newcomer\"; use = \"t\"; owner_group = \"team\";\n"
    "    model = \"newcomer\"; }\n";

const char *
year_config_text(const struct year_setup *setup)
{
	static char text[16384];

	snprintf(text, sizeof(text),
		 "%sowners = ( { group = \"team\"; cost_center = \"CC-1\"; },\n"
		 "  { group = \"contractors\"; cost_center = \"CC-2\";\n"
		 "    valid_to = \"%s\"; } );\n"
		 "workloads = (\n"
		 "  { label = \"alpha\"; use = \"t\"; owner_group = "
		 "\"team\"; model = \"%s\"; },\n%s%s );\n",
		 common, setup->extended ? "2027-06-30" : "2026-06-30",
		 setup->autumn ? "alpha-2" : "alpha", always,
		 setup->autumn ? newcomer : sharing);
	return text;
}
