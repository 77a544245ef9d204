#include "scene.h"

#include "sched/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const sources[] = {"p-setup", "p-pricing", "p-support",
				      "p-allocation", "p-unit-economics"};

struct wall_time
scene_at(const char *day, const char *time)
{
	char text[40];

	snprintf(text, sizeof(text), "%sT%sZ", day, time);
	return world_time(text);
}

void
scene_until(struct world *w, const char *day, const char *time)
{
	world_run(w, scene_at(day, time));
}

void
scene_start_raw(struct world *w, const char *config_text)
{
	world_init(w, scene_at(DAY1, "00:00:00"), 1);
	world_start(w, config_text);
	scene_until(w, DAY1, "00:15:00");
}

void
scene_start(struct world *w, const char *config_text)
{
	scene_start_raw(w, config_text);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(world_approve(w, sources[i]), 0);
	scene_until(w, DAY1, "00:20:00");
}

void
scene_crash(struct world *w)
{
	fake_crash(&w->fake);
	w->fake.freeze_at = 0;
	w->lost = false;
	w->lose_in = 0;
}

void
scene_reload(struct world *w, const char *config_text)
{
	struct fake *f = &w->fake;
	char *words;

	engine_reload(f->engine, f->now, world_config(config_text), &words);
	free(words);
	fake_turn(f);
	world_run(w, f->now.wall);
}

void
scene_stop(struct world *w)
{
	struct fake *f = &w->fake;

	engine_stop(f->engine, f->now);
	fake_turn(f);
	assert_true(engine_stopped(f->engine));
	assert_string_equal(f->rows[f->n_rows - 1].kind, "daemon.stopped");
	fake_crash(f);
}

struct wall_time
scene_slot(const struct world *w, const char *label, const char *day)
{
	const struct workload *workload =
	    config_workload(engine_config(w->fake.engine), label);
	struct wall_time from = scene_at(day, "00:00:00"), slot;
	char key[64];

	from.us--;
	snprintf(key, sizeof(key), "%s/happy", label);
	assert_int_equal(plan_next(&workload->happy, key, from, &slot), 0);
	return slot;
}

bool
scene_alert(const struct world *w, const char *id)
{
	return alert_machine_find(engine_view(w->fake.engine)->alerts, id) !=
	       NULL;
}

static bool
fits(const struct fake_row *r, const char *kind, const char *text,
     const char *other)
{
	return strcmp(r->kind, kind) == 0 &&
	       (text == NULL || strstr(r->body, text) != NULL) &&
	       (other == NULL || strstr(r->body, other) != NULL);
}

size_t
scene_count(const struct world *w, const char *kind, const char *text,
	    const char *other)
{
	size_t n = 0;

	for (size_t i = 0; i < w->fake.n_durable; i++)
		n += fits(&w->fake.rows[i], kind, text, other);
	return n;
}

const char *
scene_body(const struct world *w, const char *kind, const char *text)
{
	for (size_t i = w->fake.n_durable; i > 0; i--) {
		if (fits(&w->fake.rows[i - 1], kind, text, NULL))
			return w->fake.rows[i - 1].body;
	}
	return "";
}

bool
scene_reason(const struct world *w, const char *label, enum reason reason)
{
	const struct view_workload *v =
	    view_workload(engine_view(w->fake.engine), label);

	return v != NULL && v->record.present &&
	       (v->record.reasons & reason_bit(reason)) != 0;
}

int
scene_run(struct world *w, const char *name)
{
	struct ctl_request request = {.command = CTL_RUN, .wait = true};

	snprintf(request.name, sizeof(request.name), "%s", name);
	return world_ask(w, &request);
}

int
scene_force(struct world *w, const char *name)
{
	struct ctl_request request = {.command = CTL_RUN, .force = true};

	snprintf(request.name, sizeof(request.name), "%s", name);
	return world_ask(w, &request);
}

int
scene_note(struct world *w, const char *alert, const char *text)
{
	struct ctl_request request = {.command = CTL_NOTE,
				      .role = "pricing-owner"};

	snprintf(request.name, sizeof(request.name), "%s", alert);
	snprintf(request.note, sizeof(request.note), "%s", text);
	return world_ask(w, &request);
}
