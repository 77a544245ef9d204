/* Two states: idle, or one batch with the worker, whose it is from
 * worker_start() until on_done(). */
#include "io/ledger_writer.h"

#include "io/clock.h"
#include "io/worker.h"

#include <event2/event.h>
#include <stdlib.h>

struct ledger_writer {
	struct ledger *ledger;
	ledger_ack_fn *ack;
	ledger_writer_fn *event;
	void *ctx;
	struct event *kicked, *retry;
	struct worker *worker;
	int result; /* of the worker's batch */
	bool busy;  /* until the batch's rows are acknowledged, too */
	bool full, poisoned;
	bool wrote;	  /* and the newest batch was no look */
	bool inspecting;  /* the batch is a look at what a start has trusted */
	bool inspect_off; /* they are not looked at any more */
	bool stopping;
	/* When the oldest row was appended that is not known durable, and the
	 * oldest since the batch began; 0: none. */
	struct mono_time since, since_queued;
	struct mono_time began;
	size_t waiting; /* rows when the batch began */
};

static void
work(void *ctx)
{
	struct ledger_writer *w = ctx;

	w->result = ledger_batch_sync(w->ledger);
}

static void
hand_over(struct ledger_writer *w)
{
	w->busy = true;
	w->began = clock_read().mono;
	w->waiting = ledger_queued(w->ledger);
	worker_start(w->worker);
}

static void
poisoned(struct ledger_writer *w, const struct err *err)
{
	if (w->poisoned)
		return;
	w->poisoned = true;
	w->event(w->ctx, LEDGER_WRITER_POISONED, err->text);
}

static void
wait_for_room(struct ledger_writer *w, const struct err *err)
{
	struct timeval pause = {LEDGER_WRITER_RETRY_S, 0};

	event_add(w->retry, &pause);
	if (w->full)
		return;
	w->full = true;
	w->event(w->ctx, LEDGER_WRITER_FULL, err->text);
}

/* Looks wait until no row does.  But for the checkpoints, which probes wait
 * for: a piece of them is read behind each batch, so that the last one is
 * reached however many rows come. */
static bool
owes_look(const struct ledger_writer *w)
{
	return w->wrote && !w->stopping && ledger_log_unread(w->ledger);
}

/* 1: there is nothing to write, or not yet. */
static int
begin_batch(struct ledger_writer *w, struct err *err)
{
	if (owes_look(w))
		return 1;
	if (ledger_wants_checkpoint(w->ledger))
		w->event(w->ctx, LEDGER_WRITER_SIGNING, "");
	return ledger_batch_begin(w->ledger, err);
}

static void
begin(struct ledger_writer *w)
{
	struct err err = {0};
	int r;

	if (w->busy || w->poisoned)
		return;
	r = begin_batch(w, &err);
	w->wrote = r == 0;
	w->inspecting = r == 1 && !w->inspect_off && !w->stopping &&
			ledger_inspect_begin(w->ledger) == 0;
	if (r == 0 || w->inspecting)
		hand_over(w);
	else if (r == ERR_POISONED)
		poisoned(w, &err);
	else if (r < 0)
		wait_for_room(w, &err);
	else
		w->since.us = 0;
}

static void
on_kick(evutil_socket_t fd, short what, void *ctx)
{
	begin(ctx);
}

/* A batch may leave rows that waited when it began: then the oldest of them
 * is about as old as the batch, or, if it took none, the oldest still. */
static void
note_progress(struct ledger_writer *w, uint64_t rows)
{
	if (rows == w->waiting)
		w->since = w->since_queued;
	else if (rows > 0)
		w->since = w->began;
	w->since_queued.us = 0;
}

static void
go_on(struct ledger_writer *w)
{
	begin(w);
	if (w->stopping && !w->busy)
		w->event(w->ctx, LEDGER_WRITER_IDLE, "");
}

/* Rows that wait have nothing to wait for. */
static void
damaged(struct ledger_writer *w, const struct err *err)
{
	w->since.us = w->since_queued.us = 0;
	w->event(w->ctx, LEDGER_WRITER_DAMAGED, err->text);
	go_on(w);
}

