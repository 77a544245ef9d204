/* Folding the rows of runs: what was begun, what an answer showed, and what was
 * missed. */
#include "report/view_fold.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>

static enum run_path
path_of(const char *name)
{
	return strcmp(name, "error") == 0 ? PATH_ERROR : PATH_HAPPY;
}

/* A slot that was not tried before on this day. */
static void
count_attempt(struct attempts *a, struct wall_time slot, struct wall_time at,
	      const char *trigger)
{
	if (strcmp(trigger, "manual") == 0 ||
	    (a->n > 0 && slot.us == a->slot.us))
		return;
	if (a->n == 0)
		a->first_at = at;
	a->slot = slot;
	a->n++;
}

int
view_fold_begun(struct view *v, const struct row *row, struct json_object *body)
{
	struct view_workload *w =
	    view_workload_touch(v, view_text(body, "workload_label"));
	enum run_path path = path_of(view_text(body, "path"));
	struct begun_fact *b;
	struct view_day *d;

	if (w == NULL)
		return ERR_NOMEM;
	b = &w->begun[path];
	*b = (struct begun_fact){.open = true,
				 .seq = row->seq,
				 .slot = view_time(body, "slot"),
				 .at = row->at,
				 .path = path};
	view_copy(b->run, sizeof(b->run), view_text(body, "run"));
	view_copy(b->check, sizeof(b->check), view_text(body, "check"));
	d = view_day_make(w, wall_day(row->at));
	if (!view_day_rests_on(d, row->seq))
		return ERR_NOMEM;
	count_attempt(&d->attempts[path], b->slot, row->at,
		      view_text(body, "trigger"));
	if (view_is_planned(view_text(body, "trigger")))
		w->planned[path] = (struct planned_fact){b->slot, row->seq};
	d->evidence.requests++;
	/* From here on movement on the key is explained by this run. */
	if (path == PATH_HAPPY)
		w->has_after = false;
	return 0;
}

/* Gateways leave either the total or a part out, or zero. */
static int64_t
tokens_of(struct json_object *usage)
{
	int64_t total = json_get_int(usage, "total_tokens", 0);
	int64_t parts = json_get_int(usage, "prompt_tokens", 0) +
			json_get_int(usage, "completion_tokens", 0);

	return total > parts ? total : parts;
}

static void
read_run(const struct row *row, struct json_object *body, struct run_fact *f)
{
	struct json_object *context = json_get(body, "context");

	*f = (struct run_fact){
	    .outcome = outcome_by_name(view_text(body, "outcome")),
	    .seq = row->seq,
	    .requested = view_time(body, "request_time_utc"),
	    .scope = view_digest(context, "scope_digest"),
	    .profile = view_digest(context, "profile_digest"),
	    .forced = json_get_bool(body, "forced", false),
	    .json_usage_present = tokens_of(json_get(body, "usage")) > 0,
	};
	view_copy(f->run, sizeof(f->run), view_text(body, "run"));
}

static void
fold_happy(struct view_day *d, const struct run_fact *f)
{
	struct day_evidence *e = &d->evidence;

	if (!outcome_conclusive(f->outcome)) {
		e->happy_inconclusive = *f;
		return;
	}
	if (view_usage_settled(&e->usage)) {
		e->happy_before = e->happy;
		e->usage_before = e->usage;
	}
	e->happy = *f;
	e->usage = (struct usage_fact){0};
	d->looks = 0;
}

/* Failures in a row are those that happy-path-failed reports; the others
 * have rules of their own. */
static bool
is_failure(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_UNREACHABLE:
	case OUTCOME_SERVER_ERROR:
	case OUTCOME_THROTTLED:
	case OUTCOME_BLOCKED:
	case OUTCOME_IN_BAND_ERROR:
	case OUTCOME_MALFORMED:
	case OUTCOME_REDIRECTED:
	case OUTCOME_UNCLASSIFIED:
		return true;
	default:
		return false;
	}
}

static void
remember(struct view_workload *w, const struct run_fact *f, bool failed)
{
	w->recent = w->recent << 1 | failed;
	w->recent_seq[w->n_recent++ % VIEW_RECENT] = f->seq;
}

/* Only an answer to our own credential ends what was wrong: that something
 * else went wrong meanwhile does not. */
static void
note_happy(struct view_workload *w, const struct run_fact *f, bool silent)
{
	if (outcome_conclusive(f->outcome)) {
		remember(w, f, false);
		w->failures = 0;
		w->refused = (struct run_fact){0};
	} else if (f->outcome == OUTCOME_CREDENTIAL_REJECTED ||
		   f->outcome == OUTCOME_QUOTA_EXHAUSTED) {
		w->refused = *f;
	} else if (is_failure(f->outcome)) {
		remember(w, f, true);
		w->failed = f->outcome;
		if (w->failures++ == 0) {
			w->failing_since = f->requested;
			w->failing_seq = f->seq;
		}
	}
	w->last_happy = f->outcome;
	w->last_happy_seq = f->seq;
	w->last_happy_at = f->requested;
	w->last_happy_silent = silent;
	w->ran = true;
	w->last_scope = f->scope;
}

uint32_t
view_print(const char *fingerprint)
{
	return text_hash(fingerprint, strlen(fingerprint));
}

/* Movement on a key that others have too is explained by this run for all of
 * them. */
static void
note_key(struct view *v, struct view_workload *w, const char *credential)
{
	w->key_hash = text_hash(credential, strlen(credential));
	for (size_t i = 0; i < v->n_workloads; i++) {
		if (&v->workloads[i] != w &&
		    v->workloads[i].key_hash == w->key_hash)
			v->workloads[i].has_after = false;
	}
}

