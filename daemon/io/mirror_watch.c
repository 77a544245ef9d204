/* Three states: idle (everything is confirmed), waiting (for the time of the
 * next look), busy (a look, or the writing of mirror.json, with the worker).
 * A look goes on page by page until the journal's end.
 *
 * mirror.json must not be ahead of itself: its cursor stands where no row was
 * read back out of order, because those that were are known to this process
 * only.  So `safe` is taken down whenever there is no such row. */
#include "io/mirror_watch.h"
#include "io/clock.h"
#include "io/mirror_look.h"
#include "io/worker.h"
#include "ledger/confirm.h"
#include "ledger/ledger.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAVE_ROWS = 4096 };

struct mirror_watch {
	struct mirror_watch_options options;
	struct confirm confirm;
	struct worker *worker;
	struct event *timer;
	struct mirror_look look;
	_Atomic uint64_t durable;
	_Atomic bool stop;
	char cursor[MIRROR_CURSOR_MAX + 1];
	struct mono_time began; /* the look, and what was durable then */
	uint64_t began_durable;
	bool saving;
	struct mirror_file safe, saved;

	struct engine_mirror told;
	struct mono_time told_behind; /* since when, as it was told */
	bool readable;		      /* the newest look saw any entry */
};

static void
arm(struct mirror_watch *w)
{
	int64_t wait_us = w->confirm.look_at.us;
	struct timeval tv;

	event_del(w->timer);
	if (wait_us == INT64_MAX || worker_busy(w->worker))
		return;
	wait_us -= clock_read().mono.us;
	if (wait_us < 0)
		wait_us = 0;
	tv = (struct timeval){wait_us / USEC_PER_SEC, wait_us % USEC_PER_SEC};
	event_add(w->timer, &tv);
}

static void
start_page(struct mirror_watch *w)
{
	memcpy(w->look.cursor, w->cursor, sizeof(w->cursor));
	w->look.confirmed = w->confirm.confirmed;
	worker_start(w->worker);
}

static void
on_timer(evutil_socket_t fd, short what, void *ctx)
{
	struct mirror_watch *w = ctx;

	w->began = clock_read().mono;
	w->began_durable = w->confirm.durable;
	w->look.overdue = w->options.sent_all(w->options.ctx)
			      ? confirm_overdue(&w->confirm, w->began)
			      : 0;
	start_page(w);
}

/* In the thread. */
static void
work(void *ctx)
{
	struct mirror_watch *w = ctx;

	if (w->saving) /* a cache: what cannot be written is read anew */
		mirror_file_save(w->options.disk, w->options.ledger_dir,
				 &w->saved, NULL);
	else
		mirror_look_run(&w->look);
}

static void
take_page(struct mirror_watch *w)
{
	const struct journal_page *page = &w->look.page;
	struct confirm *c = &w->confirm;

	if (page->anew)
		confirm_recount(c);
	c->forged += page->forged;
	for (size_t i = 0; i < page->n; i++) {
		if (w->look.verdict[i] == MIRROR_SEEN)
			confirm_seen(c, page->entry[i].seq);
		else if (w->look.verdict[i] == MIRROR_CONFLICT)
			confirm_conflict(c, page->entry[i].seq);
	}
	confirm_expired(c, w->look.expired_to);
	memcpy(w->cursor, page->cursor, sizeof(w->cursor));
	if (c->seen.n == 0) {
		w->safe = (struct mirror_file){
		    .confirmed = c->confirmed,
		    .expired = c->expired,
		    .forged = c->forged,
		    .conflicts = c->conflicts,
		    .conflict_seq = c->conflict_seq,
		};
		memcpy(w->safe.cursor, w->cursor, sizeof(w->cursor));
	}
}

static void
send_again(struct mirror_watch *w, struct mono_time now)
{
	uint64_t from = 0, left = CONFIRM_SEND_ROWS;
	struct seq_range gap;

	/* Where nothing can be read, nothing is known to lack. */
	if (!w->readable || !w->options.sent_all(w->options.ctx) ||
	    !confirm_send_due(&w->confirm, w->began)) /* as the expired */
		return;
	while (left > 0 && confirm_gap(&w->confirm, from, &gap)) {
		if (gap.to - gap.from > left)
			gap.to = gap.from + left;
		w->options.send(w->options.ctx, gap.from, gap.to);
		left -= gap.to - gap.from;
		from = gap.to;
	}
	confirm_sent(&w->confirm, now);
}

/* What stands in the way, as far as it can be known. */
static const char *
why_behind(const struct mirror_watch *w)
{
	if (w->look.result < 0)
		return w->look.err.text;
	if (!w->readable)
		return "no entry of the journal can be read; is the daemon in "
		       "the group systemd-journal?";
	if (!w->options.sent_all(w->options.ctx))
		return "the journal does not take entries";
	return "";
}

static void
tell(struct mirror_watch *w, struct now now)
{
	const struct confirm *c = &w->confirm;
	struct engine_mirror *t = &w->told;

	t->followed = true;
	t->confirmed = c->confirmed;
	t->expired = c->expired;
	t->forged = c->forged;
	t->conflicts = c->conflicts;
	t->conflict_seq = c->conflict_seq;
	if (c->behind_since.us == 0)
		t->unconfirmed_since.us = 0;
	else if (c->behind_since.us != w->told_behind.us)
		t->unconfirmed_since.us =
		    now.wall.us - (now.mono.us - c->behind_since.us);
	w->told_behind = c->behind_since;
	snprintf(t->why, sizeof(t->why), "%.*s", (int)sizeof(t->why) - 1,
		 c->behind_since.us == 0 ? "" : why_behind(w));
	w->options.changed(w->options.ctx, t);
}

