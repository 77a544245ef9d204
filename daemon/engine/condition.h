/* The list of conditions of one turn. */
#ifndef ENGINE_CONDITION_H
#define ENGINE_CONDITION_H

#include "alert/machine.h"
#include "base/map.h"
#include "verdict/evidence.h"

struct engine;
struct workload;

struct conditions {
	struct alert_condition *at;
	size_t n, cap;
	struct map index;	/* "<rule>/<subject>" */
	bool failed;		/* no memory */
	struct wall_time again; /* when to look again at the latest */
};

struct alert_condition *condition_add(struct conditions *list,
				      enum alert_rule_id rule,
				      const char *subject);
/* Both take NULL, and do nothing when full or already said. */
void condition_evidence(struct alert_condition *c, uint64_t seq);
void condition_detail(struct alert_condition *c, const char *text);
/* What is wrong may be another thing from t on, without anything happening. */
void condition_again(struct conditions *list, struct wall_time t);

void conditions_of_workloads(struct engine *e, struct conditions *list);
void conditions_of_sources(struct engine *e, struct conditions *list);
/* The sources of a workload that a source-stale reason of its record means. */
void conditions_of_record_sources(struct engine *e, struct conditions *list,
				  const struct workload *w,
				  const struct record_fact *record,
				  enum reason reason);

/* After these: gateways, and what of their workloads an outage explains. */
void conditions_of_gateways(struct engine *e, struct conditions *list);
/* After the others: whether this host has a network at all, and what of them
 * tells no more than that it has none. */
void conditions_of_network(struct engine *e, struct conditions *list);

/* Whether a run ended so because the gateway was away. */
bool condition_is_away(enum outcome outcome);

/* How long after the last chance the rule is raised. */
int64_t condition_grace_s(const struct engine *e, enum alert_rule_id rule);

#endif
