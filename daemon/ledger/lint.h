/* What a row should be beyond being whole: what `verify --lint` adds. */
#ifndef LEDGER_LINT_H
#define LEDGER_LINT_H

#include "ledger/row.h"

enum { LINT_WHY_SIZE = 160 };

/* The i-th kind of row that this build knows; NULL behind the last. */
const char *lint_kind(size_t i);

/* Strict JSON within the limits of the format, canonical form, a known kind
 * with its members (lint_form.h), and nothing that looks like a
 * credential.  False: `why` says what is wrong, and shows no value. */
bool lint_row(const char *line, size_t len, const struct row_parts *parts,
	      char why[LINT_WHY_SIZE]);

#endif
