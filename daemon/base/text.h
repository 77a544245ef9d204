/* Small text helpers for input that may be anything. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The code point at text[*i], with *i moved behind it; or -1 for a byte that
 * starts no well-formed sequence (*i then moves on by one).  *i < len. */
int32_t text_next_char(const char *text, size_t len, size_t *i);

/* True for well-formed UTF-8 without NUL. */
bool text_is_utf8(const char *text, size_t len);
/* The line, from 1, of the first byte for which it is not that. */
int text_bad_line(const char *text, size_t len);

/* Makes any bytes fit for a ledger string and one journal line: invalid
 * UTF-8 becomes U+FFFD, control characters (C0, DEL, C1, line separators)
 * one space, runs of spaces one, ends trimmed, marks that turn the direction
 * of writing left out, cut at a character boundary before max_bytes.  Appends
 * to out. */
void text_clean(struct buf *out, const char *text, size_t len,
		size_t max_bytes);

/* [a-z0-9][a-z0-9-]{0,39}: the form of labels and source names. */
bool text_is_label(const char *text);

/* The candidate nearest to `word` by edit distance, or NULL when none is
 * near enough to be worth suggesting (distance <= 1 + length/4). */
const char *text_suggest(const char *word, const char *const *candidates,
			 size_t n);

/* The end of a noun, "" or "s": "1 row", "0 rows".  n is of any integer. */
#define TEXT_PLURAL(n) ((n) == 1 ? "" : "s")

/* 32-bit stable hash (FNV-1a), for spreading and jitter only. */
uint32_t text_hash(const char *text, size_t len);

#endif
