/* Rows for the audit: parsed once, and read by nothing else. */
#ifndef SIM_AUDIT_H
#define SIM_AUDIT_H

#include "year.h"

struct json_object;

struct parsed {
	size_t seq;
	struct wall_time at;
	const char *id, *kind;
	struct json_object *body;
};

/* All durable rows; free with audit_free(). */
struct parsed *audit_parse(const struct fake *f);
void audit_free(struct parsed *rows, size_t n);

const char *audit_text(const struct parsed *p, const char *key);
struct wall_time audit_time(const struct parsed *p, const char *key);
bool audit_is(const struct parsed *p, const char *kind);
/* Prints a fault, with the row; returns 1. */
int audit_fault(const struct parsed *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
