/* Random numbers for tests that anybody can repeat. */
#ifndef FAKES_SEED_H
#define FAKES_SEED_H

#include <stdint.h>

struct seed {
	uint64_t state;
};

/* Takes $TEST_SEED, else a new one, and prints it. */
struct seed seed_start(void);

/* A number in [0, n), n > 0. */
uint32_t seed_next(struct seed *seed, uint32_t n);

/* A number in [low, high]. */
int64_t seed_range(struct seed *seed, int64_t low, int64_t high);

#endif
