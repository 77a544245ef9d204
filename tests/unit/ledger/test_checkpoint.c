/* Checkpoints that x/mod signed, and texts that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vectors.h"
#include "ledger/checkpoint.h"

#include <string.h>

#define ROOT "WknI+L4k0hvhgWvGpHi/NSU7e+ev438Iady96cVt5+g="

static void
test_vectors(void **state)
{
	struct json_object *o = vectors_load("tlog-generated.json");
	struct json_object *s = vectors_list(o, "signed");
	struct json_object *list = vectors_list(s, "checkpoints");
	struct digest seed = vectors_hex(vectors_text(s, "seed_hex"));
	struct note_key key;

	assert_int_equal(note_key_parse(vectors_text(s, "vkey"), &key, NULL),
			 0);
	assert_int_equal(json_object_array_length(list), 5);
	for (size_t i = 0; i < 5; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);
		const char *note = vectors_text(v, "checkpoint");
		struct buf again = {0};
		struct checkpoint c;

		assert_int_equal(
		    checkpoint_open(note, strlen(note), &key, &c, NULL), 0);
		assert_int_equal(c.size, vectors_number(v, "size"));
		assert_string_equal(c.origin,
				    "ledger.example.com/evidenced/test");
		assert_int_equal(checkpoint_sign(&c, seed.bytes, &again, NULL),
				 0);
		assert_string_equal(buf_text(&again), note);
		buf_free(&again);
	}
	json_object_put(o);
}

static void
test_texts(void **state)
{
	static const struct {
		const char *text;
		int r;
	} rows[] = {
	    {"a\n300\n" ROOT "\n", 0},
	    {"a b\n0\n" ROOT "\n", 0},
	    {"a\n18446744073709551615\n" ROOT "\n", 0},
	    {"a\n1\n" ROOT "\nan extension\n", 0},
	    {"", ERR_INVALID},
	    {"a\n", ERR_INVALID},
	    {"a\n300\n", ERR_INVALID},
	    {"a\n300\n" ROOT, ERR_INVALID},
	    {"\n300\n" ROOT "\n", ERR_INVALID},
	    {"a\n\n" ROOT "\n", ERR_INVALID},
	    {"a\n300\n\n", ERR_INVALID},
	    {"a\n0300\n" ROOT "\n", ERR_INVALID},
	    {"a\n+300\n" ROOT "\n", ERR_INVALID},
	    {"a\n-1\n" ROOT "\n", ERR_INVALID},
	    {"a\n3 \n" ROOT "\n", ERR_INVALID},
	    {"a\n0x1\n" ROOT "\n", ERR_INVALID},
	    {"a\n18446744073709551616\n" ROOT "\n", ERR_INVALID},
	    {"a\n99999999999999999999\n" ROOT "\n", ERR_INVALID},
	    {"a\n1\nQUJD\n", ERR_INVALID},
	    {"a\n1\n" ROOT "AAAA\n", ERR_INVALID},
	    {"a\n1\n" ROOT "\n\n", ERR_INVALID},
	    {"a\n1\n" ROOT "\nan extension", ERR_INVALID},
	};
	struct checkpoint c;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r = checkpoint_parse(rows[i].text, strlen(rows[i].text), &c,
					 NULL);

		if (r != rows[i].r)
			fail_msg("%d for \"%s\"", r, rows[i].text);
	}
}

static void
test_long_origin(void **state)
{
	char text[CHECKPOINT_ORIGIN_MAX + 100];
	struct checkpoint c;

	memset(text, 'a', sizeof(text));
	strncpy(text + CHECKPOINT_ORIGIN_MAX, "\n1\n" ROOT "\n", 90);
	assert_int_equal(checkpoint_parse(text, strlen(text), &c, NULL), 0);
	assert_int_equal(strlen(c.origin), CHECKPOINT_ORIGIN_MAX);
	memset(text, 'a', sizeof(text));
	strncpy(text + CHECKPOINT_ORIGIN_MAX + 1, "\n1\n" ROOT "\n", 90);
	assert_int_equal(checkpoint_parse(text, strlen(text), &c, NULL),
			 ERR_INVALID);
}

/* The key of another ledger is no key for this one. */
static void
test_other_name(void **state)
{
	struct checkpoint c = {.origin = "mine", .size = 1}, got;
	uint8_t seed[NOTE_SEED_LEN] = {7};
	struct buf text = {0}, note = {0};
	struct note_key key;

	checkpoint_render(&text, &c);
	assert_int_equal(
	    note_sign(text.data, text.len, "yours", seed, &note, NULL), 0);
	assert_int_equal(note_key_of_seed("yours", seed, &key, NULL), 0);
	assert_int_equal(checkpoint_open(note.data, note.len, &key, &got, NULL),
			 ERR_INVALID);
	assert_int_equal(note_key_of_seed("mine", seed, &key, NULL), 0);
	assert_int_equal(checkpoint_open(note.data, note.len, &key, &got, NULL),
			 ERR_NOT_FOUND);
	buf_free(&text);
	buf_free(&note);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_long_origin),
	    cmocka_unit_test(test_other_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
