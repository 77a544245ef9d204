/* Parameters of alert rules that do nothing.  They are warnings: the rule
 * itself works, but not as whoever wrote them may think. */
#include "conf/loader.h"

#include <string.h>

static bool
is_set(const struct conf_object *object, const char *key)
{
	return object_origin(object, key) != &object->origin;
}

static void
warn_key(struct loader *l, const struct conf_object *object, const char *key,
	 const char *hint, const char *what)
{
	loader_warn(l, object_origin(object, key),
		    path_join(&object->path, key).text, hint, "%s", what);
}

static bool
is_rule(const struct conf_object *object, const char *name)
{
	const struct schema_word *w =
	    schema_find(object->section, "rule")->words;

	while (w->name != NULL && strcmp(w->name, name) != 0)
		w++;
	return w->name != NULL;
}

static void
check_counts(struct loader *l, const struct conf_object *object)
{
	const struct alert_param *p = object->value;
	static const char *const keys[] = {"fails", "of"};
	int fails = alert_param_fails(p);

	if (strcmp(p->rule, "happy-path-failed") == 0) {
		if (is_set(object, "of") && p->of < fails)
			loader_warn(l, object_origin(object, "of"),
				    path_join(&object->path, "of").text,
				    "make it as many as fails, or more",
				    "no effect: %d of %d cannot fail", fails,
				    p->of);
		return;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (is_set(object, keys[i]))
			warn_key(l, object, keys[i],
				 "take it out; \"for\" makes any rule wait",
				 "no effect: happy-path-failed alone counts "
				 "runs");
	}
}

static void
check_grace(struct loader *l, const struct conf_object *object)
{
	const struct alert_param *p = object->value;
	static const char *const rules[] = {"evidence-gap", "source-stale",
					    "usage-not-visible"};

	if (!is_set(object, "grace"))
		return;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (strcmp(p->rule, rules[i]) == 0)
			return;
	}
	warn_key(l, object, "grace", "take it out; \"for\" makes any rule wait",
		 "no effect: only evidence-gap, source-stale and "
		 "usage-not-visible have a grace");
}

void
resolve_alerts(struct loader *l)
{
	size_t n;
	const struct conf_object *objects = loader_objects(l, LIST_ALERTS, &n);

	for (size_t i = 0; i < n; i++) {
		const struct alert_param *p = objects[i].value;

		if (p->rule == NULL || !is_rule(&objects[i], p->rule))
			continue; /* that is an error already */
		check_counts(l, &objects[i]);
		check_grace(l, &objects[i]);
	}
}
