/* What happens to the ten workloads in 2026.  All times are UTC. */
#include "year.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const sources[] = {"p-setup", "p-pricing", "p-support",
				      "p-allocation", "p-unit-economics"};

static struct wall_time
on(const char *month_day, const char *time)
{
	char text[40];

	snprintf(text, sizeof(text), "2026-%sT%sZ", month_day, time);
	return world_time(text);
}

static struct wall_time
later(struct wall_time t, int64_t s)
{
	return (struct wall_time){t.us + s * USEC_PER_SEC};
}

/* ---- the person ---- */

/* At eleven o'clock somebody looks at what waits for an approval. */
static void
approve_what_waits(struct year *y)
{
	struct world *w = &y->world;

	for (size_t i = 0; i < 5; i++) {
		struct alert_machine *alerts =
		    engine_view(w->fake.engine)->alerts;
		char id[80];
		bool waits;

		snprintf(id, sizeof(id), "source-unapproved/%s", sources[i]);
		waits = alert_machine_find(alerts, id) != NULL;
		snprintf(id, sizeof(id), "source-changed/%s", sources[i]);
		waits = waits || alert_machine_find(alerts, id) != NULL;
		if (waits && world_approve(w, sources[i]) != 0)
			abort();
	}
}

static int
ask(struct year *y, enum ctl_command command, const char *name)
{
	struct ctl_request request = {.command = command};

	snprintf(request.name, sizeof(request.name), "%s", name);
	if (command == CTL_NOTE) {
		snprintf(request.role, sizeof(request.role), "pricing-owner");
		snprintf(request.note, sizeof(request.note),
			 "asked the team, explained");
	}
	return world_ask(&y->world, &request);
}

/* ---- the daemon ---- */

static void
note_period(struct year *y, struct wall_time from)
{
	if (y->n_periods > 0)
		y->periods[y->n_periods - 1].to = from;
	y->periods[y->n_periods++] = (struct period){
	    .from = from,
	    .to = world_time("2027-01-01T00:00:00Z"),
	    .config = world_config(year_config_text(&y->setup)),
	};
}

static void
start(struct year *y)
{
	world_start(&y->world, year_config_text(&y->setup));
}

static void
crash(struct year *y)
{
	fake_crash(&y->world.fake);
	y->world.fake.freeze_at = 0;
	y->world.lost = false;
	y->world.lose_in = 0;
}

/* A clean stop; nothing runs until start(). */
static void
stop(struct year *y)
{
	struct fake *f = &y->world.fake;

	engine_stop(f->engine, f->now);
	fake_turn(f);
	if (!engine_stopped(f->engine))
		abort();
	fake_crash(f);
}

static void
reload(struct year *y)
{
	struct fake *f = &y->world.fake;
	char *words;

	note_period(y, f->now.wall);
	engine_reload(f->engine, f->now,
		      world_config(year_config_text(&y->setup)), &words);
	free(words);
	fake_turn(f);
}

static void
reload_badly(struct year *y)
{
	struct fake *f = &y->world.fake;

	engine_reload_refused(f->engine, f->now,
			      "evidenced.conf:3: workloads.alpha.model: is "
			      "missing; name one");
	fake_turn(f);
}

static void
set_clock(struct year *y, struct wall_time t)
{
	y->world.fake.now.wall = t;
	fake_turn(&y->world.fake);
}

static void
count_turns(struct year *y, uint64_t before, struct wall_time day)
{
	uint64_t turns = y->world.fake.turns - before;

	if (turns <= y->most_turns)
		return;
	y->most_turns = turns;
	day_format(wall_day(day), y->most_turns_day);
}

/* Lives on until t; at eleven each day the person looks. */
static void
until(struct year *y, struct wall_time t)
{
	struct world *w = &y->world;

	while (w->fake.now.wall.us < t.us && !w->lost) {
		struct wall_time now = w->fake.now.wall;
		struct wall_time day = wall_day_start(wall_day(now));
		struct wall_time eleven = {day.us + 39600 * USEC_PER_SEC};
		struct wall_time next = wall_day_start(wall_day(now) + 1);
		uint64_t turns = w->fake.turns;

		if (now.us < eleven.us)
			next = eleven;
		if (next.us > t.us)
			next = t;
		world_run(w, next);
		count_turns(y, turns, now);
		if (next.us == eleven.us && !w->lost)
			approve_what_waits(y);
	}
}

