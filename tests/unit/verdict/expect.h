/* Short ways to say what a judgement must be. */
#ifndef TESTS_VERDICT_EXPECT_H
#define TESTS_VERDICT_EXPECT_H

#include "passing.h"

/* reason_bit() as a constant. */
#define BIT(code) (UINT64_C(1) << REASON_##code)

void expect(const struct passing *p, enum decision decision,
	    reason_set reasons);

/* The body holds this text somewhere. */
void expect_in_body(const struct passing *p, const char *text);

bool is_complete(const struct passing *p);

#endif
