/* The claims that evidenced does not make (domain.md, section 6), as they
 * would stand in a person's note. */
#ifndef GOVERN_CLAIM_H
#define GOVERN_CLAIM_H

#include "base/err.h"

#include <stddef.h>

/* ERR_INVALID with words that begin with NOTE_CLAIM, name the claim, and say
 * how to write what was seen. */
int claim_check(const char *text, struct err *err);

/* What the manual lists: the i-th phrase and its claim ("R4 uptime or
 * latency"); NULL behind the last. */
const char *claim_phrase(size_t i, const char **ret_claim);

#endif
