/* Governance in words: which value is at fault, for `why` and the alerts.
 *
 * The words never decide: they follow the reasons of govern.c and name the
 * configured value and the day that a person must look at. */
#include "govern/govern.h"
#include "base/text.h"
#include "govern/metric.h"
#include "govern/rule.h"

#include <stdio.h>

static void
put(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text);
}

void
govern_explain_rule(const struct allocation_rule *rule, int32_t day, char *out,
		    size_t size)
{
	char date[WALL_DAY_LEN + 1];

	rule_fault(NULL, rule, day, out, size);
	if (out[0] != '\0')
		return;
	if (day < rule->effective_from)
		snprintf(out, size, "it is effective only from %s on",
			 day_format(rule->effective_from, date));
	else if (day > rule->effective_to)
		snprintf(out, size, "it was effective until %s",
			 day_format(rule->effective_to, date));
}

void
govern_explain_metric(const struct unit_metric *metric, int32_t day, char *out,
		      size_t size)
{
	const char *gap = metric_gap(metric, day);
	char date[WALL_DAY_LEN + 1];

	put(out, size, gap == NULL ? "" : gap);
	if (gap == NULL && day >= metric_overdue_from(metric))
		snprintf(out, size,
			 "it was last refreshed on %s and is due "
			 "every %d day%s",
			 day_format(metric->last_refreshed, date),
			 metric->refresh_days,
			 TEXT_PLURAL(metric->refresh_days));
}

static void
explain_owner(const struct workload *workload, int32_t day, char *out,
	      size_t size)
{
	const struct owner *owner = workload->owner;
	char date[WALL_DAY_LEN + 1];

	if (workload->owner_group[0] == '\0')
		put(out, size, "no owner_group is set");
	else if (owner == NULL)
		snprintf(out, size, "owner %s is not declared",
			 workload->owner_group);
	else if (day < owner->valid_from)
		snprintf(out, size, "owner %s is valid only from %s on",
			 owner->group, day_format(owner->valid_from, date));
	else
		snprintf(out, size, "owner %s was valid until %s", owner->group,
			 day_format(owner->valid_to, date));
}

static void
explain_missing(const char *key, const char *name, char *out, size_t size)
{
	if (name[0] == '\0')
		snprintf(out, size, "no %s is set", key);
	else
		snprintf(out, size, "%s %s is not declared", key, name);
}

static void
explain_rule(const struct config *config, const struct workload *workload,
	     int32_t day, char *out, size_t size)
{
	const struct allocation_rule *rule = govern_rule(config, workload, day);
	char words[GOVERN_WORDS_MAX];

	if (rule == NULL) {
		explain_missing("allocation_rule", workload->rule_id, out,
				size);
		return;
	}
	rule_fault(config, rule, day, words, sizeof(words));
	if (words[0] == '\0')
		govern_explain_rule(rule, day, words, sizeof(words));
	snprintf(out, size, "rule %s@%d: %s", rule->id, rule->version, words);
}

static void
explain_metric(const struct workload *workload, enum reason reason, int32_t day,
	       char *out, size_t size)
{
	const struct unit_metric *metric = workload->metric;
	const char *gap;
	char date[WALL_DAY_LEN + 1];

	if (metric == NULL) {
		explain_missing("unit_metric", workload->metric_name, out,
				size);
		return;
	}
	gap = metric_gap(metric, day);
	if (reason == REASON_METRIC_INCOMPLETE && gap != NULL)
		snprintf(out, size, "metric %s@%d: %s", metric->name,
			 metric->version, gap);
	else
		snprintf(out, size,
			 "metric %s@%d: it was last refreshed on "
			 "%s and is due every %d day%s",
			 metric->name, metric->version,
			 day_format(metric->last_refreshed, date),
			 metric->refresh_days,
			 TEXT_PLURAL(metric->refresh_days));
}

void
govern_explain(const struct config *config, const struct workload *workload,
	       enum reason reason, int32_t day, char *out, size_t size)
{
	out[0] = '\0';
	if ((govern_reasons(config, workload, day) & reason_bit(reason)) == 0)
		return;
	switch (reason) {
	case REASON_OWNER_MISSING:
	case REASON_OWNER_EXPIRED:
		explain_owner(workload, day, out, size);
		break;
	case REASON_ENVIRONMENT_MISSING:
		explain_missing("environment", workload->environment_name, out,
				size);
		break;
	case REASON_FOLLOW_UP_OWNER_MISSING:
		put(out, size, "no follow_up_owner is set");
		break;
	case REASON_RULE_MISSING:
	case REASON_RULE_EXPIRED:
	case REASON_RULE_INVALID:
		explain_rule(config, workload, day, out, size);
		break;
	default:
		explain_metric(workload, reason, day, out, size);
		break;
	}
}