/* Dies when the n-th row from now should become durable, or when the n-th
 * billable request is out; starts again a minute later. */
static void
die_at_row(struct year *y, struct wall_time from, size_t n)
{
	struct fake *f = &y->world.fake;

	until(y, from);
	f->freeze_at = f->n_durable + n;
	while (f->n_rows <= f->freeze_at)
		until(y, later(f->now.wall, 1));
	crash(y);
	f->now.wall.us += 60 * USEC_PER_SEC;
	start(y);
}

static void
die_at_request(struct year *y, struct wall_time from, int n)
{
	struct fake *f = &y->world.fake;

	until(y, from);
	y->world.lose_in = n;
	until(y, world_time("2027-01-01T00:00:00Z"));
	crash(y);
	f->now.wall.us += 60 * USEC_PER_SEC;
	start(y);
}

/* ---- the year ---- */

static void
winter(struct year *y)
{
	struct world *w = &y->world;

	/* Half an hour away: the repetitions mend the day. */
	until(y, on("02-03", "05:00:00"));
	w->gateway = MOOD_UNREACHABLE;
	until(y, on("02-03", "05:30:00"));
	w->gateway = MOOD_GOOD;
	/* Six hours: the repetitions do not. */
	until(y, on("02-10", "04:00:00"));
	w->gateway = MOOD_UNREACHABLE;
	until(y, on("02-10", "11:00:00"));
	w->gateway = MOOD_GOOD;
	/* Two days. */
	until(y, on("02-20", "00:00:00"));
	w->gateway = MOOD_SERVER_ERROR;
	until(y, on("02-22", "00:00:00"));
	w->gateway = MOOD_GOOD;
	/* The host itself is cut off: no gateway, no page. */
	until(y, on("03-02", "00:00:00"));
	w->offline = true;
	until(y, on("03-02", "11:00:00"));
	w->offline = false;
	/* The surface throttles for ten minutes at a time when the clock in
	 * Berlin has not changed yet; the clock in New York has. */
	until(y, on("03-17", "04:30:00"));
	w->surface_status = 429;
	w->retry_after = "120";
	until(y, on("03-17", "05:15:00"));
	w->surface_status = 200;
	w->retry_after = NULL;
}

static void
spring(struct year *y)
{
	struct world *w = &y->world;
	struct world_page *pricing =
	    world_page(w, "https://gw.example/pricing");
	struct world_page *support =
	    world_page(w, "https://gw.example/support");
	struct world_page *setup = world_page(w, "https://gw.example/setup");

	until(y, on("04-08", "01:00:00"));
	snprintf(pricing->text, sizeof(pricing->text),
		 "The text of the pricing page, second version.\n");
	until(y, on("04-20", "00:00:00"));
	support->status = 404;
	until(y, on("04-23", "12:00:00"));
	support->status = 200;
	until(y, on("05-05", "00:00:00"));
	setup->status = 403;
	until(y, on("05-06", "00:00:00"));
	setup->status = 200;
	/* Deaths: between a row and its durability, and between a request
	 * and its answer. */
	for (size_t n = 0; n < 6; n++) {
		char day[8];

		snprintf(day, sizeof(day), "05-%02zu", 10 + n);
		die_at_row(y, on(day, "04:29:00"), n * 11 + 1);
	}
	die_at_request(y, on("05-20", "04:29:00"), 1);
	die_at_request(y, on("05-21", "04:29:00"), 2);
	die_at_request(y, on("05-22", "04:29:00"), 5);
}

