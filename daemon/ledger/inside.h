/* The ledger from inside; private to daemon/ledger. */
#ifndef LEDGER_INSIDE_H
#define LEDGER_INSIDE_H

#include "ledger/checkpoint.h"
#include "ledger/identity.h"
#include "ledger/ledger.h"
#include "ledger/pruned.h"
#include "ledger/rekey.h"
#include "ledger/tile.h"
#include "ledger/tree.h"
#include "ledger/window.h"
#include "ledger/written.h"

#define LEDGER_FILE_NAME	"LEDGER"
#define LEDGER_KEY_NAME		"key"
#define LEDGER_SECRET_NAME	"secret"
#define LEDGER_LOCK_NAME	"lock"
#define LEDGER_SUMS_NAME	"SHA256SUMS"
#define LEDGER_BALLAST_NAME	"ballast"
#define LEDGER_QUARANTINE_NAME	"quarantine"
#define LEDGER_TORN_NAME	"torn"
#define LEDGER_STATE_NAME	"state.json"
#define LEDGER_PRUNED_NAME	"pruned"
#define LEDGER_REMNANT_NAME	"kept.jsonl"
#define LEDGER_MIRROR_NAME	"mirror.json"
#define LEDGER_CHECKPOINT_NAME	"checkpoint"
#define LEDGER_CHECKPOINTS_NAME "checkpoints.jsonl"
#define LEDGER_NEW_SUFFIX	".new"

enum {
	LEDGER_IDENTITY_MAX = 2048, /* bytes of LEDGER */
	LEDGER_LOCK_MAX = 120,
	LEDGER_SECRET_LEN = 32,
	LEDGER_SECRET_FILE_LEN = 2 * LEDGER_SECRET_LEN + 1,
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

enum batch_kind {
	BATCH_ROWS,
	BATCH_ROTATE,  /* the change to the next segment */
	BATCH_SIGN,    /* a checkpoint of what is durable */
	BATCH_LOG,     /* a piece of checkpoints.jsonl is read */
	BATCH_INSPECT, /* one sealed segment is read */
	BATCH_PRUNE,   /* segments go that a row has let go */
	BATCH_SWEEP    /* the same of texts: a part of that */
};

/* What stands between begin and finish. */
struct batch {
	bool open;
	enum batch_kind kind;
	size_t rows; /* the first ones of the queue */
	struct buf text;
	struct err err;	      /* words of the worker */
	uint64_t damage_from; /* when it says ERR_DAMAGED */
	uint64_t damage_to;
};

/* A place between two rows, and the tree of all rows before it. */
struct mark {
	struct tree tree;
	int64_t place; /* of the next row in its segment */
};

/* What checkpoints are made from; the worker's while a batch is open. */
struct signer {
	uint8_t seed[KEY_SEED_LEN];
	uint64_t from; /* rows that must be durable before the next one */
	/* Rows whose tiles are all durable: a multiple of TILE_WIDTH. */
	struct mark tiled;
	struct written written;	       /* behind them */
	char tile_dir[TILE_PATH_SIZE]; /* durable, as of struct tile_writer */
	/* The newest checkpoint; size 0: none. */
	struct checkpoint newest;
	struct buf note;
	/* checkpoints.jsonl: its lines, where the last good one starts and
	 * ends */
	uint64_t count;
	int64_t log_last, log_end;
	int64_t log_known; /* a failed write is cut off behind it */
	uint64_t log_rows; /* that its newest line covers */
	bool log_short;	   /* `checkpoint` covers more: lines were lost */
	bool log_named;	   /* its name is durable */
	bool logged;	   /* the newest one stands there, durable */
	bool shown;	   /* and in `checkpoint` */
};

/* The sealed segments, read one by one after the start, which may have
 * trusted them. */
struct inspection {
	uint64_t rows;	      /* in them; 0: none, or all was read */
	struct tree expected; /* of these rows */
	/* so far */
	struct tree tree;
	struct digest head;
	bool head_known;
	uint64_t dur;
	uint64_t rotated;	    /* as in struct ledger */
	uint8_t leaves[TILE_BYTES]; /* of the newest tile */
};

/* checkpoints.jsonl as the start found it, read piece by piece after it. */
struct log_check {
	int64_t at, end;       /* bytes that were read, of so many */
	uint64_t lines, count; /* in them, of so many */
	uint64_t rows;	       /* that the newest of them covers */
	/* That the line behind them covers, which is written once more;
	 * UINT64_MAX: there is none. */
	uint64_t next;
};

struct sweep_text;

/* Texts that no kept row names are looked for, and go. */
struct sweep {
	bool on;
	bool listed;
	struct sweep_text *texts; /* by digest; malloc'd */
	size_t n;
	uint64_t next; /* row to be read */
};

enum { KEY_RING_MAX = 3 };

/* Keys that may have signed the newest checkpoint. */
struct key_ring {
	struct note_key keys[KEY_RING_MAX];
	size_t n;
};

/* The row of a change of the key; body empty: there is none. */
struct rekey {
	char id[REKEY_ID_SIZE];
	struct buf body;
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
	uint64_t id_window; /* rows */

