/* Checkpoints that somebody kept: whose signature counts, in which order they
 * come, and what is written of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/simdisk.h"
#include "ledger/notes.h"
#include "ledger/rekey.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORIGIN "test.example.com/evidenced"

enum { KEYS = 4 };

static const uint8_t seeds[KEYS][NOTE_SEED_LEN] = {{1}, {2}, {3}, {4}};

struct world {
	struct notes *notes;
	struct note_key key[KEYS];
};

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char vkey[NOTE_VKEY_MAX + 1];

	for (int i = 0; i < KEYS; i++)
		assert_int_equal(
		    note_key_of_seed(ORIGIN, seeds[i], &w->key[i], NULL), 0);
	note_key_render(&w->key[0], vkey);
	assert_int_equal(notes_new(vkey, &w->notes, NULL), 0);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	notes_free(w->notes);
	free(w);
	return 0;
}

static void
add_with(struct world *w, const char *origin, uint64_t size, int key,
	 const char *more)
{
	struct checkpoint c = {.size = size, .root = {{(uint8_t)size}}};
	struct buf note = {0};

	snprintf(c.origin, sizeof(c.origin), "%s", origin);
	assert_int_equal(checkpoint_sign(&c, seeds[key], &note, NULL), 0);
	buf_puts(&note, more);
	assert_int_equal(notes_add(w->notes, note.data, note.len, NULL), 0);
	buf_free(&note);
}

static void
add(struct world *w, const char *origin, uint64_t size, int key)
{
	add_with(w, origin, size, key, "");
}

/* A row that hands over from one key to the next, signed by `signer`. */
static void
add_change(struct world *w, int old, int new, int signer)
{
	struct row_parts parts = {.kind = REKEY_KIND,
				  .kind_len = strlen(REKEY_KIND)};
	struct buf body = {0};

	assert_int_equal(
	    rekey_body(&body, &w->key[old], seeds[signer], &w->key[new], NULL),
	    0);
	parts.body = body.data;
	parts.body_len = body.len;
	assert_int_equal(notes_add_row(w->notes, &parts, NULL), 0);
	buf_free(&body);
}

static uint64_t
newest(const struct world *w, uint64_t limit)
{
	struct checkpoint c;

	if (!notes_newest(w->notes, limit, &c))
		return 0;
	assert_int_equal(c.root.bytes[0], (uint8_t)c.size);
	return c.size;
}

static void
only_our_key_counts(void **state)
{
	struct world *w = *state;

	add(w, ORIGIN, 20, 0);
	add(w, ORIGIN, 30, 1);
	add(w, "another/ledger", 40, 0);
	assert_int_equal(notes_add(w->notes, "no note\n", 8, NULL), 0);
	assert_int_equal(newest(w, UINT64_MAX), 30); /* a claim so far */
	notes_prove(w->notes);
	assert_int_equal(newest(w, UINT64_MAX), 20);
	assert_int_equal(newest(w, 20), 20);
	assert_int_equal(newest(w, 19), 0);
}

/* In whatever order the rows come; and only by whom a known key names. */
static void
a_key_hands_over(void **state)
{
	struct world *w = *state;

	add_change(w, 1, 2, 1);
	add_change(w, 0, 1, 0);
	add(w, ORIGIN, 10, 0);
	add(w, ORIGIN, 20, 1);
	add(w, ORIGIN, 30, 2);
	add(w, ORIGIN, 40, 3);
	notes_prove(w->notes);
	assert_int_equal(newest(w, UINT64_MAX), 30);
	assert_int_equal(newest(w, 29), 20);
}

static void
nobody_takes_a_key_over(void **state)
{
	struct world *w = *state;

	add_change(w, 0, 3, 3); /* not signed by the old one */
	add_change(w, 2, 3, 2); /* from a key that nobody knows */
	add(w, ORIGIN, 40, 3);
	notes_prove(w->notes);
	assert_int_equal(newest(w, UINT64_MAX), 0);
}

static void
they_are_written_by_size(void **state)
{
	struct world *w = *state;
	struct simdisk *d = simdisk_new();
	const struct ledger_io *io = simdisk_io(d);
	int dir = io->open_dir(io->ctx, AT_FDCWD, "/");
	char *text, *line;

	add(w, ORIGIN, 30, 0);
	add(w, ORIGIN, 10, 0);
	add(w, ORIGIN, 20, 0);
	add(w, ORIGIN, 10, 0);
	/* Somebody else signed it, too. */
	add_with(w, ORIGIN, 10, 0, "— other AAAAAAAA\n");
	notes_prove(w->notes);
	assert_int_equal(notes_put(w->notes, io, dir, 9), 0);
	assert_null(simdisk_read(d, "/checkpoint", NULL));
	assert_int_equal(notes_put(w->notes, io, dir, 29), 0);
	text = simdisk_read(d, "/checkpoint", NULL);
	assert_non_null(strstr(text, ORIGIN "\n20\n"));
	free(text);
	text = simdisk_read(d, "/checkpoints.jsonl", NULL);
	line = strchr(text, '\n') + 1;
	assert_non_null(strstr(text, ",\"seq\":0,\"size\":10}\n"));
	assert_non_null(strstr(line, ",\"seq\":1,\"size\":20}\n"));
	assert_string_equal(strchr(line, '\n'), "\n");
	free(text);
	io->close(io->ctx, dir);
	simdisk_free(d);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(only_our_key_counts),
	    TEST(a_key_hands_over),
	    TEST(nobody_takes_a_key_over),
	    TEST(they_are_written_by_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
