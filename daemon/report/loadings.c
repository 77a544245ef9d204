/* A clock that goes back makes a later loading of an earlier time.  Then both
 * are taken to be in force on all days between: a workload is rather told of
 * on a day too many than on a day too few. */
#include "report/loadings.h"
#include "base/json_pick.h"

#include <stdlib.h>
#include <string.h>

const char *const loadings_kinds[] = {"config.loaded", "ledger.prune", NULL};

static bool
read_digest(const struct row *row, struct digest *ret)
{
	static const char *const names[] = {"digest"};
	char hex[DIGEST_HEX_LEN + 1];
	struct json_slice slice;

	return json_pick(row->body, row->body_len, names, 1, &slice) &&
	       json_slice_string(&slice, hex, sizeof(hex)) &&
	       strlen(hex) == DIGEST_HEX_LEN &&
	       hex_decode(hex, DIGEST_LEN, ret->bytes) == 0;
}

int
loadings_apply(struct loadings *l, const struct row *row)
{
	struct loading loading = {.at = row->at}, *more;

	if (strcmp(row->kind, "ledger.prune") == 0)
		l->pruned = true;
	if (strcmp(row->kind, "config.loaded") != 0)
		return 0;
	/* A newer daemon's: no text will be found under this digest. */
	if (!read_digest(row, &loading.digest))
		loading.digest = (struct digest){0};
	more = reallocarray(l->all, l->n + 1, sizeof(*more));
	if (more == NULL)
		return ERR_NOMEM;
	l->all = more;
	l->all[l->n++] = loading;
	return 0;
}

void
loadings_free(struct loadings *l)
{
	free(l->all);
	*l = (struct loadings){0};
}

void
loadings_days(const struct loadings *l, size_t i, int32_t *ret_first,
	      int32_t *ret_last)
{
	int32_t day = wall_day(l->all[i].at), next = INT32_MAX;

	if (i + 1 < l->n)
		next = wall_day(l->all[i + 1].at);
	*ret_first = day < next ? day : next;
	*ret_last = day < next ? next : day;
}

int32_t
loadings_begin(const struct loadings *l)
{
	if (l->n == 0)
		return INT32_MAX;
	return l->pruned ? wall_day(l->all[0].at) + 1 : INT32_MIN;
}
