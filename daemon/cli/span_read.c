#include "cli/span_read.h"

static int
apply(void *ctx, const struct row *row)
{
	return span_apply(ctx, row);
}

static int
expect_configured(const struct config *config, struct span *span)
{
	for (size_t i = 0; config != NULL && i < config->n_workloads; i++) {
		if (span_expect(span, config->workloads[i].label) < 0)
			return ERR_NOMEM;
	}
	return span_end(span);
}

int
span_read(struct session *s, const struct config *config, struct span *span,
	  const struct rows_question *also)
{
	struct rows_question asked[2] = {
	    {{.since = span_since(span)}, apply, span}};
	const char *dir;
	int r = session_ledger(s, &dir);

	if (also != NULL)
		asked[1] = *also;
	if (r == 0)
		r = rows_ask(s, dir, asked, also == NULL ? 1 : 2);
	if (r == 0 && expect_configured(config, span) < 0)
		r = session_fail(s, CTL_CHECK_FAILED, "no memory");
	return r;
}
