/* Numbers land in members of 1, 4 or 8 bytes (bool, int and enum, int64_t);
 * lists in struct string_list, struct int_list, or as bits. */
#include "conf/store.h"

#include "base/err.h"
#include "conf/config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void *
member(const struct schema_key *key, void *base)
{
	assert(key->offset != SCHEMA_NOWHERE);
	return (char *)base + key->offset;
}

static const void *
member_of(const struct schema_key *key, const void *base)
{
	return (const char *)base + key->offset;
}

static void
put_number(void *at, size_t size, int64_t n)
{
	int narrow = (int)n;
	bool truth = n != 0;

	if (size == sizeof(bool))
		memcpy(at, &truth, sizeof(truth));
	else if (size == sizeof(int))
		memcpy(at, &narrow, sizeof(narrow));
	else
		memcpy(at, &n, sizeof(n));
}

static int64_t
get_number(const void *at, size_t size)
{
	int narrow;
	bool truth;
	int64_t n;

	if (size == sizeof(bool)) {
		memcpy(&truth, at, sizeof(truth));
		return truth;
	}
	if (size == sizeof(int)) {
		memcpy(&narrow, at, sizeof(narrow));
		return narrow;
	}
	memcpy(&n, at, sizeof(n));
	return n;
}

void
store_scalar(const struct schema_key *key, void *base,
	     const struct value *value)
{
	if (value_is_number(key->type))
		put_number(member(key, base), key->size, value->n);
	else
		memcpy(member(key, base), &value->text, sizeof(value->text));
}

