/* What is configured, and how it stands by the ledger. */
#include "cli/job_list.h"
#include "cli/list.h"
#include "cli/words.h"
#include "report/standing.h"

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
    {"corrected_by", "corrected by row", COLUMN_MORE},
    {"origin", "written in", COLUMN_MORE},
};

/* Of a record that a role calls mistaken JSON has the row beside the word. */
static void
put_today(const struct listing *l, const struct standing *standing)
{
	struct buf words = {0};

	if (l->view == NULL) {
		writer_none(l->w);
		return;
	}
	buf_printf(&words, "%s%s", standing_word(standing),
		   standing->record_corrected != NULL &&
			   l->w->format == WRITER_TEXT
		       ? " (corrected)"
		       : "");
	writer_text(l->w, buf_text(&words));
	l->w->failed |= words.failed;
	buf_free(&words);
}

void
list_workloads(const struct listing *l)
{
	LIST_TABLE(l->w, "workload", workload_columns);
	for (size_t i = 0; i < l->config->n_workloads; i++) {
		const struct workload *w = &l->config->workloads[i];
		struct standing standing = {0};

		if (l->view != NULL) {
			const struct standing_seen seen =
			    standing_by_rows(l->view, l->session->now.wall);

			standing_of(l->config, l->view, w, l->today, &seen,
				    &standing);
		}
		writer_text(l->w, w->label);
		put_today(l, &standing);
		writer_text(l->w, w->owner_group);
		writer_text(l->w, w->environment_name);
		writer_text(l->w, w->gateway_name);
		writer_text(l->w, w->application);
		writer_text(l->w, w->model);
		writer_text(l->w, w->credential);
		writer_day(l->w, standing.last_pass == NULL
				     ? INT32_MIN
				     : standing.last_pass->day);
		writer_row(l->w, standing.record_corrected == NULL
				     ? 0
				     : standing.record_corrected->by);
		words_put_origin(l->w, &w->origin);
	}
	writer_close(l->w);
}

/* ---- sources ---- */

static const struct column source_columns[] = {
    {"name", "source", COLUMN_FLEX},
    {"kind", "kind", COLUMN_WIDE},
    {"outcome", "newest", COLUMN_STATE},
    {"read_at", "read", COLUMN_WIDE},
    {"snapshot", "snapshot", COLUMN_WIDE},
    {"approval", "approval", COLUMN_FLEX},
    {"url", "url", COLUMN_MORE},
    {"owner", "owner", COLUMN_MORE},
    {"gateway", "gateway", COLUMN_MORE},
    {"origin", "written in", COLUMN_MORE},
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
		writer_text(l->w, approval_name(words_approval(
				      source, v, l->session->now.wall)));
		writer_text(l->w, source->url);
		writer_text(l->w, source->owner);
		writer_text(l->w, source->gateway == NULL
				      ? NULL
				      : source->gateway->name);
		words_put_origin(l->w, &source->origin);
	}
	writer_close(l->w);
}
