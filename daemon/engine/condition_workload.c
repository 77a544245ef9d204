/* What is wrong with workloads, their credentials, rules and metrics. */
#include "engine/condition.h"
#include "base/text.h"
#include "engine/state.h"
#include "govern/govern.h"
#include "verdict/runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct alert_condition *
add(struct engine *e, struct conditions *list, enum alert_rule_id rule,
    const struct workload *w)
{
	const char *subject = w->label;
	struct alert_condition *c;

	switch (alert_rule(rule)->subject) {
	case SUBJECT_CREDENTIAL:
		subject = w->credential;
		break;
	case SUBJECT_METRIC:
		subject = w->metric_name[0] == '\0' ? w->label : w->metric_name;
		break;
	case SUBJECT_RULE:
		subject = w->rule_id[0] == '\0' ? w->label : w->rule_id;
		break;
	default:
		break;
	}
	c = condition_add(list, rule, subject);
	if (c == NULL)
		return NULL;
	if (c->workload[0] == '\0') {
		snprintf(c->workload, sizeof(c->workload), "%s", w->label);
		snprintf(c->gateway, sizeof(c->gateway), "%s", w->gateway_name);
		snprintf(c->owner, sizeof(c->owner), "%s", w->owner_group);
	}
	return c;
}

/* Somebody uses what nobody owns: so much was seen last. */
static void
add_usage_seen(const struct engine *e, const struct workload *w, char *words,
	       size_t size)
{
	const struct view_workload *v = view_workload(e->view, w->label);
	char day[WALL_DAY_LEN + 1];
	size_t len = strlen(words);

	for (size_t i = 0; v != NULL && i < v->n_days; i++) {
		const struct day_evidence *seen = &v->days[i].evidence;

		if (seen->tokens <= 0)
			continue;
		snprintf(words + len, size - len,
			 "; usage seen: %lld token%s on %s",
			 (long long)seen->tokens, TEXT_PLURAL(seen->tokens),
			 day_format(seen->day, day));
		return;
	}
}

static void
add_governance(struct engine *e, struct conditions *list,
	       const struct workload *w)
{
	reason_set reasons = govern_reasons(engine_conf(e), w, e->today);
	char words[200];

	for (int i = 0; i < REASONS; i++) {
		enum reason reason = (enum reason)i;
		const struct alert_rule *rule;
		struct alert_condition *c;

		if ((reasons & reason_bit(reason)) == 0)
			continue;
		rule = alert_rule_by_name(reason_info(reason)->alert_rule);
		if (rule == NULL || rule->subject == SUBJECT_SOURCE)
			continue;
		c = add(e, list, rule->id, w);
		if (c == NULL)
			return;
		c->reasons |= reason_bit(reason);
		govern_explain(engine_conf(e), w, reason, e->today, words,
			       sizeof(words));
		if (reason == REASON_OWNER_MISSING ||
		    reason == REASON_OWNER_EXPIRED)
			add_usage_seen(e, w, words, sizeof(words));
		condition_detail(c, words);
	}
}

static void
add_sources_missing(struct engine *e, struct conditions *list,
		    const struct workload *w)
{
	struct buf kinds = {0};
	struct alert_condition *c;

	if (w->kinds_missing == 0)
		return;
	workload_missing_kinds(w, &kinds);
	c = add(e, list, ALERT_SOURCE_MISSING, w);
	if (c != NULL)
		c->reasons |= reason_bit(REASON_SOURCE_MISSING);
	condition_detail(c, buf_text(&kinds));
	buf_free(&kinds);
}

