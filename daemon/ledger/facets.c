/* The members of a body's first level that are strings are noted where they
 * stand; what lies deeper is skipped by counting brackets outside of strings.
 * Building a tree of the body would cost ten times as much, and the index
 * reads every row.
 *
 * The text is canonical (ledger.md, section 1): no white space, and \" and
 * \\ are the only escapes of a string.  It is not checked again; whatever
 * breaks the form ends the reading, never leaves the text. */
#include "ledger/facets.h"
#include "base/wall.h"

#include <stdbool.h>
#include <string.h>

struct slice {
	const char *at; /* NULL: no such member */
	size_t len;
};

struct cursor {
	const char *p, *end;
};

enum member {
	MEMBER_CHECK,
	MEMBER_DECISION,
	MEMBER_ENVIRONMENT,
	MEMBER_OWNER,
	MEMBER_OWNER_GROUP,
	MEMBER_REVIEW_DATE,
	MEMBER_SOURCE,
	MEMBER_WORKLOAD,
	MEMBER_WORKLOAD_LABEL,
	MEMBERS
};

static const char *const member_names[MEMBERS] = {
    [MEMBER_CHECK] = "check",
    [MEMBER_DECISION] = "decision",
    [MEMBER_ENVIRONMENT] = "environment",
    [MEMBER_OWNER] = "owner",
    [MEMBER_OWNER_GROUP] = "owner_group",
    [MEMBER_REVIEW_DATE] = "review_date",
    [MEMBER_SOURCE] = "source",
    [MEMBER_WORKLOAD] = "workload",
    [MEMBER_WORKLOAD_LABEL] = "workload_label",
};

static bool
take(struct cursor *c, char wanted)
{
	if (c->p == c->end || *c->p != wanted)
		return false;
	c->p++;
	return true;
}

/* Behind a backslash. */
static bool
take_escape(struct cursor *c)
{
	return take(c, '"') || take(c, '\\');
}

/* What stands between the quotes, escapes and all. */
static bool
take_string(struct cursor *c, struct slice *ret)
{
	if (!take(c, '"'))
		return false;
	ret->at = c->p;
	while (c->p < c->end && *c->p != '"') {
		if ((unsigned char)*c->p < ' ')
			return false;
		if (*c->p++ == '\\' && !take_escape(c))
			return false;
	}
	ret->len = (size_t)(c->p - ret->at);
	return take(c, '"');
}

/* A value that is no string: up to the comma or bracket behind it. */
static bool
skip_value(struct cursor *c)
{
	struct slice inside;
	int depth = 0;

	while (c->p < c->end) {
		if (*c->p == '"') {
			if (!take_string(c, &inside))
				return false;
			continue;
		}
		if (depth == 0 && (*c->p == ',' || *c->p == '}'))
			return true;
		if (*c->p == '{' || *c->p == '[')
			depth++;
		else if (*c->p == '}' || *c->p == ']')
			depth--;
		c->p++;
	}
	return false;
}

static void
note(struct slice found[MEMBERS], const struct slice *key,
     const struct slice *value)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		if (strlen(member_names[i]) == key->len &&
		    memcmp(member_names[i], key->at, key->len) == 0)
			found[i] = *value;
	}
}

static bool
take_member(struct cursor *c, struct slice found[MEMBERS])
{
	struct slice key, value;

	if (!take_string(c, &key) || !take(c, ':'))
		return false;
	if (c->p == c->end || *c->p != '"')
		return skip_value(c);
	if (!take_string(c, &value))
		return false;
	note(found, &key, &value);
	return true;
}

static bool
take_object(struct cursor *c, struct slice found[MEMBERS])
{
	if (!take(c, '{'))
		return false;
	if (take(c, '}'))
		return c->p == c->end;
	do {
		if (!take_member(c, found))
			return false;
	} while (take(c, ','));
	return take(c, '}') && c->p == c->end;
}

static void
copy(char out[FACET_SIZE], const struct slice *text)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < text->len; i++) {
		i += text->at[i] == '\\';
		if (n == FACET_MAX) {
			out[0] = '\0';
			return;
		}
		out[n++] = text->at[i];
	}
	out[n] = '\0';
}

/* The first of the two that says something. */
static void
copy_first(char out[FACET_SIZE], const struct slice *first,
	   const struct slice *second)
{
	copy(out, first);
	if (out[0] == '\0')
		copy(out, second);
}

/* "support-chat/happy" is about support-chat. */
static void
copy_label(char out[FACET_SIZE], const char *check)
{
	size_t len = strcspn(check, "/");

	if (check[len] != '/')
		return;
	memcpy(out, check, len);
	out[len] = '\0';
}

static void
set_day(char out[WALL_DAY_LEN + 1], const struct slice *review_date,
	struct wall_time at)
{
	int32_t day;

	if (review_date->len == WALL_DAY_LEN) {
		memcpy(out, review_date->at, WALL_DAY_LEN);
		out[WALL_DAY_LEN] = '\0';
		if (day_parse(out, &day) == 0)
			return;
	}
	day_format(wall_day(at), out);
}

static bool
is_alert(const struct row *row)
{
	return strcmp(row->kind, "alert.raised") == 0 ||
	       strcmp(row->kind, "alert.resolved") == 0;
}

void
facets_read(struct facets *ret, const struct row *row)
{
	struct cursor c = {row->body, row->body + row->body_len};
	struct slice found[MEMBERS] = {0};

	if (!take_object(&c, found))
		memset(found, 0, sizeof(found));
	set_day(ret->day, &found[MEMBER_REVIEW_DATE], row->at);
	copy_first(ret->check, &found[MEMBER_CHECK], &found[MEMBER_SOURCE]);
	copy_first(ret->workload, &found[MEMBER_WORKLOAD_LABEL],
		   &found[MEMBER_WORKLOAD]);
	if (ret->workload[0] == '\0')
		copy_label(ret->workload, ret->check);
	copy_first(ret->owner, &found[MEMBER_OWNER_GROUP],
		   &found[MEMBER_OWNER]);
	if (ret->owner[0] == '\0' && is_alert(row))
		memcpy(ret->owner, FACETS_OWNER_NONE,
		       sizeof(FACETS_OWNER_NONE));
	copy(ret->environment, &found[MEMBER_ENVIRONMENT]);
	copy(ret->decision, &found[MEMBER_DECISION]);
}
