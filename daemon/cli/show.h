/* What `show` shows: one function for each kind of thing.  Each returns an
 * exit status, or SHOW_NOTHING when it knows none of that name. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "cli/cli.h"

struct json_object;

enum { SHOW_NOTHING = -1 };

int show_row(struct session *s, uint64_t seq);
int show_workload(struct session *s, const char *name);
int show_source(struct session *s, const char *name);
/* gateways, metrics, rules, owners, environments, roles, credentials */
int show_configured(struct session *s, const char *name);

/* The open alerts about a name (words_alert_is_about). */
void show_alerts(struct session *s, const struct view *view, const char *name,
		 const struct workload *wl);
/* The members of an object, one under the other; as JSON one object whose
 * member `section` holds them. */
void show_members(struct session *s, const char *section,
		  struct json_object *object);

#endif
