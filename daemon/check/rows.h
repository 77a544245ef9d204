/* Bodies of the check rows (domain.md, section 2), as canonical JSON.
 * Writers return 0, or ERR_INVALID when a value does not fit a ledger row
 * (a bug: callers clean foreign text first). */
#ifndef CHECK_ROWS_H
#define CHECK_ROWS_H

#include "base/buf.h"
#include "base/err.h"
#include "check/observe.h"

enum run_trigger {
	TRIGGER_SCHEDULE,
	TRIGGER_CATCH_UP,
	TRIGGER_REOBSERVE,
	TRIGGER_MANUAL,
	TRIGGER_INTAKE
};

const char *run_trigger_name(enum run_trigger trigger);

enum run_path { PATH_HAPPY, PATH_ERROR };

/* What is known before the first byte leaves. */
struct check_run {
	const char *check; /* "support-chat/happy" */
	const char *workload_label;
	const char *environment; /* "" = missing */
	const char *run;	 /* 16 hex digits, one per pair */
	struct wall_time slot;	 /* planned instant */
	enum run_path path;
	enum run_trigger trigger;
	bool forced; /* run --force past a ceiling or a stop */
	struct wall_time request_time;
	const char *endpoint;
	const char *requested_model;
	const char *credential;
	const char *credential_fingerprint; /* 16 hex digits, "" = none */
	enum error_variant variant;
	enum error_scope scope;
	const char *config_digest; /* hex */
	const char *profile_digest;
	const char *scope_digest;
	const char *version; /* of evidenced */
};

int check_begun_body(struct buf *out, const struct check_run *run);
/* check.happy or check.error, by run->path; body_hmac in hex. */
int check_run_body(struct buf *out, const struct check_run *run,
		   const struct observation *seen, const char *body_hmac);

/* check.usage: one look at the account surface, or its final judgement. */
enum look_outcome {
	LOOK_BEFORE, /* the reading before the request */
	LOOK_VISIBLE,
	LOOK_NOT_YET,	  /* not visible, lag_max not over */
	LOOK_NOT_VISIBLE, /* lag_max over */
	LOOK_UNREACHABLE, /* lag_max over and no reading after the run */
	LOOK_LABEL_MISMATCH,
	LOOK_RESPONSE /* tier response: the usage object counts */
};

const char *look_outcome_name(enum look_outcome outcome);
enum look_outcome look_outcome_by_name(const char *name, bool *ret_known);

struct check_look {
	const char *check; /* "support-chat/usage" */
	const char *workload_label;
	const char *environment;
	const char *run;
	const char *tier;		      /* "counter", "response" */
	const char *surface;		      /* URL path or "response" */
	const struct counter_reading *before; /* NULL: none */
	const struct counter_reading *after;
	const char *unit;
	int look; /* 1..n */
	int64_t evidence_lag_s;
	enum look_outcome outcome;
	/* movement on the key before this run that no run explains */
	bool unexplained;
};

int check_usage_body(struct buf *out, const struct check_look *look);

struct check_missed {
	const char *check;
	struct wall_time from, to;
	int64_t count;
	const char *reason; /* "stopped", "interrupted", "ceiling", ... */
	const char *run;    /* of an interrupted run, else "" */
};

int check_missed_body(struct buf *out, const struct check_missed *missed);

#endif
