/* The ledger's writer on the event loop: batches are rendered and
 * acknowledged by the loop, written and synced by one worker thread.
 *
 * Rows appended during a sync form the next batch, so that a burst costs few
 * syncs.  The thread also reads what the start has trusted: the checkpoints
 * between two batches, sealed segments while no row waits.  The loop never
 * waits for the disk. */
#ifndef IO_LEDGER_WRITER_H
#define IO_LEDGER_WRITER_H

#include "base/err.h"
#include "base/wall.h"
#include "ledger/ledger.h"

#include <stdint.h>

struct event_base;
struct ledger_writer;

enum {
	LEDGER_WRITER_RETRY_S = 5,
	/* A writer that is so far behind has nothing to promise. */
	LEDGER_WRITER_STALL_S = 5
};

enum ledger_writer_event {
	LEDGER_WRITER_FULL,	/* rows wait; it tries again by itself */
	LEDGER_WRITER_RESUMED,	/* and now it took them */
	LEDGER_WRITER_SIGNING,	/* a checkpoint comes next: what was
				   acknowledged should be on its way */
	LEDGER_WRITER_SIGNED,	/* there is a new one */
	LEDGER_WRITER_UNSIGNED, /* one could not be made, or sealed rows not
				   be read */
	LEDGER_WRITER_LOG_READ, /* no probe waits for that any more */
	LEDGER_WRITER_DAMAGED,	/* nothing is written any more */
	LEDGER_WRITER_IDLE,	/* after ledger_writer_stop(): no batch is
				   under way */
	LEDGER_WRITER_POISONED	/* the process must end and recover */
};

/* `words` say what happened ("" where nothing is wrong).  Once each time. */
typedef void ledger_writer_fn(void *ctx, enum ledger_writer_event event,
			      const char *words);

/* Rows are acknowledged through `ack`, in order, from the loop. */
int ledger_writer_new(struct event_base *base, struct ledger *ledger,
		      ledger_ack_fn *ack, ledger_writer_fn *event, void *ctx,
		      struct ledger_writer **ret_writer, struct err *err);

/* Waits for a sync that is under way, acknowledges nothing more. */
void ledger_writer_free(struct ledger_writer *w);

/* After ledger_append(): the queue is looked at later in this pass. */
void ledger_writer_kick(struct ledger_writer *w);

/* Signs what is durable, unless that is signed already. */
void ledger_writer_sign(struct ledger_writer *w);

/* From now on only rows and checkpoints: sealed segments are not read on. */
void ledger_writer_stop(struct ledger_writer *w);
/* A batch is under way. */
bool ledger_writer_busy(const struct ledger_writer *w);

/* How long the oldest row has waited for a disk that does not answer; 0 when
 * none waits, or when it waits for room. */
int64_t ledger_writer_stalled_us(const struct ledger_writer *w,
				 struct mono_time now);

/* True between FULL and RESUMED. */
bool ledger_writer_full(const struct ledger_writer *w);

/* Whether a billable request may leave (ledger.md, section 3): not between
 * FULL and RESUMED, not while a row has waited for LEDGER_WRITER_STALL_S, and
 * as ledger_has_room() says. */
bool ledger_writer_may_probe(const struct ledger_writer *w,
			     struct mono_time now);

#endif
