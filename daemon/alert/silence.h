/* Silences: which alerts get no line for a time, by a matcher of exact words.
 *
 *   rule=source-stale,owner=finops
 *
 * What a matcher does not name may be anything; so may what it names "*".
 * A silence changes lines and nothing else. */
#ifndef ALERT_SILENCE_H
#define ALERT_SILENCE_H

#include "alert/rule.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/wall.h"

enum { SILENCE_WORD_MAX = 64 };

/* "" = any */
struct alert_matcher {
	char rule[SILENCE_WORD_MAX + 1];
	char subject[SILENCE_WORD_MAX + 1];
	char owner[SILENCE_WORD_MAX + 1];
};

/* A silence that the ledger knows. */
struct alert_silence {
	struct alert_matcher matcher;
	struct wall_time until;
	uint64_t seq; /* of its alert.silenced */
	char role[SILENCE_WORD_MAX + 1];
};

/* ERR_INVALID with words: an unknown or repeated key, an unknown rule, a
 * word that is too long, or a matcher that everything would fit. */
int alert_matcher_parse(const char *text, struct alert_matcher *ret,
			struct err *err);
/* As it is parsed, in one order and without what may be anything. */
void alert_matcher_text(const struct alert_matcher *m, struct buf *out);
bool alert_matcher_equal(const struct alert_matcher *a,
			 const struct alert_matcher *b);
/* Nobody's alerts have the owner "" or "(unallocated)", which are equal. */
bool alert_matcher_fits(const struct alert_matcher *m, enum alert_rule_id rule,
			const char *subject, const char *owner);

#endif
