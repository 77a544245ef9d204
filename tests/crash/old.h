/* A ledger of rows that may go, and what holds of it whatever happened
 * while they went. */
#ifndef CRASH_OLD_H
#define CRASH_OLD_H

#include "../fakes/leave.h"
#include "../fakes/rig.h"

enum {
	OLD_SEGMENT = 256,
	OLD_WINDOW = 16,
	OLD_TO = 2 * OLD_SEGMENT, /* rows before it go */
	OLD_ROWS = OLD_TO + OLD_SEGMENT + 40,
	OLD_REKEYED = 50, /* this row changed the key */
	OLD_TEXT = 100,	  /* every row so many has a text of its own */
	OLD_SHARED = 300  /* its text is named by a newer row, too */
};

/* Before it is opened: the key in force, a small window, no ballast. */
void old_rig(struct rig *r);
/* Open, all rows durable and signed. */
void old_make(struct rig *r);
/* The rows go, then the texts; the first error ends it. */
int old_prune(struct rig *r);

/* How far it came before the disk was cut. */
enum old_stage { OLD_BEGUN, OLD_RECORDED, OLD_GONE, OLD_SWEPT };

/* Opens what is left; never damaged, nothing lost that must stay; what a row
 * let go goes; and it goes on. */
void old_judge(struct simdisk *image, enum old_stage stage,
	       struct leave *leave);
/* What is told as gone is gone for good: `image` lost all it could. */
void old_check_gone(struct simdisk *image, enum old_stage stage);

#endif
