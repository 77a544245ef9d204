/* Texts of schedules become cron expressions, windows and zones, and what
 * they plan is compared with the ceilings.
 *
 * Nothing here knows today's date: how often a schedule fires is taken from
 * samples of one fixed year. */
#include "conf/loader.h"
#include "base/text.h"

#include "base/zone.h"
#include "sched/cron.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	SAMPLE_FIRST_DAY = 20454, /* 2026-01-01 */
	SAMPLE_DAYS = 365,
	SAMPLE_STEP = 5, /* meets all weekdays, and most days of a month */
	FIRES_MAX = 10000,
	FIRE_DAYS = 60 /* of the 1st, or of a 29 February, meet all weekdays */
};

static void
release_zone(void *zone)
{
	zone_free(zone);
}

static void
release_cron(void *cron)
{
	cron_free(cron);
}

static const struct zone *
parse_zone(struct loader *l, const char *name)
{
	struct zone *zone = NULL;
	void *bytes = NULL;
	size_t len = 0;

	if (l->zone == NULL || l->zone(l->zone_ctx, name, &bytes, &len) != 0)
		return NULL;
	if (zone_parse(bytes, len, &zone, NULL) != 0)
		zone = NULL;
	free(bytes);
	if (zone != NULL && !arena_own(l->arena, release_zone, zone)) {
		l->failed = true;
		return NULL;
	}
	return zone;
}

bool
loader_zone(struct loader *l, const struct conf_object *object,
	    const char *name, const struct zone **ret_zone)
{
	struct loaded_zone *z = l->zones;

	*ret_zone = NULL;
	if (strcmp(name, "UTC") == 0)
		return true;
	while (z != NULL && strcmp(z->name, name) != 0)
		z = z->next;
	if (z == NULL) {
		z = arena_alloc(l->arena, sizeof(*z));
		if (z == NULL) {
			l->failed = true;
			return true;
		}
		*z = (struct loaded_zone){l->zones, name, parse_zone(l, name)};
		l->zones = z;
	}
	*ret_zone = z->zone;
	if (z->zone == NULL && !l->failed)
		object_error(l, object, "schedule_timezone",
			     "write it as \"Europe/Berlin\"",
			     "there is no time zone \"%s\" on this host", name);
	return z->zone != NULL;
}

const struct cron *
loader_cron(struct loader *l, const char *text)
{
	struct cron *cron;

	if (cron_parse(text, &cron, NULL) != 0)
		return NULL;
	if (!arena_own(l->arena, release_cron, cron)) {
		l->failed = true;
		return NULL;
	}
	return cron;
}

/* ---- how often ---- */

static struct fires
cron_fires(const struct cron *cron, const struct zone *zone)
{
	struct fires fires = {0, SEC_PER_DAY};
	struct wall_time next;

	for (int i = 0; i < SAMPLE_DAYS; i += SAMPLE_STEP) {
		struct wall_time day = wall_day_start(SAMPLE_FIRST_DAY + i);
		struct wall_time before = {day.us - 1};
		struct wall_time last = {day.us + SEC_PER_DAY * USEC_PER_SEC -
					 1};
		int64_t n = cron_count(cron, zone, before, last, FIRES_MAX);

		if (n > fires.per_day)
			fires.per_day = n;
		if (n > 0 && cron_next(cron, zone, before, &next) == 0 &&
		    wall_s(next) - wall_s(day) < fires.earliest_s)
			fires.earliest_s = wall_s(next) - wall_s(day);
	}
	/* rare ones may miss the sample */
	if (fires.per_day == 0 &&
	    cron_next(cron, zone, wall_day_start(SAMPLE_FIRST_DAY), &next) == 0)
		fires =
		    (struct fires){1, (next.us / USEC_PER_SEC) % SEC_PER_DAY};
	return fires;
}

