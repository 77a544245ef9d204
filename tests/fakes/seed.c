/* splitmix64: any seed is as good as any other. */
#include "seed.h"
#include "base/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t
next(struct seed *seed)
{
	uint64_t z = seed->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

struct seed
seed_start(void)
{
	const char *wanted = getenv("TEST_SEED");
	struct seed seed;

	random_bytes(&seed.state, sizeof(seed.state));
	if (wanted != NULL)
		seed.state = strtoull(wanted, NULL, 10);
	printf("TEST_SEED=%" PRIu64 "\n", seed.state);
	return seed;
}

uint32_t
seed_next(struct seed *seed, uint32_t n)
{
	return (uint32_t)((next(seed) >> 32) * n >> 32);
}

int64_t
seed_range(struct seed *seed, int64_t low, int64_t high)
{
	return low + (int64_t)(next(seed) % (uint64_t)(high - low + 1));
}
