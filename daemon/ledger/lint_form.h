/* The form of a row's body: its members, their types, and the words that some
 * of them hold (domain.md, section 2). */
#ifndef LEDGER_LINT_FORM_H
#define LEDGER_LINT_FORM_H

#include <stdbool.h>
#include <stddef.h>

struct json_object;

/* NULL: no kind that this build knows. */
const char *lint_form_of(const char *kind, size_t len);
/* The i-th form, of a kind or (then its name begins with '/') of an object
 * within one; false behind the last. */
bool lint_form_at(size_t i, const char **ret_name, const char **ret_form);
/* False: `why` names the first member that lacks, is not known, or is not of
 * its type or words; it shows no value. */
bool lint_form_fits(const char *form, struct json_object *body, char *why,
		    size_t size);

#endif
