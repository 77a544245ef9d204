/* The table of evidenced.conf(5): each row is complete, with type, range,
 * default, help, example and the place where the value lands.  To add a key
 * is to add a row (and the block in the man page, which a test compares with
 * the row).
 *
 * A workload, a template and the defaults share one list of rows; so do the
 * sources at the top and those that a profile or a gateway brings. */
#include "conf/schema.h"

#include "base/text.h"
#include "conf/config.h"

#include <string.h>

#define AT(type, member)                         \
	.offset = offsetof(struct type, member), \
	.size = sizeof(((struct type *)NULL)->member)
#define BETWEEN(least, most) .min = (least), .max = (most)
#define KEYS(array) \
	.keys = (array), .n_keys = sizeof(array) / sizeof((array)[0])
#define IN_CONFIG(list_, n_)                                         \
	.list = true, .list_offset = offsetof(struct config, list_), \
	.count_offset = offsetof(struct config, n_)
#define NO_PRESENT .present_offset = SCHEMA_NOWHERE

enum {
	SECOND = 1,
	MINUTE = 60,
	HOUR = 60 * MINUTE,
	DAY = 24 * HOUR,
	YEAR = 366 * DAY,
	/* A day must close before the day after it ends, or it never gets its
	 * record: both together are less than a day. */
	LAG_MAX = 12 * HOUR,
	GRACE_MAX = 11 * HOUR,
	KIB = 1024,
	MIB = 1024 * KIB,
	NAME_BYTES = 64,
	TEXT_BYTES = 200,
	URL_BYTES = 500,
	BODY_BYTES = 8 * KIB,
	GATEWAY_BYTES = 24, /* so that <gateway>-unit-economics is a label */
	FOREVER = 0
};

/* clang-format off */

static const struct schema_word kind_words[] = {
	{"setup", SOURCE_SETUP}, {"pricing", SOURCE_PRICING},
	{"support", SOURCE_SUPPORT}, {"allocation", SOURCE_ALLOCATION},
	{"unit-economics", SOURCE_UNIT_ECONOMICS}, {NULL, 0}};
static const struct schema_word billing_words[] = {
	{"token", BILLING_TOKEN}, {"call", BILLING_CALL}, {NULL, 0}};
static const struct schema_word surface_words[] = {
	{"none", SURFACE_NONE}, {"response", SURFACE_RESPONSE},
	{"counter", SURFACE_COUNTER}, {NULL, 0}};
static const struct schema_word variant_words[] = {
	{"credential", VARIANT_CREDENTIAL},
	{"configuration", VARIANT_CONFIGURATION}, {NULL, 0}};
static const struct schema_word scope_words[] = {
	{"workload", SCOPE_WORKLOAD}, {"gateway", SCOPE_GATEWAY}, {NULL, 0}};
static const struct schema_word review_words[] = {
	{"read", REVIEW_READ}, {"human", REVIEW_HUMAN}, {NULL, 0}};
static const struct schema_word mode_words[] = {
	{"showback", false}, {"chargeback", true}, {NULL, 0}};
static const struct schema_word rule_words[] = {
	{"owner-tag", RULE_OWNER_TAG}, {"shared-cost-rule", RULE_SHARED_COST},
	{NULL, 0}};
static const struct schema_word method_words[] = {
	{"even", METHOD_EVEN}, {"fixed", METHOD_FIXED},
	{"proportional", METHOD_PROPORTIONAL}, {"central", METHOD_CENTRAL},
	{NULL, 0}};
static const struct schema_word class_words[] = {
	{"traceability", METRIC_TRACEABILITY},
	{"engineering", METRIC_ENGINEERING},
	{"operational", METRIC_OPERATIONAL}, {"business", METRIC_BUSINESS},
	{NULL, 0}};
static const struct schema_word right_words[] = {
	{"approve", MAY_APPROVE}, {"review", MAY_REVIEW},
	{"attest", MAY_ATTEST}, {"decide", MAY_DECIDE},
	{"operate", MAY_OPERATE}, {NULL, 0}};
static const struct schema_word day_words[] = {
	{"daily", 127}, {"sun", 1}, {"mon", 2}, {"tue", 4}, {"wed", 8},
	{"thu", 16}, {"fri", 32}, {"sat", 64}, {NULL, 0}};
static const struct schema_word keep_words[] = {{"forever", 0}, {NULL, 0}};
static const struct schema_word http_method_words[] = {
	{"POST", 0}, {"GET", 0}, {"PUT", 0}, {NULL, 0}};
static const struct schema_word alert_words[] = {
	{"owner-missing", 0}, {"evidence-gap", 0}, {"happy-path-failed", 0},
	{"gateway-unreachable", 0}, {"host-offline", 0},
	{"error-path-accepted", 0},
	{"error-path-invisible", 0}, {"credential-missing", 0},
	{"credential-rejected", 0}, {"credential-used-elsewhere", 0},
	{"quota-exhausted", 0}, {"usage-not-visible", 0},
	{"source-missing", 0}, {"source-unapproved", 0},
	{"source-changed", 0}, {"source-stale", 0}, {"source-lost", 0},
	{"metric-incomplete", 0}, {"rule-invalid", 0}, {"scope-changed", 0},
	{"environment-mismatch", 0}, {"unreviewed-fallback", 0},
	{"follow-up-overdue", 0}, {"probe-ceiling", 0}, {"secret-blocked", 0},
	{"config-rejected", 0}, {"ledger-damaged", 0}, {"ledger-full", 0},
	{"journal-unconfirmed", 0}, {"clock-unsynchronised", 0}, {NULL, 0}};

/* ---- the daemon ---- */

