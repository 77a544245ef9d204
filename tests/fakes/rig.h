/* A ledger on a simulated disk, for tests: opening, numbered rows, and what
 * was acknowledged. */
#ifndef FAKES_RIG_H
#define FAKES_RIG_H

#include "ledger/ledger.h"
#include "simdisk.h"

#define RIG_DIR "/state/ledger"

enum { RIG_ACKS_MAX = 512, RIG_TEXT_MAX = 256 };

struct rig {
	struct simdisk *disk; /* owned */
	struct ledger *l;
	struct ledger_recovery rec;
	struct err err;
	int segment_rows;
	int id_window; /* 0: as in service */
	uint64_t witness;
	const struct digest *witness_leaf; /* of the last; NULL: unknown */
	const uint8_t *key_seed, *previous_key_seed;
	int64_t min_free_bytes;
	simdisk_guard_fn *guard; /* as for the disk; NULL: none */
	/* acknowledged lines, malloc'd */
	char *acks[RIG_ACKS_MAX];
	size_t n_acks;
};

/* A disk with the empty directory /state. */
void rig_init(struct rig *r, int segment_rows);
void rig_init_disk(struct rig *r, struct simdisk *disk, int segment_rows);
void rig_fini(struct rig *r);

int rig_open(struct rig *r);
void rig_close(struct rig *r);
/* Close, open; asserts that it works. */
void rig_reopen(struct rig *r);

/* Row n: id "row.<n>", kind "note", body {"n":n,"text":"..."}. */
int rig_append(struct rig *r, int n);
/* A new ledger, open, with the rows 1 ... rows - 1 and two checkpoints. */
int rig_fill(struct rig *r, int rows);
/* With a blob of its own text. */
int rig_append_blob(struct rig *r, int n);
/* Any row; canonical body. */
int rig_append_row(struct rig *r, const char *id, const char *kind,
		   const char *body, const struct row_blob *blob,
		   uint64_t *ret_seq);
/* daemon.stopped, flushed, closed. */
void rig_stop(struct rig *r, int n);
/* Remembers what is acknowledged. */
int rig_flush(struct rig *r);
/* A checkpoint of all that is durable afterwards. */
int rig_sign(struct rig *r);
/* A row ledger.prune that lets the rows [from, to) go. */
int rig_append_prune(struct rig *r, uint64_t from, uint64_t to);
/* All that waits behind the rows: sealed rows are read, texts go.  How many
 * batches that took, or the error. */
int rig_inspect(struct rig *r);
void rig_ack(void *rig, const struct row *row);

/* A verification by whoever believes the key of this seed. */
int rig_verify_by(struct rig *r, int level, const uint8_t *believed,
		  struct ledger_verdict *ret);

/* The text of blob n, and its digest. */
struct digest rig_blob_text(int n, char out[RIG_TEXT_MAX]);

/* Path of a file of the ledger in a static buffer. */
const char *rig_path(const char *name);

#endif
