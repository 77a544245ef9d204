/* Only the daemon can read credentials: systemd hands them to its unit, and
 * to nobody else.  So what is known here is its word, and that is a state and
 * a keyed digest. */
#include "cli/credentials.h"
#include "base/json.h"
#include "io/control_client.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

void
credentials_ask(struct session *s, struct credentials_answer *ret_answer,
		struct err *err)
{
	struct ctl_request request = {.command = CTL_CREDENTIALS};
	const char *path = session_socket(s);
	int status = CTL_REFUSED;
	char *text;

	ret_answer->all = NULL;
	if (path == NULL) {
		err_set(err, ERR_NOT_FOUND, "no control socket is named");
		return;
	}
	if (control_ask(path, &request, &status, &text, err) < 0)
		return;
	if (status != CTL_OK)
		err_set(err, ERR_INVALID, "%.200s", text);
	else if (json_parse(text, strlen(text), &JSON_FOREIGN_LIMITS,
			    &ret_answer->all, err) < 0)
		ret_answer->all = NULL;
	free(text);
}

void
credentials_answer_free(struct credentials_answer *answer)
{
	json_object_put(answer->all);
	answer->all = NULL;
}

static struct json_object *
entry_at(const struct credentials_answer *answer, size_t i)
{
	struct json_object *list = json_get(answer->all, "credentials");

	if (!json_object_is_type(list, json_type_array) ||
	    i >= json_object_array_length(list))
		return NULL;
	return json_object_array_get_idx(list, i);
}

static struct json_object *
entry_of(const struct credentials_answer *answer, const char *name)
{
	struct json_object *entry;

	for (size_t i = 0; (entry = entry_at(answer, i)) != NULL; i++) {
		if (strcmp(json_get_string(entry, "name", ""), name) == 0)
			return entry;
	}
	return NULL;
}

bool
credentials_word(const struct credentials_answer *answer, const char *name,
		 struct credential_word *ret)
{
	struct json_object *entry = entry_of(answer, name);

	if (entry == NULL)
		return false;
	ret->state = json_get_string(entry, "state", "unusable");
	ret->fingerprint = json_get_string(entry, "fingerprint", NULL);
	if (json_get_bool(entry, "weak", false))
		ret->state = "weak";
	return true;
}

void
credentials_put_rotation(const struct session *s, const char *name,
			 struct buf *out)
{
	const char *config = session_config_path(s);
	const char *slash = strrchr(config, '/');

	buf_printf(out,
		   "install -m 600 KEY %.*scredentials/%s, then systemctl "
		   "restart evidenced",
		   slash == NULL ? 0 : (int)(slash - config + 1), config, name);
}
