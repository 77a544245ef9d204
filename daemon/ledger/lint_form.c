/* A form is a list of members, separated by spaces:
 *
 *	name:T       of the type T        name:T?      or null
 *	name=a|b     one of these words   name-:T      may lack
 *	*            others may stand beside them
 *
 * Types: s string, l label, L label or empty, h 64 hexadecimal digits, t time
 * (RFC 3339), i integer, b true or false, S I O lists of strings, integers,
 * objects, o object; o/FORM and O/FORM: with the members of that form.  A time
 * may be the empty string: none is known.
 *
 * The kinds that older builds wrote with fewer or other members say so. */
#include "ledger/lint_form.h"

#include "base/digest.h"
#include "base/text.h"
#include "base/wall.h"
#include "ledger/lint.h"

#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TRIGGER	 "trigger=schedule|catch_up|reobserve|manual|intake"
#define DECISION "pass|fail|hold|inconclusive"
#define WHO	 "note:s peer_uid:i role:s "
#define RUN_BODY                                                              \
	"attempts:i body_bytes:i? body_sha256:h? check:s context:o/context "  \
	"credential:s? credential_echoed:b credential_fingerprint:s? "        \
	"endpoint:s environment:s error_code:s? error_type:s? forced-:b "     \
	"http_status:i? redirected_to:s? request_id:s? request_time_utc:t "   \
	"requested_model:s returned_model:s? run:s scope=workload|gateway "   \
	"slot:t status_class:s " TRIGGER " usage:o/usage workload_label:l "   \
	"outcome=none|pass|rejected|usage_absent|accepted|unreachable|"       \
	"server_error|throttled|blocked|credential_rejected|quota_exhausted|" \
	"in_band_error|malformed|redirected|unclassified|credential_missing|" \
	"stopped "
#define STATES "missing|null|zero|present|wrong_type|out_of_range"

