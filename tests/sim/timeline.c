/* Rows as a timeline: one line for each thing that changed on a UTC day.
 *
 * What happened to several subjects on one day in the same way is one line
 * at the time of the first.  A record is told when its decision or reasons
 * differ from the workload's record before; the number behind the workload
 * counts the review days that the other state had lasted. */
#include "base/json.h"
#include "year.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 64, WORKLOADS_MAX = 16, STATE_MAX = 400, DAYS = 365 };

struct line {
	struct wall_time at;
	char what[STATE_MAX];
	struct buf subjects;
};

struct history {
	char label[41];
	char state[STATE_MAX];
	int days; /* that the state has lasted */
	int32_t day;
	char yesterday[STATE_MAX]; /* the state at the end of the day before */
	enum decision last[DAYS];  /* of each day of the year */
};

struct timeline {
	struct buf *out;
	int32_t day;
	struct line lines[LINES_MAX];
	size_t n;
	struct history of[WORKLOADS_MAX];
	size_t n_of;
};

static void
flush(struct timeline *t)
{
	char at[WALL_RFC3339_LEN + 1];

	for (size_t i = 0; i < t->n; i++) {
		wall_format(t->lines[i].at, at);
		buf_printf(t->out, "%.10s %.5s %s%s\n", at, at + 11,
			   t->lines[i].what, buf_text(&t->lines[i].subjects));
		buf_free(&t->lines[i].subjects);
	}
	t->n = 0;
}

static void
tell(struct timeline *t, struct wall_time at, const char *what,
     const char *subject)
{
	size_t i = 0;

	while (i < t->n && strcmp(t->lines[i].what, what) != 0)
		i++;
	if (i == t->n) {
		if (t->n == LINES_MAX)
			abort();
		t->lines[i] = (struct line){.at = at};
		snprintf(t->lines[i].what, STATE_MAX, "%s", what);
		t->n++;
	}
	if (subject[0] != '\0')
		buf_printf(&t->lines[i].subjects, " %s", subject);
}

static struct history *
history_of(struct timeline *t, const char *label)
{
	size_t i = 0;

	while (i < t->n_of && strcmp(t->of[i].label, label) != 0)
		i++;
	if (i == t->n_of) {
		if (t->n_of == WORKLOADS_MAX)
			abort();
		t->n_of++;
		t->of[i] = (struct history){.day = INT32_MIN};
		snprintf(t->of[i].label, sizeof(t->of[i].label), "%s", label);
	}
	return &t->of[i];
}

static void
note_day(struct history *h, int32_t day, enum decision decision)
{
	int32_t first = wall_day(world_time("2026-01-01T00:00:00Z"));

	if (day >= first && day < first + DAYS)
		h->last[day - first] = decision;
}

static void
tell_record(struct timeline *t, struct wall_time at, struct json_object *body)
{
	const char *decision = json_get_string(body, "decision", "");
	struct history *h =
	    history_of(t, json_get_string(body, "workload_label", ""));
	struct json_object *reasons = json_get(body, "reasons");
	char state[STATE_MAX], subject[80];
	int32_t day;
	int used;

	if (day_parse(json_get_string(body, "review_date", ""), &day) < 0)
		abort();
	used = snprintf(state, sizeof(state), "%s", decision);
	for (size_t i = 0; i < json_object_array_length(reasons); i++)
		used += snprintf(state + used, sizeof(state) - (size_t)used,
				 "%s%s", i == 0 ? " " : ",",
				 json_object_get_string(
				     json_object_array_get_idx(reasons, i)));
	note_day(h, day, decision_by_name(decision));
	if (day + 1 == h->day) {
		/* A late record of yesterday; today has one already. */
		if (strcmp(state, h->yesterday) == 0)
			return;
		snprintf(subject, sizeof(subject), "%s", h->label);
		memcpy(h->yesterday, state, sizeof(state));
		memmove(state + 11, state, sizeof(state) - 11);
		memcpy(state, "yesterday: ", 11);
		snprintf(state + used + 11, sizeof(state) - (size_t)used - 11,
			 ":");
		tell(t, at, state, subject);
		return;
	}
	if (day != h->day)
		memcpy(h->yesterday, h->state, sizeof(h->state));
	if (strcmp(state, h->state) == 0) {
		h->days += h->day != day;
	} else {
		snprintf(subject, sizeof(subject), "%s(%d)", h->label, h->days);
		snprintf(h->state, sizeof(h->state), "%s", state);
		snprintf(state + used, sizeof(state) - (size_t)used, ":");
		tell(t, at, state, h->days == 0 ? h->label : subject);
		h->days = 1;
	}
	h->day = day;
}

