/* A reload that is only thought of: what it would hold and release. */
#include "io/files.h"
#include "io/service.h"
#include "report/impact.h"

/* What a reload would find: it loads no new value. */
static enum impact_credential
credential(void *ctx, const char *name)
{
	struct service *s = ctx;
	char fingerprint[FINGERPRINT_LEN + 1];

	return s->ports.credential(s->ports.ctx, name, fingerprint)
		   ? IMPACT_LOADED
		   : IMPACT_NOT_LOADED;
}

void
service_impact(struct service *s, uint64_t client)
{
	struct impact impact = {.before = engine_config(s->engine),
				.view = engine_view(s->engine),
				.now = clock_read().wall,
				.credential = credential,
				.ctx = s};
	struct conf_report report;
	struct config *config = NULL;
	struct buf text = {0};
	struct err err = {0};
	int status = CTL_CONFIG_INVALID;

	if (files_load_config(s->config_path, &config, &report, &err) < 0 ||
	    credentials_not_in(s->credentials, config, &err) < 0) {
		buf_puts(&text, err.text);
	} else {
		impact.after = config;
		impact_json(&impact, &text);
		status = text.failed ? CTL_REFUSED : CTL_OK;
	}
	buf_putc(&text, '\n');
	control_reply(s->control, client, status, buf_text(&text));
	buf_free(&text);
	conf_report_free(&report);
	config_free(config);
}
