/* A number of a packet, which never stands alone: it has a unit, a basis, a
 * source and a time, and what was not reported is a dash. */
#ifndef REPORT_NUMBER_H
#define REPORT_NUMBER_H

#include "base/wall.h"
#include "report/writer.h"

#include <stdbool.h>
#include <stdint.h>

struct number {
	const char *quantity;
	bool known;
	int64_t value;
	const char *unit; /* NULL: none */
	char basis[120];
	const char *source;	/* NULL: none */
	struct wall_time as_of; /* us 0: none */
};

/* Opens the table "number"; the caller closes it. */
void number_table(struct writer *w);
void number_put(struct writer *w, const struct number *n);

#endif