static void
add_credential(struct engine *e, struct conditions *list, const struct duty *d)
{
	const struct workload *w = d->w;
	char fingerprint[17];
	struct alert_condition *c;

	if (jobs_credential_shared(e, d)) {
		c = add(e, list, ALERT_CREDENTIAL_USED_ELSEWHERE, w);
		if (c != NULL)
			c->reasons |= reason_bit(REASON_CREDENTIAL_SHARED);
		condition_detail(c, "another workload uses the same key");
	}

	if (e->ports->credential(e->ports->ctx, w->credential, fingerprint))
		return;
	c = add(e, list, ALERT_CREDENTIAL_MISSING, w);
	if (c != NULL)
		c->reasons |= reason_bit(REASON_CREDENTIAL_MISSING);
	condition_detail(c, "not loaded, or still a placeholder; a new value "
			    "needs a restart");
}

static void
add_seen(struct engine *e, struct conditions *list, const struct workload *w,
	 enum alert_rule_id rule, enum reason reason, uint64_t seq,
	 struct wall_time since, const char *detail)
{
	struct alert_condition *c = add(e, list, rule, w);

	if (c == NULL)
		return;
	c->reasons |= reason_bit(reason);
	if (c->since.us == 0)
		c->since = since;
	condition_evidence(c, seq);
	condition_detail(c, detail);
}

/* So many of the newest so many have failed; without a word of the
 * configuration, all in a row. */
static bool
has_failed(const struct engine *e, const struct view_workload *v)
{
	const struct alert_param *p =
	    config_alert(engine_conf(e), "happy-path-failed");
	int fails = alert_param_fails(p);
	int of = p != NULL && p->of > fails ? p->of : fails;

	return __builtin_popcount(v->recent & ((1u << of) - 1)) >= fails;
}

static void
add_failures(struct engine *e, struct conditions *list,
	     const struct workload *w, const struct view_workload *v)
{
	char text[160], at[WALL_RFC3339_LEN + 1];
	bool now = v->failures > 0;

	if (!has_failed(e, v))
		return;
	snprintf(text, sizeof(text), "%d run%s in a row since %s, last: %s",
		 v->failures, TEXT_PLURAL(v->failures),
		 wall_format(v->failing_since, at), outcome_name(v->failed));
	add_seen(e, list, w, ALERT_HAPPY_PATH_FAILED,
		 runs_unseen_reason(v->failed), v->last_happy_seq,
		 now ? v->failing_since : v->last_happy_at,
		 v->failures > 1 ? text
				 : "again and again, with good runs "
				   "between");
}

static void
add_error_path(struct engine *e, struct conditions *list, const struct duty *d)
{
	const struct run_fact f = jobs_error_stands(e, d);
	char text[160], at[WALL_RFC3339_LEN + 1];

	snprintf(text, sizeof(text), "%s/error at %s", d->w->label,
		 wall_format(f.requested, at));
	if (f.outcome == OUTCOME_ACCEPTED)
		add_seen(e, list, d->w, ALERT_ERROR_PATH_ACCEPTED,
			 REASON_CREDENTIAL_ACCEPTED, f.seq, f.requested, text);
	else if (f.outcome == OUTCOME_UNCLASSIFIED)
		add_seen(e, list, d->w, ALERT_ERROR_PATH_INVISIBLE,
			 REASON_ERROR_PATH_NOT_OBSERVED, f.seq, f.requested,
			 text);
}

/* The refusal is over when the gateway has taken the credential since, whoever
 * used it; but not while it is what the workload's own record says. */
static bool
accepted_since(struct engine *e, const struct workload *w,
	       const struct view_workload *v)
{
	const struct config *c = engine_conf(e);

	if (v->record.present &&
	    (v->record.reasons & (reason_bit(REASON_CREDENTIAL_REJECTED) |
				  reason_bit(REASON_QUOTA_EXHAUSTED))) != 0)
		return false;
	for (size_t i = 0; i < c->n_workloads; i++) {
		const struct workload *other = &c->workloads[i];
		const struct view_workload *o =
		    view_workload(e->view, other->label);

		if (o != NULL && other->gateway == w->gateway &&
		    strcmp(other->credential, w->credential) == 0 &&
		    o->last_happy == OUTCOME_PASS &&
		    o->last_happy_seq > v->refused.seq)
			return true;
	}
	return false;
}

