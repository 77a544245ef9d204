/* Whether every slot is accounted for, and every request was announced and
 * inside its ceilings. */
#include "audit.h"
#include "govern/govern.h"
#include "sched/plan.h"

#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct parsed *
parse_all(const struct fake *f)
{
	struct parsed *rows = calloc(f->n_durable + 1, sizeof(*rows));

	if (rows == NULL)
		abort();
	for (size_t i = 0; i < f->n_durable; i++) {
		rows[i] = (struct parsed){
		    .seq = i + 1,
		    .at = f->rows[i].row.at,
		    .id = f->rows[i].id,
		    .kind = f->rows[i].kind,
		    .body = json_tokener_parse(f->rows[i].body),
		};
		if (rows[i].body == NULL)
			abort();
		rows[i].label = audit_text(&rows[i], "workload_label");
		rows[i].source = audit_text(&rows[i], "source");
	}
	return rows;
}

/* At most one digest a day, of the day on which it was written; and few days
 * without one. */
static int
audit_digests(const struct parsed *rows, size_t n)
{
	enum { DIGESTS_LEAST = 350 };
	const char *newest = "";
	int faults = 0, digests = 0;

	for (size_t i = 0; i < n; i++) {
		const struct parsed *p = &rows[i];
		char day[WALL_DAY_LEN + 1];

		if (!audit_is(p, "digest.daily"))
			continue;
		if (strcmp(audit_text(p, "review_date"),
			   day_format(wall_day(p->at), day)) != 0)
			faults += audit_fault(p, "a digest of another day");
		if (strcmp(audit_text(p, "review_date"), newest) <= 0)
			faults += audit_fault(p, "a second digest of a day");
		newest = audit_text(p, "review_date");
		digests++;
	}
	if (digests < DIGESTS_LEAST)
		faults +=
		    audit_fault(&rows[0], "%d digests in a year", digests);
	return faults;
}

int
audit(const struct year *y)
{
	size_t n = y->world.fake.n_durable;
	struct parsed *rows = parse_all(&y->world.fake);
	int faults = audit_slots(y, rows, n) + audit_requests(y, rows, n) +
		     audit_alerts(y, rows, n) + audit_records(rows, n) +
		     audit_digests(rows, n);

	for (size_t i = 0; i < n; i++)
		json_object_put(rows[i].body);
	free(rows);
	return faults;
}

const char *
audit_text(const struct parsed *p, const char *key)
{
	const char *text =
	    json_object_get_string(json_object_object_get(p->body, key));

	return text == NULL ? "" : text;
}

struct wall_time
audit_time(const struct parsed *p, const char *key)
{
	struct wall_time t = {0};

	wall_parse(audit_text(p, key), &t);
	return t;
}

bool
audit_is(const struct parsed *p, const char *kind)
{
	return strcmp(p->kind, kind) == 0;
}

int
audit_fault(const struct parsed *p, const char *fmt, ...)
{
	char at[WALL_RFC3339_LEN + 1];
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	if (p != NULL)
		printf(" (row %zu, %s, %s)", p->seq, wall_format(p->at, at),
		       p->id);
	printf("\n");
	return 1;
}

/* ---- slots ---- */

/* A range of slots that was told as missed. */
struct missed {
	char job[64];
	struct wall_time from, to, at;
};

struct accounts {
	struct missed *at;
	size_t n;
	struct map begun; /* "<job> <slot>" */
};

static void
miss(struct accounts *a, const struct parsed *p)
{
	struct missed *m;

	a->at = realloc(a->at, (a->n + 1) * sizeof(*a->at));
	if (a->at == NULL)
		abort();
	m = &a->at[a->n++];
	*m = (struct missed){.from = audit_time(p, "from"),
			     .to = audit_time(p, "to"),
			     .at = p->at};
	snprintf(m->job, sizeof(m->job), "%s", audit_text(p, "check"));
}

static int
collect(struct accounts *a, const struct parsed *p)
{
	bool begun = audit_is(p, "check.begun");
	bool read = audit_is(p, "check.source");
	const char *job = audit_text(p, read ? "source" : "check");
	char key[160];
	size_t before;

	if (audit_is(p, "check.missed")) {
		/* What was written in another year says nothing of this one. */
		if (strncmp(audit_text(p, "reason"), "interrupted", 11) != 0 &&
		    p->at.us < world_time("2027-01-01T00:00:00Z").us)
			miss(a, p);
		return 0;
	}
	if (!begun && !read)
		return 0;
	snprintf(key, sizeof(key), "%s %s", job, audit_text(p, "slot"));
	if (map_get(&a->begun, key, &before))
		return audit_fault(p, "%s ran twice", key);
	map_put(&a->begun, key, p->seq);
	return 0;
}

static bool
accounted(const struct accounts *a, const char *job, struct wall_time slot)
{
	char when[WALL_RFC3339_LEN + 1], key[160];
	size_t seq;

	snprintf(key, sizeof(key), "%s %s", job, wall_format(slot, when));
	if (map_get(&a->begun, key, &seq))
		return true;
	for (size_t i = 0; i < a->n; i++) {
		const struct missed *m = &a->at[i];

		if (m->from.us <= slot.us && slot.us <= m->to.us &&
		    m->at.us >= slot.us && strcmp(m->job, job) == 0)
			return true;
	}
	return false;
}

