/* Governance: is everything that must be on paper there, and in force?
 *
 * Validity is a range of UTC days, both ends included.  Before its range a
 * thing is missing (it is not there yet), after it expired.  Of a rule with
 * several versions the one effective on the day counts, so that a new
 * version can be written down before it begins. */
#include "govern/govern.h"
#include "govern/metric.h"
#include "govern/rule.h"

#include <string.h>

enum { EPOCH_WEEKDAY = 4 /* a Thursday */ };

const struct allocation_rule *
govern_rule(const struct config *config, const struct workload *workload,
	    int32_t day)
{
	const struct allocation_rule *found = NULL;

	if (workload->rule == NULL)
		return NULL;
	for (size_t i = 0; i < config->n_rules; i++) {
		const struct allocation_rule *rule = &config->rules[i];

		if (strcmp(rule->id, workload->rule->id) == 0 &&
		    day >= rule->effective_from && day <= rule->effective_to &&
		    (found == NULL || rule->version > found->version))
			found = rule;
	}
	return found != NULL ? found : workload->rule;
}

static reason_set
owner_reasons(const struct workload *workload, int32_t day)
{
	const struct owner *owner = workload->owner;

	if (owner == NULL || day < owner->valid_from)
		return reason_bit(REASON_OWNER_MISSING);
	if (day > owner->valid_to)
		return reason_bit(REASON_OWNER_EXPIRED);
	return 0;
}

static reason_set
rule_reasons(const struct config *config, const struct workload *workload,
	     int32_t day)
{
	const struct allocation_rule *rule = govern_rule(config, workload, day);
	char words[GOVERN_WORDS_MAX];

	if (rule == NULL)
		return reason_bit(REASON_RULE_MISSING);
	rule_fault(config, rule, day, words, sizeof(words));
	if (words[0] != '\0')
		return reason_bit(REASON_RULE_INVALID);
	if (day < rule->effective_from)
		return reason_bit(REASON_RULE_MISSING);
	if (day > rule->effective_to)
		return reason_bit(REASON_RULE_EXPIRED);
	return 0;
}

static reason_set
metric_reasons(const struct unit_metric *metric, int32_t day)
{
	reason_set reasons = 0;

	if (metric == NULL)
		return reason_bit(REASON_METRIC_MISSING);
	if (metric_gap(metric, day) != NULL)
		reasons |= reason_bit(REASON_METRIC_INCOMPLETE);
	if (metric->refresh_days > 0 && day >= metric_overdue_from(metric))
		reasons |= reason_bit(REASON_METRIC_STALE);
	return reasons;
}

reason_set
govern_reasons(const struct config *config, const struct workload *workload,
	       int32_t day)
{
	reason_set reasons = owner_reasons(workload, day) |
			     rule_reasons(config, workload, day) |
			     metric_reasons(workload->metric, day);

	if (workload->environment_name[0] == '\0' ||
	    workload->environment_dangling)
		reasons |= reason_bit(REASON_ENVIRONMENT_MISSING);
	if (workload->follow_up_owner[0] == '\0')
		reasons |= reason_bit(REASON_FOLLOW_UP_OWNER_MISSING);
	return reasons;
}

/* The earlier of two days, of those after `day`. */
static int32_t
earlier(int32_t best, int64_t candidate, int32_t day)
{
	return candidate > day && candidate < best ? (int32_t)candidate : best;
}

static int32_t
next_owner_change(const struct owner *owner, int32_t day, int32_t best)
{
	best = earlier(best, owner->valid_from, day);
	return earlier(best, (int64_t)owner->valid_to + 1, day);
}

static int32_t
next_rule_change(const struct config *config, const struct workload *workload,
		 int32_t day, int32_t best)
{
	for (size_t i = 0; i < config->n_rules; i++) {
		const struct allocation_rule *rule = &config->rules[i];

		if (strcmp(rule->id, workload->rule->id) != 0)
			continue;
		best = earlier(best, rule->effective_from, day);
		best = earlier(best, (int64_t)rule->effective_to + 1, day);
		for (size_t k = 0; k < config->n_owners; k++) {
			if (rule_names(rule, config->owners[k].group))
				best = next_owner_change(&config->owners[k],
							 day, best);
		}
	}
	return best;
}

int32_t
govern_next_change(const struct config *config, const struct workload *workload,
		   int32_t day)
{
	const struct unit_metric *metric = workload->metric;
	int32_t best = INT32_MAX;

	if (workload->owner != NULL)
		best = next_owner_change(workload->owner, day, best);
	if (workload->rule != NULL)
		best = next_rule_change(config, workload, day, best);
	if (metric != NULL) {
		best = earlier(best, metric_overdue_from(metric), day);
		best = earlier(best, (int64_t)metric->last_refreshed - 1, day);
	}
	return best;
}

/* 0 = Sunday, also for days before 1970. */
static unsigned int
weekday(int32_t day)
{
	int32_t r = (day % DAYS_PER_WEEK + EPOCH_WEEKDAY) % DAYS_PER_WEEK;

	return (unsigned int)(r < 0 ? r + DAYS_PER_WEEK : r);
}

bool
govern_review_day(const struct workload *workload, int32_t day)
{
	return (workload->review_days >> weekday(day) & 1) != 0;
}

int32_t
govern_next_review_day(const struct workload *workload, int32_t day)
{
	for (int32_t i = 1; i <= DAYS_PER_WEEK; i++) {
		if (govern_review_day(workload, day + i))
			return day + i;
	}
	return INT32_MAX;
}
