/* Pages, counters and limits.  Rows of the last day are believed; a page that
 * was not read for a day is read now, which costs nothing.  A counter is read
 * only around a pair, so asking it now is billable. */
#include "cli/doctor.h"
#include "cli/throttled.h"
#include "conf/load.h"
#include "page/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMAND_MAX = 128 };

/* ---- pages ---- */

static const char *
next_of(enum page_outcome outcome)
{
	switch (outcome) {
	case PAGE_NEEDS_JS:
		return "another url, or evidencectl explain source-lost";
	case PAGE_BLOCKED:
		return "evidencectl explain source-lost";
	default:
		return NULL;
	}
}

static const char *
words_of(enum page_outcome outcome)
{
	if (outcome == PAGE_NEEDS_JS)
		return "an empty shell that a script fills (needs_js)";
	if (outcome == PAGE_BLOCKED)
		return "the site refuses programs (blocked)";
	return page_outcome_name(outcome);
}

static bool
read_lately(const struct doctor *d, const struct view_source *v)
{
	return v != NULL && v->fact.tried &&
	       d->session->now.wall.us - v->fact.tried_at.us <
		   SEC_PER_DAY * USEC_PER_SEC;
}

/* true when the page is readable. */
static bool
read_now(struct doctor *d, const struct source *source)
{
	char *words;
	int status = doctor_run(d, source->name, &words);
	const char *what = words == NULL ? "no memory" : words;

	if (status == CTL_CHECK_FAILED)
		doctor_say(d, FINDING_WRONG, "page", source->name,
			   "evidencectl explain source-lost", "%s", what);
	else if (status != CTL_OK)
		doctor_say(d, FINDING_UNKNOWN, "page", source->name,
			   status == CTL_NOT_PERMITTED
			       ? "sudo evidencectl doctor"
			       : "evidencectl status",
			   "not read for a day: %s", what);
	free(words);
	return status == CTL_OK;
}

static bool
look_at_page(struct doctor *d, const struct source *source)
{
	const struct view_source *v = view_source(d->view, source->name);
	enum page_outcome outcome;

	if (!read_lately(d, v))
		return read_now(d, source);
	outcome = v->fact.tried_outcome;
	if (!page_outcome_good(outcome))
		doctor_say(d, FINDING_WRONG, "page", source->name,
			   next_of(outcome) == NULL
			       ? "evidencectl explain source-stale"
			       : next_of(outcome),
			   "%s", words_of(outcome));
	return page_outcome_good(outcome);
}

void
doctor_pages(struct doctor *d)
{
	const struct config *c = d->config;
	size_t n = 0;

	if (d->view == NULL) {
		doctor_say(d, FINDING_UNKNOWN, "pages", NULL, NULL,
			   "the daemon reads them");
		return;
	}
	for (size_t i = 0; i < c->n_sources; i++)
		n += look_at_page(d, &c->sources[i]);
	if (n == c->n_sources && n > 0)
		doctor_say(d, FINDING_OK, "pages", NULL, NULL,
			   "all %zu can be read as text", n);
}

/* ---- the counters of gateways ---- */

static bool
has_counter(const struct gateway *g, const struct workload *w)
{
	return w->gateway == g && w->account_surface == SURFACE_COUNTER;
}

struct look {
	const struct usage_fact *usage; /* NULL: none */
	int32_t day;
};

/* The newest look into the surface of this gateway, for whatever workload. */
static struct look
newest_look(const struct doctor *d, const struct gateway *g)
{
	struct look newest = {NULL, 0};

	for (size_t i = 0; i < d->config->n_workloads; i++) {
		const struct workload *w = &d->config->workloads[i];
		const struct view_workload *v =
		    view_workload(d->view, w->label);

		for (size_t k = 0;
		     v != NULL && has_counter(g, w) && k < v->n_days; k++) {
			const struct usage_fact *u = &v->days[k].evidence.usage;

			if (u->seen && strcmp(u->tier, "counter") == 0 &&
			    (newest.usage == NULL ||
			     u->seq > newest.usage->seq))
				newest =
				    (struct look){u, v->days[k].evidence.day};
		}
	}
	return newest;
}

static bool
counts(const struct doctor *d, const struct gateway *g)
{
	for (size_t i = 0; i < d->config->n_workloads; i++) {
		if (has_counter(g, &d->config->workloads[i]))
			return true;
	}
	return false;
}

