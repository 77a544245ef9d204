/* Tables of what is configured, and how it stands by the ledger. */
#include "cli/list.h"

#include <string.h>

static const struct {
	const char *name;
	list_fn *list;
	bool view;	/* shows what the ledger says */
	bool workloads; /* is empty without them */
} lists[] = {
    {"checks", list_checks, true, true},
    {"workloads", list_workloads, true, true},
    {"sources", list_sources, true, false},
    {"owners", list_owners, false, false},
    {"gateways", list_gateways, false, false},
    {"credentials", list_credentials, true, true},
    {"metrics", list_metrics, false, false},
    {"rules", list_rules, false, false},
    {"roles", list_roles, false, false},
    {"templates", list_templates, false, false},
};

int
cmd_list(struct session *s)
{
	struct listing l = {
	    .session = s, .w = &s->writer, .today = wall_day(s->now.wall)};
	int r = session_config(s, &l.config);

	for (size_t i = 0; r == 0 && i < sizeof(lists) / sizeof(lists[0]);
	     i++) {
		if (strcmp(lists[i].name, s->args->operand[0]) != 0)
			continue;
		/* Names are listed without a ledger too. */
		if (lists[i].view)
			l.view = session_view_if_any(s);
		lists[i].list(&l);
		if (lists[i].workloads && l.config->n_workloads == 0)
			session_say_empty(s);
	}
	return r;
}
