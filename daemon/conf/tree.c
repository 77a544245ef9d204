/* The trees that libconfig makes of the cleaned texts.  Every setting's hook
 * points to its origin: libconfig gives a string in a list the line of what
 * follows it, so these lines are taken from the scan. */
#include "conf/loader.h"

#include "conf/secret.h"

#include <libconfig.h>
#include <stdio.h>
#include <string.h>

/* Of labels and names that may stand in the key of a message. */
#define LABEL_CHARACTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:@/-"

const struct origin *
setting_origin(const struct config_setting_t *setting)
{
	return setting->hook;
}

const char *
setting_text(const struct config_setting_t *setting)
{
	return setting == NULL ? NULL : config_setting_get_string(setting);
}

void
setting_require(struct loader *l, const struct config_setting_t *setting,
		const struct schema_key *key, const struct origin *object,
		const struct key_path *path)
{
	const char *text = setting_text(setting);
	char hint[200];

	if (setting != NULL && (text == NULL || text[0] != '\0'))
		return;
	snprintf(hint, sizeof(hint), "for example: %s = %s;", key->name,
		 key->example);
	loader_error(l, setting == NULL ? object : setting_origin(setting),
		     path_join(path, key->name).text, hint, "required, and %s",
		     setting == NULL ? "missing" : "empty");
}

struct marker {
	struct loader *l;
	const char *file;
	const struct scan_lines *lines;
	size_t next;
};

/* Gives each setting its origin, in the order of the text. */
static void
mark_origins(struct marker *m, config_setting_t *setting)
{
	struct origin *origin = arena_alloc(m->l->arena, sizeof(*origin));
	int n = config_setting_is_aggregate(setting)
		    ? config_setting_length(setting)
		    : 0;

	if (origin == NULL) {
		m->l->failed = true;
		return;
	}
	origin->file = m->file;
	origin->line = (int)config_setting_source_line(setting);
	if (config_setting_type(setting) == CONFIG_TYPE_STRING) {
		if (config_setting_name(setting) == NULL &&
		    m->next < m->lines->n)
			origin->line = m->lines->at[m->next];
		m->next++;
	}
	config_setting_set_hook(setting, origin);
	for (int i = 0; i < n && !m->l->failed; i++)
		mark_origins(m,
			     config_setting_get_elem(setting, (unsigned int)i));
}

static void
report_syntax(struct loader *l, const char *file, const config_t *tree)
{
	struct origin at = {file, config_error_line(tree)};
	const char *text = config_error_text(tree);

	if (text != NULL && strstr(text, "mismatched") != NULL)
		loader_error(l, &at, "", "use ( ) for mixed elements",
			     "elements of different types in one array");
	else
		loader_error(
		    l, &at, "",
		    "a setting reads: name = value; look before this place "
		    "too",
		    "a syntax error");
}

static void
parse_text(struct loader *l, size_t i)
{
	const struct conf_text *text = &l->texts[i];
	config_t *tree = &l->trees[i];
	struct scan_lines lines = {0};
	struct buf clean = {0};

	if (text->fault != NULL) {
		struct origin whole = {text->path, 0};

		loader_error(l, &whole, "", text->hint, "cannot be read: %s",
			     text->fault);
	} else if (scan_text(l, text, &clean, &lines)) {
		struct marker m = {l, arena_strdup(l->arena, text->path),
				   &lines, 0};

		if (config_read_string(tree, buf_text(&clean))) {
			mark_origins(&m, config_root_setting(tree));
			l->parsed[i] = !l->failed;
		} else {
			report_syntax(l, text->path, tree);
		}
	}
	l->incomplete |= !l->parsed[i];
	buf_free(&clean);
}

static void
parse_built_in(struct loader *l)
{
	static const struct scan_lines none;
	struct marker m = {l, "(built in)", &none, 0};

	if (config_read_string(l->built_in, schema_metric_templates))
		mark_origins(&m, config_root_setting(l->built_in));
	else
		l->failed = true;
}

void
tree_parse(struct loader *l)
{
	for (size_t i = 0; i < l->n_texts && !l->failed; i++)
		parse_text(l, i);
	if (!l->failed)
		parse_built_in(l);
}

bool
setting_has_type(const struct config_setting_t *setting, enum schema_type type)
{
	int t = config_setting_type(setting);

	if (type == SCHEMA_BOOL)
		return t == CONFIG_TYPE_BOOL;
	if (type == SCHEMA_INT)
		return t == CONFIG_TYPE_INT || t == CONFIG_TYPE_INT64;
	return t == CONFIG_TYPE_STRING;
}

int
setting_decode(const struct config_setting_t *setting,
	       const struct schema_key *key, struct arena *arena,
	       struct value *ret, struct problem *problem)
{
	int type = config_setting_type(setting);

	if (type == CONFIG_TYPE_STRING)
		return value_from_text(key, config_setting_get_string(setting),
				       arena, ret, problem);
	if (type == CONFIG_TYPE_BOOL) {
		*ret = (struct value){.n = config_setting_get_bool(setting)};
		return 0;
	}
	return value_from_int(key, config_setting_get_int64(setting), ret,
			      problem);
}

struct key_path
setting_path(const struct schema_section *section,
	     const struct config_setting_t *group, int index)
{
	struct key_path path = {""};
	const char *label = NULL;
	char position[24];

	if (config_setting_is_group(group) && section->label != NULL)
		label = setting_text(
		    config_setting_get_member(group, section->label));
	snprintf(position, sizeof(position), "[%d]", index);
	path = path_join(&path, section->name);
	if (label == NULL || label[0] == '\0' || strlen(label) > 64 ||
	    secret_shaped(label) ||
	    label[strspn(label, LABEL_CHARACTERS)] != '\0')
		label = position;
	return path_join(&path, label);
}