static const struct {
	const char *name; /* of a kind, or /name of a form within */
	const char *form;
} forms[] = {
    {"account.imported", "digest:s *"},
    {"alert.acked", WHO "owner:s raised_seq:i rule:s severity:s subject:s "
			"text:s until:t workload:L"},
    {"alert.raised",
     "count:i detail:s evidence:I gateway:L group:s holds_owners:i "
     "holds_workloads:i lead:b owner:s reasons:S rule:s "
     "severity=critical|warning|info since:t? subject:s text:s workload:L"},
    {"alert.resolved",
     "count:i gateway:L group:s lead:b owner:s raised_seq:i reasons:S "
     "resolution:s rule:s severity=critical|warning|info subject:s text:s "
     "workload:L"},
    {"alert.silenced", WHO "owner:s rule:s subject:s text:s until:t"},
    {"alert.unsilenced", WHO "owner:s rule:s silenced_seq:i subject:s text:s"},
    {"attest.source",
     WHO "file_bytes:i filter_sha256:h normaliser:i snapshot:s source:l "
	 "text_bytes:i text_sha256:h title:s url:s"},
    {"attest.usage", WHO "run:s surface:s tier=attested workload_label:l"},
    {"check.begun",
     "check:s environment:s path=happy|error run:s slot:t " TRIGGER
     " workload_label:l"},
    {"check.error",
     RUN_BODY "budget_excluded:b variant=credential|configuration"},
    {"check.happy", RUN_BODY},
    {"check.missed", "check:s count:i from:t reason:s run-:s? to:t"},
    {"check.source",
     "filter_sha256:h final_url:s http_status:i normaliser:i "
     "outcome=unchanged|changed|new|moved|gone|blocked|needs_js|suspect|"
     "filter_miss|truncated|error previous_sha256:h? read-:. read_at:t slot:t "
     "snapshot:s? source:l text_bytes:i text_sha256:h? title:s " TRIGGER
     " url:s"},
    {"check.usage",
     "after:o/counter? before:o/counter? check:s environment:s "
     "evidence_lag_s:i? label_seen:s? look:i "
     "outcome=before|visible|not_yet|not_visible|unreachable|label_mismatch|"
     "response run:s surface:s tier=counter|response unexplained-:b unit:s "
     "workload_label:l"},
    {"clock.stepped", "from:t step_s:i to:t"},
    {"config.loaded", "digest:h gateways:i sources:i version:s workloads:i"},
    {"config.rejected", "first_error:s"},
    {"correction", WHO "corrects:o/row workload_label-:l"},
    {"daemon.started", "config_digest:h damaged:b host:s version:s"},
    {"daemon.stopped", "reason:s"},
    {"decision",
     WHO "decision=fail|hold|inconclusive until:s workload_label:l"},
    {"digest.daily",
     "alerts:i fail:i hold:i inconclusive:i ledger_rows:i muted:i no_record-:i not_due:i "
     "open:O/open pass:i pending:i response_only-:i review_date:s silences:O/silence text:s"},
    {"key.rotate", "new_vkey:s old_vkey:s signature:s"},
    {"ledger.genesis", "fmt:i host:s origin:s segment_rows:i vkey:s"},
    {"ledger.prune", WHO "from:i keep:s sha256:h to:i"},
    {"ledger.recovered",
     "bytes-:i file-:s from_seq:i reason=torn_tail|checkpoints_lost|"
     "checkpoint_log_lost|never_signed sha256-:h to_seq-:i"},
    {"legal_hold", WHO "releases-:i since-:s until-:s"},
    {"note", WHO "alert:s workload_label:L"},
    {"record",
     "allocation_rule=owner-tag|shared-cost-rule|none allocation_rule_id:s "
     "billing_unit=token|call cap-:o/cap? credential:s decided_at:t "
     "decided_by:s decision=" DECISION " environment:s evidence:I "
     "evidence_tier=none|response|attested|counter|row|row_by_id "
     "follow_up_owner:s next_check_due:s not_verified:S owner_group:s "
     "pricing_reference:o/pricing? pricing_reference_checked=yes|no reasons:S "
     "remaining_uncertainty:S request_result=pass|fail| "
     "request_state=completed|contradicted|not_observed request_time_utc:t "
     "review_date:s reviewer_role:s source_urls_checked:S "
     "sources_read:O/source unit_metric_name:s unit_metric_version:i? "
     "usage_evidence_present=yes|no verified:S workload_label:l"},
    {"review", "role:s *"},
    {"scope.approved", WHO "scope_digest:s workload_label:l"},
    {"source.approved", WHO "read_seq-:i snapshot:s source:l text_sha256:h"},

    {"/cap", "decision=" DECISION " role:s seq:i until:s"},
    {"/context", "config_digest:s profile_digest:s scope_digest:s version:s"},
    {"/counter",
     "down:i? outcome=ok|throttled|unreachable|rejected|malformed up:i?"},
    {"/open", "acked:b id:s severity=critical|warning|info silenced:b"},
    {"/pricing", "approved_seq:i? read_at:t? snapshot:s? source:l url:s"},
    {"/row", "kind:s leaf:h seq:i"},
    {"/silence", "matcher:s role:s seq:i until:t"},
    {"/source", "kind=setup|pricing|support|allocation|unit-economics "
		"read_at:t url:s"},
    {"/state", "completion_tokens=" STATES " prompt_tokens=" STATES
	       " total_tokens=" STATES},
    {"/usage", "completion_tokens:i? prompt_tokens:i? state:o/state "
	       "total_tokens:i?"},
};

/* One member of a form, as it is written there. */
struct member {
	const char *name, *words; /* words NULL: by its type */
	size_t name_len, words_len;
	char type;
	const char *inner; /* "/name", or NULL */
	size_t inner_len;
	bool optional, nullable, any;
};

static const char *
find(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strlen(forms[i].name) == len &&
		    memcmp(forms[i].name, name, len) == 0)
			return forms[i].form;
	}
	return NULL;
}

/* The kinds stand before the forms within. */
const char *
lint_kind(size_t i)
{
	return i < sizeof(forms) / sizeof(forms[0]) && forms[i].name[0] != '/'
		   ? forms[i].name
		   : NULL;
}

bool
lint_form_at(size_t i, const char **ret_name, const char **ret_form)
{
	if (i >= sizeof(forms) / sizeof(forms[0]))
		return false;
	*ret_name = forms[i].name;
	*ret_form = forms[i].form;
	return true;
}

const char *
lint_form_of(const char *kind, size_t len)
{
	return len > 0 && kind[0] != '/' ? find(kind, len) : NULL;
}

/* What stands behind the name: ":T/inner?" or "=words". */
static void
parse_type(const char *at, const char *end, struct member *m)
{
	if (*at == '=') {
		m->words = at + 1;
		m->words_len = (size_t)(end - at - 1);
		return;
	}
	m->type = at[1];
	at += 2;
	m->nullable = end > at && end[-1] == '?';
	if (*at == '/') {
		m->inner = at;
		m->inner_len = (size_t)(end - at) - m->nullable;
	}
}

