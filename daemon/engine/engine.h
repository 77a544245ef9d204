/* The engine: the way of the data, without any I/O.
 *
 * Values go in (time, durable rows, finished exchanges, requests of people);
 * calls on the ports come out; engine_deadline() tells the loop when to call
 * engine_turn() again.  Two engines can live in one process.
 *
 * State changes only when a row is durable: engine_row() folds it into the
 * view, and everything else follows from the view.  So a restart that folds
 * the same rows goes on where the last one stopped. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "conf/config.h"
#include "ctl/request.h"
#include "engine/ports.h"
#include "page/page.h"
#include "report/view.h"

struct engine;

struct engine_options {
	const char *version;
	const char *hostname; /* for jitter */
};

/* Takes the configuration (frees it when the last run under it has ended).
 * NULL: no memory. */
struct engine *engine_new(const struct ports *ports, struct config *config,
			  const struct engine_options *options);
void engine_free(struct engine *e);

/* vocabulary.c: the words that rows, lines and answers are made of are no
 * secret (redactor_forgive).  ERR_NOMEM. */
int engine_forgive_words(struct redactor *redactor);

/* Start: replay every row (or those of a saved state), then start once. */
int engine_replay(struct engine *e, const struct row *row, struct err *err);

/* What recovery found, for the first rows and STATUS. */
struct engine_start {
	bool damaged;
	const char *damage_words;
};
void engine_start(struct engine *e, struct now now,
		  const struct engine_start *start);

void engine_turn(struct engine *e, struct now now);
/* A queued row is durable. */
void engine_row(struct engine *e, struct now now, const struct row *row);
void engine_http_done(struct engine *e, struct now now, uint64_t token,
		      const struct http_response *response);
/* text->status says what became of it. */
void engine_page_done(struct engine *e, struct now now, uint64_t token,
		      const struct page_text *text);
/* A request of a person, already decoded; answered by ports.reply(). */
void engine_request(struct engine *e, struct now now, uint64_t client,
		    const struct ctl_request *request,
		    const struct ctl_peer *peer);

/* All or nothing was decided by conf_load(): here it only takes effect.
 * *ret_words (malloc'd) says what was added, changed and removed. */
void engine_reload(struct engine *e, struct now now, struct config *config,
		   char **ret_words);
void engine_reload_refused(struct engine *e, struct now now, const char *words);

/* The ledger cannot take rows, and why, in words; or (NULL) can again. */
void engine_ledger_full(struct engine *e, struct now now, const char *why);

/* Durable rows turned out not to be what they were: nothing is written any
 * more, and no probe is sent. */
void engine_ledger_damaged(struct engine *e, struct now now, const char *words);

/* What is known of the host's clock. */
enum engine_clock { ENGINE_CLOCK_UNKNOWN, ENGINE_CLOCK_GOOD, ENGINE_CLOCK_BAD };
void engine_clock(struct engine *e, struct now now, enum engine_clock clock);

/* What the journal is known to hold of this ledger. */
struct engine_mirror {
	bool followed;	       /* false: there was never a journal */
	uint64_t confirmed;    /* rows read back, or expired, without a gap */
	bool reaches;	       /* it holds rows of this ledger ... */
	uint64_t oldest_seq;   /* ... back to this one */
	uint64_t expired;      /* rows it no longer reaches back to */
	uint64_t forged;       /* entries of others that name this ledger */
	uint64_t conflicts;    /* our own entries with another leaf */
	uint64_t conflict_seq; /* of the first one, when there are any */
	/* Rows are overdue since then; 0: none is. */
	struct wall_time unconfirmed_since;
	char why[160]; /* what stands in the way, when that is known */
};
void engine_mirror(struct engine *e, struct now now,
		   const struct engine_mirror *mirror);

/* Sends nothing new; true when nothing is in flight any more and
 * daemon.stopped is durable. */
void engine_stop(struct engine *e, struct now now);
bool engine_stopped(const struct engine *e);

/* When engine_turn() wants to be called; INT64_MAX = no deadline. */
struct engine_deadline {
	struct wall_time wall;
	struct mono_time mono;
};
struct engine_deadline engine_deadline(const struct engine *e);

/* One line for STATUS=: counts, next check, open alerts, trouble. */
void engine_status_line(const struct engine *e, struct buf *out);
/* The answer to `status`: canonical JSON. */
void engine_status_json(const struct engine *e, struct buf *out);

const struct view *engine_view(const struct engine *e);
const struct config *engine_config(const struct engine *e);

#endif
