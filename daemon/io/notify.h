/* What the service manager is told (sd_notify(3)).  Without one all of it
 * does nothing. */
#ifndef IO_NOTIFY_H
#define IO_NOTIFY_H

#include "base/wall.h"

#include <stdint.h>

/* Recovery and the first schedule are done; also ends notify_reloading(). */
void notify_ready(const char *status);
/* One line for `systemctl status`. */
void notify_status(const char *status);
/* Before a reload. */
void notify_reloading(void);
void notify_stopping(const char *status);
/* Start or stop takes longer: that much more from now. */
void notify_extend_timeout(int64_t extend_us);

/* How often WATCHDOG must be told at least; 0: nobody watches. */
int64_t notify_watchdog_us(void);
void notify_watchdog(void);

#endif
