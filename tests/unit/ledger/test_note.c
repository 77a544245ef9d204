/* The vectors of golang.org/x/mod and C2SP, and what they leave out: keys
 * that are almost right, and every changed byte of a note. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vectors.h"
#include "base/base64.h"
#include "ledger/note.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 8 };

static size_t
load_keys(struct json_object *c, struct note_key keys[KEYS_MAX])
{
	struct json_object *list = vectors_list(c, "vkeys");
	size_t n = json_object_array_length(list);

	assert_true(n <= KEYS_MAX);
	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_array_get_idx(list, i);

		assert_int_equal(
		    note_key_parse(json_object_get_string(o), &keys[i], NULL),
		    0);
	}
	return n;
}

/* Each key that is listed as verified holds by itself, and no other. */
static void
see_verified(struct json_object *c, const char *note,
	     const struct note_key *keys, size_t n)
{
	struct json_object *list = vectors_list(c, "verified");
	size_t good = 0, text_len;

	for (size_t i = 0; i < n; i++)
		good += note_verify(note, strlen(note), &keys[i], 1, &text_len,
				    NULL) == 0;
	assert_int_equal(good, json_object_array_length(list));
}

static void
test_vectors(void **state)
{
	struct json_object *o = vectors_load("signed-notes.json");
	struct json_object *list = vectors_list(o, "cases");
	size_t n = json_object_array_length(list);

	assert_int_equal(n, 14);
	for (size_t i = 0; i < n; i++) {
		struct json_object *c = json_object_array_get_idx(list, i);
		const char *note = vectors_text(c, "note");
		struct note_key keys[KEYS_MAX];
		size_t n_keys = load_keys(c, keys), text_len;
		struct err err = {0};
		int r;

		r = note_verify(note, strlen(note), keys, n_keys, &text_len,
				&err);
		if ((r == 0) != (vectors_number(c, "ok") != 0))
			fail_msg("%s: %d %s", vectors_text(c, "desc"), r,
				 err.text);
		if (r == 0)
			see_verified(c, note, keys, n_keys);
	}
	json_object_put(o);
}

static void
test_sign_vector(void **state)
{
	struct json_object *o = vectors_load("signed-notes.json");
	struct json_object *sign = vectors_list(o, "sign");
	const char *text = vectors_text(sign, "text");
	const char *seed = vectors_text(sign, "skey");
	uint8_t typed[1 + NOTE_SEED_LEN];
	struct buf note = {0};
	size_t n;

	/* PRIVATE+KEY+<name>+<id>+<base64> */
	for (int i = 0; i < 4; i++)
		seed = strchr(seed, '+') + 1;
	assert_int_equal(
	    base64_decode(seed, strlen(seed), typed, sizeof(typed), &n), 0);
	assert_int_equal(note_sign(text, strlen(text), "PeterNeumann",
				   typed + 1, &note, NULL),
			 0);
	assert_string_equal(buf_text(&note), vectors_text(sign, "note"));
	buf_free(&note);
	json_object_put(o);
}

static void
test_bad_vkeys(void **state)
{
	struct json_object *o = vectors_load("signed-notes.json");
	struct json_object *list = vectors_list(o, "bad_vkeys");
	size_t n = json_object_array_length(list);
	struct note_key key;

	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++) {
		struct json_object *c = json_object_array_get_idx(list, i);

		if (note_key_parse(vectors_text(c, "vkey"), &key, NULL) == 0)
			fail_msg("%s", vectors_text(c, "why"));
	}
	json_object_put(o);
}

static const char vkey[] = "ledger.example.com/evidenced/test+fdadf44f+"
			   "AVV5xufyuElh0yXTLRgVKcOK+VJ/l5A8BN6JhtoCIaw4";

static void
test_vkey(void **state)
{
	static const char *const bad[] = {
	    "", "+", "name", "name+fdadf44f", "name+fdadf44f+",
	    "+fdadf44f+AVV5xufyuElh0yXTLRgVKcOK+VJ/l5A8BN6JhtoCIaw4",
	    /* a space, another name, an id in capitals, a changed key */
	    "ledger.example.com/evidenced/ test+fdadf44f+"
	    "AVV5xufyuElh0yXTLRgVKcOK+VJ/l5A8BN6JhtoCIaw4",
	    "ledger.example.com/evidenced/tess+fdadf44f+"
	    "AVV5xufyuElh0yXTLRgVKcOK+VJ/l5A8BN6JhtoCIaw4",
	    "ledger.example.com/evidenced/test+FDADF44F+"
	    "AVV5xufyuElh0yXTLRgVKcOK+VJ/l5A8BN6JhtoCIaw4",
	    "ledger.example.com/evidenced/test+fdadf44f+"
	    "AVV5xufyuElh0yXTLRgVKcOK+VJ/l5A8BN6JhtoCIaw5",
	    "ledger.example.com/evidenced/test+fdadf44f+"
	    "AVV5xufyuElh0yXTLRgVKcOK+VJ/l5A8BN6JhtoCIaw4\n"};
	char again[NOTE_VKEY_MAX + 1];
	struct note_key key;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (note_key_parse(bad[i], &key, NULL) == 0)
			fail_msg("taken: \"%s\"", bad[i]);
	}
	assert_int_equal(note_key_parse(vkey, &key, NULL), 0);
	note_key_render(&key, again);
	assert_string_equal(again, vkey);
}

/* The second is a key of a witness: known to C2SP, not to us. */
static void
test_other_kind(void **state)
{
	struct json_object *o = vectors_load("tlog-generated.json");
	struct json_object *signed_ = vectors_list(o, "signed");
	struct json_object *co = vectors_list(signed_, "cosignature");
	const char *note = vectors_text(co, "cosigned_checkpoint");
	struct note_key key;
	size_t text_len;

	assert_int_equal(note_key_parse(vectors_text(co, "vkey"), &key, NULL),
			 ERR_UNSUPPORTED);
	/* Its signature is no hindrance to that of the log. */
	assert_int_equal(note_key_parse(vkey, &key, NULL), 0);
	assert_int_equal(
	    note_verify(note, strlen(note), &key, 1, &text_len, NULL), 0);
	json_object_put(o);
}

/* One changed bit anywhere: refused, or, where it is in the name or the id,
 * a signature by somebody else. */
static void
test_every_bit(void **state)
{
	static const char text[] = "evidenced\n1\n\ntext\n";
	uint8_t seed[NOTE_SEED_LEN] = {7};
	struct buf note = {0};
	struct note_key key;
	size_t text_len;

	assert_int_equal(note_key_of_seed("name", seed, &key, NULL), 0);
	assert_int_equal(
	    note_sign(text, strlen(text), "name", seed, &note, NULL), 0);
	assert_int_equal(
	    note_verify(note.data, note.len, &key, 1, &text_len, NULL), 0);
	assert_int_equal(text_len, strlen(text));
	for (size_t i = 0; i < 8 * note.len; i++) {
		note.data[i / 8] ^= (char)(1 << i % 8);
		assert_true(note_verify(note.data, note.len, &key, 1, &text_len,
					NULL) < 0);
		note.data[i / 8] ^= (char)(1 << i % 8);
	}
	for (size_t len = 0; len < note.len; len++)
		assert_true(
		    note_verify(note.data, len, &key, 1, &text_len, NULL) < 0);
	buf_free(&note);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_sign_vector),
	    cmocka_unit_test(test_bad_vkeys),
	    cmocka_unit_test(test_vkey),
	    cmocka_unit_test(test_other_kind),
	    cmocka_unit_test(test_every_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
