/* The newest record of a day counts, whenever it was written: a later row
 * replaces an earlier one.  Requests belong to the day on which they were
 * begun, tokens to that of their request_time_utc.
 *
 * Invariant: a row changes the span only through what it says itself, so that
 * rows that are left out never make others mean more. */
#include "base/json_pick.h"
#include "base/text.h"
#include "report/span_inside.h"
#include "verdict/record.h"

#include <stdlib.h>
#include <string.h>

/* What is read of a row: a month of two hundred workloads is tens of thousands
 * of them. */
enum member {
	MEMBER_CONTEXT,
	MEMBER_CORRECTS,
	MEMBER_DECISION,
	MEMBER_EVIDENCE_TIER,
	MEMBER_HTTP_STATUS,
	MEMBER_OUTCOME,
	MEMBER_PATH,
	MEMBER_PEER_UID,
	MEMBER_READ_AT,
	MEMBER_REASONS,
	MEMBER_REQUEST_TIME,
	MEMBER_REVIEW_DATE,
	MEMBER_ROLE,
	MEMBER_SOURCE,
	MEMBER_TO,
	MEMBER_TRIGGER,
	MEMBER_USAGE,
	MEMBER_WORKLOAD_LABEL,
	MEMBERS
};

static const char *const member_names[MEMBERS] = {
    [MEMBER_CONTEXT] = "context",
    [MEMBER_CORRECTS] = "corrects",
    [MEMBER_DECISION] = "decision",
    [MEMBER_EVIDENCE_TIER] = "evidence_tier",
    [MEMBER_HTTP_STATUS] = "http_status",
    [MEMBER_OUTCOME] = "outcome",
    [MEMBER_PATH] = "path",
    [MEMBER_PEER_UID] = "peer_uid",
    [MEMBER_READ_AT] = "read_at",
    [MEMBER_REASONS] = "reasons",
    [MEMBER_REQUEST_TIME] = "request_time_utc",
    [MEMBER_REVIEW_DATE] = "review_date",
    [MEMBER_ROLE] = "role",
    [MEMBER_SOURCE] = "source",
    [MEMBER_TO] = "to",
    [MEMBER_TRIGGER] = "trigger",
    [MEMBER_USAGE] = "usage",
    [MEMBER_WORKLOAD_LABEL] = "workload_label",
};

enum { WORD_SIZE = 64 };

/* The row, and what was found in its body. */
struct told {
	const struct row *row;
	struct json_slice of[MEMBERS];
};

static bool
read_time(const struct json_slice *text, struct wall_time *ret)
{
	char word[WORD_SIZE];

	return json_slice_string(text, word, sizeof(word)) &&
	       wall_parse(word, ret) == 0;
}

static void
note_seen(struct span *s, struct span_workload *w, int32_t day)
{
	if (day < s->first)
		w->seen_before = true;
	else if (day < s->first + s->n_days && day < w->first)
		w->first = day;
}

static int
keep_record(struct span_workload *w, const struct row *row)
{
	char *text = malloc(row->body_len + 1);

	if (text == NULL)
		return ERR_NOMEM;
	memcpy(text, row->body, row->body_len);
	text[row->body_len] = '\0';
	free(w->record);
	w->record = text;
	w->record_len = row->body_len;
	return 0;
}

static int
apply_record(struct span *s, struct span_workload *w, const struct told *t)
{
	struct span_day *d;
	char word[WORD_SIZE];
	int32_t day;
	int i;

	if (!json_slice_string(&t->of[MEMBER_REVIEW_DATE], word,
			       sizeof(word)) ||
	    day_parse(word, &day) < 0)
		return 0;
	note_seen(s, w, day);
	i = span_place(s, day);
	if (i < 0)
		return 0;
	d = &w->days[i];
	*d = (struct span_day){.seq = t->row->seq};
	if (json_slice_string(&t->of[MEMBER_DECISION], word, sizeof(word)))
		d->decision = decision_by_name(word);
	d->response_only =
	    d->decision == DECISION_PASS &&
	    json_slice_is(&t->of[MEMBER_EVIDENCE_TIER], "response");
	d->reasons = record_reasons(&t->of[MEMBER_REASONS]);
	return i == s->n_days - 1 ? keep_record(w, t->row) : 0;
}