static const struct schema_key ledger_keys[] = {
	{"directory", SCHEMA_PATH, AT(config, ledger_dir), BETWEEN(1, 200),
	 .fallback = "/var/lib/evidenced/ledger",
	 .help = "Where the ledger lies; of a mount point or a link, name a "
		 "folder in it.",
	 .example = "\"/srv/evidenced/ledger\""},
	{"origin", SCHEMA_NAME, AT(config, ledger_origin),
	 BETWEEN(1, NAME_BYTES),
	 .otherwise = "the host's name and a random part",
	 .help = "The ledger's name in checkpoints, used when it is created.",
	 .example = "\"finops.example.com/evidenced\""},
	{"min_free", SCHEMA_SIZE, AT(config, min_free_bytes),
	 BETWEEN(MIB, INT64_C(1024) * 1024 * MIB), .fallback = "64MiB",
	 .help = "Probes wait while the file system has less room.",
	 .example = "\"256MiB\""},
	{"keep", SCHEMA_DURATION, AT(config, keep_s),
	 BETWEEN(400 * (int64_t)DAY, 100 * (int64_t)YEAR),
	 .fallback = "forever", .words = keep_words,
	 .help = "Rows that are older may be pruned; the daemon never does it "
		 "by itself.",
	 .example = "\"2557d\""},
};
static const struct schema_key control_keys[] = {
	{"socket", SCHEMA_PATH, AT(config, control_socket), BETWEEN(1, 100),
	 .fallback = "/run/evidenced/control",
	 .help = "The socket on which evidencectl reaches the daemon.",
	 .example = "\"/run/evidenced/control\""},
	{"admin_group", SCHEMA_NAME, AT(config, admin_group), BETWEEN(1, 32),
	 .fallback = "evidenced-admin",
	 .help = "The unix group that may operate: run, reload, ack.",
	 .example = "\"finops-admin\""},
};
static const struct schema_key alerting_keys[] = {
	{"group", SCHEMA_DURATION, AT(config, alert_group_s),
	 BETWEEN(0, HOUR), .fallback = "1m",
	 .help = "Lines of one rule and owner within this time are one line.",
	 .example = "\"2m\""},
	{"grace", SCHEMA_DURATION, AT(config, grace_s),
	 BETWEEN(0, GRACE_MAX), .fallback = "30m",
	 .help = "Evidence is called missing this long after the last chance "
		 "to get it.",
	 .example = "\"45m\""},
	{"unowned_escalation", SCHEMA_TEXT, AT(config, unowned_escalation),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "nobody is named",
	 .help = "Who acts for workloads without an owner, in alerts, why and todo.",
	 .example = "\"finops\""},
};
static const struct schema_key schedule_keys[] = {
	{"reobserve", SCHEMA_DURATION, KEY_LIST | KEY_EMPTY | KEY_ASCENDING,
	 AT(config, reobserve_s), BETWEEN(1, 12 * HOUR),
	 .fallback = "15m,1h,3h",
	 .help = "When an observation that could not be made is tried again, "
		 "counted from the first try; each later than the one before.",
	 .example = "[ \"10m\", \"2h\" ]"},
	{"intake", SCHEMA_DURATION, AT(config, intake_s), BETWEEN(1, DAY),
	 .fallback = "10m",
	 .help = "A new or changed workload is tested within this time.",
	 .example = "\"30m\""},
};
static const struct schema_key approvals_keys[] = {
	{"max_age", SCHEMA_DURATION, AT(config, approval_max_age_s),
	 BETWEEN(FOREVER, 10 * (int64_t)YEAR), .fallback = "90d",
	 .help = "How long the approval of a source's text lasts, unless the "
		 "source says otherwise; \"0s\": until the text changes.",
	 .example = "\"31d\""},
};

/* ---- sources ---- */

static const struct schema_key source_keys[] = {
	{"name", SCHEMA_LABEL, KEY_REQUIRED | KEY_NOT_BROUGHT,
	 AT(source, name), BETWEEN(1, LABEL_MAX),
	 .help = "Its label; unique among workloads and sources.",
	 .example = "\"finops-allocation\""},
	{"kind", SCHEMA_ENUM, KEY_REQUIRED, AT(source, kind),
	 .words = kind_words,
	 .help = "Which of the five areas it covers.",
	 .example = "\"allocation\""},
	{"url", SCHEMA_URL, KEY_REQUIRED, AT(source, url),
	 BETWEEN(8, URL_BYTES),
	 .help = "The page. Tracking parameters are taken out.",
	 .example = "\"https://wiki.example.com/finops/allocation\""},
	{"must_contain", SCHEMA_TEXT, KEY_LIST | KEY_EMPTY,
	 AT(source, must_contain), BETWEEN(1, TEXT_BYTES),
	 .otherwise = "nothing is looked for",
	 .help = "Texts without which a read is suspect.",
	 .example = "[ \"Allocation\" ]"},
	{"pointer", SCHEMA_POINTER, KEY_MAY_MODEL, AT(source, pointer),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "the whole body",
	 .help = "In a JSON body, the record that counts. A step "
		 "[member=value] picks an element of an array. With ${model} "
		 "in it, a gateway's source is read once per model.",
	 .example = "\"/data[id=gpt-4o-mini]\""},
	{"hosts", SCHEMA_HOST, KEY_LIST | KEY_EMPTY, AT(source, hosts),
	 BETWEEN(1, 253), .otherwise = "the host of the URL",
	 .help = "Hosts that a redirect may lead to.",
	 .example = "[ \"wiki.example.com\" ]"},
	{"approval_max_age", SCHEMA_DURATION, AT(source, approval_max_age_s),
	 BETWEEN(FOREVER, 10 * (int64_t)YEAR), .absent = -1,
	 .otherwise = "approvals: max_age",
	 .help = "How long an approval of its text lasts; \"0s\": until the "
		 "text changes.",
	 .example = "\"31d\""},
	{"owner", SCHEMA_NAME, AT(source, owner), BETWEEN(1, NAME_BYTES),
	 .otherwise = "nobody is named",
	 .help = "The role or group that reviews it.",
	 .example = "\"pricing-owner\""},
	{"max_body", SCHEMA_SIZE, AT(source, max_bytes),
	 BETWEEN(KIB, 16 * MIB), .fallback = "4MiB",
	 .help = "A longer body is cut off and the read is truncated.",
	 .example = "\"1MiB\""},
	{"timeout", SCHEMA_DURATION_MS, AT(source, timeout_ms),
	 BETWEEN(100, 300000), .fallback = "30s",
	 .help = "The longest that one read may take.",
	 .example = "\"10s\""},
	{"read_window", SCHEMA_WINDOW, AT(source, read_window),
	 BETWEEN(11, 11),
	 .otherwise = "an hour that begins 30 minutes before the first "
		      "evidence of its workloads, within one UTC day",
	 .help = "When it is read, once a day.",
	 .example = "\"05:00-06:00\""},
	{"read_schedule", SCHEMA_CRON, AT(source, read_schedule),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "the window",
	 .help = "When it is read, as a cron expression, in place of the "
		 "window.",
	 .example = "\"15 5 * * *\""},
	{"schedule_timezone", SCHEMA_ZONE, AT(source, schedule.zone_name),
	 BETWEEN(1, 40), .fallback = "UTC",
	 .help = "The zone of read_window and read_schedule.",
	 .example = "\"Europe/Berlin\""},
	{"jitter", SCHEMA_DURATION, AT(source, schedule.jitter_s),
	 BETWEEN(0, 15 * MINUTE), .fallback = "0s",
	 .help = "Moves each read by a stable part of this time.",
	 .example = "\"5m\""},
};
static const struct schema_section brought_section = {
	.name = "sources", KEYS(source_keys), .without = KEY_NOT_BROUGHT,
	.size = sizeof(struct source),
	.origin_offset = offsetof(struct source, origin), NO_PRESENT,
	.help = "A source that comes with the gateway, under the name "
		"<gateway>-<kind>."};

/* ---- profiles ---- */

static const struct schema_key header_keys[] = {
	{"name", SCHEMA_NAME, KEY_REQUIRED, AT(header_template, name),
	 BETWEEN(1, NAME_BYTES), .help = "The header.",
	 .example = "\"Authorization\""},
	{"value", SCHEMA_TEXT, KEY_REQUIRED | KEY_MAY_SECRET,
	 AT(header_template, value), BETWEEN(1, TEXT_BYTES),
	 .help = "Its value; ${secret} is the credential, and may stand "
		 "nowhere else.",
	 .example = "\"Bearer ${secret}\""},
};
static const struct schema_section header_section = {
	.name = "headers", KEYS(header_keys),
	.size = sizeof(struct header_template),
	.origin_offset = SCHEMA_NOWHERE, NO_PRESENT,
	.help = "A header of each request to the gateway."};