static int
audit_job(const struct accounts *a, const struct period *period,
	  const struct schedule *schedule, const char *job,
	  const struct workload *w)
{
	struct wall_time slot = period->from, to = period->to;
	char when[WALL_RFC3339_LEN + 1];
	int faults = 0;

	/* What the last minutes of the year planned may still run. */
	if (to.us == world_time("2027-01-01T00:00:00Z").us)
		to.us -= 1200 * USEC_PER_SEC;
	while (plan_next(schedule, job, slot, &slot) == 0 && slot.us < to.us) {
		if (w != NULL && !govern_review_day(w, wall_day(slot)))
			continue;
		if (!accounted(a, job, slot))
			faults += audit_fault(NULL, "%s: nothing about slot %s",
					      job, wall_format(slot, when));
	}
	return faults;
}

static int
audit_period(const struct accounts *a, const struct period *period)
{
	const struct config *c = period->config;
	int faults = 0;
	char job[64];

	for (size_t i = 0; i < c->n_workloads; i++) {
		const struct workload *w = &c->workloads[i];

		snprintf(job, sizeof(job), "%s/happy", w->label);
		faults += audit_job(a, period, &w->happy, job, w);
		snprintf(job, sizeof(job), "%s/error", w->label);
		if (w->error_own)
			faults += audit_job(a, period, &w->error, job, w);
	}
	for (size_t i = 0; i < c->n_sources; i++)
		faults += audit_job(a, period, &c->sources[i].schedule,
				    c->sources[i].name, NULL);
	return faults;
}

int
audit_slots(const struct year *y, const struct parsed *rows, size_t n)
{
	struct accounts a = {0};
	int faults = 0;

	for (size_t i = 0; i < n; i++)
		faults += collect(&a, &rows[i]);
	for (size_t i = 0; i < y->n_periods; i++)
		faults += audit_period(&a, &y->periods[i]);
	map_free(&a.begun);
	free(a.at);
	return faults;
}

/* ---- requests ---- */

static int
days_tokens(const struct parsed *p)
{
	struct json_object *usage = json_object_object_get(p->body, "usage");

	return json_object_get_int(
	    json_object_object_get(usage, "total_tokens"));
}

/* The ceilings of all ten are the defaults but for one. */
static int
ceiling_requests(const char *label)
{
	return strcmp(label, "hourly") == 0 ? 40 : 6;
}

enum { CEILING_TOKENS = 5000 };

/* Sums by workload and UTC day. */
static int
audit_ceilings(const struct parsed *rows, size_t n)
{
	struct map index = {0};
	int *requests = calloc(n + 1, sizeof(int));
	int *tokens = calloc(n + 1, sizeof(int));
	size_t n_sums = 0;
	int faults = 0;

	if (requests == NULL || tokens == NULL)
		abort();
	for (size_t i = 0; i < n; i++) {
		const char *label = rows[i].label;
		bool run = audit_is(&rows[i], "check.happy") ||
			   audit_is(&rows[i], "check.error");
		bool begun = audit_is(&rows[i], "check.begun");
		char key[64];
		size_t sum;

		if (!run && !begun)
			continue;
		snprintf(key, sizeof(key), "%s %d", label,
			 wall_day(run ? audit_time(&rows[i], "request_time_utc")
				      : rows[i].at));
		if (!map_get(&index, key, &sum)) {
			sum = n_sums++;
			map_put(&index, key, sum);
		}
		requests[sum] += begun;
		tokens[sum] += run ? days_tokens(&rows[i]) : 0;
		if (begun && requests[sum] > ceiling_requests(label))
			faults += audit_fault(&rows[i], "%s: request %d", key,
					      requests[sum]);
		if (run && tokens[sum] > CEILING_TOKENS)
			faults += audit_fault(&rows[i], "%s: %d tokens", key,
					      tokens[sum]);
	}
	map_free(&index);
	free(requests);
	free(tokens);
	return faults;
}

/* Every request that left has its own begun row, durable before it.  A model
 * is called after its workload, "-2" aside. */
static int
audit_begun(const struct year *y, const struct parsed *rows)
{
	const struct world *w = &y->world;
	bool *used = calloc(w->fake.n_durable + 1, sizeof(bool));
	int faults = 0;

	if (used == NULL)
		abort();
	for (size_t i = 0; i < w->n_seen; i++) {
		const struct world_request *r = &w->seen[i];
		size_t k = r->n_durable;
		bool found = false;

		while (!found && k > 0) {
			const struct parsed *p = &rows[--k];
			const char *label = p->label;

			if (r->at.us - p->at.us > 3600 * USEC_PER_SEC &&
			    r->at.us > p->at.us)
				break;
			found = !used[k] && audit_is(p, "check.begun") &&
				strncmp(label, r->model, strlen(label)) == 0 &&
				strcmp(audit_text(p, "path"),
				       r->invalid ? "error" : "happy") == 0;
			used[k] = used[k] || found;
		}
		if (!found)
			faults += audit_fault(NULL,
					      "request %zu of %s left without "
					      "its check.begun",
					      i, r->model);
	}
	free(used);
	return faults;
}

int
audit_requests(const struct year *y, const struct parsed *rows, size_t n)
{
	return audit_ceilings(rows, n) + audit_begun(y, rows);
}
