/* What the folds of several kinds of row share: reading members of a body, and
 * words of theirs. */
#include "report/view_fold.h"
#include "base/json.h"

#include <string.h>

const char *
view_text(struct json_object *body, const char *key)
{
	return json_get_string(body, key, "");
}

struct wall_time
view_time(struct json_object *body, const char *key)
{
	struct wall_time t = {0};

	wall_parse(view_text(body, key), &t);
	return t;
}

struct digest
view_digest(struct json_object *body, const char *key)
{
	const char *text = view_text(body, key);
	struct digest d = {0};

	if (strlen(text) == DIGEST_HEX_LEN)
		hex_decode(text, DIGEST_LEN, d.bytes);
	return d;
}

bool
view_is_planned(const char *trigger)
{
	return strcmp(trigger, "schedule") == 0 ||
	       strcmp(trigger, "catch_up") == 0;
}

bool
view_usage_settled(const struct usage_fact *u)
{
	return u->seen &&
	       (u->outcome == LOOK_VISIBLE || u->outcome == LOOK_NOT_VISIBLE ||
		u->outcome == LOOK_LABEL_MISMATCH ||
		u->outcome == LOOK_RESPONSE);
}
