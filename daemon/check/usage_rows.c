/* Bodies of check.usage and check.missed.
 *
 * A reading keeps what was read and how the look ended, so that "nothing was
 * read" and "it read zero" stay apart.  evidence_lag_s is how late the
 * evidence was looked for; it says nothing about the speed of a service. */
#include "check/rows.h"
#include "check/members.h"

#include <string.h>

static void
put_reading(struct members *m, const char *key,
	    const struct counter_reading *reading)
{
	bool ok;

	if (reading == NULL) {
		json_put_null(&m->w, key);
		return;
	}
	ok = reading->outcome == READING_OK;
	json_object_open(&m->w, key);
	members_put_count(m, "down", ok && reading->has_down, reading->down);
	json_put_string(&m->w, "outcome",
			reading_outcome_name(reading->outcome));
	members_put_count(m, "up", ok && reading->has_up, reading->up);
	json_object_close(&m->w);
}

/* The name that the surface gave the key, newest first; "" when none did. */
static const char *
label_seen(const struct check_look *look)
{
	if (look->after != NULL && look->after->label_seen[0] != '\0')
		return look->after->label_seen;
	return look->before == NULL ? "" : look->before->label_seen;
}

int
check_usage_body(struct buf *out, const struct check_look *look)
{
	struct members m;

	members_begin(&m, out);
	put_reading(&m, "after", look->after);
	put_reading(&m, "before", look->before);
	json_put_string(&m.w, "check", look->check);
	json_put_string(&m.w, "environment", look->environment);
	members_put_count(&m, "evidence_lag_s", look->outcome != LOOK_BEFORE,
			  look->evidence_lag_s);
	members_put_text(&m, "label_seen", label_seen(look));
	json_put_int(&m.w, "look", look->look);
	json_put_string(&m.w, "outcome", look_outcome_name(look->outcome));
	json_put_string(&m.w, "run", look->run);
	json_put_string(&m.w, "surface", look->surface);
	json_put_string(&m.w, "tier", look->tier);
	json_put_bool(&m.w, "unexplained", look->unexplained);
	members_put_text(&m, "unit", look->unit);
	json_put_string(&m.w, "workload_label", look->workload_label);
	return members_end(&m);
}

int
check_missed_body(struct buf *out, const struct check_missed *missed)
{
	struct members m;

	members_begin(&m, out);
	json_put_string(&m.w, "check", missed->check);
	json_put_int(&m.w, "count", missed->count);
	members_put_time(&m, "from", missed->from);
	json_put_string(&m.w, "reason", missed->reason);
	members_put_text(&m, "run", missed->run);
	members_put_time(&m, "to", missed->to);
	return members_end(&m);
}
