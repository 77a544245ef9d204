/* Whether a workload's owner, environment, rule and metric are good on a
 * day: the part of a judgement that needs no observation. */
#ifndef GOVERN_GOVERN_H
#define GOVERN_GOVERN_H

#include "conf/config.h"
#include "verdict/reason.h"

/* The hold reasons of the configuration alone, on that UTC day. */
reason_set govern_reasons(const struct config *config,
			  const struct workload *workload, int32_t day);

/* The first day after `day` on which govern_reasons() could differ (an
 * owner, a rule, a metric starts or expires); INT32_MAX when none. */
int32_t govern_next_change(const struct config *config,
			   const struct workload *workload, int32_t day);

/* The version of the workload's allocation rule that is effective on that
 * day; when none is, the one the workload names; NULL when it has none. */
const struct allocation_rule *govern_rule(const struct config *config,
					  const struct workload *workload,
					  int32_t day);

/* Why govern_reasons() gives this reason on that day, in words that name the
 * value at fault; "" when it does not. */
void govern_explain(const struct config *config,
		    const struct workload *workload, enum reason reason,
		    int32_t day, char *out, size_t size);

/* Why a rule or metric is invalid, incomplete or out of date, in words; ""
 * when fine.  A rule is judged by itself: whether its owners are declared is
 * for govern_explain(). */
void govern_explain_rule(const struct allocation_rule *rule, int32_t day,
			 char *out, size_t size);
void govern_explain_metric(const struct unit_metric *metric, int32_t day,
			   char *out, size_t size);

/* Who acts on a reason: a name where one is known, else the words of the
 * table.  `workload` is whose reason it is, `source` the one that is meant (of
 * a reason whose alert is about a source), each NULL where there is none, or
 * where several are meant;
 * `lowered_by` the role that lowered the workload, or "".  Where a workload
 * has no owner and no name is known, the configuration may have one. */
const char *govern_who(const struct config *config,
		       const struct workload *workload,
		       const struct source *source, const char *lowered_by,
		       enum reason reason);

/* True when evidence is due on that day (review_days). */
bool govern_review_day(const struct workload *workload, int32_t day);
/* The first such day after `day`; INT32_MAX when no day is one. */
int32_t govern_next_review_day(const struct workload *workload, int32_t day);

#endif
