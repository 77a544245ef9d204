/* The judgement: every finding becomes a reason, the worst reason decides,
 * and none is dropped.
 *
 * A pass needs more than the absence of reasons: each of its assertions is
 * held true by itself, and that is asserted before the word is written.
 * While evidence is awaited and nothing is wrong yet the decision is none,
 * which no row ever holds.
 *
 * Nothing here looks at alerts, acknowledgements or silences, and nothing is
 * remembered between calls: equal input gives an equal record. */
#include "verdict/judge.h"
#include "conf/url.h"
#include "govern/govern.h"
#include "verdict/findings.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

static bool
has(reason_set reasons, reason_set any)
{
	return (reasons & any) != 0;
}

/* The newest record of the same day, or NULL. */
static const struct record_fact *
previous(const struct judge_input *input)
{
	const struct record_fact *record = input->previous;

	return record != NULL && record->present && record->day == input->day
		   ? record
		   : NULL;
}

static bool
passed_before(const struct judge_input *input)
{
	const struct record_fact *record = previous(input);

	return record != NULL && record->decision == DECISION_PASS;
}

static bool
host_allowed(const struct string_list *hosts, const char *url)
{
	const char *host;
	size_t len;

	if (url_problem(url) != NULL)
		return false;
	host = url_host(url, &len);
	for (size_t i = 0; i < hosts->n; i++) {
		if (strlen(hosts->at[i]) == len &&
		    memcmp(hosts->at[i], host, len) == 0)
			return true;
	}
	return false;
}

/* The environment names hosts or a profile, and the gateway has others. */
static bool
environment_mismatch(const struct workload *workload)
{
	const struct environment *environment = workload->environment;
	const struct gateway *gateway = workload->gateway;
	char hex[DIGEST_HEX_LEN + 1];

	if (environment == NULL || gateway == NULL)
		return false;
	if (environment->hosts.n > 0 &&
	    !host_allowed(&environment->hosts, gateway->base_url))
		return true;
	return environment->profile_digest[0] != '\0' &&
	       (gateway->profile == NULL ||
		strcasecmp(environment->profile_digest,
			   digest_hex(&gateway->profile->digest, hex)) != 0);
}

/* The run was made under another profile than its environment expects, even
 * if the gateway has the right one by now. */
static bool
ran_elsewhere(const struct workload *workload, const struct run_fact *run)
{
	const struct environment *environment = workload->environment;
	char hex[DIGEST_HEX_LEN + 1];

	return run != NULL && environment != NULL &&
	       environment->profile_digest[0] != '\0' &&
	       strcasecmp(environment->profile_digest,
			  digest_hex(&run->profile, hex)) != 0;
}

static unsigned int
kinds_missing(const struct workload *workload)
{
	unsigned int missing = (1u << SOURCE_KINDS) - 1;

	for (size_t i = 0; i < workload->n_sources; i++)
		missing &= ~(1u << workload->sources[i]->kind);
	return missing | workload->kinds_missing;
}

static void
find_references(const struct judge_input *input, struct findings *f)
{
	const struct workload *workload = input->workload;
	bool pricing = false, pricing_reviewed = true;

	f->complete = f->runs.settled;
	for (size_t i = 0; i < workload->n_sources; i++) {
		const struct source *source = workload->sources[i];
		struct reference *reference = &f->references[i];

		*reference = reference_find(input, source, input->sources[i]);
		f->reasons |= reference->reasons;
		f->complete &= reference->settled;
		if (source->kind == SOURCE_PRICING) {
			pricing = true;
			pricing_reviewed &= reference->reviewed;
		}
	}
	f->complete |= input->closed;
	f->pricing_checked = pricing && pricing_reviewed;
	if (kinds_missing(workload) != 0)
		f->reasons |= reason_bit(REASON_SOURCE_MISSING);
}

/* What holds of the host and the workload, whatever was observed. */
static reason_set
standing_reasons(const struct judge_input *input, const struct runs *runs)
{
	const struct workload *workload = input->workload;
	reason_set reasons =
	    govern_reasons(input->config, workload, input->day);

	if (input->ledger_damaged)
		reasons |= reason_bit(REASON_LEDGER_DAMAGED);
	if (!input->clock_synchronised && workload->require_clock_sync &&
	    !passed_before(input))
		reasons |= reason_bit(REASON_CLOCK_UNSYNCHRONISED);
	if (environment_mismatch(workload) ||
	    ran_elsewhere(workload, runs->happy) ||
	    ran_elsewhere(workload, runs->error))
		reasons |= reason_bit(REASON_ENVIRONMENT_MISMATCH);
	if (!input->credential_loaded)
		reasons |= reason_bit(REASON_CREDENTIAL_MISSING);
	if (input->credential_shared)
		reasons |= reason_bit(REASON_CREDENTIAL_SHARED);
	if (input->scope_approved_differs)
		reasons |= reason_bit(REASON_SCOPE_UNAPPROVED);
	return reasons;
}

