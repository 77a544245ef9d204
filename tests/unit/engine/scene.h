/* What the engine's tests have in common: a world in which days pass, and
 * questions about its rows. */
#ifndef UNIT_ENGINE_SCENE_H
#define UNIT_ENGINE_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "world.h"

/* The day on which scenes begin. */
#define DAY1 "2026-07-03"
#define DAY2 "2026-07-04"
#define DAY3 "2026-07-05"

/* "2026-07-04", "05:00:00" */
struct wall_time scene_at(const char *day, const char *time);

/* A world at DAY1 00:00 with this configuration, run until 00:20 with all
 * five pages approved: what can pass has passed. */
void scene_start(struct world *w, const char *config_text);
/* The same without approvals. */
void scene_start_raw(struct world *w, const char *config_text);
void scene_until(struct world *w, const char *day, const char *time);
void scene_crash(struct world *w);
void scene_reload(struct world *w, const char *config_text);
/* Stops cleanly, and asserts that daemon.stopped is the last row. */
void scene_stop(struct world *w);

/* Where the window of w0 lies: its planned slot on a day. */
struct wall_time scene_slot(const struct world *w, const char *label,
			    const char *day);

bool scene_alert(const struct world *w, const char *id);
/* Durable rows of a kind whose body holds both texts (NULL: any). */
size_t scene_count(const struct world *w, const char *kind, const char *text,
		   const char *other);
/* The newest such row's body, or "". */
const char *scene_body(const struct world *w, const char *kind,
		       const char *text);
/* True when the newest record of a workload has this reason. */
bool scene_reason(const struct world *w, const char *label, enum reason reason);

/* Requests of people. */
int scene_run(struct world *w, const char *name);
int scene_force(struct world *w, const char *name);
int scene_note(struct world *w, const char *alert, const char *text);

#endif
