/* Whether this host has a network: its own outage is one finding, and not one
 * for each gateway and page that it cannot reach.
 *
 * It has none when, since the newest answer of anybody, at least two hosts
 * were asked and all were silent; after half an hour that is an alert.  What
 * was tried meanwhile tells nothing of its gateway or page: it stays with this
 * alert until it is tried again, and the alert until all were.  Records say
 * what was not observed all the same. */
#include "conf/url.h"
#include "base/text.h"
#include "engine/condition.h"
#include "engine/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTAGE_BEFORE_S = 3600 };

/* Everything that was asked and had no answer. */
struct silence {
	int workloads, sources;
	const char *host; /* of the first */
	size_t host_len;
	bool two_hosts;
	struct wall_time since;
};

/* The tries that were made without a network: silent, after the row `after`
 * and the time `from`, up to the row `upto`. */
struct offline {
	uint64_t after, upto;
	struct wall_time from;
};

static bool
lies_in(const struct offline *o, bool silent, uint64_t seq, struct wall_time at)
{
	return silent && seq > o->after && seq <= o->upto &&
	       at.us >= o->from.us;
}

static bool
happy_is(const struct offline *o, const struct view_workload *v)
{
	return lies_in(o, v->last_happy_silent, v->last_happy_seq,
		       v->last_happy_at);
}

static bool
read_is(const struct offline *o, const struct view_source *v)
{
	return lies_in(o, v->tried_silent, v->fact.tried_seq, v->fact.tried_at);
}

static bool
run_is(const struct offline *o, const struct run_fact *run)
{
	return lies_in(o, run->outcome == OUTCOME_UNREACHABLE, run->seq,
		       run->requested);
}

/* The day of the newest record, which may rest on such tries when they were
 * made again: the next record is under way.  NULL: none. */
static const struct day_evidence *
day_of_record(struct view_workload *v)
{
	const struct view_day *d =
	    v->record.present ? view_day(v, v->record.day) : NULL;

	return d == NULL ? NULL : &d->evidence;
}

static bool
workload_is(const struct offline *o, struct view_workload *v)
{
	const struct day_evidence *d = day_of_record(v);

	return happy_is(o, v) || (v->failures == 0 && d != NULL &&
				  run_is(o, &d->happy_inconclusive));
}

static bool
error_path_is(const struct offline *o, struct view_workload *v)
{
	const struct day_evidence *d = day_of_record(v);

	return workload_is(o, v) ||
	       (d != NULL && run_is(o, &d->error_inconclusive));
}

/* The last look at the account surface, of whose time the record tells. */
static bool
look_is(const struct offline *o, struct view_workload *v)
{
	const struct day_evidence *d = day_of_record(v);

	return d != NULL && lies_in(o, d->usage.outcome == LOOK_UNREACHABLE,
				    d->usage.seq, v->record.decided_at);
}

/* Whether the record misses the page because of such a read. */
static bool
record_misses(const struct engine *e, const struct offline *o,
	      struct view_workload *v, const char *source)
{
	const struct source_fact *f =
	    view_source_on(e->view, source, v->record.day);

	return workload_is(o, v) ||
	       (f != NULL && lies_in(o, f->tried_outcome == PAGE_ERROR,
				     f->tried_seq, f->tried_at));
}

/* What the newest records say that rest on a source: those that miss it
 * because of such a read, and the others. */
struct missing {
	reason_set offline, own;
};

static void
add_missing(struct engine *e, const struct offline *o, const struct workload *w,
	    struct missing *missing)
{
	struct view_workload *v = view_workload(e->view, w->label);

	for (size_t i = 0; v != NULL && i < w->n_sources; i++) {
		const char *name = w->sources[i]->name;
		struct missing *m = &missing[jobs_source(e, name) - e->sources];

		if (record_misses(e, o, v, name))
			m->offline |= v->record.reasons;
		else
			m->own |= v->record.reasons;
	}
}

/* Or it was read again, and only records from then still miss it. */
static bool
source_is(struct engine *e, const struct offline *o,
	  const struct missing *missing, const struct alert_condition *c)
{
	const struct view_source *source = view_source(e->view, c->subject);
	const struct source_duty *duty = jobs_source(e, c->subject);
	const struct missing *m;

	if (source == NULL || read_is(o, source) || duty == NULL ||
	    source->fact.read_seq != source->fact.tried_seq)
		return source != NULL && read_is(o, source);
	m = &missing[duty - e->sources];
	return (m->offline & c->reasons) != 0 && (m->own & c->reasons) == 0;
}

static void
note(struct silence *s, const char *url, struct wall_time since)
{
	size_t len;
	const char *host = url_host(url, &len);

	if (s->host == NULL) {
		s->host = host;
		s->host_len = len;
		s->since = since;
	}
	if (len != s->host_len || memcmp(host, s->host, len) != 0)
		s->two_hosts = true;
	if (since.us < s->since.us)
		s->since = since;
}

