/* The validated configuration: immutable values that everything else reads.
 *
 * conf_load() makes one from texts; nothing changes it afterwards; a reload
 * makes another.  All strings are owned by the configuration (one arena) and
 * are never NULL: absent text is "".  An absent number is the default of the
 * schema.  Names that resolve to nothing leave a NULL pointer beside the
 * name: the object loads, is held, and alerts. */
#ifndef CONF_CONFIG_H
#define CONF_CONFIG_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/wall.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct conf_objects;
struct cron;
struct zone;

enum {
	LABEL_MAX = 40,
	/* of one workload: so many fit a record (ledger.md, section 1) */
	WORKLOAD_SOURCES_MAX = 40
};

/* Where a thing was written, for messages and `why`. */
struct origin {
	const char *file;
	int line;
};

struct string_list {
	const char *const *at;
	size_t n;
};

struct int_list {
	const int *at;
	size_t n;
};

/* The five areas a packet rests on. */
enum source_kind {
	SOURCE_SETUP,
	SOURCE_PRICING,
	SOURCE_SUPPORT,
	SOURCE_ALLOCATION,
	SOURCE_UNIT_ECONOMICS,
	SOURCE_KINDS
};

enum billing_unit { BILLING_TOKEN, BILLING_CALL };

enum account_surface {
	SURFACE_NONE,	  /* a dashboard only: needs an attestation */
	SURFACE_RESPONSE, /* usage in the response, with an approval note */
	SURFACE_COUNTER	  /* the key's counter at the gateway */
};

enum error_variant { VARIANT_CREDENTIAL, VARIANT_CONFIGURATION };
enum error_scope { SCOPE_WORKLOAD, SCOPE_GATEWAY };
enum pricing_review { REVIEW_READ, REVIEW_HUMAN };

/* One accepted shape of a rejection.  An unset condition (0 or "") always
 * holds; all set conditions must hold. */
struct accept_rule {
	int status;
	bool json; /* the body must be JSON */
	const char *pointer;
	const char *equals; /* the value at pointer, as text */
};

/* Where to find the gateway's request id: a header, or a JSON pointer with
 * an optional regex whose first group is the id. */
struct request_id_rule {
	const char *header;
	const char *pointer;
	const char *regex;
};

struct header_template {
	const char *name;
	const char *value; /* may contain ${secret} */
};

/* The key counter at the account surface (facts: gateways, section 7). */
struct surface_profile {
	bool present;
	const char *path;
	const char *ok_pointer;	   /* must be JSON true */
	const char *label_pointer; /* the key's name at the surface, or "" */
	const char *increases;	/* pointer to a counter that grows with use */
	const char *decreases;	/* pointer to one that shrinks with use */
	const char *unit;	/* of the counter, e.g. "quota" */
	struct int_list wait_s; /* delays of look 1, 2, ... after the request */
	int64_t lag_max_s;	/* usage may become visible until then */
	int rate_tokens;	/* at most so many reads ... */
	int64_t rate_per_s;	/* ... in so many seconds, per gateway */
};

struct source;

/* How to talk to a kind of gateway.  All of it is configuration. */
struct profile {
	const char *name;
	const char *base_url;
	struct string_list hosts;
	const struct header_template *headers; /* with ${secret} */
	size_t n_headers;
	const char *method;
	const char *path;
	const char *content_type;
	const char *body;	      /* ${model} is filled in, JSON-escaped */
	const char *token_limit_note; /* unused by logic; printed by show */
	struct int_list expect_status;
	const char *expect_type;
	struct string_list require; /* JSON pointers */
	struct string_list forbid;
	const char *usage_input; /* JSON pointers, "" = not offered */
	const char *usage_output;
	const char *usage_total;
	const char *model_pointer;
	const char *invalid_secret; /* contains ${nonce} */
	enum error_variant variant;
	const struct accept_rule *accept;
	size_t n_accept;
	const struct request_id_rule *request_id;
	size_t n_request_id;
	struct surface_profile surface;
	int64_t timeout_ms;
	int64_t max_body_bytes;
	enum account_surface account_surface; /* default for workloads */
	const char *evidence_window;
	int spacing_s;		      /* see gateway */
	const struct source *sources; /* what it brings; without names */
	size_t n_sources;
	struct digest digest; /* of the canonical text of this profile */
	struct origin origin;
};

