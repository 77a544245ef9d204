/* What must hold among allocation rules: a rule has the keys of its type,
 * fixed weights make 100, nobody bears two parts of one pool, no pool feeds a
 * pool, and the days of one id's versions do not overlap.  What is missing (a
 * pool, targets, a basis) is no error: it holds the workloads. */
#include "conf/loader.h"

#include "base/wall.h"
#include "conf/secret.h"

#include <stdlib.h>
#include <string.h>

/* Keys that only the other type has. */
static void
check_type(struct loader *l, const struct conf_object *object)
{
	const struct allocation_rule *rule = object->value;
	static const char *const shared[] = {"pool", "method", "targets",
					     "basis"};

	if (rule->type == RULE_SHARED_COST) {
		if (rule->owner[0] != '\0')
			object_error(l, object, "owner",
				     "name who bears it under targets",
				     "a shared-cost-rule has no owner");
		return;
	}
	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		if (object_origin(object, shared[i]) != &object->origin)
			object_error(
			    l, object, shared[i],
			    "did you mean type = \"shared-cost-rule\"?",
			    "an owner-tag rule has no %s", shared[i]);
	}
}

static void
check_weights(struct loader *l, const struct conf_object *object)
{
	const struct allocation_rule *rule = object->value;
	int sum = 0;

	for (size_t i = 0; i < rule->n_targets; i++)
		sum += rule->targets[i].weight_percent;
	if (rule->method == METHOD_FIXED && rule->n_targets > 0 && sum != 100)
		object_error(l, object, "targets",
			     "the weights of all targets make 100",
			     "the weights make %d", sum);
	else if (rule->method != METHOD_FIXED && sum != 0)
		object_error(l, object, "targets",
			     "take them out, or set method = \"fixed\"",
			     "weights count for the method fixed alone");
}

static bool
is_pool(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_rules; i++) {
		if (name[0] != '\0' && strcmp(config->rules[i].pool, name) == 0)
			return true;
	}
	return false;
}

/* Somebody who is to bear cost. */
static void
check_bearer(struct loader *l, const struct conf_object *object,
	     const char *key, const char *name)
{
	const struct config *config = l->config;
	const char **names;
	char shown[SHOW_MAX];

	if (name[0] == '\0')
		return;
	if (is_pool(config, name)) {
		object_error(l, object, key, "name an owner group",
			     "%s is a pool, and a pool cannot feed a pool",
			     secret_show(name, shown));
		return;
	}
	if (config_owner(config, name) != NULL)
		return;
	names = calloc(config->n_owners + 1, sizeof(*names));
	if (names == NULL) {
		l->failed = true;
		return;
	}
	for (size_t i = 0; i < config->n_owners; i++)
		names[i] = config->owners[i].group;
	loader_dangling(l, object_origin(object, key),
			path_join(&object->path, key).text, "owner", name,
			names, config->n_owners, DANGLING_HELD);
	free(names);
}

static void
check_targets(struct loader *l, const struct conf_object *object)
{
	const struct allocation_rule *rule = object->value;
	char shown[SHOW_MAX];

	check_bearer(l, object, "owner", rule->owner);
	for (size_t i = 0; i < rule->n_targets; i++) {
		const char *name = rule->targets[i].owner;

		check_bearer(l, object, "targets", name);
		for (size_t k = 0; k < i; k++) {
			if (strcmp(rule->targets[k].owner, name) != 0)
				continue;
			object_error(l, object, "targets", "make it one target",
				     "%s stands twice",
				     secret_show(name, shown));
			break;
		}
	}
}

static bool
covers(const struct allocation_rule *a, const struct allocation_rule *b)
{
	return a->effective_from <= b->effective_from &&
	       a->effective_to >= b->effective_to;
}

/* Two versions of one id; equal versions are duplicates, see unique.c. */
static void
check_overlap(struct loader *l, const struct conf_object *first,
	      const struct conf_object *second)
{
	const struct allocation_rule *a = first->value, *b = second->value;

	if (a->id[0] == '\0' || strcmp(a->id, b->id) != 0 ||
	    a->version == b->version || a->effective_from > b->effective_to ||
	    b->effective_from > a->effective_to)
		return;
	object_error(l, second, "effective_from",
		     "end the older version with effective_to, the day before",
		     covers(a, b)
			 ? "never used: version %d at %s:%d holds on all of "
			   "its days"
			 : "version %d at %s:%d holds on some of its days",
		     a->version, first->origin.file, first->origin.line);
}

void
resolve_rules(struct loader *l)
{
	size_t n;
	const struct conf_object *objects = loader_objects(l, LIST_RULES, &n);

	for (size_t i = 0; i < n; i++) {
		const struct allocation_rule *rule = objects[i].value;

		check_type(l, &objects[i]);
		check_weights(l, &objects[i]);
		check_targets(l, &objects[i]);
		if (rule->effective_from > rule->effective_to)
			object_error(l, &objects[i], "effective_to",
				     "the last day, included",
				     "it lies before effective_from");
		for (size_t k = 0; k < i; k++)
			check_overlap(l, &objects[k], &objects[i]);
	}
}
