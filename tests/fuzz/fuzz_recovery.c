/* The bytes of a segment, found at start.  The ledger opens or says why not;
 * what it serves verifies, and a second start finds nothing more to mend.
 * Nothing of what was durable is cut without a word: a damaged ledger is left
 * to the byte. */
#include "fuzz.h"

#include "../fakes/rig.h"
#include "ledger/verify.h"

#include <string.h>

enum { SEGMENT_ROWS = 4, ROWS = 7 };

#define NEWEST "seg-000000000004.jsonl"

static struct simdisk *
make_ledger(void)
{
	static const uint8_t seed[32] = {1};
	struct simdisk *d;
	struct rig r;

	rig_init(&r, SEGMENT_ROWS);
	r.key_seed = seed;
	HOLDS(rig_open(&r) == 0);
	for (int i = 1; i < ROWS; i++) {
		HOLDS(rig_append(&r, i) == 0);
		HOLDS(rig_flush(&r) == 0);
	}
	rig_close(&r);
	d = simdisk_kill(r.disk);
	rig_fini(&r);
	return d;
}

static void
start(struct simdisk *disk, const uint8_t *data, size_t size)
{
	static const uint8_t seed[32] = {1};
	struct ledger_verdict v;
	struct rig r;
	size_t len;
	char *left;

	rig_init_disk(&r, disk, SEGMENT_ROWS);
	r.key_seed = seed;
	if (rig_open(&r) < 0) {
		HOLDS(r.err.text[0] != '\0');
		rig_fini(&r);
		return;
	}
	if (r.rec.damaged) {
		left = simdisk_read(disk, rig_path(NEWEST), &len);
		HOLDS(len == size && memcmp(left, data, size) == 0);
		HOLDS(rig_append(&r, 99) < 0);
		free(left);
	} else {
		HOLDS(rig_append(&r, 99) == 0 && rig_flush(&r) == 0);
		rig_close(&r);
		HOLDS(ledger_verify(simdisk_io(disk), RIG_DIR, 3, &v, NULL) ==
		      0);
		HOLDS(v.ok);
		HOLDS(rig_open(&r) == 0 && !r.rec.torn && !r.rec.damaged);
	}
	rig_fini(&r);
}

/* So many bytes of what the segment was (two bytes say how many), and then
 * the rest of the input. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct simdisk *whole;
	struct buf bytes = {0};
	struct simdisk *d;
	size_t len;
	char *was;

	if (size < 2)
		return 0;
	if (whole == NULL)
		whole = make_ledger();
	d = simdisk_kill(whole);
	was = simdisk_read(d, rig_path(NEWEST), &len);
	buf_add(&bytes, was, (data[0] * 256U + data[1]) % (len + 1));
	buf_add(&bytes, data + 2, size - 2);
	simdisk_write(d, rig_path(NEWEST), buf_text(&bytes), bytes.len);
	start(d, (const uint8_t *)buf_text(&bytes), bytes.len);
	buf_free(&bytes);
	free(was);
	return 0;
}