/* Hosts are names in lower case without port, as in a URL ("[::1]"). */
struct gateway {
	const char *name;
	const char *profile_name;
	/* NULL: dangling.  A copy of its own where the gateway overrides the
	 * limits, so that readers look at the profile alone. */
	const struct profile *profile;
	const char *base_url;	  /* own, else the profile's */
	struct string_list hosts; /* own, else the profile's, else that of
				     base_url */
	int spacing_s;		  /* least gap between two pairs */
	/* as in the profile; 0, -1 or "" only while that is dangling */
	const char *evidence_window;
	int64_t timeout_ms;
	int64_t max_body_bytes;
	int rate_tokens;
	int64_t rate_per_s;
	const struct source *sources; /* its own, in place of the profile's
					 of the same kind; without names */
	size_t n_sources;
	struct origin origin;
};

struct owner {
	const char *group;
	const char *cost_center;
	const char *contact;
	const char *escalation;
	bool chargeback;    /* else showback */
	int32_t valid_from; /* day; INT32_MIN = always */
	int32_t valid_to;   /* last valid day; INT32_MAX = always */
	struct origin origin;
};

struct environment {
	const char *name;
	struct string_list hosts;   /* empty: the gateway's */
	const char *profile_digest; /* expected, hex; "" = any */
	struct origin origin;
};

enum rule_type { RULE_OWNER_TAG, RULE_SHARED_COST };
enum rule_method {
	METHOD_EVEN,
	METHOD_FIXED,
	METHOD_PROPORTIONAL,
	METHOD_CENTRAL
};

struct rule_target {
	const char *owner;
	int weight_percent; /* METHOD_FIXED */
};

/* Several versions of one id may stand side by side when their days do not
 * overlap; a workload points to the one with the latest effective_from. */
struct allocation_rule {
	const char *id;
	int version;
	enum rule_type type;
	const char *owner; /* owner-tag: "" = the workload's own */
	const char *pool;
	enum rule_method method;
	const struct rule_target *targets;
	size_t n_targets;
	const char *basis; /* METHOD_PROPORTIONAL */
	int32_t effective_from;
	int32_t effective_to;
	const char *approval;
	const char *document;
	struct origin origin;
};

enum metric_class {
	METRIC_TRACEABILITY,
	METRIC_ENGINEERING,
	METRIC_OPERATIONAL,
	METRIC_BUSINESS,
	METRIC_CLASS_UNSET
};

struct unit_metric {
	const char *name;
	int version;
	enum metric_class class;
	const char *numerator;
	const char *denominator;
	const char *unit;
	struct string_list source_systems;
	const char *refresh; /* as written: "monthly", "7d" */
	int refresh_days;    /* 0: not set */
	const char *owner;
	int32_t last_refreshed; /* INT32_MIN: not recorded */
	struct origin origin;
};

enum role_right {
	MAY_APPROVE = 1,
	MAY_REVIEW = 2,
	MAY_ATTEST = 4,
	MAY_DECIDE = 8,
	MAY_OPERATE = 16
};
enum { ROLE_RIGHTS = 5 };

struct role {
	const char *name;
	const char *unix_group;
	unsigned int may; /* enum role_right */
	struct origin origin;
};

/* When a job runs.  Exactly one of cron and window is set. */
struct schedule {
	const char *text;	 /* as written */
	const struct cron *cron; /* NULL: the window */
	const struct zone *zone; /* of cron and window */
	const char *zone_name;
	int window_from_s; /* seconds after local midnight */
	int window_to_s;   /* may be > 86400 when it crosses it */
	int64_t jitter_s;
};

struct source {
	const char *name; /* label */
	const char *url;
	enum source_kind kind;
	struct string_list must_contain;
	const char *pointer;	    /* JSON: the record, "" = whole body */
	struct string_list hosts;   /* allowed after redirects */
	int64_t approval_max_age_s; /* 0: never expires */
	const char *owner;	    /* role or group that reviews it */
	int64_t max_bytes;
	int64_t timeout_ms;
	const char *read_window;   /* as written; "" = derived */
	const char *read_schedule; /* cron, as written */
	struct schedule schedule;
	const struct gateway *gateway; /* that brought it, or NULL */
	struct digest digest;	       /* of everything that it says */
	struct origin origin;
};

