/* What is wrong with sources, and whom it holds. */
#include "engine/condition.h"
#include "base/text.h"
#include "engine/state.h"
#include "sched/plan.h"
#include "verdict/approval.h"
#include "verdict/reference.h"

#include <stdio.h>
#include <string.h>

enum { LOST_READS = 3, LOST_AFTER_S = 2 * 3600 };

/* Nobody is no owner. */
static void
count_held(const struct config *c, const struct source *source,
	   struct alert_condition *condition)
{
	for (size_t i = 0; i < c->n_workloads; i++) {
		const struct workload *w = &c->workloads[i];
		bool counted = w->owner_group[0] == '\0';

		if (!workload_rests_on(w, source))
			continue;
		condition->holds_workloads++;
		for (size_t k = 0; k < i && !counted; k++) {
			const struct workload *other = &c->workloads[k];

			counted =
			    strcmp(other->owner_group, w->owner_group) == 0 &&
			    workload_rests_on(other, source);
		}
		condition->holds_owners += !counted;
	}
}

static struct alert_condition *
add(struct engine *e, struct conditions *list, enum alert_rule_id rule,
    const struct source *source, enum reason reason, uint64_t seq)
{
	const size_t before = list->n;
	struct alert_condition *c = condition_add(list, rule, source->name);

	if (c == NULL)
		return NULL;
	if (list->n > before) {
		snprintf(c->owner, sizeof(c->owner), "%s", source->owner);
		if (source->gateway != NULL)
			snprintf(c->gateway, sizeof(c->gateway), "%s",
				 source->gateway->name);
	}
	if (reason != REASONS && c->reasons == 0)
		count_held(engine_conf(e), source, c);
	if (reason != REASONS)
		c->reasons |= reason_bit(reason);
	condition_evidence(c, seq);
	return c;
}

static void
add_approval(struct engine *e, struct conditions *list,
	     const struct source *source, const struct source_fact *f)
{
	char id[SNAPSHOT_ID_LEN + 1], text[200], when[WALL_RFC3339_LEN + 1];
	struct wall_time expires = approval_expires(source, f);

	page_snapshot_id(&f->text, id);
	wall_format(f->read_at, when);
	switch (approval_of(source, f, e->now.wall)) {
	case APPROVAL_UNREAD:
		break;
	case APPROVAL_UNAPPROVED:
		snprintf(text, sizeof(text),
			 "snapshot %s, read %s, is the first", id, when);
		condition_detail(add(e, list, ALERT_SOURCE_UNAPPROVED, source,
				     REASON_SOURCE_UNAPPROVED, f->read_seq),
				 text);
		break;
	case APPROVAL_CHANGED:
		snprintf(text, sizeof(text),
			 "snapshot %s, read %s, differs from the approved %s",
			 id, when, f->approved_snapshot);
		condition_detail(add(e, list, ALERT_SOURCE_CHANGED, source,
				     REASON_CHANGE_UNAPPROVED, f->read_seq),
				 text);
		break;
	case APPROVAL_EXPIRED:
		snprintf(text, sizeof(text),
			 "the approval of snapshot %s "
			 "has expired",
			 id);
		condition_detail(add(e, list, ALERT_SOURCE_CHANGED, source,
				     REASON_APPROVAL_EXPIRED, f->approved_seq),
				 text);
		break;
	case APPROVAL_APPROVED:
		if (expires.us != 0)
			condition_again(list, expires);
		break;
	}
}

/* A person read it on that day or later, and that counts for everybody who
 * uses it. */
static bool
is_attested(const struct engine *e, const struct source *source,
	    const struct source_fact *f, int32_t day)
{
	const struct config *c = engine_conf(e);

	if (!f->attested || wall_day(f->attested_at) < day)
		return false;
	for (size_t i = 0; i < c->n_workloads; i++) {
		const struct workload *w = &c->workloads[i];

		if (!w->allow_attestation && workload_rests_on(w, source))
			return false;
	}
	return true;
}

static void
add_lost(struct engine *e, struct conditions *list, const struct source *source,
	 const struct source_fact *f)
{
	char text[200], since[WALL_RFC3339_LEN + 1];
	struct alert_condition *c;

	if (f->bad_reads < LOST_READS ||
	    f->tried_at.us - f->bad_since.us < LOST_AFTER_S * USEC_PER_SEC ||
	    is_attested(e, source, f, e->today))
		return;
	snprintf(text, sizeof(text), "%s since %s (%d read%s)",
		 page_outcome_name(f->tried_outcome),
		 wall_format(f->bad_since, since), f->bad_reads,
		 TEXT_PLURAL(f->bad_reads));
	c = add(e, list, ALERT_SOURCE_LOST, source, REASON_SOURCE_LOST,
		f->tried_seq);
	condition_detail(c, text);
	if (c != NULL)
		c->since =
		    f->bad_since; /* the rule's two hours count from it */
}

