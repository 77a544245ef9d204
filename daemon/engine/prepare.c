/* Before a meeting: what today's evidence lacks is observed now, inside the
 * ceilings and stops and at the pace of each gateway; what is there is left
 * alone, so asking twice costs nothing.  Whoever waits is answered when
 * nothing of it is under way any more, and is told what still does not pass:
 * that is read from the day's records, as everywhere. */
#include "conf/nearest.h"
#include "base/text.h"
#include "engine/state.h"
#include "govern/govern.h"

#include <stdio.h>
#include <string.h>

/* An answer has room for so many workloads that do not pass. */
enum { TOLD_MAX = 100 };

struct begun {
	int reads, runs, stopped;
};

static bool
is_meant(const struct duty *d, const char *owner)
{
	return owner[0] == '\0' || strcmp(d->w->owner_group, owner) == 0;
}

/* Read or attested today, and as it is configured now. */
static bool
is_fresh(const struct engine *e, const struct source *source)
{
	const struct view_source *v = view_source(e->view, source->name);
	const struct source_fact *fact = v == NULL ? NULL : &v->fact;

	if (fact == NULL || !jobs_fact_is_of(fact, source))
		return false;
	if (fact->attested && wall_day(fact->attested_at) == e->today)
		return true;
	return fact->read && fact->tried_seq == fact->read_seq &&
	       wall_day(fact->read_at) == e->today;
}

static int
lacks(const struct engine *e, const struct duty *d)
{
	struct day_evidence seen;

	if (d->w->gateway == NULL || d->w->gateway->profile == NULL ||
	    !govern_review_day(d->w, e->today))
		return 0;
	jobs_evidence(e, d, e->today, &seen);
	return evaluate_lacks(d->w, &seen);
}

static void
begin_reads(struct engine *e, const struct duty *d, struct begun *begun)
{
	const struct wall_time slot = command_slot(e);

	for (size_t i = 0; i < d->w->n_sources; i++) {
		struct source_duty *s = jobs_source(e, d->w->sources[i]->name);

		if (s == NULL || s->active || is_fresh(e, s->source) ||
		    jobs_slot_done(e, s->source->name, "read", slot))
			continue;
		begun->reads += read_new(e, s, slot, TRIGGER_MANUAL) != NULL;
	}
}

static void
begin_run(struct engine *e, const struct duty *d, struct begun *begun)
{
	const struct wall_time slot = command_slot(e);
	int need = lacks(e, d);

	if (need == 0 || pair_active(e, d->w->label))
		return;
	if (pair_stop_reason(e, d) != NULL)
		begun->stopped++;
	else if (!jobs_slot_done(e, d->w->label, "happy", slot) &&
		 !jobs_slot_done(e, d->w->label, "error", slot))
		begun->runs +=
		    pair_new(e, d->w, need, slot, TRIGGER_MANUAL) != NULL;
}

/* How many workloads are meant; none of them is one that nobody knows. */
static size_t
begin(struct engine *e, const char *owner, struct begun *begun)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_duties; i++) {
		if (!is_meant(&e->duties[i], owner))
			continue;
		n++;
		begin_reads(e, &e->duties[i], begun);
		begin_run(e, &e->duties[i], begun);
	}
	return n;
}

static void
answer_begun(struct engine *e, uint64_t client, const struct begun *begun)
{
	struct buf text = {0};

	buf_printf(&text, "begun: %d read%s of pages, %d run%s\n", begun->reads,
		   TEXT_PLURAL(begun->reads), begun->runs,
		   TEXT_PLURAL(begun->runs));
	if (begun->stopped > 0)
		buf_printf(&text, "stopped: %d run%s; evidencectl todo\n",
			   begun->stopped, TEXT_PLURAL(begun->stopped));
	emit_reply(e, client, CTL_OK, buf_text(&text));
	buf_free(&text);
}

void
command_prepare(struct engine *e, uint64_t client,
		const struct ctl_request *request, const struct ctl_peer *peer)
{
	struct begun begun = {0};
	struct waiting *w;

	if (!command_operator(e, client, peer))
		return;
	if (e->ledger_damaged) {
		command_answer(
		    e, client, CTL_LEDGER_DAMAGED,
		    "LEDGER_DAMAGED: nothing is sent; evidencectl verify");
	} else if (e->stopping) {
		command_answer(e, client, CTL_REFUSED, "STOPPING");
	} else if (request->wait && !command_has_room(e, client)) {
		return;
	} else if (begin(e, request->name, &begun) == 0) {
		if (request->name[0] == '\0')
			command_answer(e, client, CTL_NO_OBJECT,
				       "no workload is configured; next: "
				       "evidencectl new workload");
		else
			command_unknown(e, client, "workload of owner",
					request->name, NEAREST_OWNER,
					"evidencectl list owners");
	} else if (!request->wait) {
		answer_begun(e, client, &begun);
	} else {
		w = command_wait(e, client);
		if (w == NULL)
			return;
		w->prepare = true;
		snprintf(w->owner, sizeof(w->owner), "%.*s", NAME_MAX_LEN,
			 request->name);
	}
}