static struct fires
window_fires(const struct schedule *schedule)
{
	struct fires fires = {1, SEC_PER_DAY};
	int64_t length = schedule->window_to_s - schedule->window_from_s;

	for (int i = 0; i < SAMPLE_DAYS; i += SAMPLE_STEP) {
		struct wall_time noon = wall_day_start(SAMPLE_FIRST_DAY + i);
		int64_t open = schedule->window_from_s;

		noon.us += SEC_PER_DAY / 2 * USEC_PER_SEC;
		open -= zone_offset_s(schedule->zone, noon);
		open = (open + 2 * SEC_PER_DAY) % SEC_PER_DAY;
		if (open + length > SEC_PER_DAY)
			open = 0; /* its end lies early in the next day */
		if (open < fires.earliest_s)
			fires.earliest_s = open;
	}
	return fires;
}

struct fires
schedule_fires(const struct schedule *schedule)
{
	if (schedule->cron != NULL)
		return cron_fires(schedule->cron, schedule->zone);
	return window_fires(schedule);
}

/* ---- workloads ---- */

static bool
fires_on(const struct schedule *schedule, unsigned int weekdays)
{
	struct wall_time at = wall_day_start(SAMPLE_FIRST_DAY);

	for (int i = 0; i < FIRE_DAYS; i++) {
		if (cron_next(schedule->cron, schedule->zone, at, &at) != 0)
			return false;
		if ((weekdays >> civil_from_s(wall_s(at)).weekday & 1) != 0)
			return true;
		at = wall_day_start(wall_day(at) + 1);
		at.us--;
	}
	return false;
}

static void
set_cron(struct loader *l, const struct conf_object *object, const char *key,
	 unsigned int review_days, struct schedule *schedule)
{
	schedule->cron = loader_cron(l, schedule->text);
	if (schedule->cron == NULL)
		return;
	if (schedule_fires(schedule).per_day == 0)
		object_error(l, object, key, "see evidencectl schedule",
			     "this never fires");
	else if (!fires_on(schedule, review_days))
		object_error(l, object, key,
			     "review_days are UTC days; see evidencectl "
			     "schedule",
			     "this never fires on one of review_days");
}

static void
check_ceiling(struct loader *l, const struct conf_object *object,
	      const struct workload *w)
{
	int64_t happy = schedule_fires(&w->happy).per_day;
	int64_t planned =
	    happy + (w->error_own ? schedule_fires(&w->error).per_day : happy);

	if (planned > w->max_requests_per_day)
		loader_warn(
		    l, object_origin(object, "max_requests_per_day"),
		    path_join(&object->path, "max_requests_per_day").text,
		    "raise it, or plan less",
		    "up to %" PRId64 " request%s a day %s planned, and the "
		    "ceiling is %d",
		    planned, TEXT_PLURAL(planned), planned == 1 ? "is" : "are",
		    w->max_requests_per_day);
}

/* The window that holds where the workload names none. */
static const char *
inherited_window(const struct workload *w)
{
	const struct schema_key *key =
	    schema_find(schema_sections[LIST_PROFILES], "evidence_window");

	return w->gateway != NULL && w->gateway->evidence_window[0] != '\0'
		   ? w->gateway->evidence_window
		   : key->fallback;
}

static void
resolve_workload(struct loader *l, const struct conf_object *object)
{
	struct workload *w = object->value;
	struct schedule *happy = &w->happy;

	if (w->evidence_window[0] == '\0')
		w->evidence_window = inherited_window(w);
	if (!loader_zone(l, object, happy->zone_name, &happy->zone))
		return;
	if (w->happy_schedule[0] != '\0') {
		happy->text = w->happy_schedule;
		set_cron(l, object, "happy_schedule", w->review_days, happy);
	} else {
		happy->text = w->evidence_window;
		value_window(happy->text, &happy->window_from_s,
			     &happy->window_to_s);
	}
	w->error = *happy;
	if (w->error_schedule[0] != '\0') {
		w->error_own = true;
		w->error.text = w->error_schedule;
		w->error.window_from_s = w->error.window_to_s = 0;
		set_cron(l, object, "error_schedule", w->review_days,
			 &w->error);
	}
	check_ceiling(l, object, w);
}

void
resolve_schedules(struct loader *l)
{
	size_t n;
	const struct conf_object *objects =
	    loader_objects(l, LIST_WORKLOADS, &n);

	for (size_t i = 0; i < n && !l->failed; i++)
		resolve_workload(l, &objects[i]);
}
