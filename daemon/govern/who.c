/* Who acts.
 *
 * The table of reasons says it in words: the workload's owner group, the role
 * that approves this source.  The configuration has the names.  The line of an
 * alert, why and todo all ask here, so that they name the same. */
#include "alert/rule.h"
#include "govern/govern.h"

static bool
is_about_a_page(enum reason reason)
{
	const struct alert_rule *rule =
	    alert_rule_by_name(reason_info(reason)->alert_rule);

	return rule->subject == SUBJECT_SOURCE;
}

static const char *
named(const struct workload *workload, const struct source *source,
      const char *lowered_by, enum reason reason)
{
	if (source != NULL)
		return source->owner;
	if (reason == REASON_LOWERED_BY_ROLE)
		return lowered_by;
	return workload == NULL || workload->metric == NULL
		   ? ""
		   : workload->metric->owner;
}

const char *
govern_who(const struct config *config, const struct workload *workload,
	   const struct source *source, const char *lowered_by,
	   enum reason reason)
{
	const char *owner = workload == NULL ? "" : workload->owner_group;
	const char *who;

	/* Of several pages each may be another's. */
	if (source == NULL && is_about_a_page(reason))
		return reason_info(reason)->who;
	who = reason_who(reason, owner,
			 named(workload, source, lowered_by, reason));
	/* Nobody would see to what nobody owns. */
	if (workload != NULL && source == NULL && owner[0] == '\0' &&
	    who == reason_info(reason)->who &&
	    config->unowned_escalation[0] != '\0')
		return config->unowned_escalation;
	return who;
}