/* Yesterday's stays: a look-up may still go on for its record. */
static struct view_shared_day *
shared_day(struct view_shared_error *s, int32_t day)
{
	for (size_t i = 0; i < s->n_days; i++) {
		if (s->days[i].day == day)
			return &s->days[i];
	}
	memmove(&s->days[1], &s->days[0], (VIEW_DAYS - 1) * sizeof(s->days[0]));
	if (s->n_days < VIEW_DAYS)
		s->n_days++;
	s->days[0] = (struct view_shared_day){.day = day};
	return &s->days[0];
}

static int
fold_shared(struct view *v, struct json_object *body, int32_t day,
	    const struct run_fact *f)
{
	struct view_shared_error *s;
	struct view_shared_day *d;

	if (strcmp(view_text(body, "scope"), "gateway") != 0)
		return 0;
	s = view_shared_make(v, view_text(body, "endpoint"),
			     view_text(body, "environment"), &f->profile);
	if (s == NULL)
		return ERR_NOMEM;
	d = shared_day(s, day);
	if (outcome_conclusive(f->outcome))
		d->error = s->last = *f;
	else
		d->error_inconclusive = *f;
	return 0;
}

/* The gateway turned our own credential away in the same run: perhaps it
 * turned everybody away, and its rejection proves nothing. */
static bool
proves_nothing(const struct view_day *d, const struct run_fact *f)
{
	const struct run_fact *own = &d->evidence.happy_inconclusive;

	return f->outcome == OUTCOME_REJECTED &&
	       own->outcome == OUTCOME_CREDENTIAL_REJECTED &&
	       strcmp(own->run, f->run) == 0;
}

/* An acceptance stands until a rejection, and an answer that nobody
 * understands until one that somebody does: an outage ends neither. */
static bool
is_news(enum outcome before, enum outcome outcome)
{
	return outcome_conclusive(outcome) ||
	       (before != OUTCOME_ACCEPTED &&
		(before != OUTCOME_UNCLASSIFIED ||
		 outcome == OUTCOME_UNCLASSIFIED));
}

static void
fold_error(struct view_workload *w, struct view_day *d,
	   const struct run_fact *f)
{
	if (outcome_conclusive(f->outcome))
		d->evidence.error = *f;
	else
		d->evidence.error_inconclusive = *f;
	if (is_news(w->error_stands.outcome, f->outcome))
		w->error_stands = *f;
}

int
view_fold_run(struct view *v, const struct row *row, struct json_object *body)
{
	struct view_workload *w =
	    view_workload_touch(v, view_text(body, "workload_label"));
	enum run_path path =
	    strcmp(row->kind, "check.error") == 0 ? PATH_ERROR : PATH_HAPPY;
	enum view_answer answer = view_answer_of_run(body);
	struct view_day *d;
	struct run_fact f;
	int64_t tokens;

	if (w == NULL)
		return ERR_NOMEM;
	read_run(row, body, &f);
	view_note_answer(v, row, answer);
	if (strcmp(w->begun[path].run, f.run) == 0)
		w->begun[path].open = false;
	d = view_day_make(w, wall_day(f.requested));
	if (!view_day_rests_on(d, row->seq))
		return ERR_NOMEM;
	tokens = tokens_of(json_get(body, "usage"));
	d->evidence.tokens += tokens;
	if (tokens > d->tokens_most)
		d->tokens_most = tokens;
	if (path == PATH_ERROR) {
		w->last_error = f.outcome;
		w->last_error_seq = f.seq;
		w->last_error_at = f.requested;
		if (proves_nothing(d, &f))
			f.outcome = OUTCOME_CREDENTIAL_REJECTED;
		fold_error(w, d, &f);
		return fold_shared(v, body, d->evidence.day, &f);
	}
	fold_happy(d, &f);
	note_happy(w, &f, answer == VIEW_SILENT);
	note_key(v, w, view_text(body, "credential"));
	w->key_print = view_print(view_text(body, "credential_fingerprint"));
	if (outcome_conclusive(f.outcome))
		d->key_print = w->key_print;
	return 0;
}

/* "support-chat/happy" is about support-chat; a source's name stands alone. */
static struct view_workload *
workload_of_check(struct view *v, const struct row *row, const char *check)
{
	const char *slash = strchr(check, '/');
	char label[LABEL_MAX + 1];

	if (slash == NULL || (size_t)(slash - check) > LABEL_MAX)
		return NULL;
	memcpy(label, check, (size_t)(slash - check));
	label[slash - check] = '\0';
	return view_workload_touch(v, label);
}

int
view_fold_missed(struct view *v, const struct row *row,
		 struct json_object *body)
{
	const char *check = view_text(body, "check");
	const char *reason = view_text(body, "reason");
	struct planned_fact planned = {view_time(body, "to"), row->seq};
	struct view_workload *w = workload_of_check(v, row, check);
	struct view_source *s = w == NULL ? view_source(v, check) : NULL;
	enum run_path path;
	struct view_day *d;

	if (s != NULL)
		s->planned = planned;
	if (w == NULL)
		return 0;
	path = path_of(strchr(check, '/') + 1);
	if (strcmp(reason, "interrupted") == 0) {
		struct begun_fact *b = &w->begun[path];

		if (strcmp(b->run, view_text(body, "run")) == 0)
			b->open = false;
		return 0;
	}
	w->planned[path] = planned;
	if (strcmp(reason, "ceiling") == 0) {
		d = view_day_make(w, wall_day(row->at));
		if (!view_day_rests_on(d, row->seq))
			return ERR_NOMEM;
		d->evidence.ceiling_reached = true;
	}
	return 0;
}