static void
add_refusal(struct engine *e, struct conditions *list, const struct workload *w,
	    const struct view_workload *v)
{
	const bool quota = v->refused.outcome != OUTCOME_CREDENTIAL_REJECTED;
	char text[160], at[WALL_RFC3339_LEN + 1];

	if (v->refused.seq == 0 || accepted_since(e, w, v))
		return;
	snprintf(text, sizeof(text), "%s/happy was refused at %s", w->label,
		 wall_format(v->refused.requested, at));
	add_seen(e, list, w,
		 quota ? ALERT_QUOTA_EXHAUSTED : ALERT_CREDENTIAL_REJECTED,
		 quota ? REASON_QUOTA_EXHAUSTED : REASON_CREDENTIAL_REJECTED,
		 v->refused.seq, v->refused.requested, text);
}

static void
add_runs(struct engine *e, struct conditions *list, const struct workload *w,
	 const struct view_workload *v)
{
	char text[160], at[WALL_RFC3339_LEN + 1];

	add_failures(e, list, w, v);
	add_refusal(e, list, w, v);
	if (v->used_elsewhere) {
		wall_format(v->used_elsewhere_at, at);
		snprintf(text, sizeof(text),
			 "its counter had moved without a run of ours before "
			 "the run of %s at %s",
			 w->label, at);
		add_seen(e, list, w, ALERT_CREDENTIAL_USED_ELSEWHERE,
			 REASON_CREDENTIAL_SHARED, v->used_elsewhere_seq,
			 v->used_elsewhere_at, text);
	}
}

static void
add_ceiling(struct engine *e, struct conditions *list, const struct workload *w,
	    struct view_workload *v)
{
	const struct view_day *day = view_day(v, e->today);
	struct alert_condition *c;
	char text[160];

	if (day == NULL || !day->evidence.ceiling_reached)
		return;
	c = add(e, list, ALERT_PROBE_CEILING, w);
	if (c == NULL)
		return;
	if (v->record.present && v->record.day == e->today &&
	    v->record.decision == DECISION_PASS)
		c->severity = SEVERITY_INFO;
	c->reasons |= reason_bit(REASON_CEILING_REACHED);
	snprintf(text, sizeof(text),
		 "%d of %d requests and %lld of %lld tokens today",
		 day->evidence.requests, w->max_requests_per_day,
		 (long long)day->evidence.tokens,
		 (long long)w->max_tokens_per_day);
	condition_detail(c, text);
}

/* What the configuration, the credentials and the last runs tell by
 * themselves: there a record of a day that is over has no more to say. */
static bool
is_told_by_facts(enum reason reason)
{
	switch (reason) {
	case REASON_OWNER_MISSING:
	case REASON_OWNER_EXPIRED:
	case REASON_ENVIRONMENT_MISSING:
	case REASON_FOLLOW_UP_OWNER_MISSING:
	case REASON_RULE_MISSING:
	case REASON_RULE_EXPIRED:
	case REASON_RULE_INVALID:
	case REASON_METRIC_MISSING:
	case REASON_METRIC_INCOMPLETE:
	case REASON_METRIC_STALE:
	case REASON_SOURCE_MISSING:
	case REASON_CREDENTIAL_MISSING:
	case REASON_CREDENTIAL_SHARED:
	case REASON_CREDENTIAL_ACCEPTED:
	case REASON_SCOPE_UNAPPROVED:
	case REASON_CEILING_REACHED:
		return true;
	default:
		return false;
	}
}

/* The record came at the end of the common grace; the rule has a longer one. */
static bool
is_early(const struct engine *e, struct conditions *list,
	 const struct record_fact *record)
{
	int64_t more_s =
	    condition_grace_s(e, ALERT_EVIDENCE_GAP) - engine_conf(e)->grace_s;
	struct wall_time at = {record->decided_at.us + more_s * USEC_PER_SEC};

	if (at.us <= e->now.wall.us)
		return false;
	condition_again(list, at);
	return true;
}

