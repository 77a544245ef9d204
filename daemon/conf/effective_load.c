/* Back from the canonical text (effective.c) to the configuration that it was
 * made of: JSON becomes libconfig text, which is loaded as any other.
 *
 * The text holds the sources that gateways bring, behind all others, and
 * loading brings them again; they are known by their names alone, so as many
 * are left out as could have been brought, then fewer.  What comes to another
 * text is not what was loaded, and is refused: a newer daemon may have
 * written keys that are not known here. */
#include "conf/load.h"
#include "conf/loader.h"

#include "base/json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

enum { PLAIN_INT_MAX = 999999999 }; /* a longer one needs an L */

static void put_value(struct json_object *value, struct buf *out);

static void
put_string(const char *text, struct buf *out)
{
	buf_putc(out, '"');
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *c);
	}
	buf_putc(out, '"');
}

static void
put_members(struct json_object *object, struct buf *out)
{
	json_object_object_foreach(object, key, value)
	{
		buf_printf(out, "%s = ", key);
		put_value(value, out);
		buf_puts(out, ";\n");
	}
}

/* The first n elements; groups stand in a list, scalars in an array. */
static void
put_elements(struct json_object *array, size_t n, struct buf *out)
{
	bool groups = json_object_is_type(json_object_array_get_idx(array, 0),
					  json_type_object);

	buf_puts(out, groups ? "( " : "[ ");
	for (size_t i = 0; i < n; i++) {
		buf_puts(out, i == 0 ? "" : ", ");
		put_value(json_object_array_get_idx(array, i), out);
	}
	buf_puts(out, groups ? " )" : " ]");
}

static void
put_value(struct json_object *value, struct buf *out)
{
	int64_t n = json_object_get_int64(value);

	switch (json_object_get_type(value)) {
	case json_type_object:
		buf_puts(out, "{\n");
		put_members(value, out);
		buf_putc(out, '}');
		break;
	case json_type_array:
		put_elements(value, json_object_array_length(value), out);
		break;
	case json_type_boolean:
		buf_puts(out,
			 json_object_get_boolean(value) ? "true" : "false");
		break;
	case json_type_int:
		buf_printf(out, "%" PRId64 "%s", n,
			   n > PLAIN_INT_MAX ? "L" : "");
		break;
	default:
		put_string(json_object_get_string(value), out);
		break;
	}
}

static void
put_whole(struct json_object *effective, size_t n_sources, struct buf *out)
{
	const char *sources = schema_sections[LIST_SOURCES]->name;

	json_object_object_foreach(effective, key, value)
	{
		buf_printf(out, "%s = ", key);
		if (strcmp(key, sources) == 0 &&
		    json_object_is_type(value, json_type_array))
			put_elements(value, n_sources, out);
		else
			put_value(value, out);
		buf_puts(out, ";\n");
	}
}

static size_t
length_of(struct json_object *list)
{
	return json_object_is_type(list, json_type_array)
		   ? json_object_array_length(list)
		   : 0;
}

/* <gateway>-<kind>, or <gateway>-<kind>-<model>. */
static bool
may_be_brought(struct json_object *source, struct json_object *gateways)
{
	const char *name = json_get_string(source, "name", "");
	const char *kind = json_get_string(source, "kind", "");

	for (size_t i = 0; i < length_of(gateways); i++) {
		const char *gateway = json_get_string(
		    json_object_array_get_idx(gateways, i), "name", "");
		size_t n = strlen(gateway);

		if (strncmp(name, gateway, n) == 0 && name[n] == '-' &&
		    strncmp(name + n + 1, kind, strlen(kind)) == 0)
			return true;
	}
	return false;
}

/* How many sources come before those that may have been brought. */
static size_t
count_own(struct json_object *effective)
{
	struct json_object *list = json_get(effective, "sources");
	size_t n = length_of(list);

	while (n > 0 && may_be_brought(json_object_array_get_idx(list, n - 1),
				       json_get(effective, "gateways")))
		n--;
	return n;
}

/* The origin of what is loaded is no file. */
static int
try(const char *wanted, const struct buf *text, conf_zone_fn *zone,
    void *zone_ctx, struct config **ret_config)
{
	const struct conf_text file = {
	    .path = "", .text = buf_text(text), .len = text->len};
	struct conf_report report;
	struct config *config;
	int r = text->failed
		    ? ERR_NOMEM
		    : conf_load(&file, 1, zone, zone_ctx, &config, &report);

	if (text->failed)
		return r;
	conf_report_free(&report);
	if (r < 0)
		return r;
	if (strcmp(config->effective, wanted) != 0) {
		config_free(config);
		return ERR_INVALID;
	}
	*ret_config = config;
	return 0;
}

int
conf_load_effective(const char *effective, conf_zone_fn *zone, void *zone_ctx,
		    struct config **ret_config)
{
	struct json_limits limits = JSON_FOREIGN_LIMITS;
	struct json_object *all;
	struct buf text = {0};
	size_t n, most;
	int r;

	limits.elements = SIZE_MAX;
	r = json_parse(effective, strlen(effective), &limits, &all, NULL);
	if (r < 0)
		return r;
	if (!json_object_is_type(all, json_type_object)) {
		json_object_put(all);
		return ERR_INVALID;
	}
	most = length_of(json_get(all, "sources"));
	n = count_own(all);
	do {
		buf_reset(&text);
		put_whole(all, n, &text);
		r = try(effective, &text, zone, zone_ctx, ret_config);
	} while (r == ERR_INVALID && ++n <= most);
	buf_free(&text);
	json_object_put(all);
	return r;
}