static bool
is_under_way(struct engine *e, const struct duty *d)
{
	if (d->dirty || d->record_in_flight || pair_active(e, d->w->label))
		return true;
	for (size_t i = 0; i < d->w->n_sources; i++) {
		const struct source_duty *s =
		    jobs_source(e, d->w->sources[i]->name);

		if (s != NULL && s->active)
			return true;
	}
	return false;
}

static const struct record_fact *
record_of_today(const struct engine *e, const struct duty *d)
{
	const struct view_workload *v = view_workload(e->view, d->w->label);

	return v == NULL || !v->record.present || v->record.day != e->today
		   ? NULL
		   : &v->record;
}

static void
tell_reasons(reason_set reasons, struct buf *out)
{
	const char *gap = " (";

	for (int i = 0; i < REASONS; i++) {
		if ((reasons & reason_bit((enum reason)i)) == 0)
			continue;
		buf_printf(out, "%s%s", gap, reason_info((enum reason)i)->code);
		gap = ", ";
	}
	buf_puts(out, reasons == 0 ? "\n" : ")\n");
}

/* "search-test: hold (OWNER_MISSING)" */
static void
tell(struct engine *e, const struct duty *d, const struct record_fact *record,
     struct buf *out)
{
	const char *stop = lacks(e, d) == 0 ? NULL : pair_stop_reason(e, d);

	buf_printf(
	    out, "%s: %s", d->w->label,
	    decision_name(record == NULL ? DECISION_NONE : record->decision));
	if (stop != NULL)
		buf_printf(out, ", not run: %s", stop);
	if (record != NULL)
		tell_reasons(record->reasons, out);
	else
		buf_puts(out, " (no record yet)\n");
}

static int
standing(struct engine *e, const char *owner, struct buf *out)
{
	int due = 0, pass = 0, others = 0;
	char today[WALL_DAY_LEN + 1];
	struct buf list = {0};

	for (size_t i = 0; i < e->n_duties; i++) {
		const struct duty *d = &e->duties[i];
		const struct record_fact *record = record_of_today(e, d);

		if (!is_meant(d, owner) || !govern_review_day(d->w, e->today))
			continue;
		due++;
		if (record != NULL && record->decision == DECISION_PASS)
			pass++;
		else if (others++ < TOLD_MAX)
			tell(e, d, record, &list);
	}
	if (due == 0)
		buf_puts(out, "no workload is due today\n");
	else
		buf_printf(out, "%d of %d workload%s %s\n%s", pass, due,
			   TEXT_PLURAL(due), due == 1 ? "passes" : "pass",
			   buf_text(&list));
	if (others > TOLD_MAX)
		buf_printf(out, "and %d more\n", others - TOLD_MAX);
	if (others > 0)
		buf_printf(out, "who acts: evidencectl todo%s%s\n",
			   owner[0] == '\0' ? "" : " --owner ", owner);
	/* Without a date it would be of a day that has closed. */
	if (due > 0)
		buf_printf(
		    out,
		    "the packet of today: evidencectl packet%s%s --by owner "
		    "--date %s\n",
		    owner[0] == '\0' ? "" : " --owner ", owner,
		    day_format(e->today, today));
	buf_free(&list);
	return others == 0 ? CTL_OK : CTL_CHECK_FAILED;
}

static void
answer(struct engine *e, size_t i)
{
	char owner[NAME_MAX_LEN + 1];
	struct buf text = {0};
	int status;

	memcpy(owner, e->waiting[i].owner, sizeof(owner));
	status = standing(e, owner, &text);
	command_end_wait(e, i, status, buf_text(&text));
	buf_free(&text);
}

void
prepare_answer(struct engine *e)
{
	for (size_t i = e->n_waiting; i > 0; i--) {
		const struct waiting *w = &e->waiting[i - 1];
		bool under_way = false;

		if (!w->prepare)
			continue;
		for (size_t k = 0; k < e->n_duties && !under_way; k++)
			under_way = is_meant(&e->duties[k], w->owner) &&
				    is_under_way(e, &e->duties[k]);
		if (!under_way)
			answer(e, i - 1);
	}
}