static const struct schema_key usage_keys[] = {
	{"input", SCHEMA_POINTER, AT(profile, usage_input),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "not offered",
	 .help = "Where the input tokens stand.",
	 .example = "\"/usage/prompt_tokens\""},
	{"output", SCHEMA_POINTER, AT(profile, usage_output),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "not offered",
	 .help = "Where the output tokens stand.",
	 .example = "\"/usage/completion_tokens\""},
	{"total", SCHEMA_POINTER, AT(profile, usage_total),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "not offered",
	 .help = "Where the total stands.",
	 .example = "\"/usage/total_tokens\""},
};
static const struct schema_section usage_section = {
	.name = "usage", KEYS(usage_keys), .origin_offset = SCHEMA_NOWHERE,
	NO_PRESENT, .help = "Where a response reports tokens."};

static const struct schema_key happy_keys[] = {
	{"method", SCHEMA_TEXT, AT(profile, method), BETWEEN(1, 8),
	 .fallback = "POST", .words = http_method_words,
	 .help = "The method of the request.", .example = "\"POST\""},
	{"path", SCHEMA_URL_PATH, KEY_REQUIRED, AT(profile, path),
	 BETWEEN(1, TEXT_BYTES),
	 .help = "The path of the billable endpoint, after base_url.",
	 .example = "\"/v1/chat/completions\""},
	{"content_type", SCHEMA_TEXT, AT(profile, content_type),
	 BETWEEN(1, NAME_BYTES), .fallback = "application/json",
	 .help = "The type of the request's body.",
	 .example = "\"application/json\""},
	{"body", SCHEMA_TEXT, KEY_REQUIRED | KEY_MAY_MODEL,
	 AT(profile, body), BETWEEN(1, BODY_BYTES),
	 .help = "The request's body; ${model} is filled in.",
	 .example = "\"{\\\"model\\\":\\\"${model}\\\"}\""},
	{"expect_status", SCHEMA_INT, KEY_LIST, AT(profile, expect_status),
	 BETWEEN(200, 299), .fallback = "200",
	 .help = "Statuses of a success.", .example = "[ 200, 201 ]"},
	{"expect_type", SCHEMA_TEXT, AT(profile, expect_type),
	 BETWEEN(1, NAME_BYTES), .fallback = "application/json",
	 .help = "The content type of a success.",
	 .example = "\"application/json\""},
	{"require", SCHEMA_POINTER, KEY_LIST | KEY_EMPTY,
	 AT(profile, require), BETWEEN(1, TEXT_BYTES),
	 .otherwise = "nothing is required",
	 .help = "What a success must have.",
	 .example = "[ \"/choices/0/finish_reason\" ]"},
	{"forbid", SCHEMA_POINTER, KEY_LIST | KEY_EMPTY, AT(profile, forbid),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "nothing is forbidden",
	 .help = "What a success must not have.",
	 .example = "[ \"/error\" ]"},
	{"usage", SCHEMA_GROUP, .group = &usage_section,
	 .help = "Where a response reports tokens.",
	 .example = "{ total = \"/usage/total_tokens\"; }"},
	{"model_pointer", SCHEMA_POINTER, AT(profile, model_pointer),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "not offered",
	 .help = "Where a response names the model.",
	 .example = "\"/model\""},
	{"note", SCHEMA_TEXT, AT(profile, token_limit_note),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "nothing",
	 .help = "A word on what one request costs, for people.",
	 .example = "\"at most 16 output tokens\""},
};
static const struct schema_section happy_section = {
	.name = "happy", KEYS(happy_keys), .origin_offset = SCHEMA_NOWHERE,
	NO_PRESENT, .help = "The request and what a good answer has."};

static const struct schema_key accept_keys[] = {
	{"status", SCHEMA_INT, AT(accept_rule, status), BETWEEN(400, 599),
	 .otherwise = "any status from 400 on",
	 .help = "The status of the rejection.", .example = "401"},
	{"json", SCHEMA_BOOL, AT(accept_rule, json), .fallback = "false",
	 .help = "The body must be JSON.", .example = "true"},
	{"pointer", SCHEMA_POINTER, AT(accept_rule, pointer),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "the body is not looked at",
	 .help = "A value that the body must have.",
	 .example = "\"/error/code\""},
	{"equals", SCHEMA_TEXT, AT(accept_rule, equals),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "any value",
	 .help = "What stands at pointer, as text.",
	 .example = "\"invalid_api_key\""},
};
static const struct schema_section accept_section = {
	.name = "accept", KEYS(accept_keys),
	.size = sizeof(struct accept_rule),
	.origin_offset = SCHEMA_NOWHERE, NO_PRESENT,
	.help = "One shape of a rejection; all that is set must hold."};

static const struct schema_key error_keys[] = {
	{"variant", SCHEMA_ENUM, AT(profile, variant),
	 .fallback = "credential", .words = variant_words,
	 .help = "What is made invalid: the credential, or where a gateway "
		 "has no authentication, the configuration.",
	 .example = "\"credential\""},
	{"secret", SCHEMA_TEXT, KEY_MAY_NONCE, AT(profile, invalid_secret),
	 BETWEEN(1, TEXT_BYTES), .fallback = "invalid-${nonce}",
	 .help = "The invalid credential; ${nonce} is random, new in each "
		 "run, and must stand in it.",
	 .example = "\"sk-evidenced-invalid-${nonce}\""},
	{"accept", SCHEMA_GROUPS, KEY_REQUIRED, AT(profile, accept),
	 .count_offset = offsetof(struct profile, n_accept),
	 .group = &accept_section,
	 .help = "The rejections that are as expected; one must fit.",
	 .example = "( { status = 401; } )"},
};
static const struct schema_section error_section = {
	.name = "error", KEYS(error_keys), .origin_offset = SCHEMA_NOWHERE,
	NO_PRESENT, .help = "The same request with an invalid credential."};

static const struct schema_key request_id_keys[] = {
	{"header", SCHEMA_NAME, AT(request_id_rule, header),
	 BETWEEN(1, NAME_BYTES), .otherwise = "the pointer",
	 .help = "The header that holds it.",
	 .example = "\"x-request-id\""},
	{"pointer", SCHEMA_POINTER, AT(request_id_rule, pointer),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "the header",
	 .help = "The place in a JSON body that holds it.",
	 .example = "\"/error/message\""},
	{"regex", SCHEMA_REGEX, AT(request_id_rule, regex),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "the whole text",
	 .help = "A POSIX extended expression; its first group is the id.",
	 .example = "\"\\\\(request id: ([0-9A-Za-z]+)\\\\)\""},
};
static const struct schema_section request_id_section = {
	.name = "request_id", KEYS(request_id_keys),
	.size = sizeof(struct request_id_rule),
	.origin_offset = SCHEMA_NOWHERE, NO_PRESENT,
	.help = "One place of the gateway's request id."};

static const struct schema_key rate_keys[] = {
	{"reads", SCHEMA_INT, AT(profile, surface.rate_tokens),
	 BETWEEN(1, 1000000), .fallback = "20",
	 .help = "At most so many reads of the account surface ...",
	 .example = "20"},
	{"per", SCHEMA_DURATION, AT(profile, surface.rate_per_s),
	 BETWEEN(1, DAY), .fallback = "20m",
	 .help = "... in this time, for all workloads of the gateway.",
	 .example = "\"20m\""},
};
static const struct schema_section rate_section = {
	.name = "rate", KEYS(rate_keys), .origin_offset = SCHEMA_NOWHERE,
	NO_PRESENT, .help = "How often the account surface may be read."};

