/* Between the files of the view: one function per kind of row. */
#ifndef REPORT_VIEW_FOLD_H
#define REPORT_VIEW_FOLD_H

#include "report/view.h"

struct json_object;

/* Find or make; NULL when there is no memory or the name is too long. */
struct view_workload *view_workload_make(struct view *v, const char *label);
/* The same, and the row is about it. */
struct view_workload *view_workload_touch(struct view *v, const char *label);
struct view_source *view_source_make(struct view *v, const char *name);
struct view_shared_error *view_shared_make(struct view *v, const char *endpoint,
					   const char *environment,
					   const struct digest *profile);
struct view_day *view_day_make(struct view_workload *w, int32_t day);
/* false: no memory */
bool view_day_rests_on(struct view_day *d, uint64_t seq);
/* A row of that day is about to change the source's facts. */
void view_source_day(struct view_source *s, int32_t day);

/* Room for one more element; capacity is the next power of two.  NULL: no
 * memory, and the array is as it was. */
void *view_one_more(void *array, size_t n, size_t size);

/* What it owns, not itself. */
void view_workload_release(struct view_workload *w);

/* Copies text, cut to fit. */
void view_copy(char *out, size_t size, const char *text);

/* Typed reading of body members; text absent or of another type is "". */
const char *view_text(struct json_object *body, const char *key);
/* 0 when absent or malformed */
struct wall_time view_time(struct json_object *body, const char *key);
/* all zero when absent or malformed */
struct digest view_digest(struct json_object *body, const char *key);

/* Of what triggered a run or a read: a slot of its schedule. */
bool view_is_planned(const char *trigger);
/* No further look changes what the account surface showed. */
bool view_usage_settled(const struct usage_fact *u);

/* view_network.c: what a check's row tells of this host's network. */
enum view_answer {
	VIEW_NOT_ASKED, /* nothing left, or it went no further than loopback */
	VIEW_ANSWERED,
	VIEW_SILENT /* no name, no connection, nothing in time */
};
enum view_answer view_answer_of_run(struct json_object *body);
enum view_answer view_answer_of_read(struct json_object *body);
void view_note_answer(struct view *v, const struct row *row,
		      enum view_answer answer);

int view_fold_begun(struct view *v, const struct row *row,
		    struct json_object *body);
int view_fold_run(struct view *v, const struct row *row,
		  struct json_object *body);
int view_fold_usage(struct view *v, const struct row *row,
		    struct json_object *body);
int view_fold_attest_source(struct view *v, const struct row *row,
			    struct json_object *body);
int view_fold_attest_usage(struct view *v, const struct row *row,
			   struct json_object *body);
int view_fold_missed(struct view *v, const struct row *row,
		     struct json_object *body);
int view_fold_source(struct view *v, const struct row *row,
		     struct json_object *body);
int view_fold_record(struct view *v, const struct row *row,
		     struct json_object *body);
int view_fold_source_approved(struct view *v, const struct row *row,
			      struct json_object *body);
int view_fold_scope_approved(struct view *v, const struct row *row,
			     struct json_object *body);
int view_fold_decision(struct view *v, const struct row *row,
		       struct json_object *body);
int view_fold_correction(struct view *v, const struct row *row,
			 struct json_object *body);
int view_fold_legal_hold(struct view *v, const struct row *row,
			 struct json_object *body);
int view_fold_prune(struct view *v, const struct row *row,
		    struct json_object *body);
int view_fold_note(struct view *v, const struct row *row,
		   struct json_object *body);
int view_fold_digest(struct view *v, const struct row *row,
		     struct json_object *body);
int view_fold_started(struct view *v, const struct row *row,
		      struct json_object *body);
int view_fold_stepped(struct view *v, const struct row *row,
		      struct json_object *body);
int view_fold_config_loaded(struct view *v, const struct row *row,
			    struct json_object *body);
int view_fold_config_rejected(struct view *v, const struct row *row,
			      struct json_object *body);

#endif
