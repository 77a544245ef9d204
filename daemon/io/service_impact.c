/* A reload that is only thought of: what it would hold and release. */
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
service_impact(struct service *s, uint64_t client, const struct config *config)
{
	struct impact impact = {.before = engine_config(s->engine),
				.after = config,
				.view = engine_view(s->engine),
				.now = clock_read().wall,
				.credential = credential,
				.ctx = s};
	struct buf text = {0};
	int status;

	impact_json(&impact, &text);
	status = text.failed ? CTL_REFUSED : CTL_OK;
	buf_putc(&text, '\n');
	control_reply(s->control, client, status, buf_text(&text));
	buf_free(&text);
}
