/* The same name twice is an error that names both places.  Workloads and
 * sources share one name space, for people name both alike on the command
 * line; the sources that a gateway brings are in it too.  Versions of an
 * allocation rule count as different names. */
#include "conf/loader.h"

#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct name {
	const char *text;
	const struct conf_object *object;
	struct origin origin; /* of the name itself */
};

static int
compare_names(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order != 0)
		return order;
	return x->object < y->object ? -1 : x->object > y->object;
}

static struct name
name_of(struct loader *l, const struct conf_object *object)
{
	const struct schema_section *section = object->section;
	struct name name = {"", object, object->origin};
	const struct config_setting_t *setting;
	char version[24];
	struct buf text = {0};

	if (object->brought) {
		name.text = ((const struct source *)object->value)->name;
		return name;
	}
	setting = config_setting_get_member(object->layers[0], section->label);
	if (setting_text(setting) == NULL || setting_text(setting)[0] == '\0')
		return name;
	name.text = setting_text(setting);
	name.origin = *setting_origin(setting);
	if (section == schema_sections[LIST_RULES]) {
		snprintf(
		    version, sizeof(version), "@%d",
		    ((const struct allocation_rule *)object->value)->version);
		buf_puts(&text, name.text);
		buf_puts(&text, version);
		name.text = arena_strdup(l->arena, buf_text(&text));
		buf_free(&text);
		if (name.text == NULL) {
			l->failed = true;
			name.text = "";
		}
	}
	return name;
}

static void
same_name(struct loader *l, const struct name *first, const struct name *second)
{
	const struct origin *other = &first->origin;

	/* complain about what the admin wrote, not about what is brought */
	if (second->object->brought) {
		const struct name *swap = first;

		first = second;
		second = swap;
		other = &first->origin;
	}
	loader_error(
	    l, &second->origin,
	    path_join(&second->object->path, second->object->section->label)
		.text,
	    first->object->brought
		? "choose another name, or set sources in the gateway"
		: "choose another name, or take one of them out",
	    "the same name as at %s:%d%s", other->file, other->line,
	    first->object->brought ? ", which a gateway brings" : "");
}

static void
check_names(struct loader *l, struct name *names, size_t n)
{
	size_t first = 0;

	qsort(names, n, sizeof(*names), compare_names);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(names[first].text, names[i].text) != 0)
			first = i;
		else if (names[i].text[0] != '\0')
			same_name(l, &names[first], &names[i]);
	}
}

/* Names of up to two lists together. */
static void
check_lists(struct loader *l, enum schema_list a, enum schema_list b)
{
	size_t n_a, n_b = 0, n = 0;
	const struct conf_object *of_a = loader_objects(l, a, &n_a);
	const struct conf_object *of_b = of_a;
	struct name *names;

	if (a != b)
		of_b = loader_objects(l, b, &n_b);
	names = calloc(n_a + n_b + 1, sizeof(*names));
	if (names == NULL) {
		l->failed = true;
		return;
	}
	for (size_t i = 0; i < n_a; i++)
		names[n++] = name_of(l, &of_a[i]);
	for (size_t i = 0; i < n_b; i++)
		names[n++] = name_of(l, &of_b[i]);
	check_names(l, names, n);
	free(names);
}

void
resolve_unique(struct loader *l)
{
	static const enum schema_list alone[] = {
	    LIST_PROFILES,     LIST_GATEWAYS,  LIST_OWNERS,
	    LIST_ENVIRONMENTS, LIST_RULES,     LIST_METRICS,
	    LIST_ROLES,	       LIST_TEMPLATES, LIST_ALERTS};

	for (size_t i = 0; i < sizeof(alone) / sizeof(alone[0]); i++)
		check_lists(l, alone[i], alone[i]);
	check_lists(l, LIST_SOURCES, LIST_WORKLOADS);
}
