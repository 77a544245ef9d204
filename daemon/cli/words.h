/* Cells that more than one command prints. */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include "cli/job_list.h"
#include "report/writer.h"
#include "verdict/approval.h"

/* "/etc/evidenced/evidenced.conf:41" */
void words_put_origin(struct writer *w, const struct origin *origin);
/* Three cells: outcome of the newest attempt, time and snapshot of the newest
 * good read.  v may be NULL. */
void words_put_read(struct writer *w, const struct view_source *v);
/* Of the newest read; v may be NULL. */
enum approval words_approval(const struct source *source,
			     const struct view_source *v, struct wall_time now);
void words_put_rights(struct writer *w, unsigned int may);
const char *words_rule_type(const struct allocation_rule *rule);

/* Whether an alert is about a name; of a workload (w not NULL) also about what
 * it rests on: credential, gateway, metric, rule and sources. */
bool words_alert_is_about(const struct alert *alert, const char *name,
			  const struct workload *w);

/* NULL where nothing is known; then *ret_at is 0. */
const char *words_newest_outcome(const struct view *view, const struct job *job,
				 struct wall_time *ret_at);

#endif
