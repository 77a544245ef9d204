/* One exchange while it is judged; shared by the two paths of the smoke pair
 * and private to check/. */
#ifndef CHECK_SEEN_H
#define CHECK_SEEN_H

#include "check/answer.h"
#include "check/observe.h"

struct seen {
	const struct profile *profile;
	const struct http_response *response;
	struct answer answer; /* answer_fini() is the caller's */
	int status; /* the one that counts: an in-band code replaces it */
	struct observation *out;
};

/* Reads into *out what does not depend on the path.  True when the answer
 * decides by itself; *ret_outcome then is the outcome. */
bool seen_begin(struct seen *seen, enum outcome *ret_outcome);

bool seen_is_2xx(int status);

/* Some field of the usage counts tokens: gateways leave the others out or
 * zero in turn. */
bool seen_counts_usage(const struct observation *seen);

/* Something is said at every required pointer. */
bool seen_holds_required(const struct seen *seen);

/* The forbidden pointer at which something is said: an error inside a 2xx.
 * NULL when there is none. */
const char *seen_error_inside(const struct seen *seen);

/* Reads type and code of the error at the pointer `base`. */
void seen_read_error(struct seen *seen, const char *base);

/* As seen_read_error(); the error's code takes the place of the status when
 * it is one (then true). */
bool seen_take_inside(struct seen *seen, const char *base);

/* An empty purse, by status or by the words of the error. */
bool seen_is_quota(const struct seen *seen);

/* What an answer that is no success means on either path. */
enum outcome seen_of_status(const struct seen *seen);

#endif