static void
not_signed(struct ledger_writer *w, const struct err *err)
{
	/* The disk that failed would only be asked again at once. */
	w->inspect_off |= w->inspecting;
	w->event(w->ctx, LEDGER_WRITER_UNSIGNED, err->text);
}

static void
on_done(void *ctx)
{
	struct ledger_writer *w = ctx;
	uint64_t before = ledger_durable(w->ledger);
	uint64_t signed_before = ledger_checkpoint(w->ledger, NULL);
	bool unread = ledger_log_unread(w->ledger);
	struct err err = {0};
	int r;

	r = ledger_batch_finish(w->ledger, w->result, w->ack, w->ctx, &err);
	w->busy = false;
	if (r == ERR_POISONED) {
		poisoned(w, &err);
		return;
	}
	note_progress(w, ledger_durable(w->ledger) - before);
	if (r == ERR_DAMAGED) {
		damaged(w, &err);
		return;
	}
	if (r < 0) {
		wait_for_room(w, &err);
		return;
	}
	if (w->full && ledger_durable(w->ledger) > before) {
		w->full = false;
		w->event(w->ctx, LEDGER_WRITER_RESUMED, "");
	}
	if (ledger_checkpoint(w->ledger, NULL) > signed_before)
		w->event(w->ctx, LEDGER_WRITER_SIGNED, "");
	if (unread && !ledger_log_unread(w->ledger))
		w->event(w->ctx, LEDGER_WRITER_LOG_READ, "");
	if (err.code != 0)
		not_signed(w, &err);
	go_on(w);
}

void
ledger_writer_sign(struct ledger_writer *w)
{
	ledger_want_checkpoint(w->ledger);
	if (!w->busy)
		event_active(w->kicked, EV_TIMEOUT, 0);
}

void
ledger_writer_stop(struct ledger_writer *w)
{
	w->stopping = true;
}

bool
ledger_writer_busy(const struct ledger_writer *w)
{
	return w->busy;
}

void
ledger_writer_kick(struct ledger_writer *w)
{
	struct mono_time *oldest = w->busy ? &w->since_queued : &w->since;

	if (oldest->us == 0)
		*oldest = clock_read().mono;
	if (!w->busy && !w->full)
		event_active(w->kicked, EV_TIMEOUT, 0);
}

int64_t
ledger_writer_stalled_us(const struct ledger_writer *w, struct mono_time now)
{
	if (w->since.us == 0 || (w->full && !w->busy))
		return 0;
	return now.us - w->since.us;
}

bool
ledger_writer_full(const struct ledger_writer *w)
{
	return w->full;
}

bool
ledger_writer_may_probe(const struct ledger_writer *w, struct mono_time now)
{
	return !w->full && ledger_has_room(w->ledger) &&
	       ledger_writer_stalled_us(w, now) <
		   LEDGER_WRITER_STALL_S * USEC_PER_SEC;
}

int
ledger_writer_new(struct event_base *base, struct ledger *ledger,
		  ledger_ack_fn *ack, ledger_writer_fn *event, void *ctx,
		  struct ledger_writer **ret_writer, struct err *err)
{
	struct ledger_writer *w = calloc(1, sizeof(*w));
	int r;

	if (w == NULL)
		return err_set(err, ERR_NOMEM, "no memory for the writer");
	w->ledger = ledger;
	w->ack = ack;
	w->event = event;
	w->ctx = ctx;
	w->kicked = event_new(base, -1, 0, on_kick, w);
	w->retry = evtimer_new(base, on_kick, w);
	if (w->kicked == NULL || w->retry == NULL)
		r = err_set(err, ERR_NOMEM, "no memory for the writer");
	else
		r = worker_new(base, "ledger-writer", work, on_done, w,
			       &w->worker, err);
	if (r < 0) {
		ledger_writer_free(w);
		return r;
	}
	/* There may be something to sign, or to read. */
	event_active(w->kicked, EV_TIMEOUT, 0);
	*ret_writer = w;
	return 0;
}

void
ledger_writer_free(struct ledger_writer *w)
{
	if (w == NULL)
		return;
	worker_free(w->worker);
	if (w->kicked != NULL)
		event_free(w->kicked);
	if (w->retry != NULL)
		event_free(w->retry);
	free(w);
}
