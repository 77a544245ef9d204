/* The ledger: one writer, durable rows, recovery (ledger.md, sections 1-5).
 *
 * The writer is split so that the loop never waits for the disk:
 *   ledger_append()        any time, the loop's thread: checks and queues
 *   ledger_batch_begin()   the loop's thread: renders the queue
 *   ledger_batch_sync()    any one thread: blobs, one pwrite, fdatasync
 *   ledger_batch_finish()  the loop's thread: acknowledges, in order
 * The blobs are durable before any byte of the batch is written, so that no
 * crash leaves a row whose text is missing.  The change to a new segment is
 * a batch of its own, without rows; so is a checkpoint, which covers durable
 * rows only and follows their acknowledgement.
 * At most one batch is between begin and finish.  Rows may be appended
 * meanwhile; they form the next batch (natural group commit).
 *
 * A failed sync poisons the ledger: every later call returns ERR_POISONED,
 * and the process must exit (74) and recover. */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include "base/buf.h"
#include "base/err.h"
#include "ledger/io.h"
#include "ledger/row.h"

#include <stdbool.h>

struct ledger;

enum {
	LEDGER_SEGMENT_ROWS = 4096,
	LEDGER_BATCH_ROWS = 256,
	LEDGER_BATCH_BYTES = 1024 * 1024,
	LEDGER_ID_WINDOW = 65536,
	LEDGER_QUEUE_ROWS = 16384,
	LEDGER_QUEUE_BYTES = 16 * 1024 * 1024,
	LEDGER_BLOB_MAX = 4 * 1024 * 1024,
	LEDGER_DAMAGE_WORDS = 400,
	LEDGER_LOST_WORDS = 640
};

/* What others know of the rows. */
struct ledger_witness {
	uint64_t rows; /* known to have been durable; 0: nothing is known */
	bool leaf_known;
	uint64_t seq; /* below `rows`: of the row with this leaf */
	struct digest leaf;
};

struct ledger_options {
	const char *dir;    /* the folder `ledger/` itself; its parent exists */
	const char *origin; /* for genesis; "" = <hostname>/evidenced/<hex> */
	const char *hostname;
	const uint8_t *key_seed; /* 32 bytes from credential ledger-key, or
				    NULL: the folder's own `key` */
	/* 32 bytes from credential ledger-key-previous, or NULL: lets another
	 * key_seed take over (a row key.rotate) */
	const uint8_t *previous_key_seed;
	int segment_rows; /* 0 = LEDGER_SEGMENT_ROWS; tests use fewer */
	int id_window;	  /* 0 = LEDGER_ID_WINDOW; the same */
	int64_t min_free_bytes;
	struct wall_time now; /* `at` of genesis and recovery rows */
	/* What the journal and the index hold of this ledger.  Called once,
	 * with the genesis leaf (ledger.md, R2). */
	struct ledger_witness (*witness)(void *ctx,
					 const struct digest *genesis);
	/* Asked before a ledger is begun; an error refuses it.  NULL: may. */
	int (*may_begin)(void *ctx, struct err *err);
	void *witness_ctx; /* of both */
	/* called now and then during a long recovery; NULL allowed */
	void (*progress)(void *ctx, uint64_t rows_done);
	void *progress_ctx;
};

/* What recovery found; also in words, for STATUS and the journal. */
struct ledger_recovery {
	bool created;	  /* a new ledger was made */
	bool key_created; /* the folder's own key was made: said once */
	bool torn;	  /* a torn tail was cut and kept in torn/ */
	uint64_t torn_seq;
	int64_t torn_bytes;
	bool unclean; /* the newest row is not daemon.stopped */
	bool damaged; /* R6: reads only, never a write */
	uint64_t damaged_from, damaged_to; /* first bad seq, last missing */
	char words[LEDGER_DAMAGE_WORDS];
	/* Checkpoints that are lost, in words; "": none, as far as is known */
	char lost[LEDGER_LOST_WORDS];
};

/* Takes the lock, recovers or creates.  ERR_BUSY: another writer, its pid in
 * err->text; ERR_UNSUPPORTED: newer format; ERR_IO.  Damage is not an error:
 * the ledger opens for reading and ret_recovery->damaged is set. */
int ledger_open(const struct ledger_io *io, const struct ledger_options *o,
		struct ledger **ret_ledger,
		struct ledger_recovery *ret_recovery, struct err *err);
void ledger_close(struct ledger *l);

/* Holds the lock of a ledger that is not opened, so that nobody writes it
 * meanwhile; *ret_lock is given back by closing it.  *ret_durable: so many of
 * its rows are known to be durable.  ERR_BUSY as of ledger_open(). */
int ledger_hold(const struct ledger_io *io, const char *dir, int *ret_lock,
		uint64_t *ret_durable, struct err *err);

const struct digest *ledger_genesis(const struct ledger *l);
const char *ledger_origin(const struct ledger *l);
uint64_t ledger_durable(const struct ledger *l); /* rows known durable */
const struct digest *ledger_head(const struct ledger *l); /* newest durable
							      leaf */
/* The first row that is kept. */
uint64_t ledger_kept_from(const struct ledger *l);
struct wall_time ledger_newest_at(const struct ledger *l);
size_t ledger_queued(const struct ledger *l); /* not yet durable */
bool ledger_poisoned(const struct ledger *l);

/* Something outside contradicts these rows (another row in the journal under
 * one of their numbers): this process signs no checkpoint any more.  The
 * first reason is kept. */
void ledger_stop_signing(struct ledger *l, const char *why);
/* NULL while checkpoints may be signed, else why not. */
const char *ledger_unsigned_why(const struct ledger *l);

/* The per-ledger secret's HMAC: body digests, credential fingerprints. */
struct digest ledger_hmac(const struct ledger *l, const void *bytes,
			  size_t len);

