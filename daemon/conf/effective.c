/* The canonical text of what was loaded: JSON with the keys of the schema in
 * ascending order, what is not set left out.  Its digest names a
 * configuration in the ledger; it holds names of credentials and no value. */
#include "conf/loader.h"

#include "conf/store.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 64 };

static int
compare_keys(const void *a, const void *b)
{
	const struct schema_key *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* The keys of a section that have a value, by name. */
static size_t
sorted_keys(const struct schema_section *section,
	    const struct schema_key *out[KEYS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < section->n_keys && n < KEYS_MAX; i++) {
		const struct schema_key *key = &section->keys[i];

		if (schema_has(section, key) && key->offset != SCHEMA_NOWHERE)
			out[n++] = key;
	}
	qsort(out, n, sizeof(out[0]), compare_keys);
	return n;
}

static void put_object(struct json_writer *w, const char *name,
		       const struct schema_section *section, const void *base);

static void
put_list(struct json_writer *w, const struct schema_key *key, const void *base)
{
	struct store_list list;

	if (store_get_list(key, base, &list) != 0) {
		w->invalid = true;
		return;
	}
	if (list.n > 0 || key->fallback != NULL) {
		json_array_open(w, key->name);
		for (size_t i = 0; i < list.n; i++)
			value_to_json(w, key, NULL, &list.at[i]);
		json_array_close(w);
	}
	store_list_free(&list);
}

static void
put_groups(struct json_writer *w, const char *name,
	   const struct schema_section *section, const void *array, size_t n)
{
	if (n == 0)
		return;
	json_array_open(w, name);
	for (size_t i = 0; i < n; i++)
		put_object(w, NULL, section,
			   (const char *)array + i * section->size);
	json_array_close(w);
}

static void
put_key(struct json_writer *w, const struct schema_key *key, const void *base)
{
	struct value value;
	const void *array;
	size_t n;

	if (key->type == SCHEMA_GROUP) {
		if (store_present(key->group, base))
			put_object(w, key->name, key->group, base);
	} else if (key->type == SCHEMA_GROUPS) {
		array = store_get_groups(key, base, &n);
		put_groups(w, key->name, key->group, array, n);
	} else if (schema_is_list(key)) {
		put_list(w, key, base);
	} else if (store_get(key, base, &value)) {
		value_to_json(w, key, key->name, &value);
	}
}

static void
put_object(struct json_writer *w, const char *name,
	   const struct schema_section *section, const void *base)
{
	const struct schema_key *keys[KEYS_MAX];
	size_t n = sorted_keys(section, keys);

	json_object_open(w, name);
	for (size_t i = 0; i < n; i++)
		put_key(w, keys[i], base);
	json_object_close(w);
}

void
effective_object(const struct schema_section *section, const void *value,
		 struct buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out);
	put_object(&w, NULL, section, value);
	if (!json_writer_ok(&w))
		out->failed = true;
}

static int
compare_sections(const void *a, const void *b)
{
	const struct schema_section *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

bool
effective_whole(const struct config *config, struct buf *out)
{
	const struct schema_section *sections[SCHEMA_LISTS];
	struct json_writer w;

	memcpy(sections, schema_sections, sizeof(sections));
	qsort(sections, SCHEMA_LISTS, sizeof(sections[0]), compare_sections);
	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	for (size_t i = 0; i < SCHEMA_LISTS; i++) {
		const struct schema_section *section = sections[i];
		const void *array;
		size_t n;

		if (section->size == 0)
			continue; /* defaults and templates are resolved */
		if (!section->list) {
			put_object(&w, section->name, section, config);
			continue;
		}
		array = store_section(section, config, &n);
		put_groups(&w, section->name, section, array, n);
	}
	json_object_close(&w);
	return json_writer_ok(&w);
}
