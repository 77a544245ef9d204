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

/* Why a rule or metric is invalid or incomplete, in words; "" when fine. */
void govern_explain_rule(const struct allocation_rule *rule, int32_t day,
    char *out, size_t size);
void govern_explain_metric(const struct unit_metric *metric, int32_t day,
    char *out, size_t size);

/* True when evidence is due on that day (review_days). */
bool govern_review_day(const struct workload *workload, int32_t day);

#endif
