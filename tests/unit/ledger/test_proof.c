/* Proofs of the rows of a ledger: made, read, changed at every place, and
 * made where something is missing or wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/rig.h"
#include "../../fakes/sign.h"
#include "ledger/folder.h"
#include "ledger/proof.h"
#include "ledger/prove.h"
#include "ledger/rekey.h"
#include "ledger/tile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 11, MANY = 300 };

static char room[ROW_LINE_MAX];

static void
build(struct rig *r, int segment_rows, int rows)
{
	rig_init(r, segment_rows);
	assert_int_equal(rig_open(r), 0);
	for (int i = 1; i < rows; i++)
		assert_int_equal(rig_append(r, i), 0);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
	rig_close(r);
}

static struct note_key
key_of(struct rig *r)
{
	struct note_key key;
	struct folder f;

	assert_int_equal(folder_open(&f, simdisk_io(r->disk), RIG_DIR, NULL),
			 0);
	assert_int_equal(note_key_parse(f.id.vkey, &key, NULL), 0);
	folder_close(&f);
	return key;
}

static int
prove(struct rig *r, uint64_t seq, struct buf *out)
{
	buf_reset(out);
	r->err = (struct err){0};
	return ledger_prove(simdisk_io(r->disk), RIG_DIR, seq, out, &r->err);
}

static int
check(const char *text, size_t len, const struct note_key *key,
      struct proof_shown *ret, struct err *err)
{
	struct proof p;
	int r = proof_parse(text, len, room, &p, err);

	return r < 0 ? r : proof_check(&p, key, ret, err);
}

/* Every row under every checkpoint that covers it. */
static void
test_every_row(void **state)
{
	static const int segment_rows[] = {1, 4, 5, 64};
	struct proof_shown shown;
	struct buf proof = {0};
	struct note_key key;
	struct rig r;

	for (size_t k = 0; k < 4; k++) {
		build(&r, segment_rows[k], ROWS);
		key = key_of(&r);
		for (uint64_t size = 1; size <= ROWS; size++) {
			sign_folder(simdisk_io(r.disk), RIG_DIR, NULL, size);
			for (uint64_t seq = 0; seq < size; seq++) {
				if (prove(&r, seq, &proof) < 0)
					fail_msg("%s", r.err.text);
				assert_int_equal(check(proof.data, proof.len,
						       &key, &shown, NULL),
						 0);
				assert_int_equal(shown.row.seq, seq);
				assert_int_equal(shown.checkpoint.size, size);
			}
		}
		assert_int_equal(simdisk_open_count(r.disk), 0);
		rig_fini(&r);
	}
	buf_free(&proof);
}

/* The same bytes by tiles and by rows, and by tiles alone for all but the
 * row itself. */
static void
test_tiles(void **state)
{
	struct buf by_rows = {0}, by_tiles = {0};
	char name[64];
	struct rig r;

	build(&r, 64, 2 * MANY);
	sign_folder(simdisk_io(r.disk), RIG_DIR, NULL, 2 * MANY);
	assert_int_equal(prove(&r, MANY, &by_rows), 0);
	sign_tiles(simdisk_io(r.disk), RIG_DIR, 2 * MANY);
	assert_int_equal(prove(&r, MANY, &by_tiles), 0);
	assert_string_equal(by_tiles.data, by_rows.data);
	for (int first = 0; first < 256; first += 64) {
		snprintf(name, sizeof(name), "seg-%012d.jsonl", first);
		simdisk_remove(r.disk, rig_path(name));
	}
	assert_int_equal(prove(&r, MANY, &by_tiles), 0);
	assert_string_equal(by_tiles.data, by_rows.data);
	simdisk_remove(r.disk, rig_path("tile/0/000"));
	assert_int_equal(prove(&r, MANY, &by_tiles), ERR_DAMAGED);
	buf_free(&by_rows);
	buf_free(&by_tiles);
	rig_fini(&r);
}

/* A tile that is short is none; one that lies is found by the root. */
static void
test_wrong_tiles(void **state)
{
	struct buf proof = {0};
	struct rig r;
	size_t len;
	char *tile;

	build(&r, 64, MANY);
	sign_folder(simdisk_io(r.disk), RIG_DIR, NULL, MANY);
	sign_tiles(simdisk_io(r.disk), RIG_DIR, MANY);
	tile = simdisk_read(r.disk, rig_path("tile/0/000"), &len);
	assert_int_equal(len, TILE_BYTES);
	tile[77] ^= 1;
	simdisk_write(r.disk, rig_path("tile/0/000"), tile, len);
	assert_int_equal(prove(&r, 200, &proof), ERR_DAMAGED);
	assert_non_null(strstr(r.err.text, "evidencectl verify"));
	simdisk_write(r.disk, rig_path("tile/0/000"), tile, len - 1);
	assert_int_equal(prove(&r, 200, &proof), 0);
	free(tile);
	buf_free(&proof);
	rig_fini(&r);
}

