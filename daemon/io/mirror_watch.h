/* The journal watched beside the ledger, while anything is unconfirmed: what
 * was read back, what has to be sent again, and what contradicts.
 *
 * The rules are those of ledger/confirm; reading is the work of a thread
 * (io/mirror_look).  Nothing wakes up while every row is confirmed.  What is
 * known is kept in mirror.json. */
#ifndef IO_MIRROR_WATCH_H
#define IO_MIRROR_WATCH_H

#include "engine/engine.h"
#include "io/journal_follow.h"
#include "ledger/io.h"

struct event_base;
struct mirror_watch;

struct mirror_watch_options {
	struct event_base *base;
	const struct ledger_io *disk; /* borrowed, as the next */
	const char *ledger_dir;
	struct journal_follow journal;
	uint64_t durable; /* rows */
	bool being_sent;  /* they wait for the journal, or are on their way */
	/* Rows [from, to) are to be sent again. */
	void (*send)(void *ctx, uint64_t from, uint64_t to);
	/* Whether everything queued for the journal was taken by it. */
	bool (*sent_all)(void *ctx);
	void (*changed)(void *ctx, const struct engine_mirror *mirror);
	void *ctx;
};

/* What is unconfirmed is looked for at once. */
int mirror_watch_new(const struct mirror_watch_options *options,
		     struct mirror_watch **ret_watch, struct err *err);
/* Waits for the look under way; writes mirror.json. */
void mirror_watch_free(struct mirror_watch *w);

/* So many rows are durable.  Before the newest of them is sent. */
void mirror_watch_rows(struct mirror_watch *w, uint64_t durable);
/* The journal takes entries again. */
void mirror_watch_soon(struct mirror_watch *w);

#endif