static int
store_numbers(const struct schema_key *key, void *base, struct arena *arena,
	      const struct value *values, size_t n)
{
	int *at = arena_alloc(arena, (n + 1) * sizeof(*at));
	struct int_list list = {at, n};

	if (at == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		at[i] = (int)values[i].n;
	memcpy(member(key, base), &list, sizeof(list));
	return 0;
}

int
store_list(const struct schema_key *key, void *base, struct arena *arena,
	   const struct value *values, size_t n)
{
	struct string_list list = {NULL, n};
	struct value bits = {0};
	const char **at;

	if (key->type == SCHEMA_FLAGS) {
		for (size_t i = 0; i < n; i++)
			bits.n |= values[i].n;
		store_scalar(key, base, &bits);
		return 0;
	}
	if (value_is_number(key->type))
		return store_numbers(key, base, arena, values, n);
	at = arena_alloc(arena, (n + 1) * sizeof(*at));
	if (at == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		at[i] = values[i].text;
	list.at = at;
	memcpy(member(key, base), &list, sizeof(list));
	return 0;
}

enum { FALLBACKS_MAX = 8, FALLBACK_BYTES = 64 };

/* The values of the fallback; they are constants of ours. */
static size_t
read_fallback(const struct schema_key *key, struct value *values)
{
	struct problem problem;
	char text[FALLBACK_BYTES];
	size_t n = 0;

	if (key->fallback == NULL)
		return 0;
	if (!schema_is_list(key)) {
		if (!schema_is_string(key->type))
			values[0].n = strcmp(key->fallback, "true") == 0
					  ? 1
					  : strtol(key->fallback, NULL, 10);
		else if (value_from_text(key, key->fallback, NULL, &values[0],
					 &problem) != 0)
			assert(false && "a fallback that its own key refuses");
		return 1;
	}
	assert(value_is_number(key->type)); /* text below does not last */
	for (const char *at = key->fallback; *at != '\0';
	     at += strspn(at, ",")) {
		size_t len = strcspn(at, ",");

		assert(len < sizeof(text) && n < FALLBACKS_MAX);
		memcpy(text, at, len);
		text[len] = '\0';
		if (key->type == SCHEMA_INT)
			values[n].n = strtol(text, NULL, 10);
		else if (value_from_text(key, text, NULL, &values[n],
					 &problem) != 0)
			assert(false && "a fallback that its own key refuses");
		n++;
		at += len;
	}
	return n;
}

int
store_default(const struct schema_key *key, void *base, struct arena *arena)
{
	struct value values[FALLBACKS_MAX] = {{.text = ""}};
	size_t n = read_fallback(key, values);

	if (schema_is_list(key))
		return store_list(key, base, arena, values, n);
	if (n == 0)
		values[0] = (struct value){key->absent, ""};
	store_scalar(key, base, &values[0]);
	return 0;
}

bool
store_get(const struct schema_key *key, const void *base, struct value *ret)
{
	const void *at = member_of(key, base);

	if (value_is_number(key->type)) {
		ret->n = get_number(at, key->size);
		return key->fallback != NULL ||
		       (key->flags & KEY_REQUIRED) != 0 ||
		       ret->n != key->absent;
	}
	memcpy(&ret->text, at, sizeof(ret->text));
	return ret->text[0] != '\0';
}

/* The words whose bits make up n: one word for all of them if there is one,
 * else one word per bit. */
static size_t
flag_values(const struct schema_key *key, int64_t n, struct value *values)
{
	size_t count = 0;

	for (const struct schema_word *w = key->words; w->name != NULL; w++) {
		if (w->value == n) {
			values[0].n = n;
			return 1;
		}
	}
	for (const struct schema_word *w = key->words; w->name != NULL; w++) {
		if ((w->value & (w->value - 1)) == 0 && (n & w->value) != 0)
			values[count++].n = w->value;
	}
	return count;
}

enum { FLAGS_MAX = 32 };

int
store_get_list(const struct schema_key *key, const void *base,
	       struct store_list *ret)
{
	const void *at = member_of(key, base);
	struct string_list texts = {NULL, 0};
	struct int_list numbers = {NULL, 0};
	struct value *values;
	size_t n = FLAGS_MAX;

	if (key->type != SCHEMA_FLAGS && value_is_number(key->type)) {
		memcpy(&numbers, at, sizeof(numbers));
		n = numbers.n;
	} else if (key->type != SCHEMA_FLAGS) {
		memcpy(&texts, at, sizeof(texts));
		n = texts.n;
	}
	values = calloc(n + 1, sizeof(*values));
	if (values == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < numbers.n; i++)
		values[i].n = numbers.at[i];
	for (size_t i = 0; i < texts.n; i++)
		values[i].text = texts.at[i];
	if (key->type == SCHEMA_FLAGS)
		n = flag_values(key, get_number(at, key->size), values);
	*ret = (struct store_list){values, n};
	return 0;
}

void
store_list_free(struct store_list *list)
{
	free(list->at);
	*list = (struct store_list){NULL, 0};
}

const void *
store_section(const struct schema_section *section, const struct config *config,
	      size_t *ret_n)
{
	const char *base = (const char *)config;
	const void *at;

	memcpy(&at, base + section->list_offset, sizeof(at));
	memcpy(ret_n, base + section->count_offset, sizeof(*ret_n));
	return at;
}

bool
store_present(const struct schema_section *group, const void *base)
{
	bool present;

	if (group->present_offset == SCHEMA_NOWHERE)
		return true;
	memcpy(&present, (const char *)base + group->present_offset,
	       sizeof(present));
	return present;
}

const void *
store_get_groups(const struct schema_key *key, const void *base, size_t *ret_n)
{
	const void *at;

	memcpy(&at, member_of(key, base), sizeof(at));
	memcpy(ret_n, (const char *)base + key->count_offset, sizeof(*ret_n));
	return at;
}

static void
put_list(const struct schema_key *key, const struct value *values, size_t n,
	 struct buf *out)
{
	/* "daily" reads better than [ "daily" ] */
	if (key->type == SCHEMA_FLAGS && n == 1) {
		value_to_config(key, &values[0], out);
		return;
	}
	buf_puts(out, "[ ");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_puts(out, ", ");
		value_to_config(key, &values[i], out);
	}
	buf_puts(out, n > 0 ? " ]" : "]");
}

void
store_default_text(const struct schema_key *key, struct buf *out)
{
	struct value values[FALLBACKS_MAX] = {{.text = ""}};
	size_t n;

	if (key->fallback == NULL)
		return;
	n = read_fallback(key, values);
	if (schema_is_list(key) && key->type != SCHEMA_FLAGS)
		put_list(key, values, n, out);
	else
		value_to_config(key, &values[0], out);
}

void
store_text(const struct schema_key *key, const void *base, struct buf *out)
{
	struct value value;
	struct store_list list;

	if (!schema_is_list(key)) {
		if (store_get(key, base, &value))
			value_to_config(key, &value, out);
		return;
	}
	if (store_get_list(key, base, &list) != 0) {
		out->failed = true;
		return;
	}
	/* an empty list counts where the default is not one */
	if (list.n > 0 || key->fallback != NULL)
		put_list(key, list.at, list.n, out);
	store_list_free(&list);
}