static void
test_no_proof(void **state)
{
	uint8_t other[NOTE_SEED_LEN] = {9};
	struct buf proof = {0}, again = {0};
	struct digest root = {{1}};
	struct rig r;

	build(&r, 4, ROWS);
	/* the one that the writer signed when it sealed: the log has it, too */
	assert_int_equal(prove(&r, 3, &proof), 0);
	simdisk_remove(r.disk, rig_path("checkpoint"));
	assert_int_equal(prove(&r, 3, &again), 0);
	assert_int_equal(again.len, proof.len);
	assert_memory_equal(again.data, proof.data, proof.len);
	simdisk_remove(r.disk, rig_path("checkpoints.jsonl"));
	assert_int_equal(prove(&r, 3, &proof), ERR_NOT_FOUND);
	assert_non_null(strstr(r.err.text, "no checkpoint was signed yet"));
	assert_non_null(strstr(r.err.text, "evidencectl checkpoint"));
	sign_folder(simdisk_io(r.disk), RIG_DIR, NULL, 5);
	assert_int_equal(prove(&r, 4, &proof), 0);
	assert_int_equal(prove(&r, 5, &proof), ERR_NOT_FOUND);
	assert_non_null(strstr(r.err.text, "the rows 0 to 4, not row 5"));
	assert_non_null(strstr(r.err.text, "evidencectl checkpoint"));
	sign_root(simdisk_io(r.disk), RIG_DIR, NULL, 5, &root);
	assert_int_equal(prove(&r, 4, &proof), ERR_DAMAGED);
	sign_folder(simdisk_io(r.disk), RIG_DIR, other, 5);
	assert_int_equal(prove(&r, 4, &proof), ERR_DAMAGED);
	simdisk_write(r.disk, rig_path("checkpoint"), "", 0);
	assert_int_equal(prove(&r, 4, &proof), ERR_DAMAGED);
	/* It covers rows that the folder does not hold. */
	sign_folder(simdisk_io(r.disk), RIG_DIR, NULL, ROWS);
	simdisk_remove(r.disk, rig_path("seg-000000000008.jsonl"));
	for (uint64_t seq = 1; seq <= 9; seq += 8) {
		assert_int_equal(prove(&r, seq, &proof), ERR_DAMAGED);
		assert_non_null(strstr(r.err.text, "; run evidencectl verify"));
	}
	assert_int_equal(proof.len, 0);
	assert_int_equal(simdisk_open_count(r.disk), 0);
	buf_free(&again);
	buf_free(&proof);
	rig_fini(&r);
}

/* Without `checkpoint`, one line of three is spoilt: none in the middle, or
 * all of them, tells what was signed last. */
static void
test_spoilt_log(void **state)
{
	static const struct {
		unsigned spoilt; /* bits */
		uint64_t seq;
		int expected;
		const char *words;
	} logs[] = {
	    {0, 8, 0, ""},
	    /* A crash does that. */
	    {4, 4, 0, ""},
	    {4, 8, ERR_NOT_FOUND, "covers the rows 0 to 6"},
	    {2, 8, ERR_DAMAGED, "checkpoints.jsonl, line 2: not the line of a"},
	    {2, 2, ERR_DAMAGED, "checkpoints.jsonl, line 2: not the line of a"},
	    {1, 2, ERR_DAMAGED, "checkpoints.jsonl, line 1: not the line of a"},
	    {6, 8, ERR_DAMAGED, "checkpoints.jsonl, line 2: not the line of a"},
	};

	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		struct buf proof = {0};
		struct rig r;
		char *log, *at;

		build(&r, 64, ROWS);
		simdisk_remove(r.disk, rig_path("checkpoints.jsonl"));
		sign_folder(simdisk_io(r.disk), RIG_DIR, NULL, 3);
		sign_folder(simdisk_io(r.disk), RIG_DIR, NULL, 7);
		sign_folder(simdisk_io(r.disk), RIG_DIR, NULL, 9);
		simdisk_remove(r.disk, rig_path("checkpoint"));
		log = at =
		    simdisk_read(r.disk, rig_path("checkpoints.jsonl"), NULL);
		for (int k = 0; k < 3; k++, at = strchr(at, '\n') + 1)
			at[0] = (logs[i].spoilt >> k & 1) != 0 ? '!' : at[0];
		simdisk_write(r.disk, rig_path("checkpoints.jsonl"), log,
			      strlen(log));
		free(log);
		assert_int_equal(prove(&r, logs[i].seq, &proof),
				 logs[i].expected);
		if (logs[i].expected != 0)
			assert_non_null(strstr(r.err.text, logs[i].words));
		if (logs[i].expected == ERR_DAMAGED) {
			assert_non_null(strstr(r.err.text, "cectl verify"));
			assert_non_null(strstr(r.err.text, "cectl repair"));
			assert_null(strstr(r.err.text, "ask for"));
		}
		buf_free(&proof);
		rig_fini(&r);
	}
}

