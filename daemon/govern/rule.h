/* Whether an allocation rule can be applied. */
#ifndef GOVERN_RULE_H
#define GOVERN_RULE_H

#include "conf/config.h"

enum { GOVERN_WORDS_MAX = 240 };

/* Why a rule cannot be applied on that day, its own dates aside; "" when it
 * can.  With a configuration also whether its owners are declared and in
 * force, and none of them is a pool; NULL leaves that out. */
void rule_fault(const struct config *config, const struct allocation_rule *rule,
		int32_t day, char *out, size_t size);

/* True when the rule gives cost to that owner group by name. */
bool rule_names(const struct allocation_rule *rule, const char *group);

#endif
