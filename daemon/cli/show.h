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

/* A name as it was at --at: the rows up to there, and the configuration that
 * was in force. */
int show_at(struct session *s, const char *name);

/* The newest record of a workload; v may be NULL. */
int show_record(struct session *s, const struct view *view,
		const struct view_workload *v);
/* The sources that a workload rests on, those of its gateway included. */
void show_sources(struct session *s, const struct workload *wl,
		  const struct view *view);
/* What was read of a source and approved; source may be NULL. */
void show_facts(struct session *s, const struct source *source,
		const struct view_source *v);
/* The open alerts about a name (words_alert_is_about). */
void show_alerts(struct session *s, const struct view *view, const char *name,
		 const struct workload *wl);
/* The members of an object, one under the other; as JSON one object whose
 * member `section` holds them. */
void show_members(struct session *s, const char *section,
		  struct json_object *object);

/* Where named things stand in a configuration. */
struct show_section {
	const char *section;
	const char *key;    /* of the name */
	const char *object; /* NULL: a workload or a source, shown as such */
};

enum { SHOW_SECTIONS = 9 };

extern const struct show_section show_sections[SHOW_SECTIONS];

/* The next group of that name in an effective configuration, from *at (at
 * first 0) on; borrowed, NULL behind the last.  Every version of a rule or
 * metric has its own. */
struct json_object *show_next_group(struct json_object *effective,
				    const struct show_section *section,
				    const char *name, size_t *at);

#endif
