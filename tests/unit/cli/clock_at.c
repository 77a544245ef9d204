/* The clock of evidencectl in a test: it stands where $EVIDENCED_TEST_CLOCK
 * says, and each reading moves it by $EVIDENCED_TEST_STEP_MS, so that what is
 * long for a person needs no time.  Linked in place of daemon/io/clock.c. */
#include "io/clock.h"

#include <stdio.h>
#include <stdlib.h>

enum { US_PER_MS = 1000 };

static int64_t passed_us; /* as every clock, one for the whole process */

struct now
clock_read(void)
{
	const char *at = getenv("EVIDENCED_TEST_CLOCK");
	const char *step = getenv("EVIDENCED_TEST_STEP_MS");
	struct wall_time wall;

	if (at == NULL || wall_parse(at, &wall) < 0) {
		fputs("EVIDENCED_TEST_CLOCK: a time is expected\n", stderr);
		exit(99);
	}
	passed_us += step == NULL ? 0 : strtol(step, NULL, 10) * US_PER_MS;
	return (struct now){{wall.us + passed_us}, {passed_us}};
}

enum clock_state
clock_synchronised(void)
{
	return CLOCK_SYNCHRONISED;
}