static void
tell_alert(struct timeline *t, struct wall_time at, const char *kind,
	   struct json_object *body)
{
	const char *resolution = json_get_string(body, "resolution", "");
	bool plain =
	    resolution[0] == '\0' || strcmp(resolution, "cleared") == 0;
	char what[STATE_MAX];

	snprintf(what, sizeof(what), "  %s %s%s%s:", kind + strlen("alert."),
		 json_get_string(body, "rule", ""), plain ? "" : " ",
		 plain ? "" : resolution);
	tell(t, at, what, json_get_string(body, "subject", ""));
}

static void
tell_missed(struct timeline *t, struct wall_time at, struct json_object *body)
{
	char what[STATE_MAX], subject[120];
	int64_t count = json_get_int(body, "count", 0);

	snprintf(what, sizeof(what),
		 "missed, %s:", json_get_string(body, "reason", ""));
	snprintf(subject, sizeof(subject), "%s",
		 json_get_string(body, "check", ""));
	if (count != 1)
		snprintf(subject, sizeof(subject), "%s x%lld",
			 json_get_string(body, "check", ""), (long long)count);
	tell(t, at, what, subject);
}

static void
tell_row(struct timeline *t, const struct fake_row *r)
{
	struct json_object *body;

	if (json_parse(r->body, strlen(r->body), &JSON_LEDGER_LIMITS, &body,
		       NULL) < 0)
		abort();
	if (wall_day(r->row.at) != t->day)
		flush(t);
	t->day = wall_day(r->row.at);
	if (strcmp(r->kind, "record") == 0)
		tell_record(t, r->row.at, body);
	else if (strncmp(r->kind, "alert.", 6) == 0)
		tell_alert(t, r->row.at, r->kind, body);
	else if (strcmp(r->kind, "check.missed") == 0)
		tell_missed(t, r->row.at, body);
	else if (strcmp(r->kind, "source.approved") == 0)
		tell(t, r->row.at,
		     "approved:", json_get_string(body, "source", ""));
	else if (strncmp(r->kind, "check.", 6) != 0 &&
		 strcmp(r->kind, "digest.daily") != 0)
		tell(t, r->row.at, r->kind, "");
	json_object_put(body);
}

static void
print_days(const struct history *h, struct buf *out)
{
	int of[DECISION_FAIL + 1] = {0};

	for (size_t i = 0; i < DAYS; i++)
		of[h->last[i]]++;
	buf_printf(out,
		   "%-9s pass %3d, hold %3d, inconclusive %2d, fail %2d, "
		   "none %3d\n",
		   h->label, of[DECISION_PASS], of[DECISION_HOLD],
		   of[DECISION_INCONCLUSIVE], of[DECISION_FAIL],
		   of[DECISION_NONE]);
}

/* The slots of three days that were begun. */
static void
print_slots(const struct fake *f, const char *check, const char *first_day,
	    struct buf *out)
{
	struct json_object *body;
	int32_t day;

	if (day_parse(first_day, &day) < 0)
		abort();
	buf_printf(out, "%s", check);
	for (size_t i = 0; i < f->n_durable; i++) {
		const struct fake_row *r = &f->rows[i];

		if (wall_day(r->row.at) < day ||
		    wall_day(r->row.at) > day + 2 ||
		    strcmp(r->kind, "check.begun") != 0)
			continue;
		if (json_parse(r->body, strlen(r->body), &JSON_LEDGER_LIMITS,
			       &body, NULL) < 0)
			abort();
		if (strcmp(json_get_string(body, "check", ""), check) == 0)
			buf_printf(out, " %s",
				   json_get_string(body, "slot", ""));
		json_object_put(body);
	}
	buf_putc(out, '\n');
}

void
timeline_print(const struct fake *f, struct buf *out)
{
	struct timeline t = {.out = out, .day = INT32_MIN};

	for (size_t i = 0; i < f->n_durable; i++)
		tell_row(&t, &f->rows[i]);
	flush(&t);
	buf_puts(out, "days of the year, by their last record:\n");
	for (size_t i = 0; i < t.n_of; i++)
		print_days(&t.of[i], out);
	buf_puts(out, "slots around the changes of the clock:\n");
	print_slots(f, "berlin/happy", "2026-03-28", out);
	print_slots(f, "berlin/happy", "2026-10-24", out);
	print_slots(f, "newyork/happy", "2026-03-07", out);
	print_slots(f, "newyork/happy", "2026-10-31", out);
}
