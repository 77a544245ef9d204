/* With $EVIDENCED_TEST_SILENT evidencectl hears nothing, and no pause is long:
 * a daemon that hangs, in no time.  In place of the C library's. */
#include <poll.h>
#include <stdlib.h>
#include <time.h>

enum { MS_PER_S = 1000, NS_PER_MS = 1000 * 1000 };

int
poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	const struct timespec limit = {timeout_ms / MS_PER_S,
				       timeout_ms % MS_PER_S * (long)NS_PER_MS};

	if (getenv("EVIDENCED_TEST_SILENT") != NULL)
		return 0;
	return ppoll(fds, n, timeout_ms < 0 ? NULL : &limit, NULL);
}
