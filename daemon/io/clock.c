/* CLOCK_BOOTTIME, because a laptop that slept has missed slots too. */
#include "io/clock.h"

#include <errno.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static int64_t
read_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * USEC_PER_SEC + t.tv_nsec / 1000;
}

struct now
clock_read(void)
{
	return (struct now){{read_us(CLOCK_REALTIME)},
			    {read_us(CLOCK_BOOTTIME)}};
}

enum clock_state
clock_synchronised(void)
{
	struct timex t = {0};
	int r = adjtimex(&t);

	if (r >= 0)
		return r == TIME_ERROR || (t.status & STA_UNSYNC) != 0
			   ? CLOCK_NOT_SYNCHRONISED
			   : CLOCK_SYNCHRONISED;
	if (access("/run/systemd/timesync/synchronized", F_OK) == 0)
		return CLOCK_SYNCHRONISED;
	return access("/run/systemd/timesync", F_OK) == 0
		   ? CLOCK_NOT_SYNCHRONISED
		   : CLOCK_UNKNOWN;
}
