/* A line of a segment: what is taken apart is rendered again to the byte. */
#include "fuzz.h"

#include "ledger/row.h"

#include <string.h>

static void
render_again(const char *line, size_t len, const struct row_parts *p)
{
	uint8_t bytes[DIGEST_LEN];
	struct digest prev, leaf;
	struct row_names names;
	struct buf again = {0};
	struct row row;

	HOLDS(hex_decode(p->prev, DIGEST_LEN, bytes) == 0);
	memcpy(prev.bytes, bytes, DIGEST_LEN);
	leaf = row_leaf(line, len);
	row_from_parts(&row, &names, line, len, p, &leaf);
	const struct row_draft draft = {
	    .at = row.at,
	    .id = row.id,
	    .kind = row.kind,
	    .body = row.body,
	    .body_len = row.body_len,
	};
	row_render(&again, &draft, p->seq, p->dur, &prev, &leaf);
	HOLDS(!again.failed && again.len == len + 1);
	/* The sum is not looked at by row_parse(). */
	HOLDS(memcmp(again.data, line, len - 18) == 0);
	HOLDS(row_sum_matches(line, len) ==
	      (memcmp(again.data, line, len) == 0));
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *line = (const char *)data;
	struct row_parts parts;

	if (row_parse(line, size, &parts) == 0)
		render_again(line, size, &parts);
	return 0;
}
