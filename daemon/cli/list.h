/* The tables of `list`, one function each. */
#ifndef CLI_LIST_H
#define CLI_LIST_H

#include "cli/cli.h"

struct listing {
	struct session *session;
	struct writer *w;
	const struct config *config;
	const struct view *view; /* NULL: no ledger can be read */
	int32_t today;
};

#define LIST_TABLE(w, object, columns) \
	writer_table(w, object, columns, sizeof(columns) / sizeof(columns[0]))

typedef void list_fn(const struct listing *l);

/* how it stands by the ledger */
list_fn list_checks, list_workloads, list_sources, list_credentials;
/* what is configured */
list_fn list_owners, list_gateways, list_roles, list_templates, list_metrics,
    list_rules;

#endif
