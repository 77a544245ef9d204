/* One struct from its layers: each key takes its value from the first layer
 * that has it.  A bad value was complained about before and counts as not
 * set. */
#include "conf/loader.h"

#include "conf/store.h"

#include <libconfig.h>
#include <string.h>

const struct config_setting_t *
layers_find(const struct layers *layers, const char *name)
{
	for (size_t i = 0; i < layers->n; i++) {
		const config_setting_t *found =
		    config_setting_get_member(layers->at[i], name);

		if (found != NULL)
			return found;
	}
	return NULL;
}

static bool
fill_scalar(struct loader *l, const struct schema_key *key,
	    const config_setting_t *setting, void *base)
{
	struct problem problem;
	struct value value;
	const char *text = setting_text(setting);

	if (!setting_has_type(setting, key->type) ||
	    setting_decode(setting, key, l->arena, &value, &problem) != 0)
		return false;
	if (value.text != NULL && value.text == text)
		value.text = arena_strdup(l->arena, text);
	if (value.text == NULL && !value_is_number(key->type)) {
		l->failed = true;
		return false;
	}
	store_scalar(key, base, &value);
	return true;
}

/* Elements that do not fit were complained about and are left out. */
static bool
fill_list(struct loader *l, const struct schema_key *key,
	  const config_setting_t *setting, void *base)
{
	bool aggregate = config_setting_is_aggregate(setting);
	size_t n = aggregate ? (size_t)config_setting_length(setting) : 1;
	struct value *values = arena_alloc(l->arena, (n + 1) * sizeof(*values));
	size_t kept = 0;

	if (config_setting_is_group(setting) || values == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		const config_setting_t *element =
		    aggregate
			? config_setting_get_elem(setting, (unsigned int)i)
			: setting;
		const char *text = setting_text(element);
		struct problem problem;
		struct value *value = &values[kept];

		if (!setting_has_type(element, key->type) ||
		    setting_decode(element, key, l->arena, value, &problem) !=
			0)
			continue;
		if (value->text != NULL && value->text == text)
			value->text = arena_strdup(l->arena, text);
		if (value->text == NULL && !value_is_number(key->type))
			return false;
		kept++;
	}
	if (!aggregate && kept == 0)
		return false;
	return store_list(key, base, l->arena, values, kept) == 0;
}

static bool
fill_groups(struct loader *l, const struct schema_key *key,
	    const config_setting_t *setting, void *base)
{
	const struct schema_section *section = key->group;
	size_t n, count = 0;
	char *array;

	if (!config_setting_is_list(setting))
		return false;
	n = (size_t)config_setting_length(setting);
	array = arena_alloc(l->arena, (n + 1) * section->size);
	if (array == NULL)
		return false;
	for (size_t i = 0; i < n && !l->failed; i++) {
		const config_setting_t *group =
		    config_setting_get_elem(setting, (unsigned int)i);
		struct layers one = {&group, 1};
		char *at = array + count * section->size;

		if (!config_setting_is_group(group))
			continue;
		layers_fill(l, section, &one, at, NULL);
		if (section->origin_offset != SCHEMA_NOWHERE)
			memcpy(at + section->origin_offset,
			       setting_origin(group), sizeof(struct origin));
		count++;
	}
	memcpy((char *)base + key->offset, &array, sizeof(array));
	memcpy((char *)base + key->count_offset, &count, sizeof(count));
	return true;
}

static bool
fill_group(struct loader *l, const struct schema_key *key,
	   const config_setting_t *setting, void *base)
{
	bool present = setting != NULL && config_setting_is_group(setting);
	struct layers one = {&setting, present ? 1 : 0};

	layers_fill(l, key->group, &one, base, NULL);
	if (key->group->present_offset != SCHEMA_NOWHERE)
		memcpy((char *)base + key->group->present_offset, &present,
		       sizeof(present));
	return present;
}

static bool
fill_key(struct loader *l, const struct schema_key *key,
	 const config_setting_t *setting, void *base)
{
	if (key->type == SCHEMA_GROUP)
		return fill_group(l, key, setting, base);
	if (key->type != SCHEMA_GROUPS &&
	    store_default(key, base, l->arena) != 0)
		return false;
	if (setting == NULL)
		return false;
	if (key->type == SCHEMA_GROUPS)
		return fill_groups(l, key, setting, base);
	if (schema_is_list(key))
		return fill_list(l, key, setting, base);
	return fill_scalar(l, key, setting, base);
}

void
layers_fill(struct loader *l, const struct schema_section *section,
	    const struct layers *layers, void *base, struct origin *origins)
{
	static const struct origin nowhere = {"", 0};

	for (size_t i = 0; i < section->n_keys && !l->failed; i++) {
		const struct schema_key *key = &section->keys[i];
		const config_setting_t *setting;
		bool set;

		if (!schema_has(section, key) ||
		    (key->offset == SCHEMA_NOWHERE))
			continue;
		setting = layers_find(layers, key->name);
		set = fill_key(l, key, setting, base);
		if (origins != NULL)
			origins[i] = set ? *setting_origin(setting) : nowhere;
		l->failed |= arena_failed(l->arena);
	}
}
