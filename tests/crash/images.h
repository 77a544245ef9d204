/* The disks that a power cut may leave, one after the other. */
#ifndef CRASH_IMAGES_H
#define CRASH_IMAGES_H

#include "../fakes/simdisk.h"

/* How many to try: in order of the choices until `ordered` is reached, and
 * if that was not all of them, `random` more. */
struct image_budget {
	long ordered;
	long random;
};

typedef void image_fn(void *ctx, struct simdisk *image);

/* The image is the callback's.  Returns how many there were. */
long images_each(const struct simdisk *d, const struct image_budget *budget,
		 uint64_t seed, image_fn *fn, void *ctx);

/* A disk as tests/crash/mutations wants it: EVIDENCED_NOSYNC, EVIDENCED_LATE
 * and EVIDENCED_TRACE_SYNC of test_crash.c. */
void images_obey(struct simdisk *d);

/* The one image in which nothing survived that could be lost. */
struct simdisk *images_worst(const struct simdisk *d);

#endif
