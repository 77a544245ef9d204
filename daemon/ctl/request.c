/* One table of members serves both directions. */
#include "ctl/request.h"
#include "base/json.h"

#include <json-c/json.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[CTL_COMMANDS] = {
    [CTL_STATUS] = "status",
    [CTL_CREDENTIALS] = "credentials",
    [CTL_RUN] = "run",
    [CTL_PREPARE] = "prepare",
    [CTL_APPROVE] = "approve",
    [CTL_NOTE] = "note",
    [CTL_ACK] = "ack",
    [CTL_SILENCE] = "silence",
    [CTL_UNSILENCE] = "unsilence",
    [CTL_ATTEST_SOURCE] = "attest-source",
    [CTL_ATTEST_USAGE] = "attest-usage",
    [CTL_DECIDE] = "decide",
    [CTL_CORRECT] = "correct",
    [CTL_LEGAL_HOLD] = "legal-hold",
    [CTL_PRUNE] = "prune",
    [CTL_MIRROR] = "mirror",
    [CTL_RELOAD] = "reload",
    [CTL_CHECKPOINT] = "checkpoint",
};

/* In canonical order. */
static const struct member {
	const char *key;
	size_t offset, size; /* size 0: a bool */
} members[] = {
    {"decision", offsetof(struct ctl_request, decision), CTL_TIME_MAX},
    {"dry_run", offsetof(struct ctl_request, dry_run), 0},
    {"for", offsetof(struct ctl_request, duration), CTL_TIME_MAX},
    {"force", offsetof(struct ctl_request, force), 0},
    {"name", offsetof(struct ctl_request, name), CTL_OBJECT_MAX},
    {"nonce", offsetof(struct ctl_request, nonce), CTL_NONCE_MAX},
    {"note", offsetof(struct ctl_request, note), CTL_NOTE_MAX},
    {"release", offsetof(struct ctl_request, release), 0},
    {"role", offsetof(struct ctl_request, role), CTL_NAME_MAX},
    {"run", offsetof(struct ctl_request, run), CTL_TIME_MAX},
    {"since", offsetof(struct ctl_request, since), CTL_TIME_MAX},
    {"snapshot", offsetof(struct ctl_request, snapshot), CTL_NAME_MAX},
    {"surface", offsetof(struct ctl_request, surface), CTL_SURFACE_MAX},
    {"until", offsetof(struct ctl_request, until), CTL_TIME_MAX},
    {"wait", offsetof(struct ctl_request, wait), 0},
};

enum { MEMBERS = sizeof(members) / sizeof(members[0]) };

const char *
ctl_command_name(enum ctl_command command)
{
	return names[command];
}

int
ctl_request_encode(const struct ctl_request *request, struct buf *out)
{
	const char *base = (const char *)request;
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_object_open(&w, "args");
	for (size_t i = 0; i < MEMBERS; i++) {
		const char *field = base + members[i].offset;

		if (members[i].size == 0 && *(const bool *)field)
			json_put_bool(&w, members[i].key, true);
		else if (members[i].size > 0 && field[0] != '\0')
			json_put_string(&w, members[i].key, field);
	}
	json_object_close(&w);
	json_put_string(&w, "command", names[request->command]);
	json_put_int(&w, "v", CTL_VERSION);
	json_object_close(&w);
	return json_writer_ok(&w) ? 0 : ERR_INVALID;
}

static int
decode_member(struct ctl_request *request, const char *key,
	      struct json_object *value, struct err *err)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		char *field = (char *)request + members[i].offset;
		const char *text;

		if (strcmp(members[i].key, key) != 0)
			continue;
		if (members[i].size == 0) {
			if (!json_object_is_type(value, json_type_boolean))
				break;
			*(bool *)field = json_object_get_boolean(value);
			return 0;
		}
		if (!json_object_is_type(value, json_type_string))
			break;
		text = json_object_get_string(value);
		if (strlen(text) > members[i].size)
			return err_set(err, ERR_INVALID,
				       "%s: longer than %zu bytes", key,
				       members[i].size);
		memcpy(field, text, strlen(text) + 1);
		return 0;
	}
	return err_set(err, ERR_INVALID,
		       "argument %.64s: unknown, or of a wrong type", key);
}

static int
decode_command(struct json_object *message, struct ctl_request *request,
	       struct err *err)
{
	const char *name = json_get_string(message, "command", "");

	for (size_t i = 0; i < CTL_COMMANDS; i++) {
		if (strcmp(names[i], name) == 0) {
			request->command = (enum ctl_command)i;
			return 0;
		}
	}
	return err_set(err, ERR_INVALID, "unknown command \"%.32s\"", name);
}

static int
decode(struct json_object *message, struct ctl_request *request,
       struct err *err)
{
	struct json_object *args = json_get(message, "args");
	int r;

	if (json_get_int(message, "v", 0) != CTL_VERSION)
		return err_set(
		    err, ERR_INVALID,
		    "this daemon speaks control protocol version %d; use the "
		    "evidencectl of the same release",
		    CTL_VERSION);
	r = decode_command(message, request, err);
	if (r < 0)
		return r;
	if (!json_object_is_type(args, json_type_object))
		return err_set(err, ERR_INVALID, "args: an object is expected");
	json_object_object_foreach(args, key, value)
	{
		r = decode_member(request, key, value, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int
ctl_request_decode(const char *line, size_t len,
		   struct ctl_request *ret_request, struct err *err)
{
	struct ctl_request request = {0};
	struct json_object *message;
	int r;

	if (len > CTL_MESSAGE_MAX)
		return err_set(err, ERR_LIMIT, "message of over %d bytes",
			       CTL_MESSAGE_MAX);
	r = json_parse(line, len, &JSON_FOREIGN_LIMITS, &message, err);
	if (r < 0)
		return r;
	r = decode(message, &request, err);
	json_object_put(message);
	if (r == 0)
		*ret_request = request;
	return r;
}

int
ctl_reply_encode(int exit_status, const char *text, struct buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_int(&w, "status", exit_status);
	json_put_string(&w, "text", text);
	json_put_int(&w, "v", CTL_VERSION);
	json_object_close(&w);
	return json_writer_ok(&w) ? 0 : ERR_INVALID;
}

int
ctl_reply_decode(const char *line, size_t len, int *ret_exit_status,
		 char **ret_text, struct err *err)
{
	struct json_object *message;
	int64_t status;
	char *text;
	int r;

	r = json_parse(line, len, &JSON_FOREIGN_LIMITS, &message, err);
	if (r < 0)
		return r;
	status = json_get_int(message, "status", -1);
	text = strdup(json_get_string(message, "text", ""));
	json_object_put(message);
	if (text == NULL)
		return err_set(err, ERR_NOMEM, "no memory");
	if (status < 0 || status > 255) {
		free(text);
		return err_set(err, ERR_INVALID, "reply without a status");
	}
	*ret_exit_status = (int)status;
	*ret_text = text;
	return 0;
}