static void
summer(struct year *y)
{
	struct fake *f = &y->world.fake;

	/* A clean stop over the window: caught up. */
	until(y, on("06-10", "05:00:00"));
	stop(y);
	f->now.wall = on("06-10", "09:00:00");
	start(y);
	/* Two days off. */
	until(y, on("06-16", "12:00:00"));
	stop(y);
	f->now.wall = on("06-18", "12:00:00");
	start(y);
	/* The contractors' owner entry ends with June. */
	until(y, on("07-08", "14:00:00"));
	y->setup.extended = true;
	reload(y);
	/* A full disk for a day. */
	until(y, on("07-14", "03:00:00"));
	f->full = true;
	engine_ledger_full(f->engine, f->now, "no room");
	until(y, on("07-15", "03:00:00"));
	f->full = false;
	engine_ledger_full(f->engine, f->now, NULL);
	/* The clock: two hours back, three forward, a visit to 2030. */
	until(y, on("08-04", "12:10:00"));
	set_clock(y, on("08-04", "10:10:00"));
	until(y, on("08-11", "02:40:00"));
	set_clock(y, on("08-11", "05:40:00"));
	until(y, on("08-18", "12:10:00"));
	set_clock(y, world_time("2030-02-02T05:00:00Z"));
	world_run(&y->world, world_time("2030-02-02T05:30:00Z"));
	set_clock(y, on("08-18", "12:40:00"));
	/* A bad reload, and the good one a day later. */
	until(y, on("08-25", "15:00:00"));
	reload_badly(y);
	until(y, on("08-26", "15:00:00"));
	reload(y);
	until(y, on("09-01", "15:00:00"));
	y->setup.autumn = true;
	reload(y);
}

static void
autumn(struct year *y)
{
	struct world *w = &y->world;
	struct fake *f = &w->fake;
	char name[] = "late", *missing[] = {name};

	/* An invalid credential is accepted; fixed the next day. */
	until(y, on("09-15", "00:00:00"));
	world_key(w, "direct")->mood = MOOD_ACCEPTS_INVALID;
	until(y, on("09-16", "13:00:00"));
	world_key(w, "direct")->mood = MOOD_GOOD;
	if (ask(y, CTL_RUN, "direct/error") != 0)
		abort();
	until(y, on("10-06", "00:00:00"));
	world_key(w, "weekdays")->mood = MOOD_NO_USAGE;
	until(y, on("10-07", "00:00:00"));
	world_key(w, "weekdays")->mood = MOOD_GOOD;
	until(y, on("10-13", "00:00:00"));
	world_key(w, "expiring")->mood = MOOD_COUNTER_FROZEN;
	until(y, on("10-14", "00:00:00"));
	world_key(w, "expiring")->mood = MOOD_GOOD;
	until(y, on("10-20", "00:00:00"));
	world_key(w, "berlin")->mood = MOOD_NO_CREDIT;
	until(y, on("10-21", "00:00:00"));
	world_key(w, "berlin")->mood = MOOD_GOOD;
	/* An operator runs one thing too often. */
	until(y, on("11-10", "13:05:00"));
	for (int i = 0; i < 8; i++) {
		if (ask(y, CTL_RUN, "hourly") != 0)
			abort();
		until(y, later(f->now.wall, 1200));
	}
	until(y, on("11-17", "12:00:00"));
	engine_clock(f->engine, f->now, ENGINE_CLOCK_BAD);
	until(y, on("11-17", "14:00:00"));
	engine_clock(f->engine, f->now, ENGINE_CLOCK_GOOD);
	/* A credential is not there after a restart. */
	until(y, on("11-23", "12:00:00"));
	stop(y);
	f->missing_credentials = missing;
	f->n_missing_credentials = 1;
	start(y);
	until(y, on("11-24", "12:00:00"));
	stop(y);
	f->n_missing_credentials = 0;
	start(y);
	/* Somebody else uses a key. */
	until(y, on("12-01", "12:00:00"));
	world_key(w, "alpha")->used += 500;
	until(y, on("12-02", "13:00:00"));
	if (ask(y, CTL_NOTE, "credential-used-elsewhere/alpha") != 0)
		abort();
}

void
year_run(struct year *y)
{
	world_init(&y->world, on("01-01", "00:00:00"), 2026);
	note_period(y, y->world.fake.now.wall);
	start(y);
	winter(y);
	spring(y);
	summer(y);
	autumn(y);
	until(y, world_time("2027-01-01T00:00:00Z"));
}

void
year_free(struct year *y)
{
	for (size_t i = 0; i < y->n_periods; i++)
		config_free(y->periods[i].config);
	world_free(&y->world);
}
