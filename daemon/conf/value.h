/* One scalar of the configuration: between its text and its value. */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "base/buf.h"
#include "base/json.h"
#include "conf/arena.h"
#include "conf/schema.h"

/* What is wrong with a value, in words. */
struct problem {
	char what[256];
	char hint[256];
};

int problem_set(struct problem *problem, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A number (also of durations, days, words) or a text, by the key's type. */
struct value {
	int64_t n;
	const char *text;
};

/* The value of a key that is written as a string.  A text value points into
 * `arena` when it had to be changed, else to `text`.  ERR_INVALID with the
 * problem filled. */
int value_from_text(const struct schema_key *key, const char *text,
		    struct arena *arena, struct value *ret,
		    struct problem *problem);
int value_from_int(const struct schema_key *key, int64_t n, struct value *ret,
		   struct problem *problem);

/* Whether a type holds a number. */
bool value_is_number(enum schema_type type);

/* "a duration such as \"90m\"": for messages and the man page. */
const char *value_type_name(enum schema_type type);
/* "1s to 12h", "at most 64 bytes", "one of a, b, c"; "" when there is no
 * range to tell. */
void value_range(const struct schema_key *key, struct buf *out);

/* The value as it is written, without quotes: "90m", "256KiB", "counter". */
void value_to_text(const struct schema_key *key, const struct value *value,
		   struct buf *out);
/* With quotes and escapes where its type wants them. */
void value_to_config(const struct schema_key *key, const struct value *value,
		     struct buf *out);
void value_to_json(struct json_writer *w, const struct schema_key *key,
		   const char *name, const struct value *value);

/* Splits "04:30-07:30"; the end may lie beyond 86400 (next day). */
int value_window(const char *text, int *ret_from_s, int *ret_to_s);
/* An instant of a UTC day as "04:30". */
void value_clock(int64_t seconds, struct buf *out);
/* Days of "monthly", "10d"; 0 when it is neither. */
int value_refresh_days(const char *text);
/* Units of a quantity, largest first, ended by a NULL name. */
struct value_unit {
	const char *name;
	int64_t size;
};
/* NULL for types that are no quantity. */
const struct value_unit *value_units(enum schema_type type);

#endif
