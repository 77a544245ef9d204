/* One row, one line:
 *
 *   {"at":"<27>","body":{...},"dur":N,"fmt":1,"id":"...","kind":"...",
 *    "prev":"<64 hex>","seq":N,"sum":"<16 hex>"}
 *
 * The members stand in sorted order, and everything behind the body is made
 * of characters that need no escape.  So a line is taken apart from both
 * ends, without looking into the body: what stands in the body can never be
 * mistaken for what stands behind it.  The bytes are the authority; nothing
 * here renders a row again in order to check it. */
#include "ledger/row.h"
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#define LINE_HEAD "{\"at\":\""
#define LINE_BODY "\",\"body\":"
#define LINE_DUR  ",\"dur\":"
#define LINE_ID	  ",\"fmt\":1,\"id\":\""
#define LINE_KIND "\",\"kind\":\""
#define LINE_PREV "\",\"prev\":\""
#define LINE_SEQ  "\",\"seq\":"
#define LINE_SUM  ",\"sum\":\""
#define LINE_END  "\"}"

static_assert(ROW_BODY_AT ==
		  sizeof(LINE_HEAD LINE_BODY) - 1 + WALL_RFC3339_MICRO_LEN,
	      "the body stands behind the time");

enum { SUM_BYTES = 8, SUM_HEX_LEN = 16, INTEGER_DIGITS = 16 };

static const uint64_t INTEGER_MAX = (UINT64_C(1) << 53) - 1;

static void
add_number(struct buf *out, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	buf_add(out, digits + at, sizeof(digits) - at);
}

static void
sum_hex(const char *line, size_t len, char out[SUM_HEX_LEN + 1])
{
	struct digest d = digest_sha256(line, len);

	hex_encode(d.bytes, SUM_BYTES, out);
}

struct digest
row_leaf(const char *line, size_t len)
{
	static const uint8_t leaf_prefix = 0x00;
	const struct digest_part parts[] = {{&leaf_prefix, 1}, {line, len}};

	return digest_sha256_parts(parts, 2);
}

void
row_render(struct buf *out, const struct row_draft *draft, uint64_t seq,
	   uint64_t dur, const struct digest *prev, struct digest *ret_leaf)
{
	char at[WALL_RFC3339_MICRO_LEN + 1], hex[DIGEST_HEX_LEN + 1];
	size_t start = out->len;

	buf_puts(out, LINE_HEAD);
	buf_add(out, wall_format_micro(draft->at, at), WALL_RFC3339_MICRO_LEN);
	buf_puts(out, LINE_BODY);
	buf_add(out, draft->body, draft->body_len);
	buf_puts(out, LINE_DUR);
	add_number(out, dur);
	buf_puts(out, LINE_ID);
	buf_puts(out, draft->id);
	buf_puts(out, LINE_KIND);
	buf_puts(out, draft->kind);
	buf_puts(out, LINE_PREV);
	buf_add(out, digest_hex(prev, hex), DIGEST_HEX_LEN);
	buf_puts(out, LINE_SEQ);
	add_number(out, seq);
	if (out->failed)
		return;
	sum_hex(out->data + start, out->len - start, hex);
	buf_puts(out, LINE_SUM);
	buf_add(out, hex, SUM_HEX_LEN);
	buf_puts(out, LINE_END "\n");
	if (out->failed)
		return;
	assert(out->len - start - 1 <= ROW_LINE_MAX);
	*ret_leaf = row_leaf(out->data + start, out->len - start - 1);
}

bool
row_sum_matches(const char *line, size_t len)
{
	char hex[SUM_HEX_LEN + 1];

	sum_hex(line, len - ROW_TRAILER_LEN, hex);
	return memcmp(hex, line + len - ROW_TRAILER_LEN + strlen(LINE_SUM),
		      SUM_HEX_LEN) == 0;
}

/* What is left of a line while it is taken apart from its end. */
struct tail {
	const char *line;
	size_t len;
};

static bool
drop(struct tail *t, const char *literal)
{
	size_t n = strlen(literal);

	if (t->len < n || memcmp(t->line + t->len - n, literal, n) != 0)
		return false;
	t->len -= n;
	return true;
}

/* A canonical integer of 0 to 2^53-1. */
static bool
drop_number(struct tail *t, uint64_t *ret)
{
	size_t end = t->len, start = end;
	uint64_t n = 0;

	while (start > 0 && end - start < INTEGER_DIGITS &&
	       t->line[start - 1] >= '0' && t->line[start - 1] <= '9')
		start--;
	if (start == end || (t->line[start] == '0' && end - start > 1))
		return false;
	for (size_t i = start; i < end; i++)
		n = n * 10 + (uint64_t)(t->line[i] - '0');
	t->len = start;
	*ret = n;
	return n <= INTEGER_MAX;
}

