/* A kind or a member that is not in the table of forms was written by a newer
 * build, or by hand. */
#include "ledger/lint.h"
#include "base/json.h"
#include "base/shape.h"
#include "ledger/lint_form.h"

#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static bool
fault(char why[LINT_WHY_SIZE], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, LINT_WHY_SIZE, fmt, ap);
	va_end(ap);
	return false;
}

static bool
check_form(const struct row_parts *p, char why[LINT_WHY_SIZE])
{
	static const char check[] = "check.";
	const char *form = lint_form_of(p->kind, p->kind_len);
	struct json_object *body;
	bool ok;

	if (form == NULL)
		return fault(why, "lint: no kind that this build knows: %.*s",
			     (int)p->kind_len, p->kind);
	if (p->kind_len >= sizeof(check) &&
	    memcmp(p->kind, check, sizeof(check) - 1) == 0 &&
	    p->at.us % USEC_PER_SEC != 0)
		return fault(why, "lint: the time of a check has a fraction "
				  "of a second");
	if (json_parse(p->body, p->body_len, &JSON_LEDGER_LIMITS, &body, NULL) <
	    0)
		return fault(why, "lint: its body cannot be read");
	ok = lint_form_fits(form, body, why, LINT_WHY_SIZE);
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
