/* Pending is no hold: before its evidence is given up a day without a record
 * says nothing against the workload, and nothing for it. */
#include "report/standing.h"
#include "govern/govern.h"
#include "sched/plan.h"

#include <stdio.h>
#include <string.h>

static struct wall_time
plus_s(struct wall_time t, int64_t s)
{
	return (struct wall_time){t.us + s * USEC_PER_SEC};
}

static void
key_of(const struct workload *w, const char *path, char out[VIEW_CHECK_MAX])
{
	snprintf(out, VIEW_CHECK_MAX, "%s/%s", w->label, path);
}

/* On the day itself, after its last slot. */
static bool
is_late(int32_t day, struct wall_time since, struct wall_time last)
{
	return wall_day(since) == day && since.us > last.us;
}

/* Of the last slot of either path. */
static int
last_slot(const struct workload *w, int32_t day, struct wall_time *ret)
{
	struct wall_time open, last;
	char key[VIEW_CHECK_MAX];
	int r;

	key_of(w, "happy", key);
	r = plan_day(&w->happy, key, day, &open, ret);
	if (r < 0 || !w->error_own)
		return r;
	key_of(w, "error", key);
	if (plan_day(&w->error, key, day, &open, &last) == 0 &&
	    last.us > ret->us)
		*ret = last;
	return 0;
}

/* What begins the wait for a day's evidence last, and its word. */
static struct wall_time
begins(const struct config *config, int32_t day, struct wall_time last,
       const struct standing_since *since, const char **ret_late)
{
	const struct {
		struct wall_time at;
		int64_t more_s; /* until it is begun with */
		const char *word;
	} late[] = {
	    {since->loaded, config->intake_s, "loaded"},
	    {since->present, 0, "the daemon started or its clock stepped"},
	    {since->begun, 0, "begun"},
	};
	struct wall_time from = last;

	*ret_late = NULL;
	for (size_t i = 0; i < sizeof(late) / sizeof(late[0]); i++) {
		struct wall_time at = plus_s(late[i].at, late[i].more_s);

		if (!is_late(day, late[i].at, last) || at.us <= from.us)
			continue;
		from = at;
		*ret_late = late[i].word;
	}
	return from;
}

static int
closes_at(const struct config *config, const struct workload *w, int32_t day,
	  const struct standing_since *since, struct wall_time *ret,
	  const char **ret_late)
{
	const struct int_list *again = &config->reobserve_s;
	struct wall_time last, midnight = wall_day_start(day + 1);
	int64_t lag_s = 0;

	if (last_slot(w, day, &last) < 0)
		return ERR_NOT_FOUND;
	*ret_late = NULL;
	if (since != NULL)
		last = begins(config, day, last, since, ret_late);
	if (again->n > 0)
		last = plus_s(last, again->at[again->n - 1]);
	if (last.us > midnight.us)
		last = midnight; /* what runs later is the next day's */
	if (w->gateway != NULL && w->gateway->profile != NULL)
		lag_s = w->gateway->profile->surface.lag_max_s;
	*ret = plus_s(last, lag_s + config->grace_s);
	return 0;
}

int
standing_closes(const struct config *config, const struct workload *w,
		int32_t day, const struct standing_since *since,
		struct wall_time *ret)
{
	const char *late;

	return closes_at(config, w, day, since, ret, &late);
}

bool
standing_has_closed(const struct config *config, const struct workload *w,
		    int32_t day, const struct standing_since *since,
		    struct wall_time at)
{
	struct wall_time closes;

	if (w == NULL || standing_closes(config, w, day, since, &closes) < 0)
		closes = wall_day_start(day + 1);
	return closes.us <= at.us;
}

struct wall_time
standing_all_close(const struct config *config, int32_t day)
{
	struct wall_time last = wall_day_start(day), closes;

	if (config == NULL || config->n_workloads == 0)
		return wall_day_start(day + 1);
	for (size_t i = 0; i < config->n_workloads; i++) {
		if (standing_closes(config, &config->workloads[i], day, NULL,
				    &closes) == 0 &&
		    closes.us > last.us)
			last = closes;
	}
	return last;
}

bool
standing_all_closed(const struct config *config, int32_t day,
		    struct wall_time at)
{
	return standing_all_close(config, day).us <= at.us;
}

/* Rows of an earlier day name it: it was there before. */
static bool
was_there(const struct view_workload *v, int32_t day)
{
	if (v->record.present && v->record.day < day)
		return true;
	for (size_t i = 0; i < v->n_days; i++) {
		if (v->days[i].evidence.day < day)
			return true;
	}
	return false;
}

static const struct view_day *
day_of(const struct view_workload *v, int32_t day)
{
	for (size_t i = 0; v != NULL && i < v->n_days; i++) {
		if (v->days[i].evidence.day == day)
			return &v->days[i];
	}
	return NULL;
}

static struct wall_time
later(struct wall_time a, struct wall_time b)
{
	return a.us > b.us ? a : b;
}

static struct wall_time
loaded_late(const struct standing_told *t)
{
	struct wall_time begun = t->begun[PATH_HAPPY];

	if (t->rescoped)
		return t->loaded;
	if (t->before)
		return (struct wall_time){0};
	return begun.us != 0 && begun.us < t->loaded.us ? begun : t->loaded;
}

struct standing_since
standing_since(const struct standing_told *t)
{
	return (struct standing_since){
	    .loaded = loaded_late(t),
	    .present = t->present,
	    .begun = later(t->begun[PATH_HAPPY], t->begun[PATH_ERROR])};
}

