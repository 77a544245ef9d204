/* The members that are asked for are those by which a row is found and
 * judged; what else a body may hold grows with the program and is no fault.
 * A kind that is not in the table was written by a newer build, or by hand. */
#include "ledger/lint.h"
#include "base/json.h"
#include "base/shape.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

enum { MEMBERS_MAX = 5 };

struct kind_form {
	const char *kind;
	const char *members[MEMBERS_MAX + 1];
};

static const struct kind_form forms[] = {
    {"account.imported", {"digest"}},
    {"alert.acked", {"rule", "subject"}},
    {"alert.raised", {"rule", "subject"}},
    {"alert.resolved", {"rule", "subject"}},
    {"alert.silenced", {NULL}},
    {"alert.unsilenced", {NULL}},
    {"attest.source", {NULL}},
    {"attest.usage", {NULL}},
    {"check.begun", {"check", "workload_label"}},
    {"check.error", {"check", "workload_label", "outcome"}},
    {"check.happy", {"check", "workload_label", "outcome"}},
    {"check.missed", {"check", "reason"}},
    {"check.source", {"source", "outcome"}},
    {"check.usage", {"check", "workload_label", "outcome"}},
    {"clock.stepped", {NULL}},
    {"config.loaded", {"config_sha256"}},
    {"config.rejected", {NULL}},
    {"correction", {"corrects", "role"}},
    {"daemon.started", {NULL}},
    {"daemon.stopped", {NULL}},
    {"decision", {NULL}},
    {"digest.daily", {NULL}},
    {"key.rotate", {"new_vkey", "old_vkey", "signature"}},
    {"ledger.genesis", {"fmt", "host", "origin", "segment_rows", "vkey"}},
    {"ledger.prune", {"from", "keep", "role", "sha256", "to"}},
    {"ledger.recovered", {NULL}},
    {"legal_hold", {NULL}},
    {"note", {NULL}},
    {"record", {"review_date", "workload_label", "decision"}},
    {"review", {NULL}},
    {"scope.approved", {NULL}},
    {"source.approved", {"source", "snapshot"}},
};

__attribute__((format(printf, 2, 3))) static bool
fault(char why[LINT_WHY_SIZE], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, LINT_WHY_SIZE, fmt, ap);
	va_end(ap);
	return false;
}

static const struct kind_form *
find_form(const char *kind, size_t len)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strlen(forms[i].kind) == len &&
		    memcmp(forms[i].kind, kind, len) == 0)
			return &forms[i];
	}
	return NULL;
}

const char *
lint_kind(size_t i)
{
	return i < sizeof(forms) / sizeof(forms[0]) ? forms[i].kind : NULL;
}

static bool
has_members(const struct kind_form *form, struct json_object *body,
	    char why[LINT_WHY_SIZE])
{
	for (size_t i = 0; form->members[i] != NULL; i++) {
		if (!json_object_object_get_ex(body, form->members[i], NULL))
			return fault(why, "lint: its body has no member %s",
				     form->members[i]);
	}
	return true;
}

static bool
check_form(const struct row_parts *p, char why[LINT_WHY_SIZE])
{
	const struct kind_form *form = find_form(p->kind, p->kind_len);
	struct json_object *body;
	bool ok;

	if (form == NULL)
		return fault(why, "lint: no kind that this build knows: %.*s",
			     (int)p->kind_len, p->kind);
	if (strncmp(form->kind, "check.", 6) == 0 &&
	    p->at.us % USEC_PER_SEC != 0)
		return fault(why, "lint: the time of a check has a fraction "
				  "of a second");
	if (form->members[0] == NULL)
		return true;
	if (json_parse(p->body, p->body_len, &JSON_LEDGER_LIMITS, &body, NULL) <
	    0)
		return fault(why, "lint: its body cannot be read");
	ok = has_members(form, body, why);
	json_object_put(body);
	return ok;
}

bool
lint_row(const char *line, size_t len, const struct row_parts *parts,
	 char why[LINT_WHY_SIZE])
{
	struct err err;
	size_t start, end;

	if (json_check(line, len, &JSON_LEDGER_LIMITS, &err) < 0)
		return fault(why, "lint: %.140s", err.text);
	if (parts->body_len > ROW_BODY_MAX)
		return fault(why, "lint: a body of %zu bytes; at most %d fit",
			     parts->body_len, ROW_BODY_MAX);
	if (!row_body_is_canonical(parts->body, parts->body_len))
		return fault(why, "lint: its body is not in canonical form");
	if (shape_find(line, len, 0, &start, &end))
		return fault(why,
			     "lint: what looks like a credential, %zu bytes "
			     "from byte %zu of the line",
			     end - start, start);
	return check_form(parts, why);
}
