/* The sending end of the journal: datagrams of the native protocol, never a
 * blocked loop.
 *
 * sd_journal_send() blocks when journald is slow and returns 0 when nobody
 * listens; this client does neither.  It keeps the numbers of the rows that
 * still have to be sent (io/outbox) and asks for a row's datagram when the
 * socket takes one, so that a journal that is away for a day costs no memory.
 * A datagram handed to the kernel is sent; whether the journal kept it, only
 * a reader can tell (io/journal_reader). */
#ifndef IO_JOURNAL_H
#define IO_JOURNAL_H

#include "base/buf.h"
#include "io/outbox.h"

#include <event2/event.h>

#include <stdbool.h>
#include <stdint.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

enum {
	JOURNAL_LINES_MAX = 64,	     /* lines without a row that may wait */
	JOURNAL_RETRY_MS = 1000,     /* first pause before a new attempt */
	JOURNAL_RETRY_MAX_MS = 60000 /* it doubles up to here */
};

struct journal;

/* Appends the datagram of a row.  < 0: the row cannot be had; it is counted as
 * dropped and not asked for again. */
typedef int journal_render_fn(void *ctx, uint64_t seq, struct buf *out);
/* The journal came or went; `why` is for the log. */
typedef void journal_state_fn(void *ctx, bool present, const char *why);

struct journal_options {
	struct event_base *base;
	const char *path; /* NULL: JOURNAL_SOCKET */
	int retry_ms;	  /* 0: JOURNAL_RETRY_MS */
	journal_render_fn *render;
	journal_state_fn *state; /* NULL allowed; also called by journal_new()
				    when nobody listens */
	void *ctx;
};

struct journal_stats {
	uint64_t sent;
	uint64_t dropped;
	uint64_t waiting; /* rows and lines */
	bool present;
};

/* NULL when memory is short. */
struct journal *journal_new(const struct journal_options *options);
void journal_free(struct journal *j);

/* A row that is durable now; alerts overtake rows. */
void journal_add_row(struct journal *j, enum outbox_queue queue, uint64_t seq);
/* Rows [from, to) once more; they take their turn behind those that wait. */
void journal_add_again(struct journal *j, uint64_t from, uint64_t to);
/* A datagram of its own, before all rows (copied); when JOURNAL_LINES_MAX
 * wait already it is dropped and counted. */
void journal_send_line(struct journal *j, const char *datagram, size_t len);
/* A datagram that follows all rows and lines which wait then or later
 * (copied); the next one takes its place if it still waits. */
void journal_send_last(struct journal *j, const char *datagram, size_t len);
/* Sends what can be sent at once, without waiting: before the process ends. */
void journal_flush(struct journal *j);

struct journal_stats journal_stats(const struct journal *j);

#endif
