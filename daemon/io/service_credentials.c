/* What the daemon holds of the credentials that the configuration names: a
 * word on each, and the keyed digest that rows carry; never a value. */
#include "base/json.h"
#include "io/service.h"

#include <string.h>

static const char *const states[] = {
    [CREDENTIAL_ABSENT] = "missing",
    [CREDENTIAL_PLACEHOLDER] = "placeholder",
    [CREDENTIAL_UNUSABLE] = "unusable",
    [CREDENTIAL_LOADED] = "loaded",
};

static void
put_credential(struct service *s, const char *name, struct json_writer *w)
{
	char fingerprint[FINGERPRINT_LEN + 1];
	bool loaded = s->ports.credential(s->ports.ctx, name, fingerprint);
	const char *value;
	size_t len;

	json_object_open(w, NULL);
	json_put_string_or_null(w, "fingerprint", loaded ? fingerprint : NULL);
	json_put_string(w, "name", name);
	json_put_string(w, "state",
			states[credentials_state(s->credentials, name)]);
	json_put_bool(w, "weak",
		      credentials_get(s->credentials, name, &value, &len) &&
			  redactor_is_weak(s->redactor, value, len));
	json_object_close(w);
}

void
service_credentials(struct service *s, uint64_t client)
{
	const struct config *c = engine_config(s->engine);
	struct json_writer w;
	struct buf text = {0};

	json_writer_init(&w, &text);
	json_object_open(&w, NULL);
	json_array_open(&w, "credentials");
	for (size_t i = 0; i < c->n_workloads; i++) {
		if (config_names_credential_first(c, i))
			put_credential(s, c->workloads[i].credential, &w);
	}
	json_array_close(&w);
	json_put_int(&w, "schema", 1);
	json_object_close(&w);
	buf_putc(&text, '\n');
	control_reply(s->control, client, CTL_OK, buf_text(&text));
	buf_free(&text);
}
