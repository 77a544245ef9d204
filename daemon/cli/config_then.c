/* What is loaded out of a text is what its digest says, or nothing: the loader
 * makes the text anew and compares. */
#include "cli/config_then.h"
#include "cli/rows.h"
#include "io/disk.h"
#include "io/files.h"
#include "ledger/ledger.h"
#include "report/loadings.h"

#include <stdlib.h>

struct config *
config_then(const char *ledger_dir, const struct digest *digest)
{
	struct config *config = NULL;
	struct buf text = {0};
	char *blob = NULL;
	size_t len = 0;

	if (ledger_blob(&disk_io, ledger_dir, digest, &blob, &len, NULL) < 0)
		return NULL;
	buf_add(&text, blob, len);
	if (text.failed || files_load_effective(buf_text(&text), &config) < 0)
		config = NULL;
	buf_free(&text);
	free(blob);
	return config;
}

static int
take_newest(void *ctx, struct row_list *rows, struct wall_time oldest)
{
	struct loadings *loadings = ctx;
	struct row_names names;
	struct row row;
	int r = 0;

	(void)oldest;
	if (rows->n > 0 && row_list_at(rows, rows->n - 1, &names, &row))
		r = loadings_apply(loadings, &row);
	return r < 0 ? r : loadings->n > 0;
}

int
config_then_newest(struct session *s, struct config **ret)
{
	static const struct row_filter loaded = {.kind = "config.loaded"};
	struct loadings newest = {0};
	const char *dir;
	int r = session_ledger(s, &dir);

	*ret = NULL;
	if (r == 0)
		r = rows_back(s, dir, &loaded, take_newest, &newest);
	if (r == 0 && newest.n > 0)
		*ret = config_then(dir, &newest.all[0].digest);
	loadings_free(&newest);
	return r;
}
