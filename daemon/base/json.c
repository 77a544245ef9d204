/* The canonical writer, and typed look-ups in what json-c parsed. */
#include "base/json.h"
#include "base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

static const int64_t INTEGER_MAX = (INT64_C(1) << 53) - 1;

void
json_writer_init(struct json_writer *w, struct buf *out)
{
	*w = (struct json_writer){.out = out};
}

bool
json_quote(struct buf *out, const char *text, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	size_t plain = 0;

	if (!text_is_utf8(text, len))
		return false;
	buf_putc(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		const char *names = "\"\\\b\f\n\r\t";
		const char *letters = "\"\\bfnrt";
		const char *hit;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, text + plain, i - plain);
		plain = i + 1;
		hit = strchr(names, c);
		if (hit != NULL) {
			buf_putc(out, '\\');
			buf_putc(out, letters[hit - names]);
		} else {
			buf_puts(out, "\\u00");
			buf_putc(out, hex[c >> 4]);
			buf_putc(out, hex[c & 15]);
		}
	}
	buf_add(out, text + plain, len - plain);
	buf_putc(out, '"');
	return true;
}

/* Comma and key before a value. */
static void
begin_value(struct json_writer *w, const char *key)
{
	if (w->depth == 0) {
		assert(key == NULL);
		return;
	}
	if (!w->level[w->depth - 1].first)
		buf_putc(w->out, ',');
	w->level[w->depth - 1].first = false;
	if (w->level[w->depth - 1].array) {
		assert(key == NULL);
		return;
	}
	assert(key != NULL && strlen(key) <= JSON_KEY_MAX);
	assert(strcmp(w->level[w->depth - 1].last_key, key) < 0);
	memcpy(w->level[w->depth - 1].last_key, key, strlen(key) + 1);
	buf_putc(w->out, '"');
	buf_puts(w->out, key);
	buf_puts(w->out, "\":");
}

static void
open_level(struct json_writer *w, const char *key, bool array)
{
	begin_value(w, key);
	assert(w->depth < JSON_DEPTH_MAX);
	w->level[w->depth].array = array;
	w->level[w->depth].first = true;
	w->level[w->depth].last_key[0] = '\0';
	w->depth++;
	buf_putc(w->out, array ? '[' : '{');
}

static void
close_level(struct json_writer *w, bool array)
{
	assert(w->depth > 0 && w->level[w->depth - 1].array == array);
	w->depth--;
	buf_putc(w->out, array ? ']' : '}');
}

void
json_object_open(struct json_writer *w, const char *key)
{
	open_level(w, key, false);
}

void
json_object_close(struct json_writer *w)
{
	close_level(w, false);
}

void
json_array_open(struct json_writer *w, const char *key)
{
	open_level(w, key, true);
}

void
json_array_close(struct json_writer *w)
{
	close_level(w, true);
}

void
json_put_string_n(struct json_writer *w, const char *key, const char *text,
		  size_t len)
{
	begin_value(w, key);
	if (!json_quote(w->out, text, len)) {
		w->invalid = true;
		buf_puts(w->out, "\"\"");
	}
}

void
json_put_string(struct json_writer *w, const char *key, const char *text)
{
	json_put_string_n(w, key, text, strlen(text));
}

void
json_put_string_or_null(struct json_writer *w, const char *key,
			const char *text)
{
	if (text == NULL)
		json_put_null(w, key);
	else
		json_put_string(w, key, text);
}

void
json_put_int(struct json_writer *w, const char *key, int64_t n)
{
	begin_value(w, key);
	if (n > INTEGER_MAX || n < -INTEGER_MAX)
		w->invalid = true;
	buf_printf(w->out, "%" PRId64, n);
}

void
json_put_bool(struct json_writer *w, const char *key, bool value)
{
	begin_value(w, key);
	buf_puts(w->out, value ? "true" : "false");
}

void
json_put_null(struct json_writer *w, const char *key)
{
	begin_value(w, key);
	buf_puts(w->out, "null");
}

void
json_put_raw(struct json_writer *w, const char *key, const char *json,
	     size_t len)
{
	begin_value(w, key);
	buf_add(w->out, json, len);
}

bool
json_writer_ok(const struct json_writer *w)
{
	return w->depth == 0 && !w->invalid && !w->out->failed;
}

int
json_parse(const char *text, size_t len, const struct json_limits *limits,
	   struct json_object **ret_value, struct err *err)
{
	struct json_tokener *tokener;
	struct json_object *value;
	int r;

	r = json_check(text, len, limits, err);
	if (r < 0)
		return r;
	tokener = json_tokener_new_ex(limits->depth + 1);
	if (tokener == NULL)
		return err_set(err, ERR_NOMEM, "no memory to parse JSON");
	/* json-c wants an int, and the terminator to see the end of a
	 * bare number. */
	value = json_tokener_parse_ex(tokener, text, (int)len);
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		value = json_tokener_parse_ex(tokener, "", 1);
	if (json_tokener_get_error(tokener) != json_tokener_success) {
		r = err_set(
		    err, ERR_INVALID, "JSON: %s",
		    json_tokener_error_desc(json_tokener_get_error(tokener)));
		json_object_put(value);
		json_tokener_free(tokener);
		return r;
	}
	json_tokener_free(tokener);
	*ret_value = value;
	return 0;
}

struct json_object *
json_get(struct json_object *o, const char *key)
{
	struct json_object *member;

	if (!json_object_is_type(o, json_type_object) ||
	    !json_object_object_get_ex(o, key, &member))
		return NULL;
	return member;
}

bool
json_holds(struct json_object *list, const char *text)
{
	size_t n = json_object_is_type(list, json_type_array)
		       ? json_object_array_length(list)
		       : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_array_get_idx(list, i);

		if (json_object_is_type(o, json_type_string) &&
		    strcmp(json_object_get_string(o), text) == 0)
			return true;
	}
	return false;
}

const char *
json_get_string(struct json_object *o, const char *key, const char *absent)
{
	struct json_object *member = json_get(o, key);

	return json_object_is_type(member, json_type_string)
		   ? json_object_get_string(member)
		   : absent;
}

int64_t
json_get_int(struct json_object *o, const char *key, int64_t absent)
{
	struct json_object *member = json_get(o, key);

	return json_object_is_type(member, json_type_int)
		   ? json_object_get_int64(member)
		   : absent;
}

bool
json_get_bool(struct json_object *o, const char *key, bool absent)
{
	struct json_object *member = json_get(o, key);

	return json_object_is_type(member, json_type_boolean)
		   ? json_object_get_boolean(member)
		   : absent;
}
