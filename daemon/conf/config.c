/* Look-ups in a loaded configuration.  Lists are short and kept in the order
 * in which they were written, so they are searched from the front. */
#include "conf/config.h"

#include "conf/arena.h"

#include <string.h>

void
config_free(struct config *config)
{
	if (config != NULL)
		arena_free(config->arena); /* holds *config itself too */
}

#define FIND(list, n, member, name)                                \
	do {                                                       \
		for (size_t i = 0; i < (n); i++) {                 \
			if (strcmp((list)[i].member, (name)) == 0) \
				return &(list)[i];                 \
		}                                                  \
		return NULL;                                       \
	} while (0)

const struct workload *
config_workload(const struct config *config, const char *label)
{
	FIND(config->workloads, config->n_workloads, label, label);
}

bool
config_names_credential_first(const struct config *config, size_t workload)
{
	const char *name = config->workloads[workload].credential;

	for (size_t i = 0; i < workload; i++) {
		if (strcmp(config->workloads[i].credential, name) == 0)
			return false;
	}
	return true;
}

const struct source *
config_source(const struct config *config, const char *name)
{
	FIND(config->sources, config->n_sources, name, name);
}

const struct gateway *
config_gateway(const struct config *config, const char *name)
{
	FIND(config->gateways, config->n_gateways, name, name);
}

const struct role *
config_role(const struct config *config, const char *name)
{
	FIND(config->roles, config->n_roles, name, name);
}

const struct owner *
config_owner(const struct config *config, const char *group)
{
	FIND(config->owners, config->n_owners, group, group);
}

const struct alert_param *
config_alert(const struct config *config, const char *rule)
{
	FIND(config->alerts, config->n_alerts, rule, rule);
}

int
alert_param_fails(const struct alert_param *param)
{
	enum { FAILS_IF_NOT_SET = 2 }; /* as evidenced.conf(5) says */

	return param != NULL && param->fails > 0 ? param->fails
						 : FAILS_IF_NOT_SET;
}

size_t
role_rights(unsigned int may, const char *ret_names[ROLE_RIGHTS])
{
	static const struct {
		unsigned int right;
		const char *name;
	} rights[ROLE_RIGHTS] = {
	    {MAY_APPROVE, "approve"}, {MAY_REVIEW, "review"},
	    {MAY_ATTEST, "attest"},   {MAY_DECIDE, "decide"},
	    {MAY_OPERATE, "operate"},
	};
	size_t n = 0;

	for (size_t i = 0; i < ROLE_RIGHTS; i++) {
		if ((may & rights[i].right) != 0)
			ret_names[n++] = rights[i].name;
	}
	return n;
}

const char *
source_kind_name(enum source_kind kind)
{
	static const char *const names[SOURCE_KINDS] = {
	    [SOURCE_SETUP] = "setup",
	    [SOURCE_PRICING] = "pricing",
	    [SOURCE_SUPPORT] = "support",
	    [SOURCE_ALLOCATION] = "allocation",
	    [SOURCE_UNIT_ECONOMICS] = "unit-economics",
	};

	return names[kind];
}

bool
workload_rests_on(const struct workload *workload, const struct source *source)
{
	for (size_t i = 0; i < workload->n_sources; i++) {
		if (workload->sources[i] == source)
			return true;
	}
	return false;
}

void
workload_missing_kinds(const struct workload *workload, struct buf *out)
{
	const char *before = "no source of kind ";

	for (int kind = 0; kind < SOURCE_KINDS; kind++) {
		if ((workload->kinds_missing & (1u << kind)) == 0)
			continue;
		buf_printf(out, "%s%s", before,
			   source_kind_name((enum source_kind)kind));
		before = ", ";
	}
}

const char *
account_surface_name(enum account_surface surface)
{
	static const char *const names[] = {
	    [SURFACE_NONE] = "none",
	    [SURFACE_RESPONSE] = "response",
	    [SURFACE_COUNTER] = "counter",
	};

	return names[surface];
}
