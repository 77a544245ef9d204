/* A surface that said 429 is left alone for a while.  How long is kept by the
 * daemon alone, for as long as it lasts: what a gateway says of its limits
 * stands in no row.  So whoever explains why a run waits, or went without its
 * surface, asks the daemon; where none answers, nothing is said. */
#include "cli/throttled.h"
#include "base/json.h"
#include "io/control_client.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
find_gateway(struct json_object *answer, const char *gateway,
	     char ret_until[WALL_RFC3339_LEN + 1])
{
	struct json_object *list = json_get(answer, "throttled");

	if (!json_object_is_type(list, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *one = json_object_array_get_idx(list, i);

		if (strcmp(json_get_string(one, "gateway", ""), gateway) != 0)
			continue;
		snprintf(ret_until, WALL_RFC3339_LEN + 1, "%.*s",
			 WALL_RFC3339_LEN, json_get_string(one, "until", ""));
		return true;
	}
	return false;
}

bool
throttled_until(struct session *s, const char *gateway,
		char ret_until[WALL_RFC3339_LEN + 1])
{
	struct ctl_request request = {.command = CTL_STATUS};
	const char *path = session_socket(s);
	struct json_object *answer;
	struct err err;
	bool found = false;
	int status;
	char *text;

	if (path == NULL ||
	    control_ask(path, &request, &status, &text, &err) < 0)
		return false;
	if (status == CTL_OK &&
	    json_parse(text, strlen(text), &JSON_FOREIGN_LIMITS, &answer,
		       &err) == 0) {
		found = find_gateway(answer, gateway, ret_until);
		json_object_put(answer);
	}
	free(text);
	return found;
}
