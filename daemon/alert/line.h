/* The lines that an operator reads, in the one form of domain.md section 5:
 * what, subject, effect, urgency, who acts, next command.  Private to
 * daemon/alert. */
#ifndef ALERT_LINE_H
#define ALERT_LINE_H

#include "alert/machine.h"

enum { ALERT_LINE_NAMES = 5 };

/* A group: conditions of one rule and severity, n >= 1, in the order in which
 * they are named.  Writes at most ALERT_TEXT_MAX - 1 bytes; what is cut is
 * never the command. */
void alert_line_raised(const struct alert_condition *const *conditions,
		       size_t n, char out[static ALERT_TEXT_MAX]);
/* The same for alerts that are still open; the oldest has been so for
 * open_s. */
void alert_line_repeated(const struct alert_condition *const *conditions,
			 size_t n, int64_t open_s,
			 char out[static ALERT_TEXT_MAX]);
/* And for the end: how long the oldest was open. */
void alert_line_resolved(const struct alert *const *alerts, size_t n,
			 const char *resolution, int64_t open_s,
			 char out[static ALERT_TEXT_MAX]);

#endif
