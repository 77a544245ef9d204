/* A row as a value, before and after it is durable (ledger.md, section 1). */
#ifndef LEDGER_ROW_H
#define LEDGER_ROW_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/wall.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ROW_LINE_MAX = 65535, /* bytes without LF */
	ROW_BODY_MAX = 60 * 1024,
	ROW_ID_MAX = 64,
	ROW_KIND_MAX = 32,
	ROW_BODY_DEPTH = 8,
	ROW_BODY_AT = 43,    /* behind {"at":"<27>","body": */
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
	const char *id; /* [A-Za-z0-9._:-]{1,64} */
	const char *kind;
	const char *body; /* canonical JSON object */
	size_t body_len;
	const struct row_blob *blob; /* NULL: none */
};

struct json_object;

/* Where a row stands in its folder. */
struct row_place {
	uint64_t seq;
	uint64_t seg; /* first row of its segment */
	int64_t off;  /* of its line in the segment */
	size_t len;   /* of the line, without LF */
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
	struct row_place place;	  /* of one that a scan gives */
	struct json_object *tree; /* of the body, for those who are given the
				     same row in turn; NULL: not made */
};

/* The members of a line as they stand in it: nothing is copied. */
struct row_parts {
	struct wall_time at;
	uint64_t dur;
	uint64_t seq;
	const char *body;
	size_t body_len;
	const char *id;
	size_t id_len;
	const char *kind;
	size_t kind_len;
	const char *prev; /* 64 digits */
};

/* Room for the two members of a struct row that need a terminator. */
struct row_names {
	char id[ROW_ID_MAX + 1];
	char kind[ROW_KIND_MAX + 1];
};

/* A seq as people write it: decimal digits alone.  ERR_INVALID. */
int row_seq_parse(const char *text, uint64_t *ret_seq);

bool row_id_valid(const char *id, size_t len);
bool row_kind_valid(const char *kind, size_t len);

/* Whether a draft fits the format.  ERR_INVALID, ERR_LIMIT. */
int row_check(const struct row_draft *draft, struct err *err);
/* A body beyond what json_check() sees: no space, keys ascending, no escape
 * but \" and \\, no -0.  The text passed json_check() with ledger limits. */
bool row_body_is_canonical(const char *body, size_t len);

/* The body as a tree, the row's own or a new one; the caller puts it.  The
 * body was checked when it was appended, but a row may also come from another
 * build: ERR_INVALID when it cannot be read.  ERR_NOMEM. */
int row_tree(const struct row *row, struct json_object **ret_tree,
	     struct err *err);

/* Appends the line and its LF.  The draft passed row_check(). */
void row_render(struct buf *out, const struct row_draft *draft, uint64_t seq,
		uint64_t dur, const struct digest *prev,
		struct digest *ret_leaf);

/* Takes a line (without LF) apart.  Everything but the body is checked to
 * the byte; `sum` is not.  ERR_INVALID. */
int row_parse(const char *line, size_t len, struct row_parts *ret_parts);
/* The line is at least ROW_TRAILER_LEN long. */
bool row_sum_matches(const char *line, size_t len);
struct digest row_leaf(const char *line, size_t len);

/* The value of a parsed line; it points into line and names. */
void row_from_parts(struct row *ret_row, struct row_names *names,
		    const char *line, size_t len, const struct row_parts *parts,
		    const struct digest *leaf);

#endif
