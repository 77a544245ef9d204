/* Only members of the body's first level count, and only strings.  The index
 * reads every row this way. */
#include "ledger/facets.h"
#include "base/json_pick.h"
#include "base/wall.h"

#include <stdbool.h>
#include <string.h>

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

/* The first of the two that says something. */
static void
copy_first(char out[FACET_SIZE], const struct json_slice *first,
	   const struct json_slice *second)
{
	json_slice_string(first, out, FACET_SIZE);
	if (out[0] == '\0')
		json_slice_string(second, out, FACET_SIZE);
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
set_day(char out[WALL_DAY_LEN + 1], const struct json_slice *review_date,
	struct wall_time at)
{
	int32_t day;

	if (!json_slice_string(review_date, out, WALL_DAY_LEN + 1) ||
	    day_parse(out, &day) < 0)
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
	struct json_slice found[MEMBERS];

	json_pick(row->body, row->body_len, member_names, MEMBERS, found);
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
	json_slice_string(&found[MEMBER_ENVIRONMENT], ret->environment,
			  FACET_SIZE);
	json_slice_string(&found[MEMBER_DECISION], ret->decision, FACET_SIZE);
}
