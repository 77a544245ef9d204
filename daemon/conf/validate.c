/* Each value of the trees against the schema: unknown keys, types, ranges,
 * and whatever looks like a credential.  Every layer is checked once, where
 * it stands; what only the sum of the layers can show is left to build. */
#include "conf/loader.h"

#include "base/text.h"
#include "conf/secret.h"
#include "govern/claim.h"

#include <libconfig.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void check_group(struct loader *l, const config_setting_t *group,
			const struct schema_section *section,
			const struct key_path *path, bool layered);

/* Complains about texts that look like values of credentials, wherever they
 * stand; true when there was one. */
static bool
refuse_secrets(struct loader *l, const config_setting_t *setting,
	       const struct key_path *path)
{
	bool found = false;

	if (config_setting_type(setting) == CONFIG_TYPE_STRING) {
		if (!secret_shaped(config_setting_get_string(setting)))
			return false;
		loader_error(
		    l, setting_origin(setting), path->text,
		    "name it instead: credential = \"name\"; the value "
		    "belongs into the credentials folder",
		    "this looks like a credential's value");
		return true;
	}
	if (!config_setting_is_aggregate(setting))
		return false;
	for (int i = 0; i < config_setting_length(setting); i++)
		found |= refuse_secrets(
		    l, config_setting_get_elem(setting, (unsigned int)i), path);
	return found;
}

static void
wrong_type(struct loader *l, const config_setting_t *setting,
	   const struct schema_key *key, const struct key_path *path)
{
	char hint[200];

	snprintf(hint, sizeof(hint), "for example: %s = %s;", key->name,
		 key->example);
	loader_error(l, setting_origin(setting), path->text, hint,
		     "must be %s%s",
		     (key->flags & KEY_LIST) ? "a list, each " : "",
		     value_type_name(key->type));
}

/* A packet makes no claim (domain.md, section 6), in nobody's words. */
static void
check_claim(struct loader *l, const config_setting_t *setting,
	    const struct key_path *path)
{
	struct err err;

	if (claim_check(config_setting_get_string(setting), &err) < 0)
		loader_error(l, setting_origin(setting), path->text,
			     "say what it is, not what it costs or promises",
			     "packets print it: %s", err.text);
}

static void
check_scalar(struct loader *l, const config_setting_t *setting,
	     const struct schema_key *key, const struct key_path *path)
{
	struct problem problem;
	struct value value;

	/* what looks like a secret has its complaint, and is not shown */
	if (config_setting_type(setting) == CONFIG_TYPE_STRING &&
	    key->type != SCHEMA_HEX && refuse_secrets(l, setting, path))
		return;
	if (!setting_has_type(setting, key->type))
		wrong_type(l, setting, key, path);
	else if (config_setting_type(setting) == CONFIG_TYPE_STRING &&
		 config_setting_get_string(setting)[0] == '\0')
		return; /* the same as not set */
	else if (setting_decode(setting, key, l->arena, &value, &problem) != 0)
		loader_error(l, setting_origin(setting), path->text,
			     problem.hint, "%s", problem.what);
	else if ((key->flags & KEY_PRINTED) != 0)
		check_claim(l, setting, path);
}

static void
check_groups(struct loader *l, const config_setting_t *list,
	     const struct schema_key *key, const struct key_path *path)
{
	char index[24];

	if (config_setting_type(list) != CONFIG_TYPE_LIST) {
		wrong_type(l, list, key, path);
		return;
	}
	if (config_setting_length(list) == 0 && !(key->flags & KEY_EMPTY))
		loader_error(l, setting_origin(list), path->text,
			     "it needs one at least", "an empty list");
	for (int i = 0; i < config_setting_length(list); i++) {
		const config_setting_t *group =
		    config_setting_get_elem(list, (unsigned int)i);
		struct key_path at;

		snprintf(index, sizeof(index), "[%d]", i);
		at = path_join(path, index);
		if (config_setting_is_group(group))
			check_group(l, group, key->group, &at, false);
		else if (!refuse_secrets(l, group, &at))
			wrong_type(l, group, key, &at);
	}
}

