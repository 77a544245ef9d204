/* What every target of tests/fuzz is: one input in, a broken promise aborts.
 *
 * --enable-fuzzing links each with libFuzzer; the ordinary build links it
 * with replay.c, which gives it the files that it is named. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As assert(), in every build. */
#define HOLDS(promise)                                                \
	do {                                                          \
		if (!(promise)) {                                     \
			fprintf(stderr, "%s:%d: does not hold: %s\n", \
				__FILE__, __LINE__, #promise);        \
			abort();                                      \
		}                                                     \
	} while (0)

#endif
