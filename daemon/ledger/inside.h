/* The ledger from inside; private to daemon/ledger. */
#ifndef LEDGER_INSIDE_H
#define LEDGER_INSIDE_H

#include "ledger/identity.h"
#include "ledger/ledger.h"
#include "ledger/window.h"

#define LEDGER_FILE_NAME	"LEDGER"
#define LEDGER_KEY_NAME		"key"
#define LEDGER_SECRET_NAME	"secret"
#define LEDGER_LOCK_NAME	"lock"
#define LEDGER_SUMS_NAME	"SHA256SUMS"
#define LEDGER_BALLAST_NAME	"ballast"
#define LEDGER_TORN_NAME	"torn"
#define LEDGER_STATE_NAME	"state.json"
#define LEDGER_MIRROR_NAME	"mirror.json"
#define LEDGER_CHECKPOINT_NAME	"checkpoint"
#define LEDGER_CHECKPOINTS_NAME "checkpoints.jsonl"
#define LEDGER_NEW_SUFFIX	".new"

enum {
	LEDGER_IDENTITY_MAX = 2048, /* bytes of LEDGER */
	LEDGER_LOCK_MAX = 120,
	LEDGER_SECRET_LEN = 32,
	LEDGER_BALLAST_BYTES = 1024 * 1024,
	LEDGER_DIR_MODE = 0750,
	LEDGER_FILE_MODE = 0640,
	LEDGER_SECRET_MODE = 0600,
	LEDGER_SEALED_MODE = 0440
};

/* A row that waits; its texts stand behind it in one allocation. */
struct queued_row {
	struct queued_row *next;
	struct row_draft draft;
	struct row_blob blob; /* draft.blob points here, or is NULL */
	size_t cost;
	size_t line_at, line_len; /* in the text of the batch */
	struct digest leaf;
};

struct queue {
	struct queued_row *first, *last;
	size_t n;
	size_t bytes;
};

/* What stands between begin and finish: the first `rows` of the queue, or
 * the change to the next segment. */
struct batch {
	bool open;
	bool rotate;
	size_t rows;
	struct buf text;
	struct err err; /* words of the worker */
};

/* Directories whose names are known to be durable. */
struct blob_dirs {
	bool root;
	uint8_t known[32]; /* a bit for each of 256 */
};

struct ledger {
	struct ledger_io io;
	char *path; /* for words only */
	int dir;
	int lock;
	char claim[LEDGER_LOCK_MAX + 1]; /* of the process before, or "" */
	struct identity id;
	uint8_t secret[LEDGER_SECRET_LEN];
	int64_t min_free_bytes;

	uint64_t durable; /* rows */
	struct digest head;
	struct wall_time newest_at;
	bool damaged;
	bool poisoned;
	bool stalled;		/* the newest batch found no room or an error */
	char unsigned_why[200]; /* "": checkpoints may be signed */

	struct window *window;
	struct queue queue;

	/* The worker's while a batch is open, else the loop's. */
	struct batch batch;
	int seg;
	uint64_t seg_first;
	int64_t seg_end;
	uint64_t sums_lines;
	bool ballast;
	struct blob_dirs blob_dirs;
};

/* lock.c: takes the lock, notes the claim of the process before in l->claim,
 * and tells our pid.  ERR_BUSY. */
int lock_take(struct ledger *l, struct err *err);
/* Says, at a good end, that all rows of l are durable; nothing otherwise. */
void lock_tell_durable(struct ledger *l);
void lock_claim(const struct ledger *l, char out[LEDGER_LOCK_MAX + 1]);

/* keys.c: reads the secret, and checks the seed against LEDGER. */
int keys_read(struct ledger *l, const struct ledger_options *o,
	      struct err *err);

/* create.c: makes the folder whole under another name, then renames it.
 * The caller holds the lock on parent. */
int create_ledger(const struct ledger_io *io, int parent, const char *name,
		  const struct ledger_options *o, bool *ret_key_created,
		  struct err *err);

/* recover.c: R2 to R8.  Reads, judges, and mends what a crash leaves. */
int recover_ledger(struct ledger *l, const struct ledger_options *o, int parent,
		   struct ledger_recovery *rec, struct err *err);

/* sums.c: lines of SHA256SUMS that are there already; then appends what
 * lacks of the first `sealed` segments, and syncs if it did, or if it is told
 * to.  ERR_POISONED: a sync failed; any
 * other error only means that a hint is missing. */
uint64_t sums_count(struct ledger *l, uint64_t sealed);
int sums_update(struct ledger *l, uint64_t sealed, bool sync);
/* Gives the newest sealed segment its mode again: that is not synced. */
void sums_seal_newest(struct ledger *l, uint64_t sealed);

/* ballast.c: makes it again when there is room; gives it up, true when that
 * freed something. */
void ballast_keep(struct ledger *l);
bool ballast_drop(struct ledger *l);

/* blob.c: durable when it returns 0; words in l->batch.err otherwise. */
int blob_put(struct ledger *l, const struct row_blob *blob);

/* queue.c */
void queue_pop(struct queue *q);

/* The row `seq`, which is durable, has this id (and, when draft is not NULL,
 * this kind and body): 1, 0, or an error. */
int ledger_compare(const struct ledger *l, uint64_t seq, const char *id,
		   const struct row_draft *draft, struct err *err);

#endif