/* What was seen before yesterday says nothing of now. */
static void
look_at_counter(struct doctor *d, const struct gateway *g)
{
	struct look look = newest_look(d, g);
	char until[WALL_RFC3339_LEN + 1];

	if (d->running && throttled_until(d->session, g->name, until))
		doctor_say(d, FINDING_UNKNOWN, "counter", g->name,
			   "evidencectl status",
			   "it answered 429, and nobody asks it until %s",
			   until);
	else if (look.usage == NULL ||
		 look.day < wall_day(d->session->now.wall) - 1)
		doctor_say(d, FINDING_UNKNOWN, "counter", g->name,
			   "evidencectl doctor --live",
			   "not read since yesterday; it is with a pair");
	else if (look.usage->outcome == LOOK_UNREACHABLE)
		doctor_say(d, FINDING_WRONG, "counter", g->name,
			   "evidencectl explain SURFACE_UNREACHABLE",
			   "does not answer (row %llu)",
			   (unsigned long long)look.usage->seq);
	else
		doctor_say(d, FINDING_OK, "counter", g->name, NULL,
			   "answers (row %llu)",
			   (unsigned long long)look.usage->seq);
}

void
doctor_counters(struct doctor *d)
{
	for (size_t i = 0; d->view != NULL && i < d->config->n_gateways; i++) {
		if (counts(d, &d->config->gateways[i]))
			look_at_counter(d, &d->config->gateways[i]);
	}
}

/* Both paths came out as they should also where the day's record is held:
 * then an input lacks, and no observation. */
static void
say_pair(struct doctor *d, const char *label, int status, const char *words)
{
	size_t len = strlen(label);
	char next[COMMAND_MAX];

	/* "LABEL: hold" */
	if (strncmp(words, label, len) == 0 &&
	    strncmp(words + len, ": ", 2) == 0)
		words += len + 2;
	snprintf(next, sizeof(next), "evidencectl why %s", label);
	if (status == CTL_OK)
		doctor_say(d, FINDING_OK, "pair", label, NULL, "%s", words);
	else if (status == CTL_CHECK_FAILED && strcmp(words, "hold") == 0)
		doctor_say(d, FINDING_OK, "pair", label, next,
			   "both paths answer as they should; the day's record "
			   "is hold for another reason");
	else if (status == CTL_CHECK_FAILED &&
		 strncmp(words, "pending", strlen("pending")) == 0)
		doctor_say(d, FINDING_UNKNOWN, "pair", label, next,
			   "pending: no record of the day yet");
	else
		doctor_say(d, FINDING_WRONG, "pair", label,
			   strstr(words, "; next: ") == NULL ? next : NULL,
			   "%s", words);
}

/* The first workload of each gateway. */
void
doctor_live(struct doctor *d)
{
	const struct config *c = d->config;

	for (size_t g = 0; g < c->n_gateways; g++) {
		for (size_t i = 0; i < c->n_workloads; i++) {
			const char *label = c->workloads[i].label;
			char *words;
			int status;

			if (c->workloads[i].gateway != &c->gateways[g])
				continue;
			status = doctor_run(d, label, &words);
			say_pair(d, label, status,
				 words == NULL ? "no memory" : words);
			free(words);
			break;
		}
	}
}

/* ---- limits ---- */

/* conf_capacity() begins each gateway with a line "gateway NAME: ". */
void
doctor_capacity(struct doctor *d)
{
	static const char start[] = "gateway ";
	struct buf text = {0};
	char *rest, *line;

	conf_capacity(d->config, &text);
	rest = text.data;
	while (rest != NULL && (line = strsep(&rest, "\n")) != NULL &&
	       strncmp(line, start, strlen(start)) == 0) {
		const char *name = line + strlen(start);
		bool over = strstr(line, ": too much") != NULL;

		while (rest != NULL && strncmp(rest, "  ", 2) == 0) {
			const char *more = strsep(&rest, "\n");

			over |= strstr(more, ": too much") != NULL;
		}
		line[strlen(start) + strcspn(name, ":")] = '\0';
		doctor_say(d, over ? FINDING_WRONG : FINDING_OK, "limits", name,
			   over ? "evidencectl check-config" : NULL, "%s",
			   over ? "they do not hold the planned day"
				: "they hold the planned day");
	}
	buf_free(&text);
}
