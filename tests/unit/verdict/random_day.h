/* Days at random, most of them nearly right, so that many pass. */
#ifndef TESTS_VERDICT_RANDOM_DAY_H
#define TESTS_VERDICT_RANDOM_DAY_H

#include "passing.h"

enum { ROUNDS = 20000 };

/* Starts from EVIDENCED_TEST_SEED, or a fixed seed, and prints it. */
void random_seed(void);

uint32_t random_below(uint32_t n);
void random_day(struct passing *p);

#endif