/* Of the values that are any.  The first that is out of order is told: with
 * it in its place others may be in theirs. */
static void
check_ascending(struct loader *l, const config_setting_t *list,
		const struct schema_key *key, const struct key_path *path)
{
	const char *last = "";
	int64_t before = INT64_MIN;

	for (int i = 0; i < config_setting_length(list); i++) {
		const config_setting_t *setting =
		    config_setting_get_elem(list, (unsigned int)i);
		struct problem problem;
		struct value value;

		if (!setting_has_type(setting, key->type) ||
		    setting_decode(setting, key, l->arena, &value, &problem) !=
			0)
			continue;
		if (value.n <= before) {
			loader_error(l, setting_origin(setting), path->text,
				     "put them in order, each once",
				     "\"%s\" after \"%s\": each must be more "
				     "than the one before",
				     setting_text(setting), last);
			return;
		}
		before = value.n;
		last = setting_text(setting);
	}
}

static void
check_value(struct loader *l, const config_setting_t *setting,
	    const struct schema_key *key, const struct key_path *path)
{
	if (key->type == SCHEMA_GROUPS) {
		check_groups(l, setting, key, path);
	} else if (key->type == SCHEMA_GROUP) {
		if (config_setting_is_group(setting))
			check_group(l, setting, key->group, path, false);
		else if (!refuse_secrets(l, setting, path))
			wrong_type(l, setting, key, path);
	} else if (schema_is_list(key) && (config_setting_is_array(setting) ||
					   config_setting_is_list(setting))) {
		int n = config_setting_length(setting);

		if (n == 0 && !(key->flags & KEY_EMPTY))
			loader_error(l, setting_origin(setting), path->text,
				     "it needs one at least", "an empty list");
		for (int i = 0; i < n; i++)
			check_scalar(
			    l,
			    config_setting_get_elem(setting, (unsigned int)i),
			    key, path);
		if ((key->flags & KEY_ASCENDING) != 0)
			check_ascending(l, setting, key, path);
	} else {
		if (config_setting_is_aggregate(setting))
			refuse_secrets(l, setting, path);
		check_scalar(l, setting, key, path);
	}
}

static void
unknown_key(struct loader *l, const config_setting_t *setting,
	    const struct schema_section *section, const struct key_path *path)
{
	const char *name = config_setting_name(setting);
	const char *near = schema_suggest(section, name);
	char hint[160] = "evidenced.conf(5) lists the keys";

	for (size_t i = 0; i < section->n_keys; i++) {
		if (strcmp(section->keys[i].name, name) == 0) {
			loader_error(
			    l, setting_origin(setting), path->text,
			    "set it in the workload or in a named template",
			    "%s may not stand in %s", name, section->name);
			return;
		}
	}
	if (near != NULL)
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
	else if (strstr(name, "key") != NULL || strstr(name, "secret") ||
		 strstr(name, "token") != NULL || strstr(name, "password"))
		snprintf(hint, sizeof(hint),
			 "credentials are named, not written: credential = "
			 "\"name\";");
	loader_error(l, setting_origin(setting), path->text, hint,
		     "unknown key");
}

/* "base.name"; names that look like secrets stay out of messages. */
static struct key_path
member_path(const struct key_path *base, const config_setting_t *member)
{
	const char *name = config_setting_name(member);

	return path_join(base, secret_shaped(name) ? "?" : name);
}

static void
check_required(struct loader *l, const config_setting_t *group,
	       const struct schema_section *section,
	       const struct key_path *path)
{
	const struct schema_section *templates =
	    schema_sections[LIST_TEMPLATES];

	for (size_t i = 0; i < section->n_keys; i++) {
		const struct schema_key *key = &section->keys[i];

		if (!schema_has(section, key) || !(key->flags & KEY_REQUIRED) ||
		    (section == templates && !(key->flags & KEY_NOT_WORKLOAD)))
			continue;
		setting_require(l, config_setting_get_member(group, key->name),
				key, setting_origin(group), path);
	}
}

