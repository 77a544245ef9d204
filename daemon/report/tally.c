/* A workload without a record of the day is pending, or closed without one,
 * never held; and a pass by the response alone is counted apart: they are not
 * mixed. */
#include "report/tally.h"

static int *
count_of(struct tally *t, const struct standing *s)
{
	if (s->kind == STANDING_PENDING)
		return &t->pending;
	if (s->kind == STANDING_NO_RECORD)
		return &t->no_record;
	if (s->kind == STANDING_NOT_KNOWN)
		return &t->not_known;
	if (s->kind == STANDING_NOT_DUE)
		return &t->not_due;
	switch (s->decision) {
	case DECISION_PASS:
		return s->record->response_only ? &t->response_only : &t->pass;
	case DECISION_HOLD:
		return &t->hold;
	case DECISION_INCONCLUSIVE:
		return &t->inconclusive;
	default:
		return &t->fail;
	}
}

/* A record that was corrected counts as it stands, and never without a
 * word. */
static void
count_corrected(struct tally *t, const struct standing *s)
{
	if (s->kind != STANDING_RECORD || s->record_corrected == NULL ||
	    s->decision != DECISION_PASS)
		return;
	++*(s->record->response_only ? &t->response_corrected
				     : &t->pass_corrected);
}

void
tally_put_corrected(int n, struct buf *out)
{
	if (n > 0)
		buf_printf(out, " (%d corrected)", n);
}

void
tally_records(const struct config *config, const struct view *view, int32_t day,
	      const struct standing_seen *seen, struct tally *ret)
{
	struct standing standing;

	*ret = (struct tally){0};
	for (size_t i = 0; i < config->n_workloads; i++) {
		standing_of(config, view, &config->workloads[i], day, seen,
			    &standing);
		++*count_of(ret, &standing);
		count_corrected(ret, &standing);
	}
}
