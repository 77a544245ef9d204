/* Short lives of a ledger in which any call may fail.  Every error must be a
 * typed one; whatever happens, what was acknowledged is there afterwards, and
 * the next process, without faults, ends the work. */
#ifndef FAULT_LIFE_H
#define FAULT_LIFE_H

#include "../fakes/leave.h"
#include "../fakes/rig.h"

struct life;

struct life_kind {
	const char *name;
	int segment_rows;
	/* What stands there before, made without faults; NULL: nothing. */
	void (*make)(struct rig *rig);
	/* What may fail. */
	void (*run)(struct life *life);
	/* Afterwards, without faults, on a disk that this life left: it is the
	 * judge's. */
	void (*judge)(const struct life *life, struct simdisk *disk,
		      struct leave *leave);
};

/* Called around each call of the ledger. */
typedef void life_arm_fn(bool armed);

struct life {
	const struct life_kind *kind;
	struct rig rig;
	life_arm_fn *arm; /* NULL: none */
	int errors;
	bool poisoned;
};

/* rows and texts over segments; tiles; a change of the key; pruning */
enum { LIVES_OF_DAEMON = 5, LIVES_OF_TOOLS = 2 };

extern const struct life_kind lives_of_daemon[LIVES_OF_DAEMON];
/* repair; restore */
extern const struct life_kind lives_of_tools[LIVES_OF_TOOLS];

enum { LIVES = LIVES_OF_DAEMON + LIVES_OF_TOOLS };

const struct life_kind *life_kind(size_t i);

/* The disk that many lives of a kind begin with; the caller's. */
struct simdisk *life_make(const struct life_kind *kind);
void life_init(struct life *life, const struct life_kind *kind,
	       const struct simdisk *made, life_arm_fn *arm);
/* After the fault is gone: judges the disk as it is seen, and the worst image
 * of a power cut.  Then frees. */
void life_judge(struct life *life, struct leave *leave);

/* ---- for the kinds ---- */

/* Notes what a call returned; false: an error. */
bool life_note(struct life *life, int result);
void life_arm(const struct life *life, bool armed);
bool life_open(struct life *life);
void life_append(struct life *life, int n);
/* Rows that found no room are tried once more; a poisoned ledger takes
 * nothing and acknowledges nothing. */
void life_flush(struct life *life);
void life_sign(struct life *life);
void life_close(struct life *life);
void life_stop(struct life *life);
/* Opens, finds every acknowledged row, appends, verifies.  Now and then the
 * ledger is left to the verifier. */
void life_judge_ledger(const struct life *life, struct simdisk *disk,
		       struct leave *leave);

#endif