static const struct schema_key surface_keys[] = {
	{"path", SCHEMA_URL_PATH, KEY_REQUIRED, AT(profile, surface.path),
	 BETWEEN(1, TEXT_BYTES),
	 .help = "Its path, after base_url; asked with the same credential.",
	 .example = "\"/api/usage/token\""},
	{"ok_pointer", SCHEMA_POINTER, AT(profile, surface.ok_pointer),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "not asked for",
	 .help = "What must be true in a good answer.",
	 .example = "\"/code\""},
	{"label_pointer", SCHEMA_POINTER, AT(profile, surface.label_pointer),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "not compared",
	 .help = "Where the key's name stands; it must be the workload's "
		 "label.",
	 .example = "\"/data/name\""},
	{"increases", SCHEMA_POINTER, AT(profile, surface.increases),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "not offered",
	 .help = "A counter that grows with use.",
	 .example = "\"/data/total_used\""},
	{"decreases", SCHEMA_POINTER, AT(profile, surface.decreases),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "not offered",
	 .help = "A counter that shrinks with use.",
	 .example = "\"/data/total_available\""},
	{"unit", SCHEMA_TEXT, AT(profile, surface.unit),
	 BETWEEN(1, NAME_BYTES), .fallback = "units",
	 .help = "What the counters count.", .example = "\"quota\""},
	{"wait", SCHEMA_DURATION, KEY_LIST, AT(profile, surface.wait_s),
	 BETWEEN(0, DAY), .fallback = "5s",
	 .help = "When the first, second, ... look is taken after the "
		 "request.",
	 .example = "[ \"5s\", \"65s\" ]"},
	{"lag_max", SCHEMA_DURATION, AT(profile, surface.lag_max_s),
	 BETWEEN(1, LAG_MAX), .fallback = "10m",
	 .help = "Usage may become visible until then.  What shows it later "
		 "is for a person to attest.",
	 .example = "\"10m\""},
	{"rate", SCHEMA_GROUP, .group = &rate_section,
	 .help = "How often the account surface may be read.",
	 .example = "{ reads = 20; per = \"20m\"; }"},
};
static const struct schema_section surface_section = {
	.name = "surface", KEYS(surface_keys),
	.origin_offset = SCHEMA_NOWHERE,
	.present_offset = offsetof(struct profile, surface.present),
	.help = "The counter of a key at the account surface."};

static const struct schema_key profile_keys[] = {
	{"name", SCHEMA_NAME, KEY_REQUIRED, AT(profile, name),
	 BETWEEN(1, NAME_BYTES), .help = "What gateways call it by.",
	 .example = "\"acme-proxy\""},
	{"base_url", SCHEMA_URL, AT(profile, base_url),
	 BETWEEN(8, URL_BYTES), .otherwise = "that of the gateway",
	 .help = "What the paths are added to.",
	 .example = "\"https://api.example.com\""},
	{"hosts", SCHEMA_HOST, KEY_LIST | KEY_EMPTY, AT(profile, hosts),
	 BETWEEN(1, 253), .otherwise = "the host of base_url",
	 .help = "Hosts that requests may go to.",
	 .example = "[ \"api.example.com\" ]"},
	{"headers", SCHEMA_GROUPS, KEY_EMPTY, AT(profile, headers),
	 .count_offset = offsetof(struct profile, n_headers),
	 .group = &header_section, .otherwise = "none",
	 .help = "Headers of each request.",
	 .example = "( { name = \"Authorization\"; "
		    "value = \"Bearer ${secret}\"; } )"},
	{"happy", SCHEMA_GROUP, KEY_REQUIRED, .group = &happy_section,
	 .help = "The request and what a good answer has.",
	 .example = "{ path = \"/v1/chat/completions\"; body = \"{}\"; }"},
	{"error", SCHEMA_GROUP, KEY_REQUIRED, .group = &error_section,
	 .help = "The same request with an invalid credential.",
	 .example = "{ accept = ( { status = 401; } ); }"},
	{"request_id", SCHEMA_GROUPS, KEY_EMPTY, AT(profile, request_id),
	 .count_offset = offsetof(struct profile, n_request_id),
	 .group = &request_id_section, .otherwise = "none",
	 .help = "Where the gateway's request id stands; the first that is "
		 "there counts.",
	 .example = "( { header = \"x-request-id\"; } )"},
	{"surface", SCHEMA_GROUP, .group = &surface_section,
	 .help = "The counter of a key at the account surface.",
	 .example = "{ path = \"/api/usage/token\"; "
		    "increases = \"/data/total_used\"; }"},
	{"timeout", SCHEMA_DURATION_MS, AT(profile, timeout_ms),
	 BETWEEN(100, 300000), .fallback = "30s",
	 .help = "The longest that one request may take.",
	 .example = "\"10s\""},
	{"max_body", SCHEMA_SIZE, AT(profile, max_body_bytes),
	 BETWEEN(KIB, 16 * MIB), .fallback = "256KiB",
	 .help = "A longer answer is not read.", .example = "\"1MiB\""},
	{"account_surface", SCHEMA_ENUM, AT(profile, account_surface),
	 .fallback = "none", .words = surface_words,
	 .help = "What workloads use as account surface, unless they say "
		 "otherwise.",
	 .example = "\"counter\""},
	{"evidence_window", SCHEMA_WINDOW, AT(profile, evidence_window),
	 BETWEEN(11, 11), .fallback = "05:30-08:30",
	 .help = "When the pair of the day runs, unless the gateway or the "
		 "workload says otherwise.",
	 .example = "\"05:30-08:30\""},
	{"spacing", SCHEMA_DURATION, AT(profile, spacing_s),
	 BETWEEN(0, HOUR), .fallback = "10s",
	 .help = "The least gap between two pairs.", .example = "\"30s\""},
	{"sources", SCHEMA_GROUPS, KEY_EMPTY, AT(profile, sources),
	 .count_offset = offsetof(struct profile, n_sources),
	 .group = &brought_section, .otherwise = "none",
	 .help = "Sources that each gateway of this profile brings.",
	 .example = "( { kind = \"setup\"; "
		    "url = \"https://docs.example.com/setup\"; } )"},
};

static const struct schema_key gateway_rate_keys[] = {
	{"reads", SCHEMA_INT, AT(gateway, rate_tokens), BETWEEN(1, 1000000),
	 .otherwise = "that of the profile",
	 .help = "At most so many reads of the account surface ...",
	 .example = "60"},
	{"per", SCHEMA_DURATION, AT(gateway, rate_per_s), BETWEEN(1, DAY),
	 .otherwise = "that of the profile",
	 .help = "... in this time, for all workloads of the gateway.",
	 .example = "\"20m\""},
};
static const struct schema_section gateway_rate_section = {
	.name = "rate", KEYS(gateway_rate_keys),
	.origin_offset = SCHEMA_NOWHERE, NO_PRESENT,
	.help = "How often the account surface may be read."};