static struct standing_since
since_by_view(const struct view *view, const struct workload *w, int32_t day,
	      struct wall_time present)
{
	const struct view_workload *v = view_workload(view, w->label);
	const struct view_day *d = day_of(v, day);
	struct standing_told told = {.loaded = view->config_at,
				     .present = present};

	if (v != NULL) {
		told.before = was_there(v, day);
		told.rescoped =
		    v->ran && !digest_equal(&v->last_scope, &w->scope_digest);
	}
	for (int path = PATH_HAPPY; d != NULL && path <= PATH_ERROR; path++)
		told.begun[path] = d->attempts[path].first_at;
	return standing_since(&told);
}

enum standing_kind
standing_without(const struct config *config, const struct workload *w,
		 int32_t day, const struct standing_since *since,
		 struct wall_time now, struct wall_time reach)
{
	if (!standing_has_closed(config, w, day, since, now))
		return STANDING_PENDING;
	return standing_has_closed(config, w, day, since, reach)
		   ? STANDING_NO_RECORD
		   : STANDING_NOT_KNOWN;
}

struct standing_seen
standing_by_rows(const struct view *view, struct wall_time now)
{
	return (struct standing_seen){now, view->newest_at,
				      view->present_since};
}

void
standing_of(const struct config *config, const struct view *view,
	    const struct workload *w, int32_t day,
	    const struct standing_seen *seen, struct standing *ret)
{
	const struct view_workload *v = view_workload(view, w->label);
	const struct standing_since since =
	    since_by_view(view, w, day, seen->present);
	struct standing s = {.kind = STANDING_PENDING, .day = day};
	char key[VIEW_CHECK_MAX];

	if (v != NULL && v->record.present)
		s.newest = &v->record;
	if (v != NULL)
		s.last_pass = view_last_pass(v, day);
	if (s.newest != NULL && s.newest->day == day) {
		s.kind = STANDING_RECORD;
		s.record = s.newest;
		s.decision = s.record->decision;
	} else if (!govern_review_day(w, day)) {
		s.kind = STANDING_NOT_DUE;
	}
	if (s.record != NULL)
		s.record_corrected = view_correction(view, s.record->seq);
	if (s.last_pass != NULL)
		s.pass_corrected = view_correction(view, s.last_pass->seq);
	key_of(w, "happy", key);
	s.has_slot = plan_day(&w->happy, key, day, &s.opens, &s.until) == 0 &&
		     closes_at(config, w, day, &since, &s.closes, &s.late) == 0;
	if (s.kind == STANDING_PENDING)
		s.kind = standing_without(config, w, day, &since, seen->now,
					  seen->reach);
	*ret = s;
}

const char *
standing_word(const struct standing *s)
{
	if (s->kind == STANDING_NOT_DUE)
		return "not due";
	if (s->kind == STANDING_PENDING)
		return "pending";
	if (s->kind == STANDING_NO_RECORD)
		return "no record";
	if (s->kind == STANDING_NOT_KNOWN)
		return "not known";
	if (s->record->response_only)
		return "pass (response only)";
	return decision_name(s->decision);
}

/* "04:30" of a time, in UTC. */
static void
put_clock(struct buf *out, struct wall_time t)
{
	char text[WALL_RFC3339_LEN + 1];

	buf_printf(out, "%.5s", wall_format(t, text) + strlen("2026-07-03T"));
}

static void
put_window(const struct standing *s, struct buf *out)
{
	char text[WALL_RFC3339_LEN + 1];

	if (!s->has_slot)
		return;
	if (s->kind != STANDING_PENDING) {
		buf_printf(out, "; its evidence was due until %s",
			   wall_format(s->closes, text));
		if (s->kind == STANDING_NOT_KNOWN)
			buf_puts(out, ", which the ledger does not reach");
		return;
	}
	if (s->late == NULL)
		buf_puts(out, "; not yet due; window ");
	else
		buf_printf(out, "; %s after its window ", s->late);
	put_clock(out, s->opens);
	buf_putc(out, '-');
	put_clock(out, s->until);
	buf_putc(out, 'Z');
	if (s->late != NULL)
		buf_printf(out, "; its evidence is due until %s",
			   wall_format(s->closes, text));
}

void
standing_put_corrected(const struct view_correction *c, struct buf *out)
{
	if (c != NULL)
		buf_printf(out, ", corrected by row %llu",
			   (unsigned long long)c->by);
}

void
standing_sentence(const struct standing *s, struct buf *out)
{
	char day[WALL_DAY_LEN + 1], at[WALL_RFC3339_LEN + 1];

	buf_printf(out, "%s on %s", standing_word(s), day_format(s->day, day));
	if (s->kind == STANDING_RECORD) {
		buf_printf(out, "; record row %llu, decided %s",
			   (unsigned long long)s->record->seq,
			   wall_format(s->record->decided_at, at));
		standing_put_corrected(s->record_corrected, out);
		return;
	}
	if (s->kind != STANDING_NOT_DUE)
		put_window(s, out);
	if (s->last_pass == NULL) {
		buf_puts(out, "; no pass yet");
		return;
	}
	buf_printf(out, "; last pass %s, row %llu",
		   day_format(s->last_pass->day, day),
		   (unsigned long long)s->last_pass->seq);
	standing_put_corrected(s->pass_corrected, out);
}
