/* Names become pointers.  A name that resolves to nothing leaves NULL and a
 * warning: the workload loads, is held, and alerts. */
#include "conf/loader.h"

#include <stdlib.h>
#include <string.h>

const struct origin *
object_origin(const struct conf_object *object, const char *key)
{
	const struct schema_section *section = object->section;

	for (size_t i = 0; i < section->n_keys; i++) {
		if (strcmp(section->keys[i].name, key) == 0 &&
		    object->origins[i].line > 0)
			return &object->origins[i];
	}
	return &object->origin;
}

/* The element of a list whose text at name_offset is `name`; a warning when
 * there is none.  NULL also for the empty name. */
static const void *
find(struct loader *l, const struct conf_object *object, const char *key,
     const char *what, const char *name, enum schema_list list,
     size_t name_offset)
{
	size_t n;
	const struct conf_object *known = loader_objects(l, list, &n);
	const char **names;

	if (name[0] == '\0')
		return NULL;
	names = calloc(n + 1, sizeof(*names));
	if (names == NULL) {
		l->failed = true;
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		memcpy(&names[i], (const char *)known[i].value + name_offset,
		       sizeof(names[i]));
		if (strcmp(names[i], name) == 0) {
			free(names);
			return known[i].value;
		}
	}
	loader_dangling(l, object_origin(object, key),
			path_join(&object->path, key).text, what, name, names,
			n, DANGLING_HELD);
	free(names);
	return NULL;
}

/* Of several versions the one that begins last; its days are judged later,
 * by whoever knows the day. */
static const struct allocation_rule *
newest_version(const struct config *config, const struct allocation_rule *rule)
{
	for (size_t i = 0; rule != NULL && i < config->n_rules; i++) {
		const struct allocation_rule *other = &config->rules[i];

		if (strcmp(other->id, rule->id) == 0 &&
		    (other->effective_from > rule->effective_from ||
		     (other->effective_from == rule->effective_from &&
		      other->version > rule->version)))
			rule = other;
	}
	return rule;
}

static void
resolve_environment(struct loader *l, const struct conf_object *object,
		    struct workload *w)
{
	if (l->config->n_environments == 0)
		return; /* none declared: the name stands for itself */
	w->environment =
	    find(l, object, "environment", "environment", w->environment_name,
		 LIST_ENVIRONMENTS, offsetof(struct environment, name));
	w->environment_dangling =
	    w->environment == NULL && w->environment_name[0] != '\0';
}

static void
resolve_surface(struct loader *l, const struct conf_object *object,
		struct workload *w)
{
	const struct profile *profile =
	    w->gateway == NULL ? NULL : w->gateway->profile;

	if ((int)w->account_surface < 0)
		w->account_surface =
		    profile == NULL ? SURFACE_NONE : profile->account_surface;
	if (w->account_surface == SURFACE_COUNTER && profile != NULL &&
	    !profile->surface.present)
		object_error(
		    l, object, "account_surface",
		    "use \"response\" with account_surface_note, or \"none\"",
		    "the profile of gateway %s has no counter",
		    w->gateway->name);
	if (w->account_surface == SURFACE_RESPONSE &&
	    w->account_surface_note[0] == '\0')
		loader_warn(
		    l, object_origin(object, "account_surface"),
		    path_join(&object->path, "account_surface_note").text,
		    "say who approved it, and when",
		    "missing: usage in the response does not count");
}

/* The groups that a configuration names: those that answer for cost, those
 * that act for them, and those behind a role. */
struct groups {
	const char **at; /* sorted; NULL when memory ran out */
	size_t n;
};

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
add_group(struct groups *g, const char *name)
{
	if (name[0] != '\0')
		g->at[g->n++] = name;
}

static struct groups
gather_groups(struct loader *l)
{
	const struct config *c = l->config;
	struct groups g = {0};

	g.at = calloc(2 * c->n_owners + c->n_roles + 1, sizeof(*g.at));
	if (g.at == NULL) {
		l->failed = true;
		return g;
	}
	for (size_t i = 0; i < c->n_owners; i++) {
		add_group(&g, c->owners[i].group);
		add_group(&g, c->owners[i].escalation);
	}
	for (size_t i = 0; i < c->n_roles; i++)
		add_group(&g, c->roles[i].unix_group);
	add_group(&g, c->unowned_escalation);
	qsort(g.at, g.n, sizeof(*g.at), compare_names);
	return g;
}