static const struct schema_key gateway_keys[] = {
	{"name", SCHEMA_LABEL, KEY_REQUIRED, AT(gateway, name),
	 BETWEEN(1, GATEWAY_BYTES), .help = "What workloads call it by.",
	 .example = "\"cometapi\""},
	{"profile", SCHEMA_NAME, AT(gateway, profile_name),
	 BETWEEN(1, NAME_BYTES), .otherwise = "the gateway's name",
	 .help = "How to talk to it; cometapi and generic are shipped.",
	 .example = "\"generic\""},
	{"base_url", SCHEMA_URL, AT(gateway, base_url),
	 BETWEEN(8, URL_BYTES), .otherwise = "that of the profile",
	 .help = "What the profile's paths are added to.",
	 .example = "\"https://llm.example.com\""},
	{"hosts", SCHEMA_HOST, KEY_LIST | KEY_EMPTY, AT(gateway, hosts),
	 BETWEEN(1, 253),
	 .otherwise = "those of the profile, or the host of base_url",
	 .help = "Hosts that requests may go to.",
	 .example = "[ \"llm.example.com\" ]"},
	{"spacing", SCHEMA_DURATION, AT(gateway, spacing_s),
	 BETWEEN(0, HOUR), .absent = -1, .otherwise = "that of the profile",
	 .help = "The least gap between two pairs; for many new workloads "
		 "intake makes it shorter.",
	 .example = "\"30s\""},
	{"evidence_window", SCHEMA_WINDOW, AT(gateway, evidence_window),
	 BETWEEN(11, 11), .otherwise = "that of the profile",
	 .help = "When the pair of the day runs, unless the workload says "
		 "otherwise.",
	 .example = "\"05:30-08:30\""},
	{"timeout", SCHEMA_DURATION_MS, AT(gateway, timeout_ms),
	 BETWEEN(100, 300000), .otherwise = "that of the profile",
	 .help = "The longest that one request may take.",
	 .example = "\"10s\""},
	{"max_body", SCHEMA_SIZE, AT(gateway, max_body_bytes),
	 BETWEEN(KIB, 16 * MIB), .otherwise = "that of the profile",
	 .help = "A longer answer is not read.", .example = "\"1MiB\""},
	{"rate", SCHEMA_GROUP, .group = &gateway_rate_section,
	 .help = "How often the account surface may be read.",
	 .example = "{ reads = 60; per = \"20m\"; }"},
	{"sources", SCHEMA_GROUPS, KEY_EMPTY, AT(gateway, sources),
	 .count_offset = offsetof(struct gateway, n_sources),
	 .group = &brought_section, .otherwise = "those of the profile",
	 .help = "Sources for all workloads of this gateway, in place of "
		 "the profile's of the same kind.",
	 .example = "( { kind = \"support\"; "
		    "url = \"https://help.example.com\"; } )"},
};

/* ---- governance ---- */

static const struct schema_key owner_keys[] = {
	{"group", SCHEMA_NAME, KEY_REQUIRED, AT(owner, group),
	 BETWEEN(1, NAME_BYTES),
	 .help = "The group that answers for a workload's cost; never a "
		 "person.",
	 .example = "\"team-support\""},
	{"cost_center", SCHEMA_TEXT, KEY_PRINTED, AT(owner, cost_center),
	 BETWEEN(1, NAME_BYTES), .otherwise = "not known",
	 .help = "Where the cost is booked.", .example = "\"CC-114\""},
	{"contact", SCHEMA_TEXT, AT(owner, contact), BETWEEN(1, TEXT_BYTES),
	 .otherwise = "not known", .help = "How to reach the group.",
	 .example = "\"#team-support\""},
	{"escalation", SCHEMA_TEXT, AT(owner, escalation),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "nobody is named",
	 .help = "Who is named when the group does not act.",
	 .example = "\"finops\""},
	{"mode", SCHEMA_ENUM, AT(owner, chargeback), .fallback = "showback",
	 .words = mode_words,
	 .help = "Whether cost is shown to the group or booked to it.",
	 .example = "\"chargeback\""},
	{"valid_from", SCHEMA_DAY, AT(owner, valid_from),
	 .absent = INT32_MIN, .otherwise = "always",
	 .help = "The first day on which the group owns anything.",
	 .example = "\"2026-07-01\""},
	{"valid_to", SCHEMA_DAY, AT(owner, valid_to), .absent = INT32_MAX,
	 .otherwise = "always",
	 .help = "The last such day; later it is a missing owner.",
	 .example = "\"2026-12-31\""},
};
static const struct schema_key environment_keys[] = {
	{"name", SCHEMA_NAME, KEY_REQUIRED, AT(environment, name),
	 BETWEEN(1, NAME_BYTES), .help = "What workloads call it by.",
	 .example = "\"test\""},
	{"hosts", SCHEMA_HOST, KEY_LIST | KEY_EMPTY, AT(environment, hosts),
	 BETWEEN(1, 253), .otherwise = "those of the gateway",
	 .help = "Hosts to which its workloads may send.",
	 .example = "[ \"api.example.com\" ]"},
	{"profile_digest", SCHEMA_HEX, AT(environment, profile_digest),
	 BETWEEN(64, 64), .otherwise = "any profile",
	 .help = "The SHA-256 of the gateway's profile, as evidencectl show "
		 "prints it; a run under another one is a mismatch.",
	 .example = "\"0000000000000000000000000000000000000000000000000000"
		    "000000000000\""},
};
static const struct schema_key target_keys[] = {
	{"owner", SCHEMA_NAME, KEY_REQUIRED, AT(rule_target, owner),
	 BETWEEN(1, NAME_BYTES), .help = "The group that bears a part.",
	 .example = "\"team-support\""},
	{"weight", SCHEMA_INT, AT(rule_target, weight_percent),
	 BETWEEN(1, 100), .otherwise = "no part of its own",
	 .help = "Its part in percent, for the method fixed.",
	 .example = "60"},
};
static const struct schema_section target_section = {
	.name = "targets", KEYS(target_keys),
	.size = sizeof(struct rule_target),
	.origin_offset = SCHEMA_NOWHERE, NO_PRESENT,
	.help = "One that bears a part of the pool."};