static bool
worth_saving(const struct mirror_watch *w)
{
	const struct mirror_file *safe = &w->safe, *saved = &w->saved;

	if (safe->confirmed == 0)
		return false;
	if (w->confirm.confirmed < w->confirm.durable &&
	    safe->confirmed < saved->confirmed + SAVE_ROWS)
		return false;
	return safe->confirmed != saved->confirmed ||
	       safe->expired != saved->expired ||
	       safe->forged != saved->forged ||
	       safe->conflicts != saved->conflicts;
}

static void
end_look(struct mirror_watch *w, struct now now)
{
	const struct journal_page *page = &w->look.page;

	w->readable = w->look.result == 0 && page->has_oldest;
	if (w->look.result == 0) {
		w->look.follow.reach = page->reach;
		w->told.reaches = page->reach.any;
		w->told.oldest_seq = page->reach.oldest;
	}
	confirm_looked(&w->confirm, w->began, w->began_durable, now.mono);
	send_again(w, now.mono);
	tell(w, now);
	if (worth_saving(w)) {
		w->saved = w->safe;
		w->saving = true;
		worker_start(w->worker);
	}
}

static void
on_done(void *ctx)
{
	struct mirror_watch *w = ctx;
	struct now now = clock_read();

	if (w->saving) {
		w->saving = false;
	} else {
		bool more = w->look.result == 0 && w->look.page.more;

		if (w->look.result == 0)
			take_page(w);
		if (!more)
			end_look(w, now);
		mirror_look_free(&w->look);
		if (more) {
			start_page(w);
			return;
		}
	}
	arm(w);
}

static int
keep_leaf(void *ctx, const struct row *row)
{
	*(struct digest *)ctx = row->leaf;
	return 1;
}

/* What an earlier process knew, unless the rows are not those that it saw:
 * then the journal is read from its head, and will tell. */
static void
remember(struct mirror_watch *w)
{
	const struct mirror_watch_options *o = &w->options;
	struct digest leaf = {0};
	struct mirror_file file;

	if (mirror_file_load(o->disk, o->ledger_dir, &o->journal.genesis, &file,
			     NULL) < 0 ||
	    file.confirmed > o->durable ||
	    ledger_scan(o->disk, o->ledger_dir, file.confirmed - 1,
			file.confirmed, keep_leaf, &leaf, NULL) < 0 ||
	    !digest_equal(&leaf, &file.leaf))
		return;
	w->safe = w->saved = file;
	memcpy(w->cursor, file.cursor, sizeof(w->cursor));
}

static void
begin(struct mirror_watch *w)
{
	struct now now = clock_read();
	struct confirm *c = &w->confirm;

	remember(w);
	confirm_init(c, now.mono, w->options.durable, w->safe.confirmed,
		     w->options.being_sent);
	c->expired = w->safe.expired;
	c->forged = w->safe.forged;
	c->conflicts = w->safe.conflicts;
	c->conflict_seq = w->safe.conflict_seq;
	tell(w, now);
	arm(w);
}

int
mirror_watch_new(const struct mirror_watch_options *options,
		 struct mirror_watch **ret_watch, struct err *err)
{
	struct mirror_watch *w = calloc(1, sizeof(*w));
	int r;

	if (w == NULL)
		return err_set(err, ERR_NOMEM, "no memory for the mirror");
	w->options = *options;
	w->readable = true;
	atomic_store(&w->durable, options->durable);
	w->look = (struct mirror_look){
	    .disk = options->disk,
	    .ledger_dir = options->ledger_dir,
	    .follow = options->journal,
	    .durable = &w->durable,
	    .stop = &w->stop,
	};
	w->timer = evtimer_new(options->base, on_timer, w);
	r = w->timer == NULL
		? err_set(err, ERR_NOMEM, "no memory for the mirror")
		: worker_new(options->base, "mirror", work, on_done, w,
			     &w->worker, err);
	if (r < 0) {
		mirror_watch_free(w);
		return r;
	}
	begin(w);
	*ret_watch = w;
	return 0;
}

void
mirror_watch_free(struct mirror_watch *w)
{
	if (w == NULL)
		return;
	atomic_store(&w->stop, true);
	worker_free(w->worker);
	mirror_look_free(&w->look);
	if (w->timer != NULL)
		event_free(w->timer);
	if (w->safe.confirmed > w->saved.confirmed)
		mirror_file_save(w->options.disk, w->options.ledger_dir,
				 &w->safe, NULL);
	confirm_fini(&w->confirm);
	free(w);
}

void
mirror_watch_rows(struct mirror_watch *w, uint64_t durable)
{
	struct mono_time before = w->confirm.look_at;

	atomic_store(&w->durable, durable);
	confirm_rows(&w->confirm, clock_read().mono, durable);
	if (w->confirm.look_at.us != before.us)
		arm(w);
}

void
mirror_watch_soon(struct mirror_watch *w)
{
	confirm_soon(&w->confirm, clock_read().mono);
	arm(w);
}
