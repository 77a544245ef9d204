/* Layers of groups become structs.
 *
 * Each thing has a row of layers, the strongest first: a workload's own group,
 * then its templates from the last named to the first, then the defaults of
 * the last file to the first; a group at the top, the files from last to
 * first; a unit metric, its own group and the built-in one.  fill.c
 * takes the values from them. */
#include "conf/loader.h"

#include "base/text.h"
#include "conf/secret.h"
#include "conf/store.h"

#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct conf_object *
add_object(struct loader *l, const struct schema_section *section,
	   size_t layers_max)
{
	struct conf_object *object;

	if (l->n_objects == l->objects_cap) {
		size_t cap = l->objects_cap == 0 ? 32 : l->objects_cap * 2;
		void *more = reallocarray(l->objects, cap, sizeof(*l->objects));

		if (more == NULL) {
			l->failed = true;
			return NULL;
		}
		l->objects = more;
		l->objects_cap = cap;
	}
	object = &l->objects[l->n_objects];
	*object = (struct conf_object){
	    .section = section,
	    .origin = {"", 0},
	    .layers =
		arena_alloc(l->arena, layers_max * sizeof(*object->layers)),
	    .origins = arena_alloc(l->arena,
				   section->n_keys * sizeof(*object->origins))};
	if (object->layers == NULL || object->origins == NULL) {
		l->failed = true;
		return NULL;
	}
	l->n_objects++;
	return object;
}

/* The setting of a section in a file, or NULL when it is not of its kind. */
static const config_setting_t *
section_setting(const struct loader *l, size_t file,
		const struct schema_section *section)
{
	const config_setting_t *setting;

	if (!l->parsed[file] || (l->texts[file].profile &&
				 section != schema_sections[LIST_PROFILES]))
		return NULL;
	setting = config_setting_get_member(
	    config_root_setting(&l->trees[file]), section->name);
	if (setting == NULL ||
	    (section->list ? !config_setting_is_list(setting)
			   : !config_setting_is_group(setting)))
		return NULL;
	return setting;
}

/* Adds the groups of a single section, the last file first. */
static void
add_files(const struct loader *l, struct conf_object *object,
	  const struct schema_section *section)
{
	for (size_t i = l->n_texts; i-- > 0;) {
		const config_setting_t *setting =
		    section_setting(l, i, section);

		if (setting != NULL)
			object->layers[object->n_layers++] = setting;
	}
}

static const config_setting_t *
find_template(const struct loader *l, const char *name)
{
	size_t n;
	const struct conf_object *templates =
	    loader_objects(l, LIST_TEMPLATES, &n);

	for (size_t i = 0; i < n; i++) {
		const char *known = setting_text(
		    config_setting_get_member(templates[i].layers[0], "name"));

		if (known != NULL && strcmp(known, name) == 0)
			return templates[i].layers[0];
	}
	return NULL;
}

/* The n-th name of `use`, which is one string or a list of them. */
static const config_setting_t *
used(const config_setting_t *use, size_t i)
{
	if (use == NULL)
		return NULL;
	if (!config_setting_is_aggregate(use))
		return i == 0 ? use : NULL;
	if (i >= (size_t)config_setting_length(use))
		return NULL;
	return config_setting_get_elem(use, (unsigned int)i);
}

static void
dangling_template(struct loader *l, const struct conf_object *object,
		  const config_setting_t *name)
{
	size_t n;
	const struct conf_object *templates =
	    loader_objects(l, LIST_TEMPLATES, &n);
	const char **names = arena_alloc(l->arena, (n + 1) * sizeof(*names));

	for (size_t i = 0; names != NULL && i < n; i++) {
		names[i] = setting_text(
		    config_setting_get_member(templates[i].layers[0], "name"));
		if (names[i] == NULL)
			names[i] = "";
	}
	if (names != NULL)
		loader_dangling(l, setting_origin(name),
				path_join(&object->path, "use").text,
				"template", setting_text(name), names, n,
				DANGLING_HELD);
}

static void
add_templates(struct loader *l, struct conf_object *object)
{
	const config_setting_t *use =
	    config_setting_get_member(object->layers[0], "use");
	size_t n = 0;

	while (used(use, n) != NULL)
		n++;
	if (n > LAYERS_MAX) {
		loader_error(l, setting_origin(use),
			     path_join(&object->path, "use").text, "",
			     "more than %d templates", LAYERS_MAX);
		return;
	}
	while (n-- > 0) {
		const config_setting_t *name = used(use, n), *template;

		if (setting_text(name) == NULL)
			continue;
		template = find_template(l, setting_text(name));
		if (template != NULL)
			object->layers[object->n_layers++] = template;
		else
			dangling_template(l, object, name);
	}
}

