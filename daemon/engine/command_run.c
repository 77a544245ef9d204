/* Runs that a person asks for: a pair, one of its paths, a look for its usage,
 * a page.  They stay inside ceilings and stops unless they are forced.  Whoever
 * waits is told first what the run itself saw, where that is not good: the
 * record of the day may stay the pass that it was.  After a good pair the
 * record's decision is the answer. */
#include "conf/nearest.h"
#include "engine/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool
command_operator(struct engine *e, uint64_t client, const struct ctl_peer *peer)
{
	if (peer->root || peer->admin)
		return true;
	command_answer(e, client, CTL_NOT_PERMITTED,
		       "operating needs root or the unix group %s",
		       engine_conf(e)->admin_group);
	return false;
}

/* What a person asks for is a slot like any other, and a slot is a second:
 * one that has its row already takes no other. */
struct wall_time
command_slot(const struct engine *e)
{
	return wall_from_s(wall_s(e->now.wall));
}

static const char just_now[] = "ran in this very second; ask again";

static void
run_source(struct engine *e, uint64_t client, struct source_duty *s, bool wait)
{
	const struct wall_time slot = command_slot(e);
	struct read *r;

	if (s->active || jobs_slot_done(e, s->source->name, "read", slot)) {
		command_answer(
		    e, client, CTL_REFUSED,
		    "BUSY: %s %s; see evidencectl why %s", s->source->name,
		    s->active ? "is being read" : just_now, s->source->name);
		return;
	}
	r = read_new(e, s, slot, TRIGGER_MANUAL);
	if (r == NULL)
		command_answer(e, client, CTL_REFUSED,
			       "NOT_STARTED: see the journal");
	else if (wait)
		r->client = client;
	else
		command_answer(e, client, CTL_OK, "%s: started",
			       s->source->name);
}

/* "support-chat", "support-chat/happy", "support-chat/error", and
 * "support-chat/usage", which needs no path. */
static struct duty *
find_job(struct engine *e, const char *name, int *ret_need)
{
	const char *slash = strchr(name, '/');
	char label[LABEL_MAX + 1];

	*ret_need = NEED_HAPPY | NEED_ERROR;
	if (slash == NULL)
		return jobs_duty(e, name);
	if (strcmp(slash, "/happy") == 0)
		*ret_need = NEED_HAPPY;
	else if (strcmp(slash, "/error") == 0)
		*ret_need = NEED_ERROR;
	else if (strcmp(slash, "/usage") == 0)
		*ret_need = 0;
	else
		return NULL;
	if ((size_t)(slash - name) > LABEL_MAX)
		return NULL;
	memcpy(label, name, (size_t)(slash - name));
	label[slash - name] = '\0';
	return jobs_duty(e, label);
}

/* A stop after an accepted invalid credential leaves the error path open:
 * its rejection is what ends the stop. */
static const char *
manual_stop(const struct engine *e, const struct duty *d, int need, bool force)
{
	const char *stop = pair_stop_reason(e, d);

	if (stop == NULL || (force && strcmp(stop, "credential_missing") != 0))
		return NULL;
	if (strcmp(stop, "invalid_credential_accepted") == 0 &&
	    need == NEED_ERROR)
		return NULL;
	return stop;
}

/* "ceiling" for a person: what is used up, and how it goes on. */
static void
refuse_stopped(struct engine *e, uint64_t client, const struct duty *d,
	       const char *stop)
{
	const struct workload *w = d->w;
	char used[128], next[LABEL_MAX + 100];

	if (strcmp(stop, "ceiling") == 0) {
		if (pair_requests_used(e, w))
			snprintf(used, sizeof(used),
				 "its requests of today are used "
				 "(max_requests_per_day %d)",
				 w->max_requests_per_day);
		else
			snprintf(used, sizeof(used),
				 "one more could cost more tokens than today "
				 "has left (max_tokens_per_day %" PRId64 ")",
				 w->max_tokens_per_day);
		snprintf(next, sizeof(next),
			 "tomorrow, or evidencectl run %s --force, which holds "
			 "the day as a fallback",
			 w->label);
	} else if (strcmp(stop, "credential_missing") == 0) {
		snprintf(used, sizeof(used), "its credential is not loaded");
		snprintf(next, sizeof(next), "evidencectl list credentials");
	} else {
		snprintf(used, sizeof(used),
			 "the gateway accepted an invalid credential");
		snprintf(next, sizeof(next),
			 "evidencectl run %s/error, whose rejection ends the "
			 "stop",
			 w->label);
	}
	command_answer(e, client, CTL_REFUSED, "STOPPED: %s: %s; next: %s",
		       w->label, used, next);
}

static bool
ran(const struct engine *e, const struct duty *d, int need,
    struct wall_time slot)
{
	const char *label = d->w->label;

	return ((need & NEED_HAPPY) != 0 &&
		jobs_slot_done(e, label, "happy", slot)) ||
	       ((need & NEED_ERROR) != 0 &&
		jobs_slot_done(e, label, "error", slot));
}