static void
change_key(struct rig *r, const uint8_t *from, const uint8_t *to,
	   struct note_key *ret_new)
{
	char id[REKEY_ID_SIZE];
	struct buf body = {0};
	struct note_key old;

	assert_int_equal(
	    note_key_of_seed(ledger_origin(r->l), from, &old, NULL), 0);
	assert_int_equal(note_key_of_seed(old.name, to, ret_new, NULL), 0);
	assert_int_equal(rekey_body(&body, &old, from, ret_new, NULL), 0);
	assert_int_equal(rig_append_row(r, rekey_id(&old, ret_new, id),
					REKEY_KIND, buf_text(&body), NULL,
					NULL),
			 0);
	buf_free(&body);
}

/* The key was changed in row 2, and again in row 4. */
static void
test_key_changed(void **state)
{
	static const uint8_t seeds[3][NOTE_SEED_LEN] = {{1}, {2}, {3}};
	/* size of the checkpoint, who signs it, and whether that is right */
	static const int cases[][3] = {{2, 0, 1}, {2, 1, 0}, {3, 1, 1},
				       {4, 1, 1}, {4, 2, 0}, {5, 2, 1},
				       {6, 2, 1}, {6, 1, 0}};
	struct note_key keys[3];
	struct proof_shown shown;
	struct buf proof = {0};
	struct rig r;

	rig_init(&r, 4);
	r.key_seed = seeds[0];
	assert_int_equal(rig_open(&r), 0);
	assert_int_equal(
	    note_key_of_seed(ledger_origin(r.l), seeds[0], &keys[0], NULL), 0);
	assert_int_equal(rig_append(&r, 1), 0);
	change_key(&r, seeds[0], seeds[1], &keys[1]);
	assert_int_equal(rig_append(&r, 3), 0);
	change_key(&r, seeds[1], seeds[2], &keys[2]);
	assert_int_equal(rig_append(&r, 5), 0);
	assert_int_equal(ledger_flush(r.l, NULL, NULL, &r.err), 0);
	rig_close(&r);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int who = cases[i][1];

		sign_folder(simdisk_io(r.disk), RIG_DIR, seeds[who],
			    (uint64_t)cases[i][0]);
		if (prove(&r, 1, &proof) != (cases[i][2] ? 0 : ERR_DAMAGED))
			fail_msg("case %zu: %s", i, r.err.text);
		if (cases[i][2] == 0)
			continue;
		assert_int_equal(
		    check(proof.data, proof.len, &keys[who], &shown, NULL), 0);
		assert_int_equal(check(proof.data, proof.len,
				       &keys[(who + 1) % 3], &shown, NULL),
				 ERR_NOT_FOUND);
	}
	buf_free(&proof);
	rig_fini(&r);
}

/* No changed bit and no cut leaves a proof that holds. */
static void
test_every_bit(void **state)
{
	struct proof_shown shown;
	struct buf proof = {0};
	struct note_key key;
	struct rig r;

	build(&r, 4, ROWS);
	key = key_of(&r);
	sign_folder(simdisk_io(r.disk), RIG_DIR, NULL, ROWS);
	assert_int_equal(prove(&r, 6, &proof), 0);
	for (size_t i = 0; i < 8 * proof.len; i++) {
		proof.data[i / 8] ^= (char)(1 << i % 8);
		if (check(proof.data, proof.len, &key, &shown, NULL) == 0)
			fail_msg("bit %zu of byte %zu", i % 8, i / 8);
		proof.data[i / 8] ^= (char)(1 << i % 8);
	}
	for (size_t len = 0; len < proof.len; len++)
		assert_true(check(proof.data, len, &key, &shown, NULL) < 0);
	assert_int_equal(check(proof.data, proof.len, &key, &shown, NULL), 0);
	buf_free(&proof);
	rig_fini(&r);
}

