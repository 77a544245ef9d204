/* A life of a ledger that is cut off before each of its calls: every image of
 * the disk is recovered and held against the invariants of test_crash.c. */
#ifndef CRASH_WORLD_H
#define CRASH_WORLD_H

#include "../fakes/leave.h"
#include "../fakes/rig.h"

enum { SUBMITTED_MAX = 320, SEGMENT_ROWS = 4 };

/* The bytes of the newest segment before recovery. */
struct before {
	char name[64];
	char *bytes;
	size_t len;
	bool durable; /* not only seen */
};

/* A ledger with what is known about it. */
struct world {
	struct rig rig;
	struct leave *leave; /* borrowed */
	int depth;
	bool opened;
	/* numbers of rows in the order they were appended; 0 = stopped */
	int submitted[SUBMITTED_MAX];
	size_t n_submitted;
	uint64_t published; /* rows of the newest checkpoint that was told */
	struct before before;
	bool lost;    /* the checkpoints before it was opened */
	bool watched; /* cut at each call */
	bool kills;   /* also kill the process at each call */
};

/* kills: the process is killed at each call, too; lock: what an unsynced
 * claim in the file `lock` may become is asked as well. */
void world_begin(struct world *w, struct leave *leave, bool kills, bool lock);
/* Another number of rows in a segment, before it is opened. */
void world_widen(struct world *w, int segment_rows);
/* The last cut, the last look at the rows. */
void world_end(struct world *w);
/* From here on each call is cut. */
void world_watch(struct world *w);

/* Opens; anything but a sound ledger fails the test. */
void world_open(struct world *w);
void world_append(struct world *w, int n);
void world_append_blob(struct world *w, int n);
void world_flush(struct world *w);
/* A checkpoint of all that is durable. */
void world_sign(struct world *w);
/* A row that the caller appends itself; 0 = daemon.stopped. */
void world_submit(struct world *w, int n);
/* All rows count as acknowledged from here on. */
void world_acknowledge_all(struct world *w);
/* The bytes of the newest segment must not get lost from here on. */
void world_note_before(struct world *w);
void world_check_rows(struct world *w);

/* How many images were recovered in this process, and how many it should be
 * at least. */
long world_images(void);
long world_images_wanted(void);

#endif