static enum request_state
request_state(const struct runs *runs)
{
	const struct run_fact *happy = runs->happy, *error = runs->error;

	if (runs->usage_absent ||
	    (error != NULL && error->outcome == OUTCOME_ACCEPTED))
		return REQUEST_CONTRADICTED;
	return happy != NULL && error != NULL ? REQUEST_COMPLETED
					      : REQUEST_NOT_OBSERVED;
}

/* The assertions of a pass, each by itself. */
static bool
all_asserted(const struct judge_input *input, const struct findings *f)
{
	bool current = true;

	for (size_t i = 0; i < input->workload->n_sources; i++)
		current &= f->references[i].current;
	return f->complete && f->request == REQUEST_COMPLETED &&
	       f->runs.lookup.tier != TIER_NONE && f->pricing_checked &&
	       current && kinds_missing(input->workload) == 0 &&
	       f->cap == NULL && input->credential_loaded &&
	       !input->ledger_damaged &&
	       govern_reasons(input->config, input->workload, input->day) == 0;
}

/* People lower a decision, and never raise one. */
static void
decide(const struct judge_input *input, struct findings *f)
{
	const struct cap_fact *cap = input->cap;
	enum decision found = reason_set_decision(f->reasons);

	if (f->reasons == 0 && !f->complete)
		found = DECISION_NONE;
	f->decision = found;
	if (cap != NULL && cap->seq != 0 && cap->cap > DECISION_PASS &&
	    input->day <= cap->until) {
		f->cap = cap;
		f->cap_decided = cap->cap > found;
		f->reasons |= reason_bit(REASON_LOWERED_BY_ROLE);
		if (f->cap_decided)
			f->decision = cap->cap;
	}
	assert(f->decision != DECISION_PASS || all_asserted(input, f));
}

static statement_set
state_if(bool verified, enum statement statement)
{
	return verified ? 1u << statement : 0;
}

static statement_set
verified(const struct judge_input *input, const struct findings *f)
{
	const struct workload *workload = input->workload;
	const struct runs *runs = &f->runs;
	bool current = kinds_missing(workload) == 0, pricing = false;
	reason_set r = f->reasons;

	for (size_t i = 0; i < workload->n_sources; i++) {
		current &= f->references[i].current;
		if (workload->sources[i]->kind == SOURCE_PRICING)
			pricing |= f->references[i].current;
	}
	return state_if(!has(r, reason_bit(REASON_OWNER_MISSING) |
				    reason_bit(REASON_OWNER_EXPIRED)),
			STATEMENT_OWNER_GROUP) |
	       state_if(!has(r, reason_bit(REASON_ENVIRONMENT_MISSING) |
				    reason_bit(REASON_ENVIRONMENT_MISMATCH)),
			STATEMENT_ENVIRONMENT) |
	       state_if(runs->happy != NULL || runs->error != NULL ||
			    runs->happy_unseen != NULL ||
			    runs->error_unseen != NULL,
			STATEMENT_REQUEST_TIME) |
	       state_if(f->request != REQUEST_NOT_OBSERVED,
			STATEMENT_REQUEST_RESULT) |
	       state_if(runs->lookup.looked, STATEMENT_USAGE_EVIDENCE) |
	       state_if(current, STATEMENT_SOURCES_CHECKED) |
	       state_if(pricing, STATEMENT_PRICING_CHECKED) |
	       state_if(!has(r, reason_bit(REASON_RULE_MISSING) |
				    reason_bit(REASON_RULE_EXPIRED) |
				    reason_bit(REASON_RULE_INVALID)),
			STATEMENT_ALLOCATION_RULE) |
	       state_if(!has(r, reason_bit(REASON_METRIC_MISSING) |
				    reason_bit(REASON_METRIC_INCOMPLETE) |
				    reason_bit(REASON_METRIC_STALE)),
			STATEMENT_UNIT_METRIC) |
	       state_if(!has(r, reason_bit(REASON_FOLLOW_UP_OWNER_MISSING)),
			STATEMENT_FOLLOW_UP_OWNER);
}

static uncertainty_set
doubt_if(bool doubtful, enum uncertainty uncertainty)
{
	return doubtful ? 1u << uncertainty : 0;
}

static uncertainty_set
uncertain(const struct judge_input *input, const struct findings *f)
{
	const struct workload *workload = input->workload;
	const struct gateway *gateway = workload->gateway;
	bool attested = false;

	for (size_t i = 0; i < workload->n_sources; i++)
		attested |= f->references[i].attested;
	return doubt_if(true, UNCERTAIN_GATEWAY_FAILOVER) |
	       doubt_if(true, UNCERTAIN_STREAMING) |
	       doubt_if(f->later_not_observed, UNCERTAIN_LATER_NOT_OBSERVED) |
	       doubt_if(!input->clock_synchronised, UNCERTAIN_CLOCK) |
	       doubt_if(workload->error_scope == SCOPE_GATEWAY,
			UNCERTAIN_ERROR_PATH_SHARED) |
	       doubt_if(gateway != NULL && gateway->profile != NULL &&
			    gateway->profile->variant == VARIANT_CONFIGURATION,
			UNCERTAIN_ERROR_PATH_VARIANT) |
	       doubt_if(f->runs.lookup.tier == TIER_RESPONSE,
			UNCERTAIN_USAGE_RESPONSE_ONLY) |
	       doubt_if(f->runs.lookup.tier == TIER_ATTESTED,
			UNCERTAIN_USAGE_ATTESTED) |
	       doubt_if(attested, UNCERTAIN_SOURCE_ATTESTED) |
	       doubt_if(workload->metric != NULL &&
			    workload->metric->last_refreshed == INT32_MIN,
			UNCERTAIN_METRIC_REFRESH);
}