enum { AND_THROTTLED_MAX = THROTTLE_WORDS_MAX + 2 };

/* "; the account surface of G is throttled until T", or "". */
static const char *
and_throttled(const struct engine *e, const struct workload *w,
	      char out[AND_THROTTLED_MAX])
{
	char words[THROTTLE_WORDS_MAX];

	throttle_words(e, jobs_gateway(e, w->gateway), words);
	snprintf(out, AND_THROTTLED_MAX, "%s%s", words[0] == '\0' ? "" : "; ",
		 words);
	return out;
}

static void
run_job(struct engine *e, uint64_t client, struct duty *d, int need,
	const struct ctl_request *request)
{
	const char *stop = manual_stop(e, d, need, request->force);
	const struct wall_time slot = command_slot(e);
	char throttled[AND_THROTTLED_MAX];
	struct pair *p;

	if (d->w->gateway == NULL || d->w->gateway->profile == NULL) {
		command_answer(e, client, CTL_REFUSED,
			       "NO_GATEWAY: %s names gateway %s, which is not "
			       "configured; evidencectl check-config",
			       d->w->label, d->w->gateway_name);
	} else if (pair_active(e, d->w->label)) {
		command_answer(e, client, CTL_REFUSED,
			       "BUSY: %s is running%s; see evidencectl why %s",
			       d->w->label, and_throttled(e, d->w, throttled),
			       d->w->label);
	} else if (ran(e, d, need, slot)) {
		command_answer(e, client, CTL_REFUSED,
			       "BUSY: %s %s; see evidencectl why %s",
			       d->w->label, just_now, d->w->label);
	} else if (stop != NULL) {
		refuse_stopped(e, client, d, stop);
	} else {
		p = pair_new(e, d->w, need, slot, TRIGGER_MANUAL);
		if (p == NULL) {
			command_answer(e, client, CTL_REFUSED,
				       "NOT_STARTED: no memory");
			return;
		}
		p->at_once = true;
		p->forced = request->force && pair_stop_reason(e, d) != NULL;
		if (request->wait)
			p->client = client;
		else
			command_answer(e, client, CTL_OK, "%s: started",
				       request->name);
	}
}

/* No request of the workload is sent: the surface alone is asked. */
static void
run_look(struct engine *e, uint64_t client, struct duty *d,
	 const struct ctl_request *request)
{
	const char *code, *words;
	struct pair *p = look_now(e, d, &code, &words);
	const bool busy = p == NULL && strcmp(code, "BUSY") == 0;

	if (p == NULL)
		command_answer(e, client, CTL_REFUSED, "%s: %s: %s%s%s", code,
			       request->name, words,
			       busy ? "; see evidencectl why " : "",
			       busy ? d->w->label : "");
	else if (p->look_client != 0)
		command_answer(e, client, CTL_REFUSED,
			       "BUSY: %s: somebody waits for it already; see "
			       "evidencectl why %s",
			       request->name, d->w->label);
	else if (request->wait)
		p->look_client = client;
	else
		command_answer(e, client, CTL_OK, "%s: started", request->name);
}

void
command_run(struct engine *e, uint64_t client,
	    const struct ctl_request *request, const struct ctl_peer *peer)
{
	struct source_duty *s = jobs_source(e, request->name);
	struct duty *d;
	int need;

	if (!command_operator(e, client, peer))
		return;
	d = find_job(e, request->name, &need);
	if (e->ledger_damaged)
		command_answer(
		    e, client, CTL_LEDGER_DAMAGED,
		    "LEDGER_DAMAGED: nothing is sent; evidencectl verify");
	else if (e->stopping)
		command_answer(e, client, CTL_REFUSED, "STOPPING");
	else if (s != NULL)
		run_source(e, client, s, request->wait);
	else if (d != NULL && need == 0)
		run_look(e, client, d, request);
	else if (d != NULL)
		run_job(e, client, d, need, request);
	else
		command_unknown(e, client, "workload, job or source",
				request->name,
				NEAREST_WORKLOAD | NEAREST_JOB | NEAREST_SOURCE,
				"evidencectl list checks");
}

void
command_look_done(struct engine *e, struct pair *p, enum look_outcome outcome,
		  const char *row_id)
{
	int status = outcome == LOOK_VISIBLE ? CTL_OK : CTL_CHECK_FAILED;
	uint64_t client = p->look_client;
	char throttled[AND_THROTTLED_MAX];
	struct waiting *w;

	if (client == 0 || outcome == LOOK_BEFORE)
		return;
	p->look_client = 0;
	if (row_id == NULL) {
		command_answer(e, client, status, "%s: %s", p->w->label,
			       look_outcome_name(outcome));
		return;
	}
	w = command_wait(e, client);
	if (w == NULL)
		return;
	w->exit_status = status;
	snprintf(w->row_id, sizeof(w->row_id), "%s", row_id);
	snprintf(w->text, sizeof(w->text), "%s: %s%s\n", p->w->label,
		 look_outcome_name(outcome),
		 outcome == LOOK_UNREACHABLE ? and_throttled(e, p->w, throttled)
					     : "");
}