	uint64_t durable; /* rows */
	struct digest head;
	struct wall_time newest_at;
	bool damaged;
	bool poisoned;
	bool stalled;	 /* the newest batch found no room or an error */
	bool log_unread; /* its check is under way: a copy for the loop */
	char unsigned_why[200]; /* "": checkpoints may be signed */

	struct tree tree;  /* of the durable rows */
	struct tree tiles; /* of those of them that were whole tiles, when
			      the newest tile was full */
	bool want_sign;
	/* the newest checkpoint: a copy for the loop; size 0: none */
	uint64_t checkpoint_size;
	struct digest checkpoint_root;
	struct buf checkpoint_note;
	uint64_t to_inspect, inspected; /* rows */
	uint64_t rotated;	   /* oldest row known that changed the key */
	uint64_t kept_from;	   /* first kept row: a copy for the loop */
	bool prune_due;		   /* what `pruned` names may still stand */
	char bad_checkpoints[300]; /* "": their files are good */
	/* Else nothing good that was signed ends within these rows. */
	uint64_t bad_log_from, bad_log_to;
	char stray[160]; /* words of a damage that name a file */
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
	struct beginning beginning; /* of the kept rows */
	struct pruned pruned;	    /* by the newest row ledger.prune */
	struct sweep sweep;
	struct signer signer;
	struct rekey rekey;
	struct log_check log_check;
	struct inspection inspection;
};

/* ledger.c: the parent of a folder, and the folder's name in it. */
struct place {
	char parent[4096];
	const char *name;
};

int place_split(const char *path, struct place *ret, struct err *err);

/* lock.c: takes the lock, notes the claim of the process before in l->claim,
 * and tells our pid.  ERR_BUSY. */
int lock_take(struct ledger *l, struct err *err);
/* The same without a word to whoever comes second. */
int lock_test(struct ledger *l, struct err *err);
/* Says, at a good end, that all rows of l are durable; nothing otherwise. */
void lock_tell_durable(struct ledger *l);
void lock_claim(const struct ledger *l, char out[LEDGER_LOCK_MAX + 1]);
/* Says that damage was found; whether the process before said so. */
void lock_tell_damaged(struct ledger *l);
bool lock_claims_damage(const struct ledger *l);

/* access.c: refuses a ledger that somebody else than its owner and root can
 * write, or whose owner we are not.  ERR_DENIED, with the file and the command
 * that closes it; ERR_IO. */
int access_check(const struct ledger *l, struct err *err);

/* keys.c: reads the secrets and the newest checkpoint, and decides whether
 * the key changes (then l->rekey is filled).  ERR_DENIED; ERR_DAMAGED as
 * checkpoints_read(). */
int keys_read(struct ledger *l, const struct ledger_options *o,
	      struct err *err);

/* The file `secret`, as a writer wants it. */
int secret_read(struct ledger *l, uint8_t out[LEDGER_SECRET_LEN],
		struct err *err);
/* Its text: 32 bytes as 64 digits and LF.  ERR_INVALID. */
int secret_parse(const char *text, size_t len, uint8_t out[LEDGER_SECRET_LEN]);

/* create.c: makes the folder whole under another name, then renames it.
 * The caller holds the lock on parent. */
int create_ledger(const struct ledger_io *io, int parent, const char *name,
		  const struct ledger_options *o, bool *ret_key_created,
		  struct err *err);
/* ERR_INVALID, with what stands where the ledger should. */
int refuse_place(const char *path, const char *what, struct err *err);
/* The text of a new file `secret`; wiped and released, because a key must not
 * stay in freed memory. */
void secret_make(struct buf *out);
void secret_wipe(struct buf *b);

/* recover.c: R2 to R10.  Reads, judges, and mends what a crash leaves. */
int recover_ledger(struct ledger *l, const struct ledger_options *o, int parent,
		   struct ledger_recovery *rec, struct err *err);

/* What is said of damage, by whoever finds it; from > to: no row has any. */
void recover_damage_words(const struct ledger *l, uint64_t from, uint64_t to,
			  const char *why, char out[LEDGER_DAMAGE_WORDS]);
void recover_report_damage(const struct ledger *l, uint64_t from, uint64_t to,
			   const char *why, struct ledger_recovery *rec);

/* checkpoints.c: reads the newest checkpoint into l->signer; *ret_key tells
 * which of the ring signed it, -1: there is none.  ERR_NOT_FOUND: none of
 * them did.  ERR_DAMAGED: the files contradict themselves in a way that no
 * crash explains. */
int checkpoints_read(struct ledger *l, const struct key_ring *ring,
		     int *ret_key, struct err *err);
/* What was read may stand in the cache of the kernel alone. */
void checkpoints_doubt(struct ledger *l);
/* Appends l->signer.note to checkpoints.jsonl; durable when it returns 0. */
int checkpoints_log(struct ledger *l);
/* Replaces `checkpoint` by it; after checkpoints_log(). */
int checkpoints_show(struct ledger *l);

/* sign.c: reads the durable rows back that stand behind l->signer.tiled, and
 * makes their tiles durable; o: whom to tell the progress, NULL: nobody.
 * ERR_DAMAGED: they are not what was written, or what was signed. */
int sign_read_back(struct ledger *l, const struct ledger_options *o);
/* Makes the newest checkpoint stand in both of its files, durable. */
int sign_publish(struct ledger *l);
/* A batch of the worker: signs all that is durable. */
int sign_batch(struct ledger *l);
/* After it: the loop's copy.  Without memory there is no note. */
void sign_take_over(struct ledger *l);
/* Whether there is anything to do for it. */
bool sign_is_due(const struct ledger *l);

/* log_check.c: plans the reading of what the start did not read of
 * checkpoints.jsonl; a batch of the worker: the next piece of it. */
void log_check_from(struct ledger *l);
bool log_check_is_due(const struct ledger *l);
int log_check_batch(struct ledger *l);

/* inspect.c: plans the reading of the kept rows up to those of `sealed`; a
 * batch of the worker: the next segment of them. */
void inspect_from(struct ledger *l, const struct tree *sealed);
int inspect_batch(struct ledger *l);
/* After it: the loop's copy of what it found. */
void inspect_take_over(struct ledger *l);

/* sums.c: lines of SHA256SUMS that are there already; then appends what
 * lacks of the first `sealed` segments that are kept, and syncs if it did, or
 * if it is told to.  ERR_POISONED: a sync failed; any
 * other error only means that a hint is missing. */
uint64_t sums_count(struct ledger *l, uint64_t sealed);
int sums_update(struct ledger *l, uint64_t sealed, bool sync);
/* Seals the first `sealed` segments, of which those before row `gone` were
 * pruned, and writes all their lines anew; the directory is not synced.
 * Negative errno. */
int sums_write(const struct ledger_io *io, int dir, const struct identity *id,
	       uint64_t gone, uint64_t sealed);
/* Gives the newest sealed segment its mode again: that is not synced. */
void sums_seal_newest(struct ledger *l, uint64_t sealed);

/* The lines of the first n segments go; what was loaded must be theirs. */
int sums_drop(struct ledger *l, uint64_t n);
/* Whether the first line is that of the segment of row `first`. */
bool sums_begin_at(const struct ledger_io *io, int dir, uint64_t first);
/* SHA-256 over the lines of the rows [from, to).  -ENOENT: they are not all
 * there. */
int sums_digest(const struct ledger_io *io, int dir, uint64_t rows,
		uint64_t from, uint64_t to, struct digest *ret);

/* prune.c: a row that became durable may let others go; what the recovery
 * found of that; a batch of the worker: they go. */
void prune_note(struct ledger *l, const struct row_draft *row, uint64_t seq);
void prune_resume(struct ledger *l, const struct pruned *found);
int prune_batch(struct ledger *l);
/* A checkpoint was signed: it may cover rows that a row let go before, as in
 * a ledger that was restored. */
void prune_signed(struct ledger *l);
/* After it, done or not: what is left of it is for the next checkpoint. */
void prune_take_over(struct ledger *l, bool done);

/* sweep.c: a batch of the worker: the next step; done when !on.  A text that
 * is put meanwhile is kept. */
int sweep_batch(struct ledger *l);
void sweep_keep(struct sweep *s, const struct digest *sha256);
void sweep_end(struct sweep *s);

/* ballast.c: makes it again when there is room; gives it up, true when that
 * freed something. */
void ballast_keep(struct ledger *l);
bool ballast_drop(struct ledger *l);

/* blob.c: durable when it returns 0; words in l->batch.err otherwise. */
int blob_put(struct ledger *l, const struct row_blob *blob);

/* batch.c: durable rows are not what they were: notes them and what is wrong
 * with them; from > to: all rows are, and something else is not.  ERR_DAMAGED. */
int batch_damage(struct ledger *l, uint64_t from, uint64_t to, const char *why);

/* queue.c */
void queue_pop(struct queue *q);

/* The row `seq`, which is durable, has this id (and, when draft is not NULL,
 * this kind and body): 1, 0, or an error. */
int ledger_compare(const struct ledger *l, uint64_t seq, const char *id,
		   const struct row_draft *draft, struct err *err);

#endif
