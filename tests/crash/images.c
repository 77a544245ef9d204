/* Choices are the digits of a number with a radix of its own at each place;
 * counting up goes through all of them.  A change of one digit may change
 * what is asked afterwards, so the digits behind it are forgotten. */
#include "images.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHOICES_MAX = 512 };

struct odometer {
	unsigned digit[CHOICES_MAX], radix[CHOICES_MAX];
	size_t n, at;
};

static unsigned
choose_ordered(void *ctx, unsigned n)
{
	struct odometer *o = ctx;

	assert(o->at < CHOICES_MAX && n > 0);
	if (o->at == o->n) {
		o->digit[o->n] = 0;
		o->radix[o->n++] = n;
	}
	assert(o->radix[o->at] == n);
	return o->digit[o->at++];
}

/* False when all have been seen. */
static bool
count_up(struct odometer *o)
{
	while (o->n > 0) {
		if (++o->digit[o->n - 1] < o->radix[o->n - 1])
			return true;
		o->n--;
	}
	return false;
}

static unsigned
choose_random(void *ctx, unsigned n)
{
	uint64_t *s = ctx;

	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return (unsigned)(*s >> 32) % n;
}

static unsigned
choose_loss(void *ctx, unsigned n)
{
	return n > 1 ? 1 : 0;
}

static void
trace_sync(void *ctx, const char *sync)
{
	printf("SYNC %s\n", sync);
}

void
images_obey(struct simdisk *d)
{
	const char *late = getenv("EVIDENCED_LATE");

	simdisk_set_nosync(d, getenv("EVIDENCED_NOSYNC"),
			   late == NULL ? 0 : (int)strtol(late, NULL, 10));
	if (getenv("EVIDENCED_TRACE_SYNC") != NULL)
		simdisk_set_trace(d, trace_sync, NULL);
}

struct simdisk *
images_worst(const struct simdisk *d)
{
	return simdisk_crash(d, choose_loss, NULL);
}

long
images_each(const struct simdisk *d, const struct image_budget *budget,
	    uint64_t seed, image_fn *fn, void *ctx)
{
	struct odometer o = {.n = 0};
	bool more = true;
	long n = 0;

	if (!simdisk_is_pending(d))
		return 0;
	fn(ctx, images_worst(d));
	n++;
	while (more && n < budget->ordered) {
		o.at = 0;
		fn(ctx, simdisk_crash(d, choose_ordered, &o));
		n++;
		more = count_up(&o);
	}
	for (long i = 0; more && i < budget->random; i++) {
		fn(ctx, simdisk_crash(d, choose_random, &seed));
		n++;
	}
	return n;
}