/* The pair has ended; its record, if one is due, comes in this turn. */
void
command_pair_done(struct engine *e, const struct pair *p)
{
	struct waiting *w;

	if (p->look_client != 0)
		command_answer(e, p->look_client, CTL_CHECK_FAILED,
			       "%s: not looked; see the journal", p->w->label);
	if (p->client == 0)
		return;
	w = command_wait(e, p->client);
	if (w == NULL)
		return;
	snprintf(w->label, sizeof(w->label), "%s", p->w->label);
	w->one_path = p->wanted != (NEED_HAPPY | NEED_ERROR);
	w->happy = p->happy;
	w->error = p->error;
}

void
command_read_done(struct engine *e, const struct read *r,
		  enum page_outcome outcome)
{
	if (r->client != 0)
		command_answer(
		    e, r->client,
		    page_outcome_good(outcome) ? CTL_OK : CTL_CHECK_FAILED,
		    "%s: %s", r->source->name, page_outcome_name(outcome));
}

/* Why the surface could not be read, where that holds the record. */
static const char *
surface_of_record(struct engine *e, const struct view_workload *v,
		  char out[AND_THROTTLED_MAX])
{
	const struct duty *d = jobs_duty(e, v->label);

	if (d == NULL ||
	    (v->record.reasons & reason_bit(REASON_SURFACE_UNREACHABLE)) == 0)
		return "";
	return and_throttled(e, d->w, out);
}

/* What a run saw that was not good; OUTCOME_NONE where all was. */
static enum outcome
bad_outcome(const struct waiting *w)
{
	if (w->happy != OUTCOME_NONE && w->happy != OUTCOME_PASS)
		return w->happy;
	return w->error == OUTCOME_REJECTED ? OUTCOME_NONE : w->error;
}

/* The record of today, or NULL. */
static const struct record_fact *
record_of_today(const struct engine *e, const struct view_workload *v)
{
	return v != NULL && v->record.present && v->record.day == e->today
		   ? &v->record
		   : NULL;
}

/* "w0: unreachable; the record of 2026-07-04 stays pass (row 97)": no bad run
 * makes a pass, so one that is there was there before. */
static void
tell_bad(const struct waiting *w, enum outcome bad,
	 const struct record_fact *record, char *out, size_t size)
{
	char day[WALL_DAY_LEN + 1];

	if (record == NULL)
		snprintf(out, size, "%s: %s\n", w->label, outcome_name(bad));
	else
		snprintf(out, size,
			 "%s: %s; the record of %s %s %s (row %" PRIu64 ")\n",
			 w->label, outcome_name(bad),
			 day_format(record->day, day),
			 record->decision == DECISION_PASS ? "stays" : "is",
			 decision_name(record->decision), record->seq);
}

/* After a good pair: what its day is now. */
static bool
tell_record(struct engine *e, const char *label, char *out, size_t size)
{
	const struct duty *d = jobs_duty(e, label);
	const struct view_workload *v = view_workload(e->view, label);
	const struct record_fact *record = record_of_today(e, v);
	char throttled[AND_THROTTLED_MAX];

	if (record == NULL) {
		snprintf(out, size,
			 "%s: pending (no record yet; evidencectl why %s)%s\n",
			 label, label,
			 d == NULL ? "" : and_throttled(e, d->w, throttled));
		return false;
	}
	snprintf(out, size, "%s: %s%s\n", label,
		 decision_name(record->decision),
		 surface_of_record(e, v, throttled));
	return record->decision == DECISION_PASS;
}

static void
answer_run(struct engine *e, size_t i)
{
	const struct waiting *w = &e->waiting[i];
	const enum outcome bad = bad_outcome(w);
	char text[LABEL_MAX + 320];
	bool pass = false;

	if (w->happy == OUTCOME_NONE && w->error == OUTCOME_NONE) {
		snprintf(text, sizeof(text), "%s: not run; see the journal\n",
			 w->label);
	} else if (bad != OUTCOME_NONE) {
		tell_bad(w, bad,
			 record_of_today(e, view_workload(e->view, w->label)),
			 text, sizeof(text));
	} else if (w->one_path) {
		pass = true;
		snprintf(text, sizeof(text), "%s: %s\n", w->label,
			 outcome_name(w->happy != OUTCOME_NONE ? w->happy
							       : w->error));
	} else {
		pass = tell_record(e, w->label, text, sizeof(text));
	}
	command_end_wait(e, i, pass ? CTL_OK : CTL_CHECK_FAILED, text);
}

/* At the end of a turn: runs whose record is written or not needed. */
void
command_answer_runs(struct engine *e)
{
	for (size_t i = e->n_waiting; i > 0; i--) {
		const struct waiting *w = &e->waiting[i - 1];
		const struct duty *d;

		if (w->label[0] == '\0')
			continue;
		d = jobs_duty(e, w->label);
		if (d == NULL || (!d->record_in_flight && !d->dirty))
			answer_run(e, i - 1);
	}
	prepare_answer(e);
}
