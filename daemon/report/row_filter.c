/* Most rows are turned away by their kind and by a plain search in their
 * bytes; the body is only parsed when it holds the words somewhere. */
#include "report/row_filter.h"
#include "base/json.h"

#include <json-c/json.h>
#include <string.h>

static bool
kind_matches(const char *asked, const char *kind)
{
	size_t len = strlen(asked);

	return strncmp(asked, kind, len) == 0 &&
	       (kind[len] == '\0' || kind[len] == '.');
}

static bool
in_bytes(const struct row *row, const char *word)
{
	return word == NULL ||
	       memmem(row->body, row->body_len, word, strlen(word)) != NULL;
}

static bool
is_member(struct json_object *body, const char *key, const char *value)
{
	return strcmp(json_get_string(body, key, ""), value) == 0;
}

/* "support-chat/happy" is about support-chat. */
static bool
about_workload(struct json_object *body, const char *label)
{
	const char *check = json_get_string(body, "check", "");
	size_t len = strlen(label);

	return is_member(body, "workload_label", label) ||
	       is_member(body, "workload", label) ||
	       (strncmp(check, label, len) == 0 && check[len] == '/');
}

static bool
body_matches(const struct row_filter *f, struct json_object *body)
{
	if (f->workload != NULL && !about_workload(body, f->workload))
		return false;
	if (f->owner != NULL && !is_member(body, "owner_group", f->owner) &&
	    !is_member(body, "owner", f->owner))
		return false;
	if (f->check != NULL && !is_member(body, "check", f->check) &&
	    !is_member(body, "source", f->check))
		return false;
	return f->decision == NULL || is_member(body, "decision", f->decision);
}

bool
row_filter_matches(const struct row_filter *f, const struct row *row)
{
	struct json_object *body;
	bool matches;

	if ((f->kind != NULL && !kind_matches(f->kind, row->kind)) ||
	    (f->since.us != 0 && row->at.us < f->since.us) ||
	    (f->until.us != 0 && row->at.us >= f->until.us) ||
	    !in_bytes(row, f->workload) || !in_bytes(row, f->owner) ||
	    !in_bytes(row, f->check) || !in_bytes(row, f->decision))
		return false;
	if (f->workload == NULL && f->owner == NULL && f->check == NULL &&
	    f->decision == NULL)
		return true;
	if (json_parse(row->body, row->body_len, &JSON_LEDGER_LIMITS, &body,
		       NULL) < 0)
		return false;
	matches = body_matches(f, body);
	json_object_put(body);
	return matches;
}
