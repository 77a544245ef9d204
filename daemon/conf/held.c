/* What holds a workload on a day by the configuration alone, as warnings: it
 * loads, is held, and alerts, and whoever checks a file wants to know before.
 *
 * The reasons and their words are those of govern; here each gets its place.
 * What a workload lacks is told at the key of the workload, what is wrong
 * with an owner, a rule or a metric there, and once.  A name that resolves to
 * nothing was told before. */
#include "conf/loader.h"

#include "govern/govern.h"

#include <stdio.h>

enum { WORDS_BYTES = 300 };

static const char held[] = "its workloads are held, and alert";

/* A key of the workload that is not set. */
static void
warn_unset(struct loader *l, const struct conf_object *object, const char *key,
	   const char *words)
{
	const struct schema_key *k = schema_find(object->section, key);
	char hint[WORDS_BYTES];

	snprintf(hint, sizeof(hint),
		 "the workload is held, and alerts; for example: %s = %s;", key,
		 k->example);
	loader_warn(l, object_origin(object, key),
		    path_join(&object->path, key).text, hint, "%s", words);
}

/* Something that the workload names. */
static void
warn_thing(struct loader *l, const struct origin *at, const char *section,
	   const char *name, const char *words)
{
	struct key_path path = {""};

	path = path_join(&path, section);
	loader_warn(l, at, path_join(&path, name).text, held, "%s", words);
}

static void
warn_owner(struct loader *l, const struct conf_object *object,
	   const char *words)
{
	const struct workload *w = object->value;

	if (w->owner != NULL)
		warn_thing(l, &w->owner->origin, "owners", w->owner_group,
			   words);
	else if (w->owner_group[0] == '\0')
		warn_unset(l, object, "owner_group", words);
}

static void
warn_rule(struct loader *l, const struct conf_object *object, int32_t day,
	  const char *words)
{
	const struct workload *w = object->value;
	const struct allocation_rule *rule = govern_rule(l->config, w, day);

	if (rule != NULL)
		warn_thing(l, &rule->origin, "allocation_rules", rule->id,
			   words);
	else if (w->rule_id[0] == '\0')
		warn_unset(l, object, "allocation_rule", words);
}

static void
warn_metric(struct loader *l, const struct conf_object *object,
	    const char *words)
{
	const struct workload *w = object->value;

	if (w->metric != NULL)
		warn_thing(l, &w->metric->origin, "unit_metrics",
			   w->metric_name, words);
	else if (w->metric_name[0] == '\0')
		warn_unset(l, object, "unit_metric", words);
}

static void
warn_reason(struct loader *l, const struct conf_object *object,
	    enum reason reason, int32_t day)
{
	const struct workload *w = object->value;
	char words[WORDS_BYTES];

	govern_explain(l->config, w, reason, day, words, sizeof(words));
	switch (reason) {
	case REASON_OWNER_MISSING:
	case REASON_OWNER_EXPIRED:
		warn_owner(l, object, words);
		break;
	case REASON_RULE_MISSING:
	case REASON_RULE_EXPIRED:
	case REASON_RULE_INVALID:
		warn_rule(l, object, day, words);
		break;
	case REASON_ENVIRONMENT_MISSING:
		if (w->environment_name[0] == '\0')
			warn_unset(l, object, "environment", words);
		break;
	case REASON_FOLLOW_UP_OWNER_MISSING:
		warn_unset(l, object, "follow_up_owner", words);
		break;
	default:
		warn_metric(l, object, words);
		break;
	}
}

/* Without a gateway nobody knows what it would bring. */
static void
warn_evidence(struct loader *l, const struct conf_object *object)
{
	const struct workload *w = object->value;
	struct buf kinds = {0};

	if (w->gateway == NULL || w->gateway->profile == NULL)
		return;
	workload_missing_kinds(w, &kinds);
	if (kinds.len > 0)
		warn_unset(l, object, "sources", buf_text(&kinds));
	l->failed |= kinds.failed;
	buf_free(&kinds);
	if (w->account_surface == SURFACE_NONE && !w->allow_attestation)
		loader_warn(
		    l, object_origin(object, "account_surface"),
		    path_join(&object->path, "account_surface").text,
		    "the workload is held, and alerts; set account_surface, "
		    "or allow_attestation = true;",
		    "no surface shows its usage, and nobody may attest it");
}

void
warn_held(struct loader *l, int32_t day)
{
	size_t n;
	struct conf_object *objects = loader_objects(l, LIST_WORKLOADS, &n);

	for (size_t i = 0; i < n && !l->failed; i++) {
		reason_set reasons =
		    govern_reasons(l->config, objects[i].value, day);

		for (int r = 0; r < REASONS; r++) {
			if ((reasons & reason_bit((enum reason)r)) != 0)
				warn_reason(l, &objects[i], (enum reason)r,
					    day);
		}
		warn_evidence(l, &objects[i]);
	}
}