static const struct schema_key rule_keys[] = {
	{"id", SCHEMA_NAME, KEY_REQUIRED, AT(allocation_rule, id),
	 BETWEEN(1, NAME_BYTES),
	 .help = "What workloads call it by. Versions of one id may follow "
		 "each other in time.",
	 .example = "\"direct\""},
	{"version", SCHEMA_INT, AT(allocation_rule, version),
	 BETWEEN(1, 1000000), .fallback = "1",
	 .help = "Counts the versions of one id.", .example = "2"},
	{"type", SCHEMA_ENUM, KEY_REQUIRED, AT(allocation_rule, type),
	 .words = rule_words,
	 .help = "The cost goes to one owner, or from a pool to several.",
	 .example = "\"owner-tag\""},
	{"owner", SCHEMA_NAME, AT(allocation_rule, owner),
	 BETWEEN(1, NAME_BYTES), .otherwise = "the workload's owner group",
	 .help = "owner-tag: the owner that bears the cost.",
	 .example = "\"team-support\""},
	{"pool", SCHEMA_NAME, AT(allocation_rule, pool),
	 BETWEEN(1, NAME_BYTES), .otherwise = "not known",
	 .help = "shared-cost-rule: the pool in which the cost is gathered.",
	 .example = "\"shared-assistants\""},
	{"method", SCHEMA_ENUM, AT(allocation_rule, method),
	 .absent = METHOD_EVEN, .otherwise = "even", .words = method_words,
	 .help = "shared-cost-rule: how the pool is split.",
	 .example = "\"fixed\""},
	{"targets", SCHEMA_GROUPS, KEY_EMPTY, AT(allocation_rule, targets),
	 .count_offset = offsetof(struct allocation_rule, n_targets),
	 .group = &target_section, .otherwise = "none",
	 .help = "shared-cost-rule: who bears the parts.",
	 .example = "( { owner = \"team-support\"; weight = 60; }, "
		    "{ owner = \"team-sales\"; weight = 40; } )"},
	{"basis", SCHEMA_TEXT, AT(allocation_rule, basis),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "not known",
	 .help = "method proportional: what the parts are in proportion to.",
	 .example = "\"resolved tickets\""},
	{"effective_from", SCHEMA_DAY, AT(allocation_rule, effective_from),
	 .absent = INT32_MIN, .otherwise = "always",
	 .help = "The first day on which it holds.",
	 .example = "\"2026-07-01\""},
	{"effective_to", SCHEMA_DAY, AT(allocation_rule, effective_to),
	 .absent = INT32_MAX, .otherwise = "always",
	 .help = "The last day on which it holds.",
	 .example = "\"2026-12-31\""},
	{"approval", SCHEMA_TEXT, AT(allocation_rule, approval),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "not known",
	 .help = "Which body approved it, and when.",
	 .example = "\"budget board 2026-06-24\""},
	{"document", SCHEMA_URL, AT(allocation_rule, document),
	 BETWEEN(8, URL_BYTES), .otherwise = "not known",
	 .help = "Where it is written down.",
	 .example = "\"https://wiki.example.com/finops/allocation\""},
};
static const struct schema_key metric_keys[] = {
	{"name", SCHEMA_NAME, KEY_REQUIRED, AT(unit_metric, name), BETWEEN(1, NAME_BYTES),
	 .help = "What workloads call it by.",
	 .example = "\"cost-per-resolved-ticket\""},
	{"version", SCHEMA_INT, AT(unit_metric, version),
	 BETWEEN(1, 1000000), .fallback = "1",
	 .help = "Counts its definitions.", .example = "2"},
	{"class", SCHEMA_ENUM, AT(unit_metric, class),
	 .absent = METRIC_CLASS_UNSET, .words = class_words,
	 .otherwise = "that of template",
	 .help = "Metrics of different classes are never compared.",
	 .example = "\"business\""},
	{"numerator", SCHEMA_TEXT, KEY_PRINTED, AT(unit_metric, numerator),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "that of template",
	 .help = "What is divided.", .example = "\"allocated cost\""},
	{"denominator", SCHEMA_TEXT, KEY_PRINTED, AT(unit_metric, denominator),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "that of template",
	 .help = "What it is divided by.",
	 .example = "\"resolved tickets\""},
	{"unit", SCHEMA_TEXT, KEY_PRINTED, AT(unit_metric, unit), BETWEEN(1, NAME_BYTES),
	 .otherwise = "that of template", .help = "The unit of the result.",
	 .example = "\"USD per ticket\""},
	{"source_systems", SCHEMA_TEXT, KEY_LIST | KEY_EMPTY | KEY_PRINTED,
	 AT(unit_metric, source_systems), BETWEEN(1, NAME_BYTES),
	 .otherwise = "not known",
	 .help = "Where numerator and denominator come from.",
	 .example = "[ \"account export\", \"helpdesk\" ]"},
	{"refresh", SCHEMA_REFRESH, AT(unit_metric, refresh), BETWEEN(1, 16),
	 .otherwise = "not known",
	 .help = "How often it is computed anew: daily, weekly, monthly, "
		 "quarterly, yearly, or days as in \"10d\".",
	 .example = "\"monthly\""},
	{"owner", SCHEMA_NAME, AT(unit_metric, owner),
	 BETWEEN(1, NAME_BYTES), .otherwise = "not known",
	 .help = "The group that keeps it.", .example = "\"team-support\""},
	{"last_refreshed", SCHEMA_DAY, AT(unit_metric, last_refreshed),
	 .absent = INT32_MIN, .otherwise = "not recorded",
	 .help = "The day of the newest refresh.",
	 .example = "\"2026-07-01\""},
	{"template", SCHEMA_NAME, BETWEEN(1, NAME_BYTES),
	 .offset = SCHEMA_NOWHERE, .otherwise = "none",
	 .help = "A built-in metric whose class, numerator, denominator and "
		 "unit hold where they are not set here.",
	 .example = "\"cost-per-business-event\""},
};
static const struct schema_key role_keys[] = {
	{"name", SCHEMA_NAME, KEY_REQUIRED, AT(role, name),
	 BETWEEN(1, NAME_BYTES), .help = "The role, as in --role.",
	 .example = "\"pricing-owner\""},
	{"unix_group", SCHEMA_NAME, KEY_REQUIRED, AT(role, unix_group),
	 BETWEEN(1, 32), .help = "The unix group whose members may act in it.",
	 .example = "\"finops\""},
	{"may", SCHEMA_FLAGS, KEY_EMPTY, AT(role, may),
	 .words = right_words, .otherwise = "nothing",
	 .help = "What it may do.", .example = "[ \"approve\", \"attest\" ]"},
};

/* ---- workloads ---- */

