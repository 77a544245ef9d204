/* How every body of a check row begins, ends and writes what may be absent. */
#ifndef CHECK_MEMBERS_H
#define CHECK_MEMBERS_H

#include "base/json.h"
#include "base/wall.h"

/* A body being appended to a buffer. */
struct members {
	struct json_writer w;
	size_t start;
};

void members_begin(struct members *m, struct buf *out);
/* Closes the body and holds it against the limits of a ledger row:
 * ERR_INVALID when it does not fit (what was appended is taken back). */
int members_end(struct members *m);

/* null when empty */
void members_put_text(struct members *m, const char *key, const char *text);
/* null unless `has` */
void members_put_count(struct members *m, const char *key, bool has, int64_t n);
void members_put_time(struct members *m, const char *key, struct wall_time t);

#endif
