#include "cli/span_read.h"
#include "io/disk.h"
#include "ledger/ledger.h"
#include "report/loadings.h"

#include <stdlib.h>

static int
apply(void *ctx, const struct row *row)
{
	return span_apply(ctx, row);
}

static int
apply_loading(void *ctx, const struct row *row)
{
	return loadings_apply(ctx, row);
}

static int
take_first(void *ctx, const struct row *row)
{
	span_begin(ctx, row);
	return 1;
}

/* The effective text lies beside the ledger, under the digest that the row
 * names; where it is gone, or is not what its digest says, that configuration
 * is not known. */
static int
load_one(struct span *span, const char *dir, const struct loadings *l, size_t i)
{
	const struct digest *digest = &l->all[i].digest;
	int32_t first, last;
	char *text = NULL;
	size_t len = 0;
	int r;

	loadings_days(l, i, &first, &last);
	if (last < span->first || first >= span->first + span->n_days)
		return 0;
	ledger_blob(&disk_io, dir, digest, &text, &len, NULL);
	r = span_load(span, first, last, digest, text, len);
	free(text);
	return r;
}

static int
load_configured(struct span *span, const char *dir, const struct loadings *l)
{
	int r = 0;

	span_load_from(span, loadings_begin(l));
	for (size_t i = 0; r == 0 && i < l->n; i++)
		r = load_one(span, dir, l, i);
	return r;
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
	struct loadings loadings = {0};
	struct rows_question asked[4] = {
	    {{.since = span_since(span)}, apply, span},
	    {{.kinds = loadings_kinds, .workload = ""},
	     apply_loading,
	     &loadings},
	    {{0}, take_first, span}};
	const char *dir;
	int r = session_ledger(s, &dir);

	if (also != NULL)
		asked[3] = *also;
	if (r == 0)
		r = rows_ask(s, dir, asked, also == NULL ? 3 : 4);
	if (r == 0 && (load_configured(span, dir, &loadings) < 0 ||
		       expect_configured(config, span) < 0))
		r = session_fail(s, CTL_CHECK_FAILED, "no memory");
	loadings_free(&loadings);
	return r;
}
