/* What one exchange showed, as values with stable names. */
#ifndef CHECK_OBSERVE_H
#define CHECK_OBSERVE_H

#include "base/digest.h"
#include "base/wall.h"
#include "check/exchange.h"
#include "conf/config.h"

/* The outcome of a happy or error run.  `conclusive` outcomes say something
 * about the budget question; the others say that no observation could be
 * made (domain.md, section 3; the matrix of gateways, section 7.4). */
enum outcome {
	OUTCOME_NONE,	      /* nothing observed yet */
	OUTCOME_PASS,	      /* happy: all required, usage as billed */
	OUTCOME_REJECTED,     /* error path: exactly as the profile expects */
	OUTCOME_USAGE_ABSENT, /* happy 2xx, token-billed, no usage > 0 */
	OUTCOME_ACCEPTED,     /* error path: the invalid credential got 2xx */
	OUTCOME_UNREACHABLE,  /* DNS, connect, TLS, time-out, cut off */
	OUTCOME_SERVER_ERROR, /* 5xx */
	OUTCOME_THROTTLED,    /* 429 that is not a quota */
	OUTCOME_BLOCKED,      /* bot challenge, WAF page */
	OUTCOME_CREDENTIAL_REJECTED, /* happy path: 401, 403 */
	OUTCOME_QUOTA_EXHAUSTED,     /* 402, insufficient quota */
	OUTCOME_IN_BAND_ERROR,	     /* 2xx that carries an error */
	OUTCOME_MALFORMED,    /* 2xx, but not the promised shape; too big */
	OUTCOME_REDIRECTED,   /* 3xx; never followed */
	OUTCOME_UNCLASSIFIED, /* an answer that fits none of these */
	OUTCOME_CREDENTIAL_MISSING, /* not loaded: nothing was sent */
	OUTCOME_STOPPED,	    /* cut short by our own stop */
	OUTCOMES
};

const char *outcome_name(enum outcome outcome); /* "usage_absent" */
enum outcome outcome_by_name(const char *name); /* OUTCOME_NONE */
bool outcome_conclusive(enum outcome outcome);

enum usage_state {
	USAGE_MISSING,
	USAGE_NULL,
	USAGE_ZERO,
	USAGE_PRESENT,
	USAGE_WRONG_TYPE,
	USAGE_OUT_OF_RANGE
};

const char *usage_state_name(enum usage_state state);

struct usage_field {
	enum usage_state state;
	int64_t tokens; /* only when PRESENT or ZERO */
};

enum { OBSERVE_TEXT_MAX = 128, OBSERVE_URL_MAX = 512 };

/* Everything a check.happy or check.error row says about the answer.  Texts
 * are clean (text_clean), bounded and free of credentials. */
struct observation {
	enum outcome outcome;
	enum transport transport;
	int http_status; /* 0: none */
	char error_type[OBSERVE_TEXT_MAX];
	char error_code[OBSERVE_TEXT_MAX];
	char returned_model[OBSERVE_TEXT_MAX];
	char request_id[OBSERVE_TEXT_MAX];
	char redirected_to[OBSERVE_URL_MAX];
	struct usage_field input, output, total;
	int64_t body_bytes;
	bool credential_echoed;
	int64_t retry_after_s; /* 0: not said */
};

void observe_happy(const struct profile *profile, enum billing_unit billing,
		   const struct http_response *response,
		   struct observation *ret);
void observe_error(const struct profile *profile,
		   const struct http_response *response,
		   struct observation *ret);

/* One reading of the key's counter at the account surface. */
enum reading_outcome {
	READING_OK,
	READING_THROTTLED,
	READING_UNREACHABLE,
	READING_REJECTED, /* 401, 403: the surface refuses the key */
	READING_MALFORMED
};

struct counter_reading {
	enum reading_outcome outcome;
	bool has_up, has_down;
	int64_t up;   /* e.g. total_used */
	int64_t down; /* e.g. total_available */
	char label_seen[OBSERVE_TEXT_MAX];
	int64_t retry_after_s;
};

const char *reading_outcome_name(enum reading_outcome outcome);
void observe_counter(const struct surface_profile *surface,
		     const struct http_response *response,
		     struct counter_reading *ret);

/* True when usage became visible between the two readings: the growing
 * counter grew or the shrinking one shrank. */
bool counter_moved(const struct counter_reading *before,
		   const struct counter_reading *after);

#endif