static struct silence
hear(const struct engine *e, const struct offline *o)
{
	struct silence s = {0};

	for (size_t i = 0; i < e->n_duties; i++) {
		const struct duty *d = &e->duties[i];
		const struct view_workload *v =
		    view_workload(e->view, d->w->label);

		if (v == NULL || !happy_is(o, v))
			continue;
		s.workloads++;
		note(&s, d->endpoint,
		     v->failing_seq > o->after ? v->failing_since
					       : v->last_happy_at);
	}
	for (size_t i = 0; i < e->n_sources; i++) {
		const struct source *source = e->sources[i].source;
		const struct view_source *v =
		    view_source(e->view, source->name);

		if (v == NULL || !read_is(o, v))
			continue;
		s.sources++;
		note(&s, source->url, v->fact.tried_at);
	}
	return s;
}

/* Nobody answers now. */
static bool
is_off(const struct engine *e, struct offline *o, struct silence *s)
{
	*o = (struct offline){.after = e->view->answered_seq,
			      .upto = UINT64_MAX,
			      .from = {INT64_MIN}};
	*s = hear(e, o);
	return s->two_hosts;
}

/* Somebody answers again, and others may not have been asked since. */
static bool
was_off(const struct engine *e, struct offline *o, struct silence *s)
{
	const struct alert *open =
	    alert_machine_find(e->view->alerts, "host-offline/evidenced");

	if (open == NULL || e->view->back_seq < open->seq)
		return false;
	*o = (struct offline){
	    .upto = e->view->back_seq,
	    .from = {open->opened_at.us - OUTAGE_BEFORE_S * USEC_PER_SEC}};
	*s = hear(e, o);
	return true;
}

/* Fewer than two of those that found it away did so with a network. */
static bool
gateway_is(const struct engine *e, const struct offline *o, const char *name)
{
	int own = 0;

	for (size_t i = 0; i < e->n_duties; i++) {
		const struct workload *w = e->duties[i].w;
		const struct view_workload *v =
		    view_workload(e->view, w->label);

		if (v != NULL && strcmp(w->gateway_name, name) == 0 &&
		    v->failures > 0 && condition_is_away(v->last_happy) &&
		    !happy_is(o, v))
			own++;
	}
	return own < 2;
}

static bool
is_told(struct engine *e, const struct offline *o,
	const struct missing *missing, const struct alert_condition *c)
{
	struct view_workload *v = view_workload(e->view, c->workload);

	switch (c->rule) {
	case ALERT_GATEWAY_UNREACHABLE:
		return gateway_is(e, o, c->subject);
	case ALERT_HAPPY_PATH_FAILED:
	case ALERT_EVIDENCE_GAP:
		return v != NULL && workload_is(o, v);
	case ALERT_ERROR_PATH_INVISIBLE:
		return v != NULL && c->outage && error_path_is(o, v);
	case ALERT_USAGE_NOT_VISIBLE:
		return v != NULL && c->outage && look_is(o, v);
	case ALERT_SOURCE_STALE:
		return source_is(e, o, missing, c);
	default:
		return false;
	}
}

/* Marks what needs no alert of its own; how many these are. */
static size_t
mark(struct engine *e, const struct offline *o, struct conditions *list)
{
	struct missing *missing = calloc(e->n_sources + 1, sizeof(*missing));
	size_t n = 0;

	if (missing == NULL) {
		list->failed = true;
		return 0;
	}
	for (size_t i = 0; i < e->n_duties; i++)
		add_missing(e, o, e->duties[i].w, missing);
	for (size_t i = 0; i < list->n; i++) {
		list->at[i].offline = is_told(e, o, missing, &list->at[i]);
		n += list->at[i].offline;
	}
	free(missing);
	return n;
}

void
conditions_of_network(struct engine *e, struct conditions *list)
{
	char at[WALL_RFC3339_LEN + 1], text[160];
	struct alert_condition *c;
	struct offline o;
	struct silence s;
	bool off = is_off(e, &o, &s);

	if (!off && !was_off(e, &o, &s))
		return;
	if (mark(e, &o, list) == 0 && !off && s.workloads + s.sources == 0)
		return;
	c = condition_add(list, ALERT_HOST_OFFLINE, "evidenced");
	if (c == NULL)
		return;
	c->since = s.since; /* the rule waits its half hour */
	c->holds_workloads = s.workloads;
	snprintf(text, sizeof(text),
		 "no gateway and no page has answered since %s (%d workload%s "
		 "and %d page%s tried): this host seems to have no network",
		 wall_format(s.since, at), s.workloads,
		 TEXT_PLURAL(s.workloads), s.sources, TEXT_PLURAL(s.sources));
	condition_detail(c, text);
}