/* When a day's reads and their repetitions are over. */
static bool
deadline(struct engine *e, const struct source *source, int32_t day,
	 struct wall_time *ret)
{
	const struct config *c = engine_conf(e);
	const struct view_source *v = view_source(e->view, source->name);
	struct wall_time open, close;
	int64_t wait_s = condition_grace_s(e, ALERT_SOURCE_STALE);

	if (plan_day(&source->schedule, source->name, day, &open, &close) < 0)
		return false;
	if (v != NULL && v->slot_day == day && v->attempts > 0 &&
	    v->first_at.us > close.us)
		close = v->first_at;
	/* Nobody looked at it before this daemon did. */
	if ((v == NULL || v->slot_day != day) &&
	    wall_day(e->present_since) == day && e->present_since.us > close.us)
		close = e->present_since;
	if (c->reobserve_s.n > 0)
		wait_s += c->reobserve_s.at[c->reobserve_s.n - 1];
	*ret = (struct wall_time){close.us + wait_s * USEC_PER_SEC};
	return true;
}

/* "not read today (4 reads 05:20-09:35Z, last: blocked)" */
static void
say_stale(const struct engine *e, const struct view_source *v, int32_t day,
	  char *out, size_t size)
{
	char date[WALL_DAY_LEN + 1], from[WALL_RFC3339_LEN + 1];
	char to[WALL_RFC3339_LEN + 1], when[32] = "today";

	if (v == NULL || !v->fact.tried) {
		snprintf(out, size, "never read");
		return;
	}
	if (day != e->today)
		snprintf(when, sizeof(when), "on %s", day_format(day, date));
	if (v->slot_day != day)
		snprintf(out, size, "not read %s (no read at all)", when);
	else
		snprintf(out, size,
			 "not read %s (%d read%s %.5s-%.5sZ, last: %s)", when,
			 v->attempts, TEXT_PLURAL(v->attempts),
			 wall_format(v->first_at, from) + 11,
			 wall_format(v->fact.tried_at, to) + 11,
			 page_outcome_name(v->fact.tried_outcome));
}

/* Until nobody could rest on it any more, that it was not read holds nobody. */
static enum reason
stale_reason(const struct source *source, const struct source_fact *f,
	     int32_t day)
{
	return f->read && day - wall_day(f->read_at) <=
			      reference_max_days(source->kind)
		   ? REASONS
		   : reference_unread_reason(source, f, day);
}

static void
add_stale(struct engine *e, struct conditions *list,
	  const struct source *source, const struct source_fact *f)
{
	struct wall_time due;
	char text[200];
	int32_t day = e->today;

	if (f->read && wall_day(f->read_at) >= day)
		return;
	if (deadline(e, source, day, &due) && due.us > e->now.wall.us)
		condition_again(list, due);
	/* Until today's deadline, yesterday's still stands. */
	if (!deadline(e, source, day, &due) || due.us > e->now.wall.us)
		day--;
	if ((f->read && wall_day(f->read_at) >= day) ||
	    is_attested(e, source, f, day))
		return;
	if (!deadline(e, source, day, &due) || due.us > e->now.wall.us ||
	    (wall_day(e->present_since) > day &&
	     (!f->tried || wall_day(f->tried_at) != day)))
		return; /* nobody was there: blank is not a finding */
	say_stale(e, view_source(e->view, source->name), day, text,
		  sizeof(text));
	condition_detail(add(e, list, ALERT_SOURCE_STALE, source,
			     stale_reason(source, f, day), f->tried_seq),
			 text);
}

void
conditions_of_sources(struct engine *e, struct conditions *list)
{
	static const struct source_fact nothing;

	for (size_t i = 0; i < e->n_sources; i++) {
		const struct source *source = e->sources[i].source;
		const struct view_source *v =
		    view_source(e->view, source->name);
		const struct source_fact *f = v == NULL ? &nothing : &v->fact;

		add_approval(e, list, source, f);
		add_lost(e, list, source, f);
		add_stale(e, list, source, f);
	}
}

/* The reasons of a record that are about sources: which of them.  The same
 * look at each source that found the reason says whose it is. */
void
conditions_of_record_sources(struct engine *e, struct conditions *list,
			     const struct workload *w,
			     const struct record_fact *record,
			     enum reason reason)
{
	const struct alert_rule *rule =
	    alert_rule_by_name(reason_info(reason)->alert_rule);
	const struct judge_input input = {.config = engine_conf(e),
					  .workload = w,
					  .day = record->day,
					  .now = e->now.wall,
					  .closed = true};

	for (size_t i = 0; i < w->n_sources; i++) {
		const struct source *source = w->sources[i];
		const struct source_fact *f =
		    view_source_on(e->view, source->name, record->day);
		struct reference found;

		if (f != NULL && !jobs_fact_is_of(f, source))
			f = NULL;
		found = reference_find(&input, source, f);
		if ((found.reasons & reason_bit(reason)) != 0)
			condition_detail(
			    add(e, list, rule->id, source, reason, record->seq),
			    reason_info(reason)->says);
	}
}
