/* The ledger's writer on the event loop: batches are rendered and
 * acknowledged by the loop, written and synced by one worker thread.
 *
 * Rows appended during a sync form the next batch, so that a burst costs few
 * syncs.  The loop never waits for the disk. */
#ifndef IO_LEDGER_WRITER_H
#define IO_LEDGER_WRITER_H

#include "base/err.h"
#include "ledger/ledger.h"

#include <stdint.h>

struct event_base;
struct ledger_writer;

enum { LEDGER_WRITER_RETRY_S = 5 };

enum ledger_writer_event {
	LEDGER_WRITER_FULL,    /* rows wait; it tries again by itself */
	LEDGER_WRITER_RESUMED, /* and now it took them */
	LEDGER_WRITER_POISONED /* the process must end and recover */
};

/* `words` say what happened ("" for RESUMED).  Once each time. */
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

/* How long the oldest row has waited for a disk that does not answer; 0 when
 * none waits, or when it waits for room. */
int64_t ledger_writer_stalled_us(const struct ledger_writer *w);

/* True between FULL and RESUMED. */
bool ledger_writer_full(const struct ledger_writer *w);

#endif
