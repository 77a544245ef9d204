/* Most rows are turned away by their kind and time, before their body is
 * read. */
#include "report/row_filter.h"
#include "ledger/facets.h"

#include <string.h>

static bool
kind_matches(const char *asked, const char *kind)
{
	size_t len = strlen(asked);

	return strncmp(asked, kind, len) == 0 &&
	       (kind[len] == '\0' || kind[len] == '.');
}

static bool
is_one_of(const char *const *kinds, const char *kind)
{
	if (kinds == NULL)
		return true;
	while (*kinds != NULL && strcmp(*kinds, kind) != 0)
		kinds++;
	return *kinds != NULL;
}

static bool
is(const char *asked, const char *value)
{
	return asked == NULL || strcmp(asked, value) == 0;
}

/* A record of a workload without an owner names none. */
static bool
is_of_owner(const char *asked, const struct facets *f, const struct row *row)
{
	return is(asked, f->owner) ||
	       (strcmp(asked, FACETS_OWNER_NONE) == 0 && f->owner[0] == '\0' &&
		strcmp(row->kind, "record") == 0);
}

static bool
asks_for_facets(const struct row_filter *f)
{
	return f->day != NULL || f->workload != NULL || f->owner != NULL ||
	       f->check != NULL || f->decision != NULL;
}

bool
row_filter_matches(const struct row_filter *f, const struct row *row)
{
	struct facets facets;

	if ((f->kind != NULL && !kind_matches(f->kind, row->kind)) ||
	    !is_one_of(f->kinds, row->kind) ||
	    (f->since.us != 0 && row->at.us < f->since.us) ||
	    (f->until.us != 0 && row->at.us >= f->until.us))
		return false;
	if (!asks_for_facets(f))
		return true;
	facets_read(&facets, row);
	return is(f->day, facets.day) && is(f->workload, facets.workload) &&
	       is_of_owner(f->owner, &facets, row) &&
	       is(f->check, facets.check) && is(f->decision, facets.decision);
}
