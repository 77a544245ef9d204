/* A name is compared with all of the lists that are meant; the nearest by edit
 * distance is taken when it is near enough (text_suggest).  A job is a label
 * and a path, and each is looked for by itself. */
#include "conf/nearest.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct names {
	const char **at;
	size_t n;
};

/* What is not set names nothing. */
#define ADD(names, list, count, member)                                       \
	do {                                                                  \
		for (size_t i = 0; i < (count); i++) {                        \
			if ((list)[i].member[0] != '\0')                      \
				(names)->at[(names)->n++] = (list)[i].member; \
		}                                                             \
	} while (0)

static void
gather(const struct config *c, unsigned int of, struct names *names)
{
	if ((of & NEAREST_WORKLOAD) != 0)
		ADD(names, c->workloads, c->n_workloads, label);
	if ((of & NEAREST_SOURCE) != 0)
		ADD(names, c->sources, c->n_sources, name);
	if ((of & NEAREST_OWNER) != 0) {
		ADD(names, c->owners, c->n_owners, group);
		ADD(names, c->workloads, c->n_workloads, owner_group);
	}
	if ((of & NEAREST_ROLE) != 0)
		ADD(names, c->roles, c->n_roles, name);
	if ((of & NEAREST_OTHER) != 0) {
		ADD(names, c->gateways, c->n_gateways, name);
		ADD(names, c->metrics, c->n_metrics, name);
		ADD(names, c->rules, c->n_rules, id);
	}
	if ((of & NEAREST_KEEPER) != 0) {
		ADD(names, c->sources, c->n_sources, owner);
		ADD(names, c->metrics, c->n_metrics, owner);
	}
	if ((of & NEAREST_CREDENTIAL) != 0)
		ADD(names, c->workloads, c->n_workloads, credential);
}

/* NULL also where there is no memory to look for it. */
const char *
nearest_name(const struct config *c, unsigned int of, const char *name)
{
	struct names names = {0};
	const char *near = NULL;

	names.at = calloc(3 * c->n_workloads + 2 * c->n_sources + c->n_owners +
			      c->n_roles + c->n_gateways + 2 * c->n_metrics +
			      c->n_rules + 1,
			  sizeof(*names.at));
	if (names.at != NULL) {
		gather(c, of, &names);
		near = text_suggest(name, names.at, names.n);
	}
	free(names.at);
	return near;
}

/* false: it has not the form of a job, or none is near. */
static bool
nearest_job(const struct config *c, const char *name, struct hint *room)
{
	static const char *const paths[] = {"happy", "error", "usage"};
	const char *slash = strchr(name, '/'), *label, *path;
	char before[LABEL_MAX + 1];

	if (slash == NULL || (size_t)(slash - name) >= sizeof(before))
		return false;
	snprintf(before, sizeof(before), "%.*s", (int)(slash - name), name);
	label = nearest_name(c, NEAREST_WORKLOAD, before);
	path = text_suggest(slash + 1, paths, sizeof(paths) / sizeof(paths[0]));
	if (label == NULL || path == NULL)
		return false;
	snprintf(room->text, sizeof(room->text), "did you mean %s/%s?", label,
		 path);
	return true;
}

/* What a name that was looked for elsewhere names; NULL: nothing. */
static const char *
kind_of(const struct config *c, const char *name)
{
	static const struct {
		unsigned int of;
		const char *what;
	} kinds[] = {
	    {NEAREST_WORKLOAD, "a workload"},
	    {NEAREST_SOURCE, "a source"},
	    {NEAREST_OWNER, "an owner group"},
	    {NEAREST_ROLE, "a role"},
	    {NEAREST_OTHER, "a unit metric or an allocation rule"},
	};

	if (config_gateway(c, name) != NULL)
		return "a gateway";
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *near = nearest_name(c, kinds[i].of, name);

		if (near != NULL && strcmp(near, name) == 0)
			return kinds[i].what;
	}
	return NULL;
}

const char *
nearest_hint(const struct config *config, unsigned int of, const char *name,
	     const char *command, struct hint *room)
{
	const char *near = NULL, *kind = NULL;

	if (config != NULL && (of & NEAREST_JOB) != 0 &&
	    nearest_job(config, name, room))
		return room->text;
	if (config != NULL)
		kind = kind_of(config, name);
	if (config != NULL && kind == NULL)
		near = nearest_name(config, of, name);
	if (near != NULL)
		snprintf(room->text, sizeof(room->text), "did you mean %s?",
			 near);
	else
		snprintf(room->text, sizeof(room->text), "%s%s%ssee %s",
			 kind == NULL ? "" : "it is ", kind == NULL ? "" : kind,
			 kind == NULL ? "" : "; ", command);
	return room->text;
}