/* `layered`: what is missing here may stand in another layer. */
static void
check_group(struct loader *l, const config_setting_t *group,
	    const struct schema_section *section, const struct key_path *path,
	    bool layered)
{
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *member =
		    config_setting_get_elem(group, (unsigned int)i);
		const struct schema_key *key =
		    schema_find(section, config_setting_name(member));
		struct key_path at = member_path(path, member);

		if (key != NULL) {
			check_value(l, member, key, &at);
			continue;
		}
		unknown_key(l, member, section, &at);
		refuse_secrets(l, member, &at);
	}
	if (!layered)
		check_required(l, group, section, path);
}

static void
check_list(struct loader *l, const config_setting_t *list,
	   const struct schema_section *section)
{
	struct key_path path = {""};
	bool layered = section == schema_sections[LIST_WORKLOADS];

	path = path_join(&path, section->name);
	if (!config_setting_is_list(list)) {
		loader_error(l, setting_origin(list), path.text,
			     "write it as ( { ... }, { ... } );",
			     "must be a list of groups");
		refuse_secrets(l, list, &path);
		return;
	}
	for (int i = 0; i < config_setting_length(list); i++) {
		const config_setting_t *group =
		    config_setting_get_elem(list, (unsigned int)i);
		struct key_path at = setting_path(section, group, i);

		if (config_setting_is_group(group)) {
			check_group(l, group, section, &at, layered);
			continue;
		}
		loader_error(l, setting_origin(group), at.text,
			     "write it as ( { ... }, { ... } );",
			     "must be a group");
		refuse_secrets(l, group, &at);
	}
}

static const struct schema_section *
find_section(const char *name)
{
	for (size_t i = 0; i < SCHEMA_LISTS; i++) {
		if (strcmp(schema_sections[i]->name, name) == 0)
			return schema_sections[i];
	}
	return NULL;
}

static void
unknown_section(struct loader *l, const config_setting_t *setting)
{
	const char *names[SCHEMA_LISTS], *near;
	const char *name = config_setting_name(setting);
	struct key_path path = {""};
	char hint[160] = "evidenced.conf(5) lists the sections";

	for (size_t i = 0; i < SCHEMA_LISTS; i++)
		names[i] = schema_sections[i]->name;
	near = text_suggest(name, names, SCHEMA_LISTS);
	if (near != NULL)
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
	path = member_path(&path, setting);
	loader_error(l, setting_origin(setting), path.text, hint,
		     "unknown section");
	refuse_secrets(l, setting, &path);
}

static void
check_section(struct loader *l, const struct conf_text *text,
	      const config_setting_t *setting)
{
	const struct schema_section *section =
	    find_section(config_setting_name(setting));
	struct key_path path = {""};

	if (section == NULL) {
		unknown_section(l, setting);
	} else if (text->profile && section != schema_sections[LIST_PROFILES]) {
		loader_error(l, setting_origin(setting), section->name,
			     "put it into the main file or conf.d",
			     "only profiles may stand in a profile file");
	} else if (section->list) {
		check_list(l, setting, section);
	} else if (config_setting_is_group(setting)) {
		path = path_join(&path, section->name);
		check_group(l, setting, section, &path, true);
	} else {
		loader_error(l, setting_origin(setting), section->name,
			     "write it as { ... };", "must be a group");
		path = path_join(&path, section->name);
		refuse_secrets(l, setting, &path);
	}
}

void
tree_validate(struct loader *l)
{
	for (size_t i = 0; i < l->n_texts; i++) {
		const config_setting_t *root;

		if (!l->parsed[i])
			continue;
		root = config_root_setting(&l->trees[i]);
		for (int k = 0; k < config_setting_length(root); k++)
			check_section(
			    l, &l->texts[i],
			    config_setting_get_elem(root, (unsigned int)k));
	}
}
