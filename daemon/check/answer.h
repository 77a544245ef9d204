/* The body of a response as evidence: what stands at a JSON pointer.
 *
 * json-c answers differently than a reader of evidence needs: a null is
 * "found" with no object, strings and clamped numbers turn into integers
 * without a word.  Everything in check/ asks here instead. */
#ifndef CHECK_ANSWER_H
#define CHECK_ANSWER_H

#include "check/observe.h"

struct json_object;

/* What the strict gate made of a body. */
struct answer {
	bool json;		  /* one well-formed JSON value */
	struct json_object *root; /* NULL: not JSON, or the value null */
};

void answer_init(struct answer *answer, const struct http_response *response);
void answer_fini(struct answer *answer);

enum answer_presence { ANSWER_MISSING, ANSWER_NULL, ANSWER_VALUE };

/* Empty and malformed pointers find nothing.  *ret_value (NULL allowed) is
 * borrowed, and set only for ANSWER_VALUE. */
enum answer_presence answer_at(const struct answer *answer, const char *pointer,
			       struct json_object **ret_value);

/* Something is said there: neither missing nor null, false or "". */
bool answer_says(const struct answer *answer, const char *pointer);

/* JSON true, and nothing that looks like it. */
bool answer_is_true(const struct answer *answer, const char *pointer);

/* A string or an integer there, as clean text of less than `size` bytes;
 * false and "" when there is none. */
bool answer_text(const struct answer *answer, const char *pointer, char *out,
		 size_t size);

/* The value there, written as text, is `expected`: strings as they are,
 * numbers as decimals, true and false. */
bool answer_equals(const struct answer *answer, const char *pointer,
		   const char *expected);

/* A whole number there (1 and 1.0 alike) within the 53 bits of a ledger
 * integer, of either sign.  ERR_NOT_FOUND: missing or null; ERR_INVALID:
 * another type; ERR_LIMIT: beyond 53 bits. */
int answer_integer(const struct answer *answer, const char *pointer,
		   int64_t *ret_n);

/* The token count at a pointer; "" is USAGE_MISSING. */
struct usage_field answer_usage(const struct answer *answer,
				const char *pointer);

/* Clean text of less than `size` bytes out of any bytes. */
void answer_clean(const char *text, size_t len, char *out, size_t size);

#endif
