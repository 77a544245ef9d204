/* Allocation rules: what makes one impossible to apply.
 *
 * An owner-tag rule gives the whole cost to one owner: its own, or where it
 * names none the workload's.  A shared-cost rule empties a pool: `central`
 * leaves the cost in it, `even` needs targets, `fixed` needs weights that
 * sum to 100, `proportional` needs a basis to divide by.  A pool never feeds
 * a pool.  The first fault found is the one that is told. */
#include "govern/rule.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { WHOLE_PERCENT = 100 };

/* What is judged, and where the words go. */
struct inquiry {
	const struct config *config; /* NULL: the rule by itself */
	const struct allocation_rule *rule;
	int32_t day;
	char *out;
	size_t size;
};

/* Tells one fault; returns true so that checks can end with it. */
__attribute__((format(printf, 2, 3))) static bool
fault(const struct inquiry *q, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(q->out, q->size, fmt, ap);
	va_end(ap);
	return true;
}

static bool
is_pool(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_rules; i++) {
		if (config->rules[i].type == RULE_SHARED_COST &&
		    strcmp(config->rules[i].pool, name) == 0)
			return true;
	}
	return false;
}

static bool
owner_fault(const struct inquiry *q, const char *group)
{
	const struct owner *owner;

	if (group[0] == '\0')
		return fault(q, "a target names no owner");
	if (q->config == NULL)
		return false;
	if (is_pool(q->config, group))
		return fault(q, "%s is a pool, and a pool cannot feed a pool",
			     group);
	owner = config_owner(q->config, group);
	if (owner == NULL)
		return fault(q, "owner %s is not declared", group);
	if (q->day < owner->valid_from || q->day > owner->valid_to)
		return fault(q, "owner %s is not in force", group);
	return false;
}

static bool
targets_fault(const struct inquiry *q)
{
	const struct allocation_rule *rule = q->rule;

	if (rule->n_targets == 0)
		return fault(q, "it has no targets");
	for (size_t i = 0; i < rule->n_targets; i++) {
		const char *owner = rule->targets[i].owner;

		if (owner_fault(q, owner))
			return true;
		for (size_t k = 0; k < i; k++) {
			if (strcmp(rule->targets[k].owner, owner) == 0)
				return fault(q, "target %s stands twice",
					     owner);
		}
	}
	return false;
}

static bool
weights_fault(const struct inquiry *q)
{
	const struct allocation_rule *rule = q->rule;
	int64_t sum = 0;

	for (size_t i = 0; i < rule->n_targets; i++) {
		if (rule->targets[i].weight_percent <= 0)
			return fault(q,
				     "the weight of %s is not above "
				     "zero",
				     rule->targets[i].owner);
		sum += rule->targets[i].weight_percent;
	}
	if (sum != WHOLE_PERCENT)
		return fault(q, "its weights sum to %lld, not to 100",
			     (long long)sum);
	return false;
}

static bool
shared_fault(const struct inquiry *q)
{
	if (q->rule->pool[0] == '\0')
		return fault(q, "it names no pool");
	if (q->rule->method == METHOD_CENTRAL)
		return false;
	if (targets_fault(q))
		return true;
	if (q->rule->method == METHOD_FIXED)
		return weights_fault(q);
	if (q->rule->method == METHOD_PROPORTIONAL && q->rule->basis[0] == '\0')
		return fault(q, "it names no basis to divide by");
	return false;
}

void
rule_fault(const struct config *config, const struct allocation_rule *rule,
	   int32_t day, char *out, size_t size)
{
	struct inquiry q = {config, rule, day, out, size};

	out[0] = '\0';
	if (rule->effective_from > rule->effective_to)
		fault(&q, "it ends before it begins");
	else if (rule->type == RULE_SHARED_COST)
		shared_fault(&q);
	else if (rule->owner[0] != '\0')
		owner_fault(&q, rule->owner);
}

bool
rule_names(const struct allocation_rule *rule, const char *group)
{
	for (size_t i = 0; i < rule->n_targets; i++) {
		if (strcmp(rule->targets[i].owner, group) == 0)
			return true;
	}
	return strcmp(rule->owner, group) == 0;
}
