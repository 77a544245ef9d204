/* A name or a row number: a bare integer is always a row. */
#include "cli/show.h"
#include "cli/unknown.h"

#include "ledger/row.h"

#include <string.h>

enum {
	ANYTHING = NEAREST_WORKLOAD | NEAREST_SOURCE | NEAREST_OWNER |
		   NEAREST_ROLE | NEAREST_OTHER | NEAREST_CREDENTIAL
};

/* Workloads and sources first; then what has no rows; last what is no longer
 * configured and has only rows. */
static int
show_name(struct session *s, const char *name)
{
	const struct config *config;
	int r = session_config_if_any(s, &config);
	bool rows;

	if (r != 0)
		return r;
	rows = config == NULL || config_workload(config, name) != NULL ||
	       config_source(config, name) != NULL;
	r = rows ? show_workload(s, name) : SHOW_NOTHING;
	if (r == SHOW_NOTHING && rows)
		r = show_source(s, name);
	if (r == SHOW_NOTHING)
		r = show_configured(s, name);
	if (r == SHOW_NOTHING && !rows)
		r = show_workload(s, name);
	if (r == SHOW_NOTHING && !rows)
		r = show_source(s, name);
	if (r != SHOW_NOTHING)
		return r;
	return unknown_thing(s, config, ANYTHING, "nothing is named", name,
			     "evidencectl list workloads");
}

static int
show_as_it_was(struct session *s, const char *name)
{
	if (name[0] != '\0' && name[strspn(name, "0123456789")] == '\0')
		return session_fail(s, CTL_USAGE,
				    "show %s --at: a row is always as it was",
				    name);
	return show_at(s, name);
}

int
cmd_show(struct session *s)
{
	const char *name = s->args->operand[0];
	uint64_t seq;

	if (arguments_has(s->args, OPTION_AT))
		return show_as_it_was(s, name);
	if (name[strspn(name, "0123456789")] != '\0')
		return show_name(s, name);
	if (row_seq_parse(name, &seq) < 0)
		return session_fail(s, CTL_NO_OBJECT,
				    "no row %s; the newest: evidencectl "
				    "history -n 1",
				    name);
	return show_row(s, seq);
}