static void
add_metric_template(struct loader *l, struct conf_object *object)
{
	const config_setting_t *known =
	    config_lookup(l->built_in, "unit_metrics");
	const config_setting_t *name =
	    config_setting_get_member(object->layers[0], "template");
	int n = config_setting_length(known);
	const char *names[16];

	if (setting_text(name) == NULL || setting_text(name)[0] == '\0')
		return;
	for (int i = 0; i < n && i < 16; i++) {
		const config_setting_t *group =
		    config_setting_get_elem(known, (unsigned int)i);

		names[i] =
		    setting_text(config_setting_get_member(group, "name"));
		if (strcmp(names[i], setting_text(name)) == 0) {
			object->layers[object->n_layers++] = group;
			return;
		}
	}
	loader_dangling(l, setting_origin(name),
			path_join(&object->path, "template").text,
			"built-in metric template", setting_text(name), names,
			(size_t)n, DANGLING_HELD);
}

static void
add_layers(struct loader *l, struct conf_object *object)
{
	const struct schema_section *section = object->section;

	if (section == schema_sections[LIST_WORKLOADS]) {
		add_templates(l, object);
		add_files(l, object, schema_sections[LIST_DEFAULTS]);
	} else if (section == schema_sections[LIST_METRICS]) {
		add_metric_template(l, object);
	}
}

static size_t
count_used(const config_setting_t *group)
{
	const config_setting_t *use = config_setting_get_member(group, "use");
	size_t n = 0;

	while (n <= LAYERS_MAX && used(use, n) != NULL)
		n++;
	return n;
}

static void
add_list(struct loader *l, const struct schema_section *section, size_t file)
{
	const config_setting_t *list = section_setting(l, file, section);
	int n = list == NULL ? 0 : config_setting_length(list);

	for (int i = 0; i < n && !l->failed; i++) {
		const config_setting_t *group =
		    config_setting_get_elem(list, (unsigned int)i);
		struct conf_object *object;

		if (!config_setting_is_group(group))
			continue;
		object =
		    add_object(l, section, 2 + count_used(group) + l->n_texts);
		if (object == NULL)
			return;
		object->layers[object->n_layers++] = group;
		object->origin = *setting_origin(group);
		object->shipped = l->texts[file].profile;
		object->path = setting_path(section, group, i);
		add_layers(l, object);
	}
}

struct conf_object *
loader_objects(const struct loader *l, enum schema_list list, size_t *ret_n)
{
	size_t first = 0, n = 0;

	while (first < l->n_objects &&
	       l->objects[first].section != schema_sections[list])
		first++;
	while (first + n < l->n_objects &&
	       l->objects[first + n].section == schema_sections[list])
		n++;
	*ret_n = n;
	return l->objects + first;
}

static void
check_required(struct loader *l, const struct conf_object *object)
{
	const struct schema_section *section = object->section;
	struct layers layers = {object->layers, object->n_layers};

	for (size_t i = 0; i < section->n_keys; i++) {
		const struct schema_key *key = &section->keys[i];

		if (schema_has(section, key) && (key->flags & KEY_REQUIRED))
			setting_require(l, layers_find(&layers, key->name), key,
					&object->origin, &object->path);
	}
}

/* One array in the configuration for all of a list. */
static void
fill_array(struct loader *l, enum schema_list list)
{
	const struct schema_section *section = schema_sections[list];
	size_t n;
	struct conf_object *objects = loader_objects(l, list, &n);
	char *array = arena_alloc(l->arena, (n + 1) * section->size);

	if (array == NULL)
		return;
	for (size_t i = 0; i < n && !l->failed; i++) {
		struct layers layers = {objects[i].layers, objects[i].n_layers};

		objects[i].value = array + i * section->size;
		layers_fill(l, section, &layers, objects[i].value,
			    objects[i].origins);
		memcpy((char *)objects[i].value + section->origin_offset,
		       &objects[i].origin, sizeof(struct origin));
		if (list == LIST_WORKLOADS && !l->incomplete)
			check_required(l, &objects[i]);
	}
	memcpy((char *)l->config + section->list_offset, &array, sizeof(array));
	memcpy((char *)l->config + section->count_offset, &n, sizeof(n));
}

static void
fill_single(struct loader *l, const struct schema_section *section)
{
	struct conf_object *object = add_object(l, section, l->n_texts + 1);
	struct layers layers;

	if (object == NULL)
		return;
	add_files(l, object, section);
	layers = (struct layers){object->layers, object->n_layers};
	object->value = l->config;
	object->path = path_join(&object->path, section->name);
	layers_fill(l, section, &layers, l->config, object->origins);
}

void
build_objects(struct loader *l)
{
	for (enum schema_list list = 0; list < SCHEMA_LISTS && !l->failed;
	     list++) {
		const struct schema_section *section = schema_sections[list];

		if (list == LIST_DEFAULTS)
			continue;
		if (!section->list) {
			fill_single(l, section);
			continue;
		}
		for (size_t file = 0; file < l->n_texts; file++)
			add_list(l, section, file);
		if (list != LIST_TEMPLATES && !l->failed)
			fill_array(l, list);
	}
	l->failed |= arena_failed(l->arena);
}
