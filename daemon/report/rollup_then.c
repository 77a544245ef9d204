/* What the configuration that was in force on the review date said of owners
 * and rules, out of its effective text: there every group has the keys that
 * were set, under their own names. */
#include "base/json.h"
#include "report/rollup_inside.h"

#include <json-c/json.h>
#include <string.h>

static int
read_list(const char *text, struct json_object **ret)
{
	struct json_limits limits = JSON_FOREIGN_LIMITS;
	int r = 0;

	limits.elements = SIZE_MAX;
	if (text != NULL)
		r = json_parse(text, strlen(text), &limits, ret, NULL);
	return r == ERR_NOMEM ? r : 0;
}

int
rollup_then_read(struct rollup *r)
{
	int n = read_list(r->span->owners, &r->owners);

	return n == 0 ? read_list(r->span->rules, &r->rules) : n;
}

void
rollup_then_free(struct rollup *r)
{
	json_object_put(r->owners);
	json_object_put(r->rules);
}

bool
rollup_then_known(const struct rollup *r)
{
	return r->span->in_force_kept;
}

/* A day that is not set is no limit. */
static int32_t
day_of(struct json_object *group, const char *key, int32_t otherwise)
{
	int32_t day;

	return day_parse(json_get_string(group, key, ""), &day) < 0 ? otherwise
								    : day;
}

struct dated {
	struct json_object *list;
	const char *key, *from, *to;
};

static bool
is_in_force(const struct rollup *r, const struct dated *d,
	    struct json_object *group)
{
	return day_of(group, d->from, INT32_MIN) <= r->day &&
	       r->day <= day_of(group, d->to, INT32_MAX);
}

/* The group of that name that held on the review date; else the newest of
 * that name, or NULL. */
static struct json_object *
find(const struct rollup *r, const struct dated *d, const char *name)
{
	size_t n = json_object_is_type(d->list, json_type_array)
		       ? json_object_array_length(d->list)
		       : 0;
	struct json_object *found = NULL;

	for (size_t i = 0; i < n; i++) {
		struct json_object *group =
		    json_object_array_get_idx(d->list, i);

		if (strcmp(json_get_string(group, d->key, ""), name) != 0)
			continue;
		if (is_in_force(r, d, group))
			return group;
		if (found == NULL || day_of(group, d->from, INT32_MIN) >
					 day_of(found, d->from, INT32_MIN))
			found = group;
	}
	return found;
}

/* One whose time is over bears no cost. */
const char *
rollup_then_cost_center(const struct rollup *r, const char *group)
{
	const struct dated owners = {r->owners, "group", "valid_from",
				     "valid_to"};
	struct json_object *owner = find(r, &owners, group);

	return owner != NULL && is_in_force(r, &owners, owner)
		   ? json_get_string(owner, "cost_center", "")
		   : "";
}

const char *
rollup_then_pool(const struct rollup *r, const char *rule)
{
	const struct dated rules = {r->rules, "id", "effective_from",
				    "effective_to"};

	return json_get_string(find(r, &rules, rule), "pool", "");
}
