/* A short life of a ledger in which any call may fail: it is opened, rows
 * and texts are appended over two segments, it is stopped and opened again.
 * Every error must be a typed one; whatever happens, what was acknowledged is
 * there afterwards. */
#ifndef FAULT_LIFE_H
#define FAULT_LIFE_H

#include "../fakes/leave.h"
#include "../fakes/rig.h"

struct life {
	struct rig rig;
	int errors;
	bool poisoned;
};

void life_init(struct life *life);
/* Called around each call of the ledger; either may be NULL. */
typedef void life_arm_fn(bool armed);
void life_run(struct life *life, life_arm_fn *arm);

/* After the fault is gone: opens, finds every acknowledged row, appends,
 * verifies; on the disk as it is seen and on the worst image of a power cut.
 * Then frees.  Now and then the ledger is left to the verifier. */
void life_judge(struct life *life, struct leave *leave);

#endif