/* Lines in another order or number; `HASH` stands for a hash. */
static void
test_forms(void **state)
{
#define HEAD  "c2sp.org/tlog-proof@v1\n"
#define EXTRA "extra Zm9v\n"
#define HASH  "WknI+L4k0hvhgWvGpHi/NSU7e+ev438Iady96cVt5+g=\n"
	static const struct {
		const char *text;
		int r;
	} rows[] = {
	    {HEAD EXTRA "index 1\n" HASH "\nnote", 0},
	    {HEAD EXTRA "index 0\n\nnote", 0},
	    {HEAD EXTRA "index 18446744073709551615\n\nnote", 0},
	    {"", ERR_INVALID},
	    {"c2sp.org/tlog-proof@v1", ERR_INVALID},
	    {"c2sp.org/tlog-proof@v2\n" EXTRA "index 1\n\nnote",
	     ERR_UNSUPPORTED},
	    {"c2sp.org/tlog-proof@v10\n" EXTRA "index 1\n\nnote",
	     ERR_UNSUPPORTED},
	    {HEAD "index 1\n" HASH "\nnote", ERR_NOT_FOUND},
	    {HEAD "extra Zm9\nindex 1\n\nnote", ERR_INVALID},
	    {HEAD EXTRA EXTRA "index 1\n\nnote", ERR_INVALID},
	    {HEAD EXTRA HASH "\nnote", ERR_INVALID},
	    {HEAD EXTRA "index \n\nnote", ERR_INVALID},
	    {HEAD EXTRA "index 01\n\nnote", ERR_INVALID},
	    {HEAD EXTRA "index -1\n\nnote", ERR_INVALID},
	    {HEAD EXTRA "index 18446744073709551616\n\nnote", ERR_INVALID},
	    {HEAD EXTRA "index 1\n" HASH, ERR_INVALID},
	    {HEAD EXTRA "index 1\nZm9v\n\nnote", ERR_INVALID},
	    {HEAD EXTRA "index 1\n " HASH "\nnote", ERR_INVALID},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proof p;
		int r = proof_parse(rows[i].text, strlen(rows[i].text), room,
				    &p, NULL);

		if (r != rows[i].r)
			fail_msg("%d for:\n%s", r, rows[i].text);
	}
}

/* As many hashes as nobody needs, and a row as long as none is. */
static void
test_limits(void **state)
{
	struct buf text = {0};
	struct proof p;

	buf_puts(&text, HEAD EXTRA "index 1\n");
	for (int i = 0; i <= TREE_PROOF_MAX; i++)
		buf_puts(&text, HASH);
	buf_puts(&text, "\nnote");
	assert_int_equal(proof_parse(text.data, text.len, room, &p, NULL),
			 ERR_INVALID);
	buf_reset(&text);
	buf_puts(&text, HEAD "extra ");
	for (int i = 0; i <= ROW_LINE_MAX / 3; i++)
		buf_puts(&text, "AAAA");
	buf_puts(&text, "\nindex 1\n\nnote");
	assert_int_equal(proof_parse(text.data, text.len, room, &p, NULL),
			 ERR_INVALID);
	buf_free(&text);
}

/* The proof of one row, told to be that of another. */
static void
test_other_row(void **state)
{
	struct buf text = {0}, other = {0};
	struct proof_shown shown;
	struct proof p, q;
	struct note_key key;
	struct err err;
	struct rig r;

	build(&r, 4, 9);
	key = key_of(&r);
	sign_folder(simdisk_io(r.disk), RIG_DIR, NULL, 9);
	assert_int_equal(prove(&r, 2, &text), 0);
	assert_int_equal(prove(&r, 3, &other), 0);
	assert_int_equal(proof_parse(text.data, text.len, room, &p, NULL), 0);
	q = p;
	q.index = 3;
	assert_int_equal(proof_check(&q, &key, &shown, &err), ERR_DAMAGED);
	assert_non_null(strstr(err.text, "carries row 2"));
	q = p;
	q.path.hashes[0].bytes[0] ^= 1;
	assert_int_equal(proof_check(&q, &key, &shown, &err), ERR_DAMAGED);
	q = p;
	q.path.n--;
	assert_int_equal(proof_check(&q, &key, &shown, &err), ERR_DAMAGED);
	q = p;
	q.row_len--;
	assert_int_equal(proof_check(&q, &key, &shown, &err), ERR_INVALID);
	buf_free(&text);
	buf_free(&other);
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_row),
	    cmocka_unit_test(test_tiles),
	    cmocka_unit_test(test_wrong_tiles),
	    cmocka_unit_test(test_no_proof),
	    cmocka_unit_test(test_spoilt_log),
	    cmocka_unit_test(test_key_changed),
	    cmocka_unit_test(test_every_bit),
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_other_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