/* The next member; NULL at the end of the form. */
static const char *
next_member(const char *form, struct member *m)
{
	const char *end;
	size_t n;

	form += strspn(form, " ");
	if (*form == '\0')
		return NULL;
	end = form + strcspn(form, " ");
	*m = (struct member){.name = form, .any = *form == '*'};
	if (m->any)
		return end;
	n = strcspn(form, "-:=");
	m->name_len = n;
	m->optional = form[n] == '-';
	parse_type(form + n + m->optional, end, m);
	return end;
}

__attribute__((format(printf, 3, 4))) static bool
fault(char *why, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, size, fmt, ap);
	va_end(ap);
	return false;
}

static bool
is_word(const struct member *m, const char *text)
{
	const char *at = m->words, *end = at + m->words_len;
	size_t len = strlen(text), n;

	for (; at <= end; at += n + 1) {
		const char *bar = memchr(at, '|', (size_t)(end - at));

		n = bar == NULL ? (size_t)(end - at) : (size_t)(bar - at);
		if (n == len && memcmp(at, text, n) == 0)
			return true;
	}
	return false;
}

static bool
is_hex(const char *text)
{
	uint8_t bytes[DIGEST_LEN];

	return strlen(text) == DIGEST_HEX_LEN &&
	       hex_decode(text, DIGEST_LEN, bytes) == 0;
}

static bool
is_time(const char *text)
{
	struct wall_time t;

	return text[0] == '\0' || wall_parse(text, &t) == 0;
}

static bool
is_string_of(const struct member *m, struct json_object *value)
{
	const char *text;

	if (!json_object_is_type(value, json_type_string))
		return false;
	text = json_object_get_string(value);
	return m->words != NULL ? is_word(m, text)
	       : m->type == 'l' ? text_is_label(text)
	       : m->type == 'L' ? text[0] == '\0' || text_is_label(text)
	       : m->type == 'h' ? is_hex(text)
	       : m->type == 't' ? is_time(text)
				: true;
}

static bool fits(const struct member *m, struct json_object *value, char *why,
		 size_t size);

/* An object within; its fault is told by its own member. */
static bool
fits_inner(const struct member *m, struct json_object *value, char *why,
	   size_t size)
{
	return json_object_is_type(value, json_type_object) &&
	       (m->inner == NULL ||
		lint_form_fits(find(m->inner, m->inner_len), value, why, size));
}

static bool
fits_list(const struct member *m, struct json_object *value, char *why,
	  size_t size)
{
	struct member item = *m;

	if (!json_object_is_type(value, json_type_array))
		return false;
	item.type = m->type == 'S' ? 's' : m->type == 'I' ? 'i' : 'o';
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		if (!fits(&item, json_object_array_get_idx(value, i), why,
			  size))
			return false;
	}
	return true;
}

static bool
fits(const struct member *m, struct json_object *value, char *why, size_t size)
{
	if (m->words != NULL)
		return is_string_of(m, value);
	switch (m->type) {
	case '.':
		return true;
	case 'i':
		return json_object_is_type(value, json_type_int);
	case 'b':
		return json_object_is_type(value, json_type_boolean);
	case 'o':
		return fits_inner(m, value, why, size);
	case 'S':
	case 'I':
	case 'O':
		return fits_list(m, value, why, size);
	default:
		return is_string_of(m, value);
	}
}

static bool
check_member(const struct member *m, struct json_object *body, char *why,
	     size_t size)
{
	char name[64];
	struct json_object *value;

	snprintf(name, sizeof(name), "%.*s", (int)m->name_len, m->name);
	if (!json_object_object_get_ex(body, name, &value))
		return m->optional ||
		       fault(why, size, "lint: its body has no member %s",
			     name);
	if (value == NULL && m->nullable)
		return true;
	why[0] = '\0';
	if (fits(m, value, why, size))
		return true;
	return why[0] != '\0' ? false
			      : fault(why, size,
				      "lint: the member %s is not what it "
				      "should be",
				      name);
}

static bool
knows(const char *form, const char *name)
{
	size_t len = strlen(name);
	struct member m;

	while ((form = next_member(form, &m)) != NULL) {
		if (m.any ||
		    (m.name_len == len && memcmp(m.name, name, len) == 0))
			return true;
	}
	return false;
}

bool
lint_form_fits(const char *form, struct json_object *body, char *why,
	       size_t size)
{
	const char *at = form;
	struct member m;

	while ((at = next_member(at, &m)) != NULL) {
		if (!m.any && !check_member(&m, body, why, size))
			return false;
	}
	json_object_object_foreach(body, name, value)
	{
		(void)value;
		if (!knows(form, name))
			return fault(why, size,
				     "lint: no member that this build knows: "
				     "%.64s",
				     name);
	}
	return true;
}
