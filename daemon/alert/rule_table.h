/* The rows of the alert rules; who asks for one goes by alert/rule.h. */
#ifndef ALERT_RULE_TABLE_H
#define ALERT_RULE_TABLE_H

#include "alert/rule.h"

extern const struct alert_rule alert_rule_table[ALERT_RULES]; /* by id */

#endif
