/* Reading evidence out of a JSON body.
 *
 * The strict gate (base/json) has refused duplicate keys, \u0000 and lone
 * surrogates before json-c sees the text, so every string here is text
 * without NUL.  Numbers: json-c clamps what does not fit 64 bits to the
 * ends of their range; those ends lie far beyond the 53 bits that are
 * accepted here, so a clamped number is out of range like any other. */
#include "check/answer.h"
#include "base/json.h"
#include "base/text.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

static const int64_t INTEGER_MAX = (INT64_C(1) << 53) - 1;

void
answer_init(struct answer *answer, const struct http_response *response)
{
	*answer = (struct answer){0};
	if (response->body == NULL)
		return;
	answer->json =
	    json_parse(response->body, response->body_len, &JSON_FOREIGN_LIMITS,
		       &answer->root, NULL) == 0;
}

void
answer_fini(struct answer *answer)
{
	json_object_put(answer->root);
	*answer = (struct answer){0};
}

enum answer_presence
answer_at(const struct answer *answer, const char *pointer,
	  struct json_object **ret_value)
{
	struct json_object *value = NULL;

	if (answer->root == NULL || pointer[0] != '/')
		return ANSWER_MISSING;
	if (json_pointer_get(answer->root, pointer, &value) != 0)
		return ANSWER_MISSING;
	if (value == NULL)
		return ANSWER_NULL;
	if (ret_value != NULL)
		*ret_value = value;
	return ANSWER_VALUE;
}

bool
answer_says(const struct answer *answer, const char *pointer)
{
	struct json_object *value;

	if (answer_at(answer, pointer, &value) != ANSWER_VALUE)
		return false;
	switch (json_object_get_type(value)) {
	case json_type_boolean:
		return json_object_get_boolean(value);
	case json_type_string:
		return json_object_get_string_len(value) > 0;
	default:
		return true;
	}
}

bool
answer_is_true(const struct answer *answer, const char *pointer)
{
	struct json_object *value;

	return answer_at(answer, pointer, &value) == ANSWER_VALUE &&
	       json_object_is_type(value, json_type_boolean) &&
	       json_object_get_boolean(value);
}

void
answer_clean(const char *text, size_t len, char *out, size_t size)
{
	struct buf clean = {0};

	text_clean(&clean, text, len, size - 1);
	/* Without memory the text is lost, never cut at a wrong place. */
	if (clean.failed)
		out[0] = '\0';
	else
		memcpy(out, buf_text(&clean), clean.len + 1);
	buf_free(&clean);
}

bool
answer_text(const struct answer *answer, const char *pointer, char *out,
	    size_t size)
{
	struct json_object *value;
	int64_t n;

	out[0] = '\0';
	if (answer_at(answer, pointer, &value) != ANSWER_VALUE)
		return false;
	if (json_object_is_type(value, json_type_string))
		answer_clean(json_object_get_string(value),
			     (size_t)json_object_get_string_len(value), out,
			     size);
	else if (json_object_is_type(value, json_type_int) &&
		 answer_integer(answer, pointer, &n) == 0)
		snprintf(out, size, "%" PRId64, n);
	return out[0] != '\0';
}

bool
answer_equals(const struct answer *answer, const char *pointer,
	      const char *expected)
{
	struct json_object *value;
	char number[32];
	int64_t n;

	if (answer_at(answer, pointer, &value) != ANSWER_VALUE)
		return false;
	switch (json_object_get_type(value)) {
	case json_type_string:
		return strcmp(json_object_get_string(value), expected) == 0;
	case json_type_boolean:
		return strcmp(json_object_get_boolean(value) ? "true" : "false",
			      expected) == 0;
	case json_type_int:
	case json_type_double:
		if (answer_integer(answer, pointer, &n) < 0)
			return false;
		snprintf(number, sizeof(number), "%" PRId64, n);
		return strcmp(number, expected) == 0;
	default:
		return false;
	}
}

static int
integral_double(double d, int64_t *ret_n)
{
	int64_t n;

	/* Written so that infinity (1e999) fails too. */
	if (!(d <= (double)INTEGER_MAX && d >= -(double)INTEGER_MAX))
		return ERR_LIMIT;
	n = (int64_t)d;
	if ((double)n != d)
		return ERR_INVALID;
	*ret_n = n;
	return 0;
}

int
answer_integer(const struct answer *answer, const char *pointer, int64_t *ret_n)
{
	struct json_object *value;
	int64_t n;

	if (answer_at(answer, pointer, &value) != ANSWER_VALUE)
		return ERR_NOT_FOUND;
	if (json_object_is_type(value, json_type_double))
		return integral_double(json_object_get_double(value), ret_n);
	if (!json_object_is_type(value, json_type_int))
		return ERR_INVALID;
	n = json_object_get_int64(value);
	if (n > INTEGER_MAX || n < -INTEGER_MAX)
		return ERR_LIMIT;
	*ret_n = n;
	return 0;
}

struct usage_field
answer_usage(const struct answer *answer, const char *pointer)
{
	struct usage_field field = {USAGE_MISSING, 0};
	int64_t n;

	switch (answer_integer(answer, pointer, &n)) {
	case 0:
		if (n < 0) {
			field.state = USAGE_OUT_OF_RANGE;
			break;
		}
		field.state = n == 0 ? USAGE_ZERO : USAGE_PRESENT;
		field.tokens = n;
		break;
	case ERR_LIMIT:
		field.state = USAGE_OUT_OF_RANGE;
		break;
	case ERR_INVALID:
		field.state = USAGE_WRONG_TYPE;
		break;
	default:
		if (answer_at(answer, pointer, NULL) == ANSWER_NULL)
			field.state = USAGE_NULL;
		break;
	}
	return field;
}
