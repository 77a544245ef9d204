/* What is configured, and how it stands by the ledger.
 *
 * Whether a credential is loaded is known to the daemon alone, which says so
 * by its alert credential-missing; no value of a credential is ever here. */
#include "cli/job_list.h"
#include "cli/list.h"
#include "cli/words.h"
#include "report/standing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- checks ---- */

static const struct column check_columns[] = {
    {"check", "check", COLUMN_FLEX},	 {"schedule", "schedule", COLUMN_FLEX},
    {"zone", "zone", COLUMN_MORE},	 {"next_at", "next", 0},
    {"outcome", "newest", COLUMN_STATE}, {"outcome_at", "at", COLUMN_MORE},
};

static void
put_newest(const struct listing *l, const struct job *job)
{
	struct wall_time at;
	const char *outcome = words_newest_outcome(l->view, job, &at);

	writer_text(l->w, outcome);
	writer_time(l->w, at);
}

void
list_checks(const struct listing *l)
{
	struct job_list jobs = {0};
	struct wall_time next;

	LIST_TABLE(l->w, "check", check_columns);
	if (job_list_make(l->config, &jobs) < 0)
		l->w->failed = true;
	for (size_t i = 0; i < jobs.n; i++) {
		const struct job *job = &jobs.at[i];

		writer_text(l->w, job->name);
		writer_text(l->w, job->schedule == NULL ? job->follows
							: job->schedule->text);
		writer_text(l->w, job->schedule == NULL
				      ? NULL
				      : job->schedule->zone_name);
		if (job_next(job, l->session->now.wall, &next) == 0)
			writer_time(l->w, next);
		else
			writer_none(l->w);
		put_newest(l, job);
	}
	writer_close(l->w);
	job_list_free(&jobs);
}

/* ---- workloads ---- */

static const struct column workload_columns[] = {
    {"label", "workload", COLUMN_FLEX},
    {"today", "today", COLUMN_STATE | COLUMN_FLEX},
    {"owner_group", "owner", COLUMN_FLEX},
    {"environment", "environment", COLUMN_FLEX},
    {"gateway", "gateway", COLUMN_FLEX},
    {"application", "application", COLUMN_MORE},
    {"model", "model", COLUMN_MORE},
    {"credential", "credential", COLUMN_MORE},
    {"last_pass", "last pass", 0},
    {"origin", "written in", COLUMN_MORE},
};

void
list_workloads(const struct listing *l)
{
	LIST_TABLE(l->w, "workload", workload_columns);
	for (size_t i = 0; i < l->config->n_workloads; i++) {
		const struct workload *w = &l->config->workloads[i];
		struct standing standing = {0};

		if (l->view != NULL)
			standing_of(l->config, l->view, w, l->today, &standing);
		writer_text(l->w, w->label);
		writer_text(
		    l->w, l->view == NULL ? NULL : standing_word(w, &standing));
		writer_text(l->w, w->owner_group);
		writer_text(l->w, w->environment_name);
		writer_text(l->w, w->gateway_name);
		writer_text(l->w, w->application);
		writer_text(l->w, w->model);
		writer_text(l->w, w->credential);
		writer_day(l->w, standing.last_pass == NULL
				     ? INT32_MIN
				     : standing.last_pass->day);
		words_put_origin(l->w, &w->origin);
	}
	writer_close(l->w);
}

/* ---- sources ---- */

static const struct column source_columns[] = {
    {"name", "source", COLUMN_FLEX},	 {"kind", "kind", 0},
    {"outcome", "newest", COLUMN_STATE}, {"read_at", "read", 0},
    {"snapshot", "snapshot", 0},	 {"approval", "approval", COLUMN_FLEX},
    {"url", "url", COLUMN_MORE},	 {"owner", "owner", COLUMN_MORE},
    {"gateway", "gateway", COLUMN_MORE}, {"origin", "written in", COLUMN_MORE},
};

void
list_sources(const struct listing *l)
{
	LIST_TABLE(l->w, "source", source_columns);
	for (size_t i = 0; i < l->config->n_sources; i++) {
		const struct source *source = &l->config->sources[i];
		const struct view_source *v =
		    l->view == NULL ? NULL : view_source(l->view, source->name);

		writer_text(l->w, source->name);
		writer_text(l->w, source_kind_name(source->kind));
		words_put_read(l->w, v);
		writer_text(l->w,
			    words_approval(source, v, l->session->now.wall));
		writer_text(l->w, source->url);
		writer_text(l->w, source->owner);
		writer_text(l->w, source->gateway == NULL
				      ? NULL
				      : source->gateway->name);
		words_put_origin(l->w, &source->origin);
	}
	writer_close(l->w);
}

/* ---- credentials ---- */

static const struct column credential_columns[] = {
    {"name", "credential", COLUMN_FLEX},
    {"workloads", "used by", COLUMN_FLEX},
    {"shared", "shared", 0},
    {"missing_since", "missing since", 0},
};

/* Whether this is the first workload that names its credential. */
static bool
is_first(const struct config *c, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (strcmp(c->workloads[k].credential,
			   c->workloads[i].credential) == 0)
			return false;
	}
	return true;
}

static void
put_credential(const struct listing *l, const char *name, const char **labels)
{
	char id[2 * ALERT_SUBJECT_MAX];
	const struct alert *alert = NULL;
	size_t n = 0;

	for (size_t i = 0; i < l->config->n_workloads; i++) {
		const struct workload *w = &l->config->workloads[i];

		if (strcmp(w->credential, name) == 0)
			labels[n++] = w->label;
	}
	snprintf(id, sizeof(id), "credential-missing/%.64s", name);
	if (l->view != NULL)
		alert = alert_machine_find(l->view->alerts, id);
	writer_text(l->w, name);
	writer_list(l->w, labels, n);
	writer_bool(l->w, n > 1);
	if (alert == NULL)
		writer_none(l->w);
	else
		writer_time(l->w, alert->opened_at);
}

void
list_credentials(const struct listing *l)
{
	const struct config *c = l->config;
	const char **labels = calloc(c->n_workloads + 1, sizeof(*labels));

	if (labels == NULL) {
		l->w->failed = true;
		return;
	}
	LIST_TABLE(l->w, "credential", credential_columns);
	for (size_t i = 0; i < c->n_workloads; i++) {
		if (is_first(c, i))
			put_credential(l, c->workloads[i].credential, labels);
	}
	writer_close(l->w);
	free(labels);
	if (l->w->format == WRITER_TEXT)
		buf_puts(&l->session->out,
			 "\nWhether one is loaded is known to the daemon "
			 "alone; it alerts when one is not.\n");
}