/* The record stays what it is: only a newer one takes its place. */
static int
apply_correction(struct span *s, struct span_workload *w, const struct told *t)
{
	static const char *const names[] = {"seq"};
	const struct json_slice *of = &t->of[MEMBER_CORRECTS];
	struct json_slice value;
	int64_t seq;

	if (of->at == NULL || !json_pick(of->at, of->len, names, 1, &value) ||
	    !json_slice_int(&value, &seq) || seq <= 0)
		return 0;
	for (int i = 0; i < s->n_days; i++) {
		struct span_day *d = &w->days[i];

		if (d->seq == (uint64_t)seq && d->corrected_by == 0)
			d->corrected_by = t->row->seq;
	}
	return 0;
}

/* What a person asks for is no slot. */
static void
note_slot(const struct span *s, struct span_workload *w, const struct told *t)
{
	enum run_path path = json_slice_is(&t->of[MEMBER_PATH], "error")
				 ? PATH_ERROR
				 : PATH_HAPPY;

	if (span_place(s, wall_day(t->row->at)) == s->n_days - 1 &&
	    w->begun[path].us == 0 &&
	    !json_slice_is(&t->of[MEMBER_TRIGGER], "manual"))
		w->begun[path] = t->row->at;
}

static int
apply_begun(struct span *s, struct span_workload *w, const struct told *t)
{
	int32_t day = wall_day(t->row->at);

	note_seen(s, w, day);
	note_slot(s, w, t);
	w->use.requests += span_place(s, day) >= 0;
	return 0;
}

static void
add(struct span_sum *sum, const struct json_slice *value)
{
	int64_t n;

	if (!json_slice_int(value, &n))
		return;
	sum->total += n;
	sum->reported++;
}

static void
add_usage(struct span_use *use, const struct json_slice *usage)
{
	static const char *const names[] = {"completion_tokens",
					    "prompt_tokens", "total_tokens"};
	struct json_slice counts[3];

	if (usage->at == NULL)
		return;
	json_pick(usage->at, usage->len, names, 3, counts);
	add(&use->completion, &counts[0]);
	add(&use->prompt, &counts[1]);
	add(&use->tokens, &counts[2]);
}

static int
apply_run(struct span *s, struct span_workload *w, const struct told *t)
{
	struct wall_time at;
	int64_t status;

	if (!read_time(&t->of[MEMBER_REQUEST_TIME], &at))
		return 0;
	note_seen(s, w, wall_day(at));
	if (span_place(s, wall_day(at)) < 0)
		return 0;
	w->use.answers += json_slice_int(&t->of[MEMBER_HTTP_STATUS], &status);
	add_usage(&w->use, &t->of[MEMBER_USAGE]);
	return 0;
}

/* Of the newest one up to the last day. */
static void
note_scope(const struct span *s, struct span_workload *w, const struct told *t,
	   int32_t day)
{
	static const char *const names[] = {"scope_digest"};
	const struct json_slice *context = &t->of[MEMBER_CONTEXT];
	char hex[DIGEST_HEX_LEN + 1];
	struct json_slice scope;

	if (day >= s->first + s->n_days || context->at == NULL ||
	    !json_pick(context->at, context->len, names, 1, &scope) ||
	    !json_slice_string(&scope, hex, sizeof(hex)) ||
	    strlen(hex) != DIGEST_HEX_LEN)
		return;
	w->ran = hex_decode(hex, DIGEST_LEN, w->scope.bytes) == 0;
}

static int
apply_happy(struct span *s, struct span_workload *w, const struct told *t)
{
	struct wall_time at;

	if (read_time(&t->of[MEMBER_REQUEST_TIME], &at))
		note_scope(s, w, t, wall_day(at));
	return apply_run(s, w, t);
}

static enum span_read
read_of(enum page_outcome outcome)
{
	if (outcome == PAGE_CHANGED || outcome == PAGE_NEW)
		return SPAN_CHANGED;
	return page_outcome_good(outcome) ? SPAN_READ : SPAN_NOT_READ;
}

