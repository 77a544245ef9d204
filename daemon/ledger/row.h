/* A row as a value, before and after it is durable (ledger.md, section 1). */
#ifndef LEDGER_ROW_H
#define LEDGER_ROW_H

#include "base/digest.h"
#include "base/err.h"
#include "base/wall.h"

#include <stddef.h>
#include <stdint.h>

enum {
	ROW_LINE_MAX = 65535, /* bytes without LF */
	ROW_BODY_MAX = 60 * 1024,
	ROW_ID_MAX = 64,
	ROW_KIND_MAX = 32,
	ROW_TRAILER_LEN = 26 /* ,"sum":"<16 hex>"} */
};

/* A text to be kept durably before the row that rests on it: a page, or the
 * effective configuration.  Stored as pages/sha256/ab/<hex>. */
struct row_blob {
	const char *text;
	size_t len;
	struct digest sha256;
};

/* What a caller wants to append; everything is copied. */
struct row_draft {
	struct wall_time at;
	const char *id;	  /* [A-Za-z0-9._:-]{1,64} */
	const char *kind;
	const char *body; /* canonical JSON object */
	size_t body_len;
	const struct row_blob *blob; /* NULL: none */
};

/* A row that is durable. */
struct row {
	uint64_t seq;
	struct wall_time at;
	const char *id;
	const char *kind;
	const char *body; /* points into line */
	size_t body_len;
	const char *line; /* without LF */
	size_t line_len;
	struct digest leaf;
};

#endif
