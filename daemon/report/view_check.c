/* Folding the rows of checks: what was begun, what a run showed, whether its
 * usage became visible, what a source said. */
#include "base/json.h"
#include "base/text.h"
#include "report/view_fold.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

const char *
view_text(struct json_object *body, const char *key)
{
	return json_get_string(body, key, "");
}

struct wall_time
view_time(struct json_object *body, const char *key)
{
	struct wall_time t = {0};

	wall_parse(view_text(body, key), &t);
	return t;
}

struct digest
view_digest(struct json_object *body, const char *key)
{
	const char *text = view_text(body, key);
	struct digest d = {0};

	if (strlen(text) == DIGEST_HEX_LEN)
		hex_decode(text, DIGEST_LEN, d.bytes);
	return d;
}

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

static bool
is_planned(const char *trigger)
{
	return strcmp(trigger, "schedule") == 0 ||
	       strcmp(trigger, "catch_up") == 0;
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
	if (is_planned(view_text(body, "trigger")))
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

static bool
usage_settled(const struct usage_fact *u)
{
	return u->seen &&
	       (u->outcome == LOOK_VISIBLE || u->outcome == LOOK_NOT_VISIBLE ||
		u->outcome == LOOK_LABEL_MISMATCH ||
		u->outcome == LOOK_RESPONSE);
}

static void
fold_happy(struct view_day *d, const struct run_fact *f)
{
	struct day_evidence *e = &d->evidence;

	if (!outcome_conclusive(f->outcome)) {
		e->happy_inconclusive = *f;
		return;
	}
	if (usage_settled(&e->usage)) {
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
	if (!usage_settled(u))
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
		d->evidence.ceiling_reached = true;
		if (!view_day_rests_on(d, row->seq))
			return ERR_NOMEM;
	}
	return 0;
}

static void
rests_on(struct view_source *s, uint64_t seq)
{
	if (s->n_rows == VIEW_SOURCE_ROWS) {
		memmove(s->rows, s->rows + 1,
			(VIEW_SOURCE_ROWS - 1) * sizeof(s->rows[0]));
		s->n_rows--;
	}
	s->rows[s->n_rows++] = seq;
}

/* The facts as the last day left them stay readable for its late records. */
void
view_source_day(struct view_source *s, int32_t day)
{
	if (day == s->fact_day)
		return;
	s->before = s->fact;
	s->fact_day = day;
}

/* Nothing that was read or approved elsewhere is known of another address; of
 * another part of the same page only an approved text still is. */
static void
turn_to(struct source_fact *f, struct json_object *body)
{
	const char *address = view_text(body, "url");
	struct digest url = digest_sha256(address, strlen(address));
	struct digest filter = view_digest(body, "filter_sha256");

	if (f->tried && !digest_equal(&f->url, &url))
		*f = (struct source_fact){0};
	else if (f->tried && !digest_equal(&f->filter, &filter))
		f->read = false;
	f->url = url;
	f->filter = filter;
}

static void
fold_read(struct view_source *s, const struct row *row,
	  struct json_object *body, enum page_outcome outcome)
{
	struct source_fact *f = &s->fact;
	struct wall_time at = view_time(body, "read_at");

	if (at.us == 0)
		at = row->at;
	f->tried = true;
	f->tried_at = at;
	f->tried_seq = row->seq;
	f->tried_outcome = outcome;
	if (page_outcome_good(outcome)) {
		f->read = true;
		f->read_at = at;
		f->read_seq = row->seq;
		f->text = view_digest(body, "text_sha256");
		f->text_len = (size_t)json_get_int(body, "text_bytes", 0);
		f->bad_reads = 0;
		view_copy(s->title, sizeof(s->title), view_text(body, "title"));
	} else if (page_outcome_lost(outcome)) {
		if (f->bad_reads++ == 0) {
			f->bad_since = at;
			s->bad_seq = row->seq;
		}
	}
}

int
view_fold_source(struct view *v, const struct row *row,
		 struct json_object *body)
{
	struct view_source *s = view_source_make(v, view_text(body, "source"));
	enum view_answer answer = view_answer_of_read(body);
	enum page_outcome outcome;

	if (s == NULL)
		return ERR_NOMEM;
	if (page_outcome_by_name(view_text(body, "outcome"), &outcome) < 0)
		return 0;
	view_source_day(s, wall_day(row->at));
	rests_on(s, row->seq);
	turn_to(&s->fact, body);
	view_copy(s->url, sizeof(s->url), view_text(body, "url"));
	if (s->attempts == 0 || s->slot_day != wall_day(row->at)) {
		s->slot_day = wall_day(row->at);
		s->first_at = row->at;
		s->attempts = 0;
	}
	s->attempts++;
	view_note_answer(v, row, answer);
	s->tried_silent = answer == VIEW_SILENT;
	if (is_planned(view_text(body, "trigger")))
		s->planned =
		    (struct planned_fact){view_time(body, "slot"), row->seq};
	fold_read(s, row, body, outcome);
	return 0;
}

/* It is of the page that is configured now, and moves no baseline. */
int
view_fold_attest_source(struct view *v, const struct row *row,
			struct json_object *body)
{
	struct view_source *s = view_source_make(v, view_text(body, "source"));

	if (s == NULL)
		return ERR_NOMEM;
	view_source_day(s, wall_day(row->at));
	turn_to(&s->fact, body);
	s->fact.attested = true;
	s->fact.attested_at = row->at;
	s->fact.attested_seq = row->seq;
	return 0;
}
