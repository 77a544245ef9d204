#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "readers.h"
#include "../fakes/rig.h"
#include "ledger/signed.h"
#include "ledger/tile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
readers_check_sums(struct simdisk *d, uint64_t from, uint64_t to,
		   int segment_rows)
{
	char *sums = simdisk_read(d, rig_path("SHA256SUMS"), NULL);

	for (; from < to; from += (uint64_t)segment_rows) {
		char name[40], line[120], hex[DIGEST_HEX_LEN + 1], *text;
		struct digest sha256;
		size_t len;

		snprintf(name, sizeof(name), "seg-%012" PRIu64 ".jsonl", from);
		text = simdisk_read(d, rig_path(name), &len);
		assert_non_null(text);
		sha256 = digest_sha256(text, len);
		free(text);
		snprintf(line, sizeof(line), "%s  %s\n",
			 digest_hex(&sha256, hex), name);
		if (sums == NULL || strstr(sums, line) == NULL)
			fail_msg("I4: no sum of %s", name);
	}
	free(sums);
}

/* What `checkpoint` covers, as it stands; its root, in base64, is written to
 * root. */
static uint64_t
shown_size(struct simdisk *d, char root[64])
{
	char *note = simdisk_read(d, rig_path("checkpoint"), NULL);
	uint64_t size = 0;

	if (note == NULL)
		return 0;
	if (sscanf(note, "%*[^\n]\n%" SCNu64 "\n%63[^\n]", &size, root) != 2)
		fail_msg("I4: a part of a checkpoint: %s", note);
	free(note);
	return size;
}

static int
add_leaf(void *ctx, const struct row *row)
{
	memcpy((uint8_t *)ctx + row->seq * DIGEST_LEN, row->leaf.bytes,
	       DIGEST_LEN);
	return 0;
}

static void
check_tile(struct simdisk *d)
{
	uint8_t leaves[TILE_BYTES] = {0};
	size_t len = 0;
	char *tile = simdisk_read(d, rig_path("tile/0/000"), &len);

	assert_int_equal(ledger_scan(simdisk_io(d), RIG_DIR, 0, TILE_WIDTH,
				     add_leaf, leaves, NULL),
			 0);
	if (len != TILE_BYTES || memcmp(tile, leaves, TILE_BYTES) != 0)
		fail_msg("I4: a checkpoint without its tile");
	free(tile);
}

void
readers_check_checkpoint(struct simdisk *d, uint64_t published)
{
	char root[64], *log;
	uint64_t size = shown_size(d, root);

	if (size < published)
		fail_msg("I4: the checkpoint of %d rows is not shown",
			 (int)published);
	if (size == 0)
		return;
	log = simdisk_read(d, rig_path("checkpoints.jsonl"), NULL);
	if (log == NULL || strstr(log, root) == NULL)
		fail_msg("I4: the checkpoint of %d rows is not in the log",
			 (int)size);
	free(log);
	if (size >= TILE_WIDTH)
		check_tile(d);
}

void
readers_check_log(struct simdisk *d)
{
	size_t len, n = 0;
	char *log = simdisk_read(d, rig_path("checkpoints.jsonl"), &len);
	char *end = log + len, *lf, *p;
	struct signed_line line;

	assert_non_null(log);
	for (p = log; p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL ||
		    signed_line_parse(p, (size_t)(lf - p), &line, NULL) < 0)
			fail_msg("I4: no line of the log: %s", p);
		assert_int_equal(line.seq, n++);
		buf_free(&line.note);
	}
	free(log);
}

void
readers_check_pruned(struct simdisk *d, uint64_t seq, uint64_t to)
{
	char *text = simdisk_read(d, rig_path("pruned"), NULL);
	char before[100], after[100];

	if (text == NULL)
		return;
	snprintf(before, sizeof(before),
		 "{\"seq\":%" PRIu64 ",\"swept\":false,\"to\":%" PRIu64 "}\n",
		 seq, to);
	snprintf(after, sizeof(after),
		 "{\"seq\":%" PRIu64 ",\"swept\":true,\"to\":%" PRIu64 "}\n",
		 seq, to);
	if (strcmp(text, before) != 0 && strcmp(text, after) != 0)
		fail_msg("I4: a part of `pruned`: %s", text);
	free(text);
}
