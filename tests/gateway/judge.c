/* The rules come from the documentation of chat completions: media type,
 * one whole JSON object, a known model of type chat, at least one message
 * with a role and content, a token limit of at least 1.  It shares no code
 * with the client that is being tested: JSON is read by json-c alone. */
#include "judge.h"

#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { TOKENS_MAX = 131072, DEPTH_MAX = 32 };

static enum judgement refuse(struct chat_request *ret, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static enum judgement
refuse(struct chat_request *ret, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ret->detail, sizeof(ret->detail), fmt, ap);
	va_end(ap);
	return JUDGE_BAD_REQUEST;
}

static bool
is_json_type(const char *type)
{
	static const char want[] = "application/json";
	const size_t n = sizeof(want) - 1;

	if (type == NULL || strncasecmp(type, want, n) != 0)
		return false;
	return type[n] == '\0' || strcasecmp(type + n, "; charset=utf-8") == 0;
}

/* json-c lets control characters stand in strings; JSON does not. */
static bool
control_in_string(const char *body, size_t len)
{
	bool inside = false;

	for (size_t i = 0; i < len; i++) {
		if (inside && (unsigned char)body[i] < 0x20)
			return true;
		if (inside && body[i] == '\\')
			i++;
		else if (body[i] == '"')
			inside = !inside;
	}
	return false;
}

/* The one value in the bytes, or NULL.  The caller puts it. */
static struct json_object *
parse(const char *body, size_t len)
{
	struct json_tokener *tok;
	struct json_object *o = NULL;

	if (control_in_string(body, len))
		return NULL;
	tok = json_tokener_new_ex(DEPTH_MAX);
	if (tok == NULL)
		return NULL;
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT |
					JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tok, body, (int)len);
	if (json_tokener_get_error(tok) != json_tokener_success ||
	    json_tokener_get_parse_end(tok) != len) {
		json_object_put(o);
		o = NULL;
	}
	json_tokener_free(tok);
	return o;
}

static bool
known_role(const char *role)
{
	static const char *const roles[] = {"developer", "system", "user",
					    "assistant", "tool"};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcmp(role, roles[i]) == 0)
			return true;
	}
	return false;
}

static enum judgement
judge_messages(struct json_object *root, struct chat_request *ret)
{
	struct json_object *list, *role, *content;

	if (!json_object_object_get_ex(root, "messages", &list) ||
	    !json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) == 0)
		return refuse(ret, "field messages is required");
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *m = json_object_array_get_idx(list, i);

		if (!json_object_object_get_ex(m, "role", &role) ||
		    !json_object_is_type(role, json_type_string) ||
		    !known_role(json_object_get_string(role)))
			return refuse(ret, "messages[%zu].role is wrong", i);
		if (!json_object_object_get_ex(m, "content", &content) ||
		    !(json_object_is_type(content, json_type_string) ||
		      json_object_is_type(content, json_type_array)))
			return refuse(ret, "messages[%zu].content is wrong", i);
	}
	return JUDGE_GOOD;
}

static enum judgement
judge_numbers(struct json_object *root, struct chat_request *ret)
{
	static const char *const names[] = {"max_tokens",
					    "max_completion_tokens"};
	struct json_object *o;

	ret->max_tokens = -1;
	for (size_t i = 0; i < 2; i++) {
		if (!json_object_object_get_ex(root, names[i], &o))
			continue;
		if (ret->max_tokens >= 0)
			return refuse(ret, "two token limits");
		if (!json_object_is_type(o, json_type_int) ||
		    json_object_get_int64(o) < 1 ||
		    json_object_get_int64(o) > TOKENS_MAX)
			return refuse(ret, "%s is invalid", names[i]);
		ret->max_tokens = (long)json_object_get_int64(o);
	}
	if (json_object_object_get_ex(root, "stream", &o)) {
		if (!json_object_is_type(o, json_type_boolean))
			return refuse(ret, "stream is not a boolean");
		ret->stream = json_object_get_boolean(o);
	}
	return JUDGE_GOOD;
}

static bool
in_catalogue(const char *catalogue, const char *model)
{
	struct json_object *root = json_tokener_parse(catalogue);
	struct json_object *data, *id, *type;
	bool found = false;

	if (json_object_object_get_ex(root, "data", &data) &&
	    json_object_is_type(data, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(data); i++) {
			struct json_object *o =
			    json_object_array_get_idx(data, i);

			if (json_object_object_get_ex(o, "id", &id) &&
			    json_object_object_get_ex(o, "model_type", &type) &&
			    strcmp(json_object_get_string(id), model) == 0 &&
			    strcmp(json_object_get_string(type), "chat") == 0)
				found = true;
		}
	}
	json_object_put(root);
	return found;
}

static enum judgement
judge_object(const char *catalogue, struct json_object *root,
	     struct chat_request *ret)
{
	struct json_object *model;
	enum judgement rc;

	if (!json_object_is_type(root, json_type_object))
		return refuse(ret, "the body is no object");
	if (!json_object_object_get_ex(root, "model", &model) ||
	    !json_object_is_type(model, json_type_string) ||
	    json_object_get_string_len(model) == 0)
		return refuse(ret, "field model is required");
	if (json_object_get_string_len(model) >= JUDGE_TEXT_MAX)
		return refuse(ret, "field model is too long");
	snprintf(ret->model, sizeof(ret->model), "%s",
		 json_object_get_string(model));
	rc = judge_messages(root, ret);
	if (rc == JUDGE_GOOD)
		rc = judge_numbers(root, ret);
	if (rc == JUDGE_GOOD && !in_catalogue(catalogue, ret->model))
		rc = JUDGE_UNKNOWN_MODEL;
	return rc;
}

enum judgement
judge_chat(const char *catalogue, const char *content_type, const char *body,
	   size_t len, struct chat_request *ret)
{
	struct json_object *root;
	enum judgement rc;

	*ret = (struct chat_request){0};
	if (!is_json_type(content_type))
		return refuse(ret, "the content type is not application/json");
	root = parse(body, len);
	if (root == NULL)
		return refuse(ret, "the body is not JSON");
	rc = judge_object(catalogue, root, ret);
	json_object_put(root);
	return rc;
}
