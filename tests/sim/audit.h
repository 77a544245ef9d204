/* Rows for the audit: parsed once, and read by nothing else. */
#ifndef SIM_AUDIT_H
#define SIM_AUDIT_H

#include "year.h"

struct json_object;

struct parsed {
	size_t seq;
	struct wall_time at;
	const char *id, *kind;
	const char *label, *source; /* of the body, or "" */
	struct json_object *body;
};

/* The parts; `n` rows. */
int audit_slots(const struct year *y, const struct parsed *rows, size_t n);
int audit_requests(const struct year *y, const struct parsed *rows, size_t n);
int audit_alerts(const struct year *y, const struct parsed *rows, size_t n);
int audit_records(const struct parsed *rows, size_t n);

const char *audit_text(const struct parsed *p, const char *key);
struct wall_time audit_time(const struct parsed *p, const char *key);
bool audit_is(const struct parsed *p, const char *kind);
/* Prints a fault, with the row; returns 1. */
int audit_fault(const struct parsed *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
