#include "cli/words.h"

#include <stdio.h>
#include <string.h>

void
words_put_origin(struct writer *w, const struct origin *origin)
{
	char text[512];

	if (origin->file == NULL || origin->file[0] == '\0') {
		writer_none(w);
		return;
	}
	snprintf(text, sizeof(text), "%s:%d", origin->file, origin->line);
	writer_text(w, text);
}

void
words_put_read(struct writer *w, const struct view_source *v)
{
	char id[SNAPSHOT_ID_LEN + 1];

	writer_text(w, v == NULL || !v->fact.tried
			   ? NULL
			   : page_outcome_name(v->fact.tried_outcome));
	if (v == NULL || !v->fact.read) {
		writer_none(w);
		writer_none(w);
		return;
	}
	writer_time(w, v->fact.read_at);
	writer_text(w, page_snapshot_id(&v->fact.text, id));
}

enum approval
words_approval(const struct source *source, const struct view_source *v,
	       struct wall_time now)
{
	return approval_of(source, v == NULL ? NULL : &v->fact, now);
}

void
words_put_rights(struct writer *w, unsigned int may)
{
	const char *names[ROLE_RIGHTS];

	writer_list(w, names, role_rights(may, names));
}

const char *
words_rule_type(const struct allocation_rule *rule)
{
	return rule->type == RULE_OWNER_TAG ? "owner-tag" : "shared-cost-rule";
}

static bool
uses_source(const struct workload *w, const char *name)
{
	for (size_t i = 0; i < w->n_sources; i++) {
		if (strcmp(w->sources[i]->name, name) == 0)
			return true;
	}
	return false;
}

/* A credential has its workload's name unless it is told otherwise, so a name
 * alone does not tell what it is of. */
static bool
rests_on(const struct workload *w, enum subject_kind kind, const char *name)
{
	switch (kind) {
	case SUBJECT_SOURCE:
		return uses_source(w, name);
	case SUBJECT_CREDENTIAL:
		return strcmp(name, w->credential) == 0;
	case SUBJECT_GATEWAY:
		return strcmp(name, w->gateway_name) == 0;
	case SUBJECT_METRIC:
		return strcmp(name, w->metric_name) == 0;
	case SUBJECT_RULE:
		return strcmp(name, w->rule_id) == 0;
	default:
		return false;
	}
}

bool
words_alert_is_about(const struct alert *a, const char *name,
		     const struct workload *w)
{
	if (strcmp(a->subject, name) == 0 || strcmp(a->workload, name) == 0)
		return true;
	return w != NULL &&
	       rests_on(w, alert_rule(a->rule)->subject, a->subject);
}

static const char *
newest_of_source(const struct view *view, const struct source *source,
		 struct wall_time *ret_at)
{
	const struct view_source *v = view_source(view, source->name);

	if (v == NULL || !v->fact.tried)
		return NULL;
	*ret_at = v->fact.tried_at;
	return page_outcome_name(v->fact.tried_outcome);
}

static const char *
newest_look(const struct view_workload *v, struct wall_time *ret_at)
{
	for (size_t i = 0; i < v->n_days; i++) {
		const struct day_evidence *e = &v->days[i].evidence;

		if (e->usage.seen) {
			*ret_at = e->happy.requested;
			return look_outcome_name(e->usage.outcome);
		}
	}
	return NULL;
}

const char *
words_newest_outcome(const struct view *view, const struct job *job,
		     struct wall_time *ret_at)
{
	const struct view_workload *v;
	const char *path;

	*ret_at = (struct wall_time){0};
	if (view == NULL)
		return NULL;
	if (job->source != NULL)
		return newest_of_source(view, job->source, ret_at);
	v = view_workload(view, job->workload->label);
	if (v == NULL)
		return NULL;
	path = strchr(job->name, '/') + 1;
	if (strcmp(path, "usage") == 0)
		return newest_look(v, ret_at);
	*ret_at =
	    strcmp(path, "happy") == 0 ? v->last_happy_at : v->last_error_at;
	if (ret_at->us == 0)
		return NULL;
	return outcome_name(strcmp(path, "happy") == 0 ? v->last_happy
						       : v->last_error);
}