static int
apply_source(struct span *s, const struct told *t)
{
	char name[LABEL_MAX + 1], word[WORD_SIZE];
	enum page_outcome outcome;
	struct span_source *source;
	struct wall_time at;
	int i;

	if (!json_slice_string(&t->of[MEMBER_SOURCE], name, sizeof(name)) ||
	    !text_is_label(name) ||
	    !json_slice_string(&t->of[MEMBER_OUTCOME], word, sizeof(word)) ||
	    page_outcome_by_name(word, &outcome) < 0)
		return 0;
	if (!read_time(&t->of[MEMBER_READ_AT], &at))
		at = t->row->at;
	i = span_place(s, wall_day(at));
	if (i < 0 && wall_day(at) < s->first)
		return 0;
	source = span_source_make(s, name);
	if (source == NULL)
		return ERR_NOMEM;
	if (i < 0)
		source->seen_after = true;
	else if (read_of(outcome) > source->days[i])
		source->days[i] = read_of(outcome);
	return 0;
}

static int
apply_attested(struct span *s, const struct told *t)
{
	struct span_attestation *a;

	if (span_place(s, wall_day(t->row->at)) != s->n_days - 1)
		return 0;
	a = span_attestation_make(s, t->row->seq);
	if (a == NULL)
		return ERR_NOMEM;
	a->at = t->row->at;
	json_slice_string(&t->of[MEMBER_ROLE], a->role, sizeof(a->role));
	json_slice_int(&t->of[MEMBER_PEER_UID], &a->peer_uid);
	json_slice_string(&t->of[MEMBER_SOURCE], a->source, sizeof(a->source));
	return 0;
}

static int
apply_loaded(struct span *s, const struct told *t)
{
	if (span_place(s, wall_day(t->row->at)) == s->n_days - 1)
		s->loaded_at = t->row->at;
	return 0;
}

static int
apply_present(struct span *s, const struct told *t)
{
	if (span_place(s, wall_day(t->row->at)) == s->n_days - 1)
		s->present_since = t->row->at;
	return 0;
}

/* A row that lets rows of the span go is younger than these. */
static int
apply_prune(struct span *s, const struct told *t)
{
	int64_t to;

	if (json_slice_int(&t->of[MEMBER_TO], &to) && to > 0 &&
	    (uint64_t)to > s->pruned_to)
		s->pruned_to = (uint64_t)to;
	return 0;
}

/* A kind is about a workload, or it is not. */
static const struct kind {
	const char *name;
	int (*workload)(struct span *s, struct span_workload *w,
			const struct told *told);
	int (*other)(struct span *s, const struct told *told);
} kinds[] = {
    {"check.begun", apply_begun, NULL},
    {"check.error", apply_run, NULL},
    {"check.happy", apply_happy, NULL},
    {"correction", apply_correction, NULL},
    {"record", apply_record, NULL},
    {"check.source", NULL, apply_source},
    {"config.loaded", NULL, apply_loaded},
    {"clock.stepped", NULL, apply_present},
    {"daemon.started", NULL, apply_present},
    {"attest.source", NULL, apply_attested},
    {"attest.usage", NULL, apply_attested},
    {"ledger.prune", NULL, apply_prune},
};

static const struct kind *
find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	}
	return NULL;
}

static int
apply_workload(struct span *s, const struct kind *kind, const struct told *t)
{
	char label[LABEL_MAX + 1];
	struct span_workload *w;

	if (!json_slice_string(&t->of[MEMBER_WORKLOAD_LABEL], label,
			       sizeof(label)) ||
	    !text_is_label(label))
		return 0;
	w = span_workload_make(s, label);
	return w == NULL ? ERR_NOMEM : kind->workload(s, w, t);
}

int
span_apply(struct span *s, const struct row *row)
{
	const struct kind *kind = find_kind(row->kind);
	struct told told = {.row = row};

	if (s->first_at.us == 0 || row->at.us < s->first_at.us)
		s->first_at = row->at;
	s->head_seq = row->seq;
	s->head = row->leaf;
	s->head_at = row->at;
	if (kind == NULL || !json_pick(row->body, row->body_len, member_names,
				       MEMBERS, told.of))
		return 0;
	return kind->workload != NULL ? apply_workload(s, kind, &told)
				      : kind->other(s, &told);
}
