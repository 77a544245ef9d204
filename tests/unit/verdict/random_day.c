#include "random_day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t seed;

void
random_seed(void)
{
	const char *given = getenv("EVIDENCED_TEST_SEED");

	seed = given != NULL ? strtoull(given, NULL, 10) : UINT64_C(20260703);
	printf("seed %llu\n", (unsigned long long)seed);
}

uint32_t
random_below(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

/* True once in n. */
static bool
once_in(uint32_t n)
{
	return random_below(n) == 0;
}

static struct wall_time
random_time(const struct passing *p, int hours_before, int hours_after)
{
	struct wall_time t = wall_day_start(p->input.day);
	int64_t span = (int64_t)(hours_before + hours_after) * 3600;

	t.us += ((int64_t)random_below((uint32_t)span) -
		 (int64_t)hours_before * 3600) *
		USEC_PER_SEC;
	return t;
}

static void
shake_run(const struct passing *p, struct run_fact *run)
{
	if (once_in(6))
		run->outcome = (enum outcome)random_below(OUTCOMES);
	if (once_in(10))
		run->requested = random_time(p, 30, 54);
	if (once_in(20))
		run->scope = digest_sha256("other", 5);
	if (once_in(20))
		run->seq = random_below(3) * 200;
	if (once_in(20))
		run->forced = true;
	if (once_in(20))
		run->json_usage_present = once_in(2);
	if (once_in(30))
		*run = (struct run_fact){0};
}

static void
shake_usage(struct usage_fact *usage)
{
	static const char *const tiers[] = {
	    "counter", "response", "attested", "row", "row_by_id", "none", ""};

	if (once_in(5))
		usage->outcome =
		    (enum look_outcome)random_below(LOOK_RESPONSE + 1);
	if (once_in(10))
		snprintf(usage->tier, sizeof(usage->tier), "%s",
			 tiers[random_below(7)]);
	if (once_in(15))
		snprintf(usage->run, sizeof(usage->run), "%s",
			 "9999999999999999");
	if (once_in(20))
		*usage = (struct usage_fact){0};
}

static void
shake_source(const struct passing *p, struct source_fact *fact)
{
	if (once_in(12))
		fact->read_at = random_time(p, 40 * 24, 40);
	if (once_in(12)) {
		fact->tried_at = random_time(p, 24, 24);
		fact->tried_seq = 700 + random_below(100);
		fact->tried_outcome =
		    (enum page_outcome)random_below(PAGE_ERROR + 1);
		fact->bad_reads = (int)random_below(5);
		fact->bad_since = random_time(p, 24, 24);
	}
	if (once_in(12))
		passing_approve(fact, random_time(p, 100 * 24, 24),
				800 + random_below(100));
	if (once_in(15))
		fact->text.bytes[random_below(DIGEST_LEN)] ^= 1;
	if (once_in(15)) {
		fact->attested = true;
		fact->attested_at = random_time(p, 24, 24);
		fact->attested_seq = 900 + random_below(100);
	}
	if (once_in(40))
		fact->approved = false;
	if (once_in(40))
		fact->read = false;
	if (once_in(40))
		fact->read_seq = 0;
}

static void
shake_workload(struct passing *p)
{
	struct workload *w = &p->workload;

	w->account_surface = once_in(3) ? (enum account_surface)random_below(3)
					: SURFACE_COUNTER;
	w->billing_unit = once_in(3) ? BILLING_CALL : BILLING_TOKEN;
	w->account_surface_note = once_in(2) ? "approved" : "";
	w->allow_attestation = once_in(2);
	w->pricing_review = once_in(4) ? REVIEW_HUMAN : REVIEW_READ;
	w->require_clock_sync = once_in(2);
	w->error_scope = once_in(4) ? SCOPE_GATEWAY : SCOPE_WORKLOAD;
	if (once_in(30))
		w->owner = NULL;
	if (once_in(30))
		p->owner.valid_to = p->input.day - 1 + (int)random_below(3);
	if (once_in(30))
		w->environment_name = "";
	if (once_in(30))
		p->rule.effective_to = p->input.day - 1 + (int)random_below(3);
	if (once_in(30))
		p->metric.unit = "";
	if (once_in(30))
		w->follow_up_owner = "";
	if (once_in(40))
		w->n_sources = random_below(PASSING_SOURCES + 1);
}

static void
shake_host(struct passing *p)
{
	p->input.closed = once_in(2);
	p->input.clock_synchronised = !once_in(10);
	p->input.credential_loaded = !once_in(30);
	p->input.credential_shared = once_in(30);
	p->input.ledger_damaged = once_in(40);
	p->input.scope_approved_differs = once_in(30);
	if (once_in(4))
		p->input.now = random_time(p, 0, 40);
	if (once_in(15)) {
		p->cap = (struct cap_fact){
		    .cap = once_in(2) ? DECISION_HOLD : DECISION_FAIL,
		    .until = p->input.day - 1 + (int)random_below(3),
		    .seq = 99,
		    .role = "finops-lead"};
		p->input.cap = &p->cap;
	}
	if (once_in(6)) {
		p->previous = (struct record_fact){
		    .present = true,
		    .seq = 180,
		    .day = p->input.day - (once_in(3) ? 1 : 0),
		    .decision = once_in(2) ? DECISION_PASS : DECISION_HOLD};
		p->input.previous = &p->previous;
	}
}

void
random_day(struct passing *p)
{
	passing_set_up(p);
	if (once_in(6)) {
		p->evidence.happy_before = p->evidence.happy;
		p->evidence.usage_before = p->evidence.usage;
		p->evidence.happy.seq = 110;
		snprintf(p->evidence.happy.run, sizeof(p->evidence.happy.run),
			 "%s", "1111111111111111");
		snprintf(p->evidence.usage.run, sizeof(p->evidence.usage.run),
			 "%s", "1111111111111111");
		shake_run(p, &p->evidence.happy_before);
	}
	shake_run(p, &p->evidence.happy);
	shake_run(p, &p->evidence.error);
	shake_usage(&p->evidence.usage);
	if (once_in(6)) {
		p->evidence.happy_inconclusive = p->evidence.happy;
		p->evidence.happy_inconclusive.seq = 130;
		shake_run(p, &p->evidence.happy_inconclusive);
	}
	for (int i = 0; i < PASSING_SOURCES; i++)
		shake_source(p, &p->facts[i]);
	shake_workload(p);
	shake_host(p);
}