static void
find(const struct judge_input *input, struct findings *f)
{
	*f = (struct findings){.runs = runs_find(input)};
	f->reasons = f->runs.reasons | standing_reasons(input, &f->runs);
	find_references(input, f);
	f->request = request_state(&f->runs);
	f->usage_present = f->runs.lookup.tier >= TIER_ATTESTED;
	f->later_not_observed =
	    f->runs.later_not_observed ||
	    (!input->clock_synchronised &&
	     input->workload->require_clock_sync && passed_before(input));
	decide(input, f);
	f->verified = verified(input, f);
	f->uncertain = uncertain(input, f);
}

int
judge(const struct judge_input *input, struct record *ret)
{
	struct record record = {0};
	struct record_fact written;
	struct findings f;
	int r;

	if (input->workload->n_sources > WORKLOAD_SOURCES_MAX)
		return ERR_LIMIT;
	find(input, &f);
	record.decision = f.decision;
	record.reasons = f.reasons;
	record.complete = f.complete;
	record.later_not_observed = f.later_not_observed;
	r = record_write(input, &f, &record.text);
	if (r == 0)
		r = record_read(record.text.data, record.text.len, 0, &written);
	if (r < 0) {
		buf_free(&record.text);
		return r;
	}
	record.body = record.text.data;
	record.content = written.content;
	*ret = record;
	return 0;
}

void
record_free(struct record *record)
{
	buf_free(&record->text);
	record->body = NULL;
}

/* Something was found to be missing, beside what could not be observed. */
static bool
is_held(reason_set reasons)
{
	reasons &= ~reason_bit(REASON_USAGE_PENDING);
	for (int r = 0; r < REASONS; r++) {
		if (has(reasons, reason_bit((enum reason)r)) &&
		    reason_info((enum reason)r)->decision == DECISION_HOLD)
			return true;
	}
	return false;
}

/* What the configuration is short of, whatever is observed. */
static const enum reason configured[] = {REASON_OWNER_MISSING,
					 REASON_OWNER_EXPIRED,
					 REASON_ENVIRONMENT_MISSING,
					 REASON_ENVIRONMENT_MISMATCH,
					 REASON_FOLLOW_UP_OWNER_MISSING,
					 REASON_RULE_MISSING,
					 REASON_RULE_EXPIRED,
					 REASON_RULE_INVALID,
					 REASON_METRIC_MISSING,
					 REASON_METRIC_INCOMPLETE,
					 REASON_METRIC_STALE,
					 REASON_SOURCE_MISSING,
					 REASON_CREDENTIAL_SHARED};

/* Nobody becomes the owner of a day that is over; a fail is told all the same. */
static bool
mended_too_late(const struct judge_input *input, reason_set before,
		reason_set now)
{
	size_t n = sizeof(configured) / sizeof(configured[0]);

	if (wall_day(input->now) <= input->day)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (has(before & ~now, reason_bit(configured[i])))
			return true;
	}
	return false;
}

/* A correction took away what the record may rest on. */
static bool
is_undermined(const struct judge_input *input, const struct record_fact *record)
{
	if (record->seq < input->evidence->usage_taken_back_by)
		return true;
	for (size_t i = 0; i < input->workload->n_sources; i++) {
		const struct source_fact *fact = input->sources[i];

		if (fact != NULL && wall_day(fact->attested_at) == input->day &&
		    record->seq < fact->taken_back_by)
			return true;
	}
	return false;
}

/* Something that was seen contradicts; what was not seen takes nothing back. */
static bool
is_contradicted(const struct record_fact *record)
{
	return has(record->reasons, reason_bit(REASON_CREDENTIAL_ACCEPTED)) ||
	       has(record->reasons, reason_bit(REASON_USAGE_ABSENT));
}

bool
judge_should_write(const struct judge_input *input, const struct record *record)
{
	const struct record_fact *before = previous(input);

	if (before == NULL)
		return record->complete;
	if (record->decision != DECISION_FAIL &&
	    mended_too_late(input, before->reasons, record->reasons))
		return false;
	if (digest_equal(&before->content, &record->content))
		return false;
	if (before->decision == DECISION_PASS &&
	    record->decision == DECISION_INCONCLUSIVE &&
	    !is_held(record->reasons) && !is_undermined(input, before))
		return false;
	if (is_contradicted(before) &&
	    record->decision == DECISION_INCONCLUSIVE)
		return false;
	/* That something is awaited replaces nothing that was found. */
	if (record->reasons == reason_bit(REASON_USAGE_PENDING))
		return false;
	return record->complete || record->decision > before->decision;
}
