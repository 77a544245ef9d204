/* What the days of the period say of one workload: where it stands on the
 * last of them, how many were due, and since when it has not passed.
 *
 * A day without a record was due only where the workload was configured.
 * Where no configuration of the day is kept, its own rows tell from when on
 * it was there. */
#include "base/json.h"
#include "govern/govern.h"
#include "report/rollup_inside.h"
#include "report/standing.h"

#include <json-c/json.h>
#include <string.h>

static struct standing_since
since(const struct rollup *r, const struct rollup_entry *e)
{
	const struct span_workload *w = e->span;
	const struct standing_told told = {
	    .before = w->seen_before || w->first < r->day,
	    .rescoped = w->ran && e->workload != NULL &&
			!digest_equal(&w->scope, &e->workload->scope_digest),
	    .begun = {w->begun[PATH_HAPPY], w->begun[PATH_ERROR]},
	    .loaded = r->span->loaded_at,
	    .present = r->span->present_since};

	return standing_since(&told);
}

/* The ledger reaches beyond everything that could still show the day.  How
 * the day was chosen makes no difference. */
static bool
has_closed(const struct rollup *r, const struct rollup_entry *e, int32_t day)
{
	const struct standing_since s = since(r, e);

	return standing_has_closed(r->config, e->workload, day, &s,
				   r->span->head_at);
}

struct wall_time
rollup_closes(const struct rollup *r)
{
	struct wall_time last = standing_all_close(r->config, r->day), closes;

	for (size_t i = 0; i < r->n; i++) {
		const struct rollup_entry *e = &r->entries[i];
		const struct standing_since s = since(r, e);

		if (e->state == ROLLUP_PENDING && e->workload != NULL &&
		    standing_closes(r->config, e->workload, r->day, &s,
				    &closes) == 0 &&
		    closes.us > last.us)
			last = closes;
	}
	return last;
}

/* Of one that is configured no more, by the text of then. */
static bool
was_review_day(const struct rollup_entry *e, int32_t day)
{
	struct json_object *list = json_get(e->configured, "review_days");
	int weekday = civil_from_s(wall_s(wall_day_start(day))).weekday;

	return !json_object_is_type(list, json_type_array) ||
	       json_object_array_length(list) == 0 ||
	       json_holds(list, wall_weekdays[weekday]) ||
	       json_holds(list, "daily");
}

static bool
is_review_day(const struct rollup_entry *e, int32_t day)
{
	return e->workload != NULL ? govern_review_day(e->workload, day)
				   : was_review_day(e, day);
}

static enum rollup_state
state_of(const struct rollup *r, const struct rollup_entry *e)
{
	const struct span_day *day = &e->span->days[r->span->n_days - 1];
	const struct standing_since late = since(r, e);

	switch (day->decision) {
	case DECISION_PASS:
		return day->response_only ? ROLLUP_RESPONSE_ONLY : ROLLUP_PASS;
	case DECISION_HOLD:
		return ROLLUP_HOLD;
	case DECISION_INCONCLUSIVE:
		return ROLLUP_INCONCLUSIVE;
	case DECISION_FAIL:
		return ROLLUP_FAIL;
	default:
		break;
	}
	if (!is_review_day(e, r->day) || rollup_before(r))
		return ROLLUP_NOT_DUE;
	switch (standing_without(r->config, e->workload, r->day, &late, r->now,
				 r->span->head_at)) {
	case STANDING_NO_RECORD:
		return ROLLUP_NO_RECORD;
	case STANDING_NOT_KNOWN:
		return ROLLUP_NOT_KNOWN;
	default:
		return ROLLUP_PENDING;
	}
}

/* From which day on the workload is known to have been there, by its rows. */
static int32_t
there_from(const struct rollup *r, const struct span_workload *w)
{
	if (w->seen_before)
		return r->span->first;
	return w->first == INT32_MAX ? r->day : w->first;
}

static bool
was_due(const struct rollup *r, const struct rollup_entry *e, int i)
{
	int32_t day = r->span->first + i;

	return span_was_configured(r->span, e->span, i) && !rollup_before(r) &&
	       (span_is_known(r->span, i) || day >= there_from(r, e->span)) &&
	       is_review_day(e, day) && has_closed(r, e, day);
}

static void
count_days(const struct rollup *r, struct rollup_entry *e)
{
	for (int i = 0; i < r->span->n_days; i++) {
		const struct span_day *d = &e->span->days[i];

		if (d->decision == DECISION_PASS) {
			e->pass_days++;
			e->response_days += d->response_only;
		}
		if (d->decision != DECISION_NONE || was_due(r, e, i))
			e->due_days++;
	}
}

static void
find_since(const struct rollup *r, struct rollup_entry *e)
{
	bool passed = false;

	e->since = INT32_MAX;
	for (int i = r->span->n_days; i > 0 && !passed; i--) {
		enum decision decision = e->span->days[i - 1].decision;

		passed = decision == DECISION_PASS;
		if (!passed && decision != DECISION_NONE)
			e->since = r->span->first + i - 1;
	}
	e->since_before =
	    e->since != INT32_MAX && !passed && e->span->seen_before;
}

void
rollup_count_days(const struct rollup *r, struct rollup_entry *e)
{
	e->state = state_of(r, e);
	count_days(r, e);
	find_since(r, e);
}
