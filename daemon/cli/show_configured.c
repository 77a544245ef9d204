/* Things that are configured and have no rows of their own.  The effective
 * configuration is canonical JSON with every key that is set, so whatever a
 * section says is shown by its own names; nothing is listed twice. */
#include "base/json.h"
#include "cli/show.h"
#include "govern/govern.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

const struct show_section show_sections[SHOW_SECTIONS] = {
    {"workloads", "label", NULL},
    {"sources", "name", NULL},
    {"gateways", "name", "gateway"},
    {"unit_metrics", "name", "metric"},
    {"allocation_rules", "id", "rule"},
    {"owners", "group", "owner"},
    {"environments", "name", "environment"},
    {"roles", "name", "role"},
    {"profiles", "name", "profile"},
};

struct json_object *
show_next_group(struct json_object *effective,
		const struct show_section *section, const char *name,
		size_t *at)
{
	struct json_object *groups = json_get(effective, section->section);
	size_t n = json_object_is_type(groups, json_type_array)
		       ? json_object_array_length(groups)
		       : 0;

	while (*at < n) {
		struct json_object *group =
		    json_object_array_get_idx(groups, (*at)++);

		if (strcmp(json_get_string(group, section->key, ""), name) == 0)
			return group;
	}
	return NULL;
}

static const struct column columns[] = {
    {"name", "name", 0},
    {"kind", "is a", 0},
    {"workloads", "workloads", 0},
    {"fault", "fault", 0},
};

enum { LISTED_MAX = 256 };

static bool
uses(const struct workload *w, const char *object, const char *name)
{
	const char *has = "";

	if (strcmp(object, "gateway") == 0)
		has = w->gateway_name;
	else if (strcmp(object, "metric") == 0)
		has = w->metric_name;
	else if (strcmp(object, "rule") == 0)
		has = w->rule_id;
	else if (strcmp(object, "owner") == 0)
		has = w->owner_group;
	else if (strcmp(object, "environment") == 0)
		has = w->environment_name;
	else if (strcmp(object, "credential") == 0)
		has = w->credential;
	return strcmp(has, name) == 0;
}

static size_t
users_of(const struct config *c, const char *object, const char *name,
	 const char *labels[LISTED_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_workloads && n < LISTED_MAX; i++) {
		if (uses(&c->workloads[i], object, name))
			labels[n++] = c->workloads[i].label;
	}
	return n;
}

static void
put_fault(struct session *s, const struct config *c, const char *object,
	  const char *name)
{
	int32_t today = wall_day(s->now.wall);
	char words[240] = "";

	for (size_t i = 0; i < c->n_metrics && strcmp(object, "metric") == 0;
	     i++) {
		if (strcmp(c->metrics[i].name, name) == 0)
			govern_explain_metric(&c->metrics[i], today, words,
					      sizeof(words));
	}
	for (size_t i = 0; i < c->n_rules && strcmp(object, "rule") == 0; i++) {
		if (strcmp(c->rules[i].id, name) == 0)
			govern_explain_rule(&c->rules[i], today, words,
					    sizeof(words));
	}
	writer_text(&s->writer, words[0] == '\0' ? NULL : words);
}

static void
print_head(struct session *s, const struct config *c, const char *object,
	   const char *name)
{
	const char *labels[LISTED_MAX];
	struct writer *w = &s->writer;
	size_t n = users_of(c, object, name, labels);

	writer_card(w, object, columns, sizeof(columns) / sizeof(columns[0]));
	writer_text(w, name);
	writer_text(w, object);
	writer_list(w, labels, n);
	put_fault(s, c, object, name);
	writer_close(w);
}

static bool
show_groups(struct session *s, const struct config *c,
	    struct json_object *effective, const struct show_section *section,
	    const char *name)
{
	struct json_object *group;
	bool found = false;
	size_t at = 0;

	while ((group = show_next_group(effective, section, name, &at)) !=
	       NULL) {
		if (!found)
			print_head(s, c, section->object, name);
		found = true;
		writer_heading(&s->writer, "Configured");
		show_members(s, section->section, group);
	}
	return found;
}

static bool
show_credential(struct session *s, const struct config *c, const char *name)
{
	const char *labels[LISTED_MAX];

	if (users_of(c, "credential", name, labels) == 0)
		return false;
	print_head(s, c, "credential", name);
	return true;
}

int
show_configured(struct session *s, const char *name)
{
	struct json_object *effective;
	const struct config *config;
	const struct view *view;
	bool found = false;
	struct err err;
	struct json_limits limits = JSON_FOREIGN_LIMITS;
	int r = session_config_if_any(s, &config);

	if (r != 0 || config == NULL)
		return r != 0 ? r : SHOW_NOTHING;
	limits.elements = SIZE_MAX;
	if (json_parse(config->effective, strlen(config->effective), &limits,
		       &effective, &err) < 0)
		return session_fail_err(s, &err);
	for (size_t i = 0; !found && i < SHOW_SECTIONS; i++)
		found =
		    show_sections[i].object != NULL &&
		    show_groups(s, config, effective, &show_sections[i], name);
	json_object_put(effective);
	if (!found)
		found = show_credential(s, config, name);
	if (!found)
		return SHOW_NOTHING;
	view = session_view_if_any(s);
	if (view != NULL)
		show_alerts(s, view, name, NULL);
	return CTL_OK;
}