/* Usage may become visible for so long, and whoever looks may have to wait
 * for the surface's rate: until then nobody is troubled. */
static bool
is_pending(const struct engine *e, struct conditions *list,
	   const struct workload *w, const struct record_fact *record)
{
	int64_t lag_s = w->gateway == NULL || w->gateway->profile == NULL
			    ? 0
			    : w->gateway->profile->surface.lag_max_s;
	struct wall_time at = {
	    record->decided_at.us +
	    (lag_s + condition_grace_s(e, ALERT_USAGE_NOT_VISIBLE)) *
		USEC_PER_SEC};

	if (at.us <= e->now.wall.us)
		return false;
	condition_again(list, at);
	return true;
}

/* What a person lowered is followed up by the next check that the record
 * names: until that day is over nothing is overdue. */
static bool
is_followed_up(const struct engine *e, struct conditions *list,
	       const struct workload *w, const struct record_fact *record)
{
	int32_t due = govern_next_review_day(w, record->day);

	if (due != INT32_MAX && due < e->today)
		return false;
	if (due != INT32_MAX)
		condition_again(list, wall_day_start(due + 1));
	return true;
}

/* Every reason of the newest record has its alert. */
static void
add_record(struct engine *e, struct conditions *list, const struct workload *w,
	   const struct view_workload *v)
{
	const struct record_fact *record = &v->record;

	/* A record of a day to come was written when the clock visited it. */
	if (!record->present || record->decision == DECISION_PASS ||
	    record->day > e->today)
		return;
	for (int i = 0; i < REASONS; i++) {
		enum reason reason = (enum reason)i;
		const struct alert_rule *rule;
		struct alert_condition *c;

		if ((record->reasons & reason_bit(reason)) == 0 ||
		    (record->day < e->today && is_told_by_facts(reason)))
			continue;
		rule = alert_rule_by_name(reason_info(reason)->alert_rule);
		if (rule == NULL)
			continue;
		if (rule->id == ALERT_EVIDENCE_GAP && is_early(e, list, record))
			continue;
		if (reason == REASON_USAGE_PENDING &&
		    is_pending(e, list, w, record))
			continue;
		if (reason == REASON_LOWERED_BY_ROLE &&
		    is_followed_up(e, list, w, record))
			continue;
		if (rule->id == ALERT_SOURCE_STALE) {
			conditions_of_record_sources(e, list, w, record,
						     reason);
			continue;
		}
		if (rule->subject == SUBJECT_SOURCE ||
		    rule->subject == SUBJECT_GATEWAY ||
		    rule->subject == SUBJECT_DAEMON)
			continue; /* the facts of the source tell which */
		c = add(e, list, rule->id, w);
		if (c == NULL)
			return;
		c->reasons |= reason_bit(reason);
		condition_evidence(c, record->seq);
		if (rule->id != ALERT_FOLLOW_UP_OVERDUE)
			condition_detail(c, reason_info(reason)->says);
	}
}

void
conditions_of_workloads(struct engine *e, struct conditions *list)
{
	for (size_t i = 0; i < e->n_duties; i++) {
		const struct workload *w = e->duties[i].w;
		struct view_workload *v = view_workload(e->view, w->label);
		struct alert_condition *c;

		add_governance(e, list, w);
		add_sources_missing(e, list, w);
		add_credential(e, list, &e->duties[i]);
		add_error_path(e, list, &e->duties[i]);
		if (v == NULL)
			continue;
		add_runs(e, list, w, v);
		add_ceiling(e, list, w, v);
		if (v->scope_approved &&
		    !digest_equal(&v->approved_scope, &w->scope_digest)) {
			c = add(e, list, ALERT_SCOPE_CHANGED, w);
			if (c != NULL)
				c->reasons |=
				    reason_bit(REASON_SCOPE_UNAPPROVED);
		}
		add_record(e, list, w, v);
	}
}