struct workload {
	const char *label;
	const char *owner_group;
	const struct owner *owner; /* NULL: missing or dangling */
	const char *environment_name;
	const struct environment *environment; /* NULL when none declared */
	bool environment_dangling;
	const char *application;
	const char *gateway_name;
	const struct gateway *gateway; /* NULL: dangling */
	const char *model;
	const char *credential;
	bool credential_shared; /* another workload names it too */
	enum billing_unit billing_unit;
	const char *rule_id;
	const struct allocation_rule *rule; /* NULL: missing */
	const char *metric_name;
	const struct unit_metric *metric;
	const char *follow_up_owner;
	const char *reviewer_role;
	enum account_surface account_surface;
	const char *account_surface_note; /* approval of `response` */
	struct string_list source_names;  /* as written */
	/* the named ones, and of the kinds that these lack the gateway's */
	const struct source *const *sources;
	size_t n_sources;
	unsigned int kinds_missing;  /* bit 1<<source_kind */
	const char *evidence_window; /* effective, as written */
	const char *happy_schedule;  /* cron, as written; "" = the window */
	const char *error_schedule;  /* cron, as written; "" = as happy */
	struct schedule happy;	     /* the evidence pair */
	struct schedule error;	     /* cron of its own, or the same as happy */
	bool error_own;		     /* error has a cron of its own */
	unsigned int review_days;    /* bit 1<<weekday, 0 = Sunday */
	int max_requests_per_day;
	int64_t max_tokens_per_day;
	enum error_scope error_scope;
	enum pricing_review pricing_review;
	bool require_clock_sync;
	bool allow_attestation;
	struct digest scope_digest; /* endpoint, model, body, surface */
	struct digest digest;	    /* of everything that it says */
	struct origin origin;
};

/* Overrides for one alert rule; -1 / 0 where not set. */
struct alert_param {
	const char *rule;
	int fails;
	int of;
	int64_t for_s;
	int64_t repeat_s;
	int64_t grace_s;
	struct origin origin;
};

struct config {
	/* daemon */
	const char *ledger_dir;
	const char *ledger_origin; /* "" = default of ledger.md */
	int64_t min_free_bytes;
	int64_t keep_s; /* of rows; 0 = for ever */
	const char *control_socket;
	const char *admin_group;
	const char *unowned_escalation;
	int64_t alert_group_s; /* lines of a rule within this are one */
	int64_t grace_s;       /* evidence-gap grace after everything, 30 min */
	struct int_list reobserve_s; /* 900, 3600, 10800 */
	int64_t intake_s;	     /* a new workload is tested within this */
	int64_t approval_max_age_s;

	const struct gateway *gateways;
	size_t n_gateways;
	const struct profile *profiles;
	size_t n_profiles;
	const struct owner *owners;
	size_t n_owners;
	const struct environment *environments;
	size_t n_environments;
	const struct allocation_rule *rules;
	size_t n_rules;
	const struct unit_metric *metrics;
	size_t n_metrics;
	const struct role *roles;
	size_t n_roles;
	const struct source *sources;
	size_t n_sources;
	const struct workload *workloads;
	size_t n_workloads;
	const struct alert_param *alerts;
	size_t n_alerts;

	struct digest digest;  /* of the canonical effective text */
	const char *effective; /* canonical JSON of it; holds no secret */

	struct arena *arena;		    /* private */
	const struct conf_objects *objects; /* private to conf */
};

void config_free(struct config *config);

/* NULL when there is none of that name. */
const struct workload *config_workload(const struct config *config,
				       const char *label);
/* Whether no workload before that one names its credential. */
bool config_names_credential_first(const struct config *config,
				   size_t workload);
const struct source *config_source(const struct config *config,
				   const char *name);
const struct gateway *config_gateway(const struct config *config,
				     const char *name);
const struct role *config_role(const struct config *config, const char *name);
/* Of a group that is declared under `owners`. */
const struct owner *config_owner(const struct config *config,
				 const char *group);
const struct alert_param *config_alert(const struct config *config,
				       const char *rule);
/* So many bad observations raise happy-path-failed; NULL: nothing is set. */
int alert_param_fails(const struct alert_param *param);

/* The names of rights (enum role_right), as they are written; how many. */
size_t role_rights(unsigned int may, const char *ret_names[ROLE_RIGHTS]);
const char *source_kind_name(enum source_kind kind);
bool workload_rests_on(const struct workload *workload,
		       const struct source *source);
/* "no source of kind support, allocation"; nothing when it has all. */
void workload_missing_kinds(const struct workload *workload, struct buf *out);
const char *account_surface_name(enum account_surface surface);

#endif
