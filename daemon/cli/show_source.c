/* One source: what is configured, what was read and approved, and which
 * workloads rest on it. */
#include "cli/show.h"
#include "cli/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct column columns[] = {
    {"name", "source", 0},
    {"kind", "kind", 0},
    {"url", "url", 0},
    {"owner", "owner", 0},
    {"gateway", "gateway", 0},
    {"pointer", "pointer", 0},
    {"must_contain", "must contain", 0},
    {"hosts", "allowed hosts", 0},
    {"schedule", "schedule", 0},
    {"zone", "zone", 0},
    {"approval_max_age_s", "approval expires after s", 0},
    {"workloads", "workloads", 0},
    {"origin", "written in", 0},
};

static const struct column fact_columns[] = {
    {"tried_at", "newest attempt", 0},
    {"outcome", "outcome", COLUMN_STATE},
    {"tried_seq", "row", 0},
    {"read_at", "newest good read", 0},
    {"read_seq", "row of it", 0},
    {"snapshot", "snapshot", 0},
    {"title", "title", 0},
    {"text_sha256", "text", 0},
    {"approval", "approval", COLUMN_STATE},
    {"approved_snapshot", "approved snapshot", 0},
    {"approved_at", "approved at", 0},
    {"approved_role", "approved by", 0},
    {"approved_seq", "row of the approval", 0},
};

#define N(columns) (sizeof(columns) / sizeof(columns[0]))

static void
put_users(struct session *s, const struct config *c,
	  const struct source *source)
{
	const char **labels = calloc(c->n_workloads + 1, sizeof(*labels));
	size_t n = 0;

	if (labels == NULL) {
		s->writer.failed = true;
		return;
	}
	for (size_t i = 0; i < c->n_workloads; i++) {
		const struct workload *w = &c->workloads[i];

		if (workload_rests_on(w, source))
			labels[n++] = w->label;
	}
	writer_list(&s->writer, labels, n);
	free(labels);
}

static void
print_source(struct session *s, const struct config *config,
	     const struct source *source)
{
	struct writer *w = &s->writer;

	writer_card(w, "source", columns, N(columns));
	writer_text(w, source->name);
	writer_text(w, source_kind_name(source->kind));
	writer_text(w, source->url);
	writer_text(w, source->owner);
	writer_text(w, source->gateway == NULL ? NULL : source->gateway->name);
	writer_text(w, source->pointer);
	writer_list(w, source->must_contain.at, source->must_contain.n);
	writer_list(w, source->hosts.at, source->hosts.n);
	writer_text(w, source->schedule.text);
	writer_text(w, source->schedule.zone_name);
	if (source->approval_max_age_s == 0)
		writer_none(w);
	else
		writer_int(w, source->approval_max_age_s);
	put_users(s, config, source);
	words_put_origin(w, &source->origin);
	writer_close(w);
}

static void
put_approval(struct writer *w, const struct source_fact *f)
{
	writer_text(w, f->approved ? f->approved_snapshot : NULL);
	writer_time(w, f->approved_at);
	writer_text(w, f->approved ? f->approved_role : NULL);
	writer_row(w, f->approved ? f->approved_seq : 0);
}

void
show_facts(struct session *s, const struct source *source,
	   const struct view_source *v)
{
	static const struct source unlimited;
	const struct source_fact *f = &v->fact;
	char id[SNAPSHOT_ID_LEN + 1], hex[DIGEST_HEX_LEN + 1];
	struct writer *w = &s->writer;

	writer_heading(w, "What was read");
	writer_card(w, "facts", fact_columns, N(fact_columns));
	writer_time(w, f->tried_at);
	writer_text(w, f->tried ? page_outcome_name(f->tried_outcome) : NULL);
	writer_row(w, f->tried ? f->tried_seq : 0);
	writer_time(w, f->read_at);
	writer_row(w, f->read ? f->read_seq : 0);
	writer_text(w, f->read ? page_snapshot_id(&f->text, id) : NULL);
	writer_text(w, v->title);
	writer_text(w, f->read ? digest_hex(&f->text, hex) : NULL);
	writer_text(w,
		    approval_name(words_approval(
			source == NULL ? &unlimited : source, v, s->now.wall)));
	put_approval(w, f);
	writer_close(w);
}

int
show_source(struct session *s, const char *name)
{
	const struct config *config;
	const struct source *source;
	const struct view *view;
	const struct view_source *v;
	int r = session_config_if_any(s, &config);

	if (r == 0)
		r = session_view(s, &view);
	if (r != 0)
		return r;
	source = config == NULL ? NULL : config_source(config, name);
	v = view_source(view, name);
	if (source == NULL && v == NULL)
		return SHOW_NOTHING;
	if (source != NULL)
		print_source(s, config, source);
	if (v != NULL)
		show_facts(s, source, v);
	show_alerts(s, view, name, NULL);
	return CTL_OK;
}
