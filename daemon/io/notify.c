/* Nobody answers these messages, and a daemon whose manager does not listen
 * goes on all the same: results are not looked at. */
#include "io/notify.h"

#include "base/text.h"

#include <systemd/sd-daemon.h>

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { STATUS_MAX = 512 };

/* A line break in the status would begin another assignment. */
static void
send_with_status(const char *assignments, const char *status)
{
	struct buf message = {0};

	buf_puts(&message, assignments);
	buf_puts(&message, "STATUS=");
	text_clean(&message, status, strlen(status), STATUS_MAX);
	if (!message.failed)
		sd_notify(0, buf_text(&message));
	buf_free(&message);
}

void
notify_ready(const char *status)
{
	send_with_status("READY=1\n", status);
}

void
notify_status(const char *status)
{
	send_with_status("", status);
}

/* MONOTONIC_USEC is CLOCK_MONOTONIC by the protocol, and belongs into the same
 * message; managers before 253 ignore it. */
void
notify_reloading(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
		   (int64_t)now.tv_sec * USEC_PER_SEC + now.tv_nsec / 1000);
}

void
notify_stopping(const char *status)
{
	send_with_status("STOPPING=1\n", status);
}

void
notify_extend_timeout(int64_t extend_us)
{
	sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%" PRId64, extend_us);
}

int64_t
notify_watchdog_us(void)
{
	uint64_t us = 0;

	return sd_watchdog_enabled(0, &us) > 0 ? (int64_t)us : 0;
}

void
notify_watchdog(void)
{
	sd_notify(0, "WATCHDOG=1");
}