/* A group that has something to do, but need not answer for cost. */
static void
check_group(struct loader *l, const struct conf_object *object, const char *key,
	    const char *name, const struct groups *g)
{
	if (g->at == NULL || name[0] == '\0' ||
	    bsearch(&name, g->at, g->n, sizeof(*g->at), compare_names) != NULL)
		return;
	loader_dangling(l, object_origin(object, key),
			path_join(&object->path, key).text, "group", name,
			g->at, g->n,
			"no owner, escalation or role has that name");
}

static void
resolve_workload(struct loader *l, const struct conf_object *object,
		 const struct groups *groups)
{
	struct workload *w = object->value;

	w->owner = find(l, object, "owner_group", "owner", w->owner_group,
			LIST_OWNERS, offsetof(struct owner, group));
	w->gateway = find(l, object, "gateway", "gateway", w->gateway_name,
			  LIST_GATEWAYS, offsetof(struct gateway, name));
	w->rule = newest_version(l->config,
				 find(l, object, "allocation_rule",
				      "allocation rule", w->rule_id, LIST_RULES,
				      offsetof(struct allocation_rule, id)));
	w->metric =
	    find(l, object, "unit_metric", "unit metric", w->metric_name,
		 LIST_METRICS, offsetof(struct unit_metric, name));
	check_group(l, object, "follow_up_owner", w->follow_up_owner, groups);
	resolve_environment(l, object, w);
	resolve_surface(l, object, w);
	if (w->credential[0] == '\0')
		w->credential = w->label;
}

struct user {
	struct workload *workload;
	const struct conf_object *object;
};

static int
compare_users(const void *a, const void *b)
{
	const struct user *x = a, *y = b;
	int order = strcmp(x->workload->credential, y->workload->credential);

	if (order != 0)
		return order;
	return x->object < y->object ? -1 : 1;
}

/* One label twice is an error of its own. */
static bool
same_label(const struct user *a, const struct user *b)
{
	return strcmp(a->workload->label, b->workload->label) == 0;
}

static void
share_credential(struct loader *l, const struct user *first,
		 const struct user *other)
{
	first->workload->credential_shared = true;
	other->workload->credential_shared = true;
	loader_warn(l, object_origin(other->object, "credential"),
		    path_join(&other->object->path, "credential").text,
		    "give each workload a key of its own; both are held",
		    "the workload at %s:%d has the same credential",
		    first->object->origin.file, first->object->origin.line);
}

static void
find_shared_credentials(struct loader *l, const struct conf_object *objects,
			size_t n)
{
	struct user *users = calloc(n + 1, sizeof(*users));

	if (users == NULL) {
		l->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		users[i] = (struct user){objects[i].value, &objects[i]};
	qsort(users, n, sizeof(*users), compare_users);
	for (size_t i = 1, first = 0; i < n; i++) {
		const char *name = users[i].workload->credential;

		if (strcmp(users[first].workload->credential, name) != 0)
			first = i;
		else if (name[0] != '\0' &&
			 !same_label(&users[first], &users[i]))
			share_credential(l, &users[first], &users[i]);
	}
	free(users);
}

static void
resolve_metric(struct loader *l, const struct conf_object *object,
	       const struct groups *groups)
{
	struct unit_metric *metric = object->value;

	metric->refresh_days = value_refresh_days(metric->refresh);
	check_group(l, object, "owner", metric->owner, groups);
}

static void
check_owner(struct loader *l, const struct conf_object *object)
{
	const struct owner *owner = object->value;

	if (owner->valid_from > owner->valid_to)
		object_error(l, object, "valid_to", "the last day, included",
			     "it lies before valid_from");
}

void
resolve_names(struct loader *l)
{
	size_t n;
	struct conf_object *objects = loader_objects(l, LIST_OWNERS, &n);
	struct groups groups = gather_groups(l);

	for (size_t i = 0; i < n; i++)
		check_owner(l, &objects[i]);
	objects = loader_objects(l, LIST_METRICS, &n);
	for (size_t i = 0; i < n; i++)
		resolve_metric(l, &objects[i], &groups);
	objects = loader_objects(l, LIST_WORKLOADS, &n);
	for (size_t i = 0; i < n; i++)
		resolve_workload(l, &objects[i], &groups);
	find_shared_credentials(l, objects, n);
	free(groups.at);
}
