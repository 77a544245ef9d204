/* Folding what the account surface showed of a run, or a person saw there. */
#include "report/view_fold.h"
#include "base/json.h"

#include <string.h>

static bool
read_reading(struct json_object *body, const char *key,
	     struct counter_reading *ret)
{
	struct json_object *o = json_get(body, key);
	struct json_object *up = json_get(o, "up"), *down = json_get(o, "down");

	if (o == NULL || strcmp(view_text(o, "outcome"),
				reading_outcome_name(READING_OK)) != 0)
		return false;
	*ret = (struct counter_reading){
	    .outcome = READING_OK,
	    .has_up = up != NULL,
	    .has_down = down != NULL,
	    .up = json_get_int(o, "up", 0),
	    .down = json_get_int(o, "down", 0),
	};
	return true;
}

static struct view_day *
day_of_run(struct view_workload *w, const char *run)
{
	for (size_t i = 0; i < w->n_days; i++) {
		if (strcmp(w->days[i].evidence.happy.run, run) == 0)
			return &w->days[i];
	}
	return NULL;
}

static int
fold_before(struct view_workload *w, const struct row *row,
	    struct json_object *body)
{
	struct view_day *d = view_day_make(w, wall_day(row->at));

	if (!view_day_rests_on(d, row->seq))
		return ERR_NOMEM;
	d->has_before = read_reading(body, "before", &d->before);
	view_copy(d->before_run, sizeof(d->before_run), view_text(body, "run"));
	if (json_get_bool(body, "unexplained", false)) {
		w->used_elsewhere = true;
		w->used_elsewhere_seq = row->seq;
		w->used_elsewhere_at = row->at;
	}
	return 0;
}

static bool
is_attested(const struct usage_fact *u)
{
	return u->seen && strcmp(u->tier, "attested") == 0;
}

/* A person saw it: that a look does not find it, yet or at all, says nothing
 * against that. */
static bool
is_answered(const struct usage_fact *u, enum look_outcome outcome)
{
	return is_attested(u) &&
	       (outcome == LOOK_NOT_YET || outcome == LOOK_NOT_VISIBLE ||
		outcome == LOOK_UNREACHABLE);
}

static void
settle_usage(struct view_day *d, const struct usage_fact *u)
{
	d->evidence.usage = *u;
	if (!view_usage_settled(u))
		return;
	d->evidence.happy_before = (struct run_fact){0};
	d->evidence.usage_before = (struct usage_fact){0};
}

int
view_fold_usage(struct view *v, const struct row *row, struct json_object *body)
{
	struct view_workload *w =
	    view_workload_touch(v, view_text(body, "workload_label"));
	bool known;
	enum look_outcome outcome =
	    look_outcome_by_name(view_text(body, "outcome"), &known);
	struct usage_fact u = {
	    .seen = true, .outcome = outcome, .seq = row->seq};
	struct view_day *d;

	if (w == NULL)
		return ERR_NOMEM;
	if (!known)
		return 0;
	if (outcome == LOOK_BEFORE)
		return fold_before(w, row, body);
	if (read_reading(body, "after", &w->after)) {
		w->has_after = true;
		w->after_seq = row->seq;
	}
	d = day_of_run(w, view_text(body, "run"));
	if (d == NULL)
		return 0; /* of a run that another one has replaced */
	if (!view_day_rests_on(d, row->seq))
		return ERR_NOMEM;
	d->looks = (int)json_get_int(body, "look", 0);
	view_copy(u.run, sizeof(u.run), view_text(body, "run"));
	view_copy(u.tier, sizeof(u.tier), view_text(body, "tier"));
	d->looked = u;
	if (!is_answered(&d->evidence.usage, outcome))
		settle_usage(d, &u);
	return 0;
}

int
view_fold_attest_usage(struct view *v, const struct row *row,
		       struct json_object *body)
{
	struct view_workload *w =
	    view_workload_touch(v, view_text(body, "workload_label"));
	struct usage_fact u = {.seen = true,
			       .outcome = LOOK_VISIBLE,
			       .seq = row->seq,
			       .tier = "attested"};
	struct view_day *d;

	if (w == NULL)
		return ERR_NOMEM;
	d = day_of_run(w, view_text(body, "run"));
	if (d == NULL || d->evidence.day != wall_day(row->at))
		return 0; /* only of the same day */
	if (!view_day_rests_on(d, row->seq))
		return ERR_NOMEM;
	view_copy(u.run, sizeof(u.run), view_text(body, "run"));
	if (!d->evidence.usage.seen ||
	    (d->evidence.usage.outcome != LOOK_VISIBLE &&
	     d->evidence.usage.outcome != LOOK_LABEL_MISMATCH))
		settle_usage(d, &u);
	return 0;
}