/* Queues a row.  0: queued, now or before (the same row waits already).
 * 1: the same row is durable, *ret_seq (may be NULL) is its seq.  ERR_EXISTS:
 * another row has this id.  ERR_INVALID, ERR_LIMIT: the row breaks the
 * format.  ERR_FULL: the queue is full.  ERR_DAMAGED, ERR_POISONED, ERR_IO. */
int ledger_append(struct ledger *l, const struct row_draft *draft,
		  uint64_t *ret_seq, struct err *err);

/* True when a row with this id stands in the window or the queue. */
bool ledger_has_id(const struct ledger *l, const char *id);

/* Room for billable work: statvfs >= min_free and not damaged/poisoned, nor
 * perhaps damaged: ledger_log_unread(). */
bool ledger_has_room(struct ledger *l);
/* True until what a start left unread of checkpoints.jsonl was read, or could
 * not be: that is no damage. */
bool ledger_log_unread(const struct ledger *l);

/* Asks for a checkpoint of all that will be durable when the next batch
 * begins, unless that would say nothing new.  A sealed segment asks, too. */
void ledger_want_checkpoint(struct ledger *l);
/* The next batch will be one.  Not while a batch is open. */
bool ledger_wants_checkpoint(const struct ledger *l);
/* The newest one that is signed and durable: its rows; 0: none.  ret_root may
 * be NULL. */
uint64_t ledger_checkpoint(const struct ledger *l, struct digest *ret_root);
/* Its signed note; "" while there is none. */
const char *ledger_checkpoint_note(const struct ledger *l);

/* 0: a batch waits for ledger_batch_sync(); 1: nothing to do; ERR_NOMEM: the
 * rows stay queued; ERR_POISONED. */
int ledger_batch_begin(struct ledger *l, struct err *err);
/* As ledger_batch_begin(), for what a quick start has trusted unread: the next
 * piece of checkpoints.jsonl, then the next of the sealed segments; 1: nothing
 * is left. */
int ledger_inspect_begin(struct ledger *l);
/* How many rows of how many; equal when there is nothing left to read. */
void ledger_inspected(const struct ledger *l, uint64_t *ret_done,
		      uint64_t *ret_rows);
/* Touches only the batch; safe beside ledger_append() in another thread. */
int ledger_batch_sync(struct ledger *l);
/* result is what ledger_batch_sync() returned.  Calls `ack` for each row in
 * order; the row is valid during the call.  ERR_FULL (no room) and ERR_IO:
 * nothing was written and nothing acknowledged; the rows stay queued in
 * their order, try again later.  ERR_DAMAGED: durable rows are not what they
 * were; nothing is written any more.  ERR_POISONED.  A checkpoint that could
 * not be made, or sealed rows that could not be read, stop nothing: 0, and
 * err->code says why; ask again later. */
typedef void ledger_ack_fn(void *ctx, const struct row *row);
int ledger_batch_finish(struct ledger *l, int result, ledger_ack_fn *ack,
			void *ctx, struct err *err);

/* begin, sync, finish until the queue is empty: for tools, tests and the way
 * down.  The first error ends it. */
int ledger_flush(struct ledger *l, ledger_ack_fn *ack, void *ctx,
		 struct err *err);

/* Reading, without lock or configuration, also of a copied folder.  Rows
 * [from, to) in order; fn returns 0 to go on, 1 to stop, < 0 to fail.  Lines
 * are checked for framing and sum. */
typedef int ledger_row_fn(void *ctx, const struct row *row);
int ledger_scan(const struct ledger_io *io, const char *dir, uint64_t from,
		uint64_t to, ledger_row_fn *fn, void *ctx, struct err *err);
/* As ledger_scan(), of the rows behind one whose place is known: what stands
 * before it is not read. */
int ledger_scan_after(const struct ledger_io *io, const char *dir,
		      const struct row_place *after, uint64_t to,
		      ledger_row_fn *fn, void *ctx, struct err *err);
/* The number of whole rows in the folder. */
int ledger_count(const struct ledger_io *io, const char *dir,
		 uint64_t *ret_rows, struct err *err);
/* A blob that a kept row names; *ret_text is malloc'd.  ERR_NOT_FOUND: it was
 * erased. */
int ledger_blob(const struct ledger_io *io, const char *dir,
		const struct digest *sha256, char **ret_text, size_t *ret_len,
		struct err *err);

/* state.json: derived, bound to (seq, leaf), signed; replaced whole.  Load
 * returns ERR_NOT_FOUND when it is absent, not bound to a row of this ledger,
 * or not signed by its key; `l`: the ledger as its writer has it, or NULL. */
int ledger_state_save(const struct ledger *l, uint64_t next_seq,
		      const struct digest *leaf, const char *json, size_t len,
		      struct err *err);
int ledger_state_load(const struct ledger_io *io, const char *dir,
		      const struct ledger *l, char **ret_json, size_t *ret_len,
		      uint64_t *ret_next_seq, struct err *err);

enum { LEDGER_LEVEL_NONE = -1 };

struct ledger_verdict {
	int level; /* strongest level reached, or LEVEL_NONE */
	uint64_t rows;
	bool ok;
	uint64_t first_bad_seq; /* when !ok */
	char reason[400];
	uint64_t findings; /* rows that lint has something to say of */
	bool only_lint;	   /* !ok for these alone: no row is damaged */
	bool lacks;	   /* a checkpoint that must have been signed */
	uint64_t covered;  /* rows, by the newest one; with level 2 and 3 */
};

/* Levels 0 to 3 (ledger.md, section 6) in this thread; see verify.h. */
int ledger_verify(const struct ledger_io *io, const char *dir, int level,
		  struct ledger_verdict *ret, struct err *err);

#endif