static const struct schema_key workload_keys[] = {
	{"label", SCHEMA_LABEL,
	 KEY_REQUIRED | KEY_NOT_TEMPLATE | KEY_NOT_DEFAULTS,
	 AT(workload, label), BETWEEN(1, LABEL_MAX),
	 .help = "Its name in records; unique among workloads and sources. "
		 "The key at the gateway should have the same name.",
	 .example = "\"support-chat\""},
	{"name", SCHEMA_NAME,
	 KEY_REQUIRED | KEY_NOT_WORKLOAD | KEY_NOT_DEFAULTS,
	 .offset = SCHEMA_NOWHERE, BETWEEN(1, NAME_BYTES),
	 .help = "What use calls it by.", .example = "\"chat-test\""},
	{"use", SCHEMA_NAME,
	 KEY_LIST | KEY_EMPTY | KEY_NOT_TEMPLATE | KEY_NOT_DEFAULTS,
	 .offset = SCHEMA_NOWHERE, BETWEEN(1, NAME_BYTES),
	 .otherwise = "no template",
	 .help = "Templates; a later one wins over an earlier, and what "
		 "stands here over both.",
	 .example = "[ \"chat-test\", \"weekdays\" ]"},
	{"owner_group", SCHEMA_NAME, KEY_NOT_DEFAULTS,
	 AT(workload, owner_group), BETWEEN(1, NAME_BYTES),
	 .otherwise = "missing: the workload is held",
	 .help = "Which of owners answers for its cost.",
	 .example = "\"team-support\""},
	{"environment", SCHEMA_NAME, AT(workload, environment_name),
	 BETWEEN(1, NAME_BYTES),
	 .otherwise = "missing: the workload is held",
	 .help = "Where it runs; one of environments when there are any.",
	 .example = "\"test\""},
	{"application", SCHEMA_TEXT, KEY_PRINTED, AT(workload, application),
	 BETWEEN(1, NAME_BYTES), .otherwise = "not known",
	 .help = "The product it belongs to.", .example = "\"helpdesk\""},
	{"gateway", SCHEMA_LABEL, KEY_REQUIRED, AT(workload, gateway_name),
	 BETWEEN(1, GATEWAY_BYTES), .help = "Which of gateways it uses.",
	 .example = "\"cometapi\""},
	{"model", SCHEMA_MODEL, KEY_REQUIRED, AT(workload, model),
	 BETWEEN(1, 128), .help = "The model that is asked for.",
	 .example = "\"gpt-4o-mini\""},
	{"credential", SCHEMA_FILE, AT(workload, credential),
	 BETWEEN(1, NAME_BYTES), .otherwise = "the label",
	 .help = "The name of the credential, never its value. One that two "
		 "workloads share holds both.",
	 .example = "\"support-chat\""},
	{"billing_unit", SCHEMA_ENUM, AT(workload, billing_unit),
	 .fallback = "token", .words = billing_words,
	 .help = "Whether a success must report tokens.",
	 .example = "\"call\""},
	{"allocation_rule", SCHEMA_NAME, AT(workload, rule_id),
	 BETWEEN(1, NAME_BYTES),
	 .otherwise = "missing: the workload is held",
	 .help = "Which of allocation_rules splits its cost.",
	 .example = "\"direct\""},
	{"unit_metric", SCHEMA_NAME, AT(workload, metric_name),
	 BETWEEN(1, NAME_BYTES),
	 .otherwise = "missing: the workload is held",
	 .help = "Which of unit_metrics measures it.",
	 .example = "\"cost-per-resolved-ticket\""},
	{"follow_up_owner", SCHEMA_NAME, AT(workload, follow_up_owner),
	 BETWEEN(1, NAME_BYTES),
	 .otherwise = "missing: the workload is held",
	 .help = "The group that acts on what a record leaves open.",
	 .example = "\"finops\""},
	{"reviewer_role", SCHEMA_NAME, AT(workload, reviewer_role),
	 BETWEEN(1, NAME_BYTES), .fallback = "budget-operator",
	 .help = "The role under whose mandate the checks run.",
	 .example = "\"budget-operator\""},
	{"account_surface", SCHEMA_ENUM, AT(workload, account_surface),
	 .absent = -1, .words = surface_words,
	 .otherwise = "that of the profile",
	 .help = "Where its usage must be seen: the key's counter, the "
		 "response (with account_surface_note), or none, where a "
		 "person attests it.",
	 .example = "\"counter\""},
	{"account_surface_note", SCHEMA_TEXT, KEY_PRINTED,
	 AT(workload, account_surface_note), BETWEEN(1, TEXT_BYTES),
	 .otherwise = "none: usage in the response does not count",
	 .help = "Who approved account_surface = \"response\", and when.",
	 .example = "\"finops 2026-06-24: no counter at this gateway\""},
	{"sources", SCHEMA_LABEL, KEY_LIST | KEY_EMPTY,
	 AT(workload, source_names), BETWEEN(1, LABEL_MAX),
	 .otherwise = "those of the gateway",
	 .help = "Its sources by name; kinds that these lack come from the "
		 "gateway.",
	 .example = "[ \"finops-allocation\", \"finops-unit-economics\" ]"},
	{"evidence_window", SCHEMA_WINDOW, AT(workload, evidence_window),
	 BETWEEN(11, 11), .otherwise = "that of the gateway",
	 .help = "When the pair of the day runs; it may cross midnight.",
	 .example = "\"04:30-07:30\""},
	{"happy_schedule", SCHEMA_CRON, AT(workload, happy_schedule),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "the window",
	 .help = "When the pair runs, as a cron expression, in place of the "
		 "window.",
	 .example = "\"30 5 * * 1-5\""},
	{"error_schedule", SCHEMA_CRON, AT(workload, error_schedule),
	 BETWEEN(1, TEXT_BYTES), .otherwise = "with the happy path",
	 .help = "When the error path runs, if not with the happy path.",
	 .example = "\"45 5 * * *\""},
	{"schedule_timezone", SCHEMA_ZONE, AT(workload, happy.zone_name),
	 BETWEEN(1, 40), .fallback = "UTC",
	 .help = "The zone of the window and of both schedules. The review "
		 "day stays UTC.",
	 .example = "\"Europe/Berlin\""},
	{"jitter", SCHEMA_DURATION, AT(workload, happy.jitter_s),
	 BETWEEN(0, 15 * MINUTE), .fallback = "0s",
	 .help = "Moves each run by a stable part of this time, at most a "
		 "tenth of the period.",
	 .example = "\"5m\""},
	{"review_days", SCHEMA_FLAGS, AT(workload, review_days),
	 .fallback = "daily", .words = day_words,
	 .help = "On which days of the week evidence is due.",
	 .example = "[ \"mon\", \"thu\" ]"},
	{"max_requests_per_day", SCHEMA_INT,
	 AT(workload, max_requests_per_day), BETWEEN(0, 100000),
	 .fallback = "6",
	 .help = "Probes stop for the UTC day at so many requests, error "
		 "path included.",
	 .example = "12"},
	{"max_tokens_per_day", SCHEMA_INT, AT(workload, max_tokens_per_day),
	 BETWEEN(0, 100000000), .fallback = "5000",
	 .help = "Probes stop for the UTC day at so many tokens.",
	 .example = "20000"},
	{"error_scope", SCHEMA_ENUM, AT(workload, error_scope),
	 .fallback = "workload", .words = scope_words,
	 .help = "Whether it has an error path of its own, or one per "
		 "gateway, endpoint and environment serves all.",
	 .example = "\"gateway\""},
	{"pricing_review", SCHEMA_ENUM, AT(workload, pricing_review),
	 .fallback = "read", .words = review_words,
	 .help = "Whether it is enough that the pricing page was read and "
		 "equals the approved text, or a person must approve each day.",
	 .example = "\"human\""},
	{"require_clock_sync", SCHEMA_BOOL, AT(workload, require_clock_sync),
	 .fallback = "false",
	 .help = "An unsynchronised clock makes a record inconclusive.",
	 .example = "true"},
	{"allow_attestation", SCHEMA_BOOL, AT(workload, allow_attestation),
	 .fallback = "false",
	 .help = "A person's attestation may stand in for a read of a page or a "
		 "look at the account surface.",
	 .example = "true"},
};

static const struct schema_key alert_keys[] = {
	{"rule", SCHEMA_TEXT, KEY_REQUIRED, AT(alert_param, rule),
	 BETWEEN(1, NAME_BYTES), .words = alert_words,
	 .help = "The rule, as in evidenced-alerts(7).",
	 .example = "\"happy-path-failed\""},
	{"fails", SCHEMA_INT, AT(alert_param, fails), BETWEEN(1, 16),
	 .otherwise = "2",
	 .help = "For happy-path-failed: it takes so many bad observations "
		 "...",
	 .example = "3"},
	{"of", SCHEMA_INT, AT(alert_param, of), BETWEEN(1, 16),
	 .otherwise = "as many as fails",
	 .help = "... among so many, the newest.", .example = "5"},
	{"for", SCHEMA_DURATION, AT(alert_param, for_s), BETWEEN(0, 31 * DAY),
	 .absent = -1, .otherwise = "that of the rule",
	 .help = "The condition must hold so long.", .example = "\"30m\""},
	{"repeat", SCHEMA_DURATION, AT(alert_param, repeat_s),
	 BETWEEN(1, 31 * DAY), .absent = -1,
	 .otherwise = "that of the severity",
	 .help = "An open alert is said again after this time.",
	 .example = "\"6h\""},
	{"grace", SCHEMA_DURATION, AT(alert_param, grace_s),
	 BETWEEN(0, 31 * DAY), .absent = -1, .otherwise = "alerting: grace",
	 .help = "For evidence-gap, source-stale and usage-not-visible: how "
		 "long after the last chance it is raised.",
	 .example = "\"1h\""},
};

