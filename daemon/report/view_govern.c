/* Folding records and the words of people and of the daemon about itself. */
#include "base/json.h"
#include "report/view_fold.h"
#include "verdict/record.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

int
view_fold_record(struct view *v, const struct row *row,
		 struct json_object *body)
{
	struct view_workload *w =
	    view_workload_touch(v, view_text(body, "workload_label"));
	struct record_fact f;
	struct view_day *d;

	if (w == NULL)
		return ERR_NOMEM;
	if (record_read(row->body, row->body_len, row->seq, &f) < 0)
		return ERR_INVALID;
	d = view_day_make(w, f.day);
	if (!view_day_rests_on(d, row->seq))
		return ERR_NOMEM;
	d->record = f;
	/* A late record of yesterday does not hide today's; one of a day that
	 * a clock only visited hides nothing. */
	if (!w->record.present || f.day >= w->record.day ||
	    wall_day(row->at) < w->record.day)
		w->record = f;
	if (w->older_pass.day == f.day) /* its day is kept again */
		w->older_pass.present = false;
	return 0;
}

int
view_fold_source_approved(struct view *v, const struct row *row,
			  struct json_object *body)
{
	struct view_source *s = view_source_make(v, view_text(body, "source"));
	struct source_fact *f;

	if (s == NULL)
		return ERR_NOMEM;
	view_source_day(s, wall_day(row->at));
	f = &s->fact;
	f->approved = true;
	f->approved_text = view_digest(body, "text_sha256");
	f->approved_at = row->at;
	f->approved_seq = row->seq;
	view_copy(f->approved_snapshot, sizeof(f->approved_snapshot),
		  view_text(body, "snapshot"));
	view_copy(f->approved_role, sizeof(f->approved_role),
		  view_text(body, "role"));
	return 0;
}

int
view_fold_scope_approved(struct view *v, const struct row *row,
			 struct json_object *body)
{
	struct view_workload *w =
	    view_workload_touch(v, view_text(body, "workload_label"));

	if (w == NULL)
		return ERR_NOMEM;
	w->scope_approved = true;
	w->approved_scope = view_digest(body, "scope_digest");
	w->scope_seq = row->seq;
	return 0;
}

/* A word in force that says more: two may be on their way at once. */
static bool
says_more(const struct cap_fact *before, const struct cap_fact *cap,
	  int32_t day)
{
	return before->cap != DECISION_NONE && before->until >= day &&
	       (cap->cap < before->cap || cap->until < before->until);
}

int
view_fold_decision(struct view *v, const struct row *row,
		   struct json_object *body)
{
	struct view_workload *w =
	    view_workload_touch(v, view_text(body, "workload_label"));
	struct cap_fact cap = {
	    .cap = decision_by_name(view_text(body, "decision")),
	    .seq = row->seq,
	};

	if (w == NULL)
		return ERR_NOMEM;
	if (day_parse(view_text(body, "until"), &cap.until) < 0)
		return ERR_INVALID;
	view_copy(cap.role, sizeof(cap.role), view_text(body, "role"));
	if (!says_more(&w->cap, &cap, wall_day(row->at)))
		w->cap = cap;
	return 0;
}

/* A person's word closes what waits for one: movement explained, rotation
 * noted. */
int
view_fold_note(struct view *v, const struct row *row, struct json_object *body)
{
	const char *id = view_text(body, "alert");
	const char *used = "credential-used-elsewhere/";

	snprintf(v->noted, sizeof(v->noted), "%s", id);
	v->noted_seq = row->seq;
	if (strncmp(id, used, strlen(used)) != 0)
		return 0;
	for (size_t i = 0; i < v->n_workloads; i++) {
		struct view_workload *w = &v->workloads[i];

		if (strcmp(view_text(body, "workload_label"), w->label) == 0)
			w->used_elsewhere = false;
	}
	return 0;
}

int
view_fold_digest(struct view *v, const struct row *row,
		 struct json_object *body)
{
	if (day_parse(view_text(body, "review_date"), &v->digest_day) < 0)
		return ERR_INVALID;
	v->digest_seq = row->seq;
	return 0;
}

int
view_fold_started(struct view *v, const struct row *row,
		  struct json_object *body)
{
	(void)body;
	v->present_since = row->at;
	v->present_seq = row->seq;
	return 0;
}

static void
step_back(struct planned_fact *planned, struct wall_time to)
{
	if (planned->slot.us > to.us)
		planned->slot = to;
}

/* What was planned in the time that the clock has left is not owed. */
int
view_fold_stepped(struct view *v, const struct row *row,
		  struct json_object *body)
{
	struct wall_time to = view_time(body, "to");

	v->present_since = row->at;
	v->present_seq = row->seq;
	if (to.us == 0 || to.us >= view_time(body, "from").us)
		return 0;
	v->stepped_back_seq = row->seq;
	for (size_t i = 0; i < v->n_workloads; i++) {
		step_back(&v->workloads[i].planned[PATH_HAPPY], to);
		step_back(&v->workloads[i].planned[PATH_ERROR], to);
	}
	for (size_t i = 0; i < v->n_sources; i++)
		step_back(&v->sources[i].planned, to);
	return 0;
}

int
view_fold_config_loaded(struct view *v, const struct row *row,
			struct json_object *body)
{
	view_copy(v->config_digest, sizeof(v->config_digest),
		  view_text(body, "digest"));
	v->config_seq = row->seq;
	v->config_at = row->at;
	v->config_rejected = false;
	return 0;
}

int
view_fold_config_rejected(struct view *v, const struct row *row,
			  struct json_object *body)
{
	v->config_rejected = true;
	v->config_rejected_seq = row->seq;
	view_copy(v->config_rejected_text, sizeof(v->config_rejected_text),
		  view_text(body, "first_error"));
	return 0;
}