static bool
drop_fixed(struct tail *t, size_t n, const char **ret)
{
	if (t->len < n)
		return false;
	t->len -= n;
	*ret = t->line + t->len;
	return true;
}

/* Back to the quote in front of the word. */
static bool
drop_word(struct tail *t, size_t max, const char **ret, size_t *ret_len)
{
	size_t n = 0;

	while (n <= max && n < t->len && t->line[t->len - n - 1] != '"')
		n++;
	*ret_len = n;
	return n <= max && drop_fixed(t, n, ret);
}

static bool
parse_at(const char *text, struct wall_time *ret)
{
	char copy[WALL_RFC3339_MICRO_LEN + 1];

	memcpy(copy, text, WALL_RFC3339_MICRO_LEN);
	copy[WALL_RFC3339_MICRO_LEN] = '\0';
	return copy[19] == '.' && copy[26] == 'Z' && wall_parse(copy, ret) == 0;
}

static bool
is_hex(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!(text[i] >= '0' && text[i] <= '9') &&
		    !(text[i] >= 'a' && text[i] <= 'f'))
			return false;
	}
	return true;
}

/* Everything behind the body. */
static bool
parse_tail(struct tail *t, struct row_parts *p)
{
	const char *sum;

	return drop(t, LINE_END) && drop_fixed(t, SUM_HEX_LEN, &sum) &&
	       drop(t, LINE_SUM) && drop_number(t, &p->seq) &&
	       drop(t, LINE_SEQ) && drop_fixed(t, DIGEST_HEX_LEN, &p->prev) &&
	       drop(t, LINE_PREV) &&
	       drop_word(t, ROW_KIND_MAX, &p->kind, &p->kind_len) &&
	       drop(t, LINE_KIND) &&
	       drop_word(t, ROW_ID_MAX, &p->id, &p->id_len) &&
	       drop(t, LINE_ID) && drop_number(t, &p->dur) && drop(t, LINE_DUR);
}

int
row_parse(const char *line, size_t len, struct row_parts *ret_parts)
{
	struct tail t = {line, len};
	struct row_parts p = {0};

	if (len > ROW_LINE_MAX || !parse_tail(&t, &p) ||
	    t.len < ROW_BODY_AT + 2)
		return ERR_INVALID;
	if (memcmp(line, LINE_HEAD, strlen(LINE_HEAD)) != 0 ||
	    memcmp(line + ROW_BODY_AT - strlen(LINE_BODY), LINE_BODY,
		   strlen(LINE_BODY)) != 0 ||
	    !parse_at(line + strlen(LINE_HEAD), &p.at))
		return ERR_INVALID;
	p.body = line + ROW_BODY_AT;
	p.body_len = t.len - ROW_BODY_AT;
	if (p.body[0] != '{' || p.body[p.body_len - 1] != '}' ||
	    !row_id_valid(p.id, p.id_len) ||
	    !row_kind_valid(p.kind, p.kind_len) ||
	    !is_hex(p.prev, DIGEST_HEX_LEN) || p.dur > p.seq)
		return ERR_INVALID;
	*ret_parts = p;
	return 0;
}

void
row_from_parts(struct row *ret_row, struct row_names *names, const char *line,
	       size_t len, const struct row_parts *parts,
	       const struct digest *leaf)
{
	assert(parts->id_len <= ROW_ID_MAX && parts->kind_len <= ROW_KIND_MAX);
	memcpy(names->id, parts->id, parts->id_len);
	names->id[parts->id_len] = '\0';
	memcpy(names->kind, parts->kind, parts->kind_len);
	names->kind[parts->kind_len] = '\0';
	*ret_row = (struct row){
	    .seq = parts->seq,
	    .at = parts->at,
	    .id = names->id,
	    .kind = names->kind,
	    .body = parts->body,
	    .body_len = parts->body_len,
	    .line = line,
	    .line_len = len,
	    .leaf = *leaf,
	};
}

int
row_tree(const struct row *row, struct json_object **ret_tree, struct err *err)
{
	if (row->tree == NULL)
		return json_parse(row->body, row->body_len, &JSON_LEDGER_LIMITS,
				  ret_tree, err);
	*ret_tree = json_object_get(row->tree);
	return 0;
}