/* ---- the top ---- */

#define SINGLE                                                                 \
	.size = sizeof(struct config), .origin_offset = SCHEMA_NOWHERE,        \
	NO_PRESENT
#define OF(type)                                                               \
	.size = sizeof(struct type),                                           \
	.origin_offset = offsetof(struct type, origin), NO_PRESENT

static const struct schema_section
	ledger = {.name = "ledger", KEYS(ledger_keys), SINGLE,
		  .help = "The ledger."},
	control = {.name = "control", KEYS(control_keys), SINGLE,
		   .help = "Who may talk to the daemon."},
	alerting = {.name = "alerting", KEYS(alerting_keys), SINGLE,
		    .help = "What holds for all alerts."},
	schedule = {.name = "schedule", KEYS(schedule_keys), SINGLE,
		    .help = "What holds for all checks."},
	approvals = {.name = "approvals", KEYS(approvals_keys), SINGLE,
		     .help = "What holds for all approvals."},
	defaults = {.name = "defaults", KEYS(workload_keys),
		    .without = KEY_NOT_DEFAULTS,
		    .origin_offset = SCHEMA_NOWHERE, NO_PRESENT,
		    .help = "What holds for each workload where neither it "
			    "nor its templates say otherwise: any key of "
			    "workloads but label, use and owner_group."},
	profiles = {.name = "profiles", KEYS(profile_keys), .label = "name",
		    OF(profile), IN_CONFIG(profiles, n_profiles),
		    .help = "How to talk to a kind of gateway."},
	gateways = {.name = "gateways", KEYS(gateway_keys), .label = "name",
		    OF(gateway), IN_CONFIG(gateways, n_gateways),
		    .help = "The AI API surfaces."},
	owners = {.name = "owners", KEYS(owner_keys), .label = "group", OF(owner),
		  IN_CONFIG(owners, n_owners),
		  .help = "The groups that answer for cost."},
	environments = {.name = "environments", KEYS(environment_keys),
			.label = "name", OF(environment),
			IN_CONFIG(environments, n_environments),
			.help = "Where workloads run."},
	rules = {.name = "allocation_rules", KEYS(rule_keys), .label = "id",
		 OF(allocation_rule), IN_CONFIG(rules, n_rules),
		 .help = "Who bears which cost."},
	metrics = {.name = "unit_metrics", KEYS(metric_keys), .label = "name",
		   OF(unit_metric), IN_CONFIG(metrics, n_metrics),
		   .help = "What cost is measured by."},
	roles = {.name = "roles", KEYS(role_keys), .label = "name", OF(role),
		 IN_CONFIG(roles, n_roles),
		 .help = "Who may approve, attest, review, decide, operate."},
	templates = {.name = "templates", KEYS(workload_keys),
		     .without = KEY_NOT_TEMPLATE, .label = "name",
		     .origin_offset = SCHEMA_NOWHERE, NO_PRESENT,
		     .list = true, .list_offset = SCHEMA_NOWHERE,
		     .help = "What workloads have in common: a name, and any "
			     "key of workloads but label and use."},
	sources = {.name = "sources", KEYS(source_keys), .label = "name",
		   OF(source), IN_CONFIG(sources, n_sources),
		   .help = "The pages a packet rests on."},
	workloads = {.name = "workloads", KEYS(workload_keys),
		     .without = KEY_NOT_WORKLOAD, .label = "label",
		     OF(workload), IN_CONFIG(workloads, n_workloads),
		     .help = "What is tested, recorded and judged."},
	alerts = {.name = "alerts", KEYS(alert_keys), .label = "rule",
		  OF(alert_param), IN_CONFIG(alerts, n_alerts),
		  .help = "Where an alert rule differs from its built-in "
			  "parameters."};

const struct schema_section *const schema_sections[SCHEMA_LISTS] = {
	[LIST_LEDGER] = &ledger,
	[LIST_CONTROL] = &control,
	[LIST_ALERTING] = &alerting,
	[LIST_SCHEDULE] = &schedule,
	[LIST_APPROVALS] = &approvals,
	[LIST_DEFAULTS] = &defaults,
	[LIST_PROFILES] = &profiles,
	[LIST_GATEWAYS] = &gateways,
	[LIST_OWNERS] = &owners,
	[LIST_ENVIRONMENTS] = &environments,
	[LIST_RULES] = &rules,
	[LIST_METRICS] = &metrics,
	[LIST_ROLES] = &roles,
	[LIST_TEMPLATES] = &templates,
	[LIST_SOURCES] = &sources,
	[LIST_WORKLOADS] = &workloads,
	[LIST_ALERTS] = &alerts,
};

const char schema_metric_templates[] =
	"unit_metrics = (\n"
	"{ name = \"cost-per-1k-tokens\"; class = \"engineering\";\n"
	"  numerator = \"billed cost\"; denominator = \"1000 tokens\";\n"
	"  unit = \"currency per 1000 tokens\"; },\n"
	"{ name = \"cost-per-api-call\"; class = \"engineering\";\n"
	"  numerator = \"billed cost\"; denominator = \"API calls\";\n"
	"  unit = \"currency per call\"; },\n"
	"{ name = \"cost-per-approved-request\"; class = \"operational\";\n"
	"  numerator = \"billed cost\"; denominator = \"approved requests\";\n"
	"  unit = \"currency per request\"; },\n"
	"{ name = \"cost-per-business-event\"; class = \"business\";\n"
	"  numerator = \"billed cost\"; unit = \"currency per event\"; },\n"
	"{ name = \"tokens-per-request\"; class = \"traceability\";\n"
	"  numerator = \"tokens\"; denominator = \"requests\";\n"
	"  unit = \"tokens per request\"; },\n"
	"{ name = \"error-path-share\"; class = \"traceability\";\n"
	"  numerator = \"error-path requests\";\n"
	"  denominator = \"requests\"; unit = \"share\"; } );\n";

/* clang-format on */

const struct schema_key *
schema_find(const struct schema_section *section, const char *name)
{
	for (size_t i = 0; i < section->n_keys; i++) {
		const struct schema_key *key = &section->keys[i];

		if (schema_has(section, key) && strcmp(key->name, name) == 0)
			return key;
	}
	return NULL;
}

enum { KEYS_MAX = 64 };

const char *
schema_suggest(const struct schema_section *section, const char *name)
{
	const char *names[KEYS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < section->n_keys && n < KEYS_MAX; i++) {
		if (schema_has(section, &section->keys[i]))
			names[n++] = section->keys[i].name;
	}
	return text_suggest(name, names, n);
}

bool
schema_is_string(enum schema_type type)
{
	return type != SCHEMA_BOOL && type != SCHEMA_INT &&
	       type != SCHEMA_GROUP && type != SCHEMA_GROUPS;
}
