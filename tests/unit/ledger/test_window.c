/* The window of ids against a plain list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ledger/ledger.h"
#include "ledger/window.h"

#include <stdio.h>
#include <string.h>

static uint64_t
find(const struct window *w, int n, uint64_t before)
{
	char id[32];

	snprintf(id, sizeof(id), "id.%d", n);
	return window_find(w, id, strlen(id), before);
}

static void
add(struct window *w, int n)
{
	char id[32];

	snprintf(id, sizeof(id), "id.%d", n);
	window_add(w, id, strlen(id));
}

static void
test_empty(void **state)
{
	struct window *w = window_new(0);

	assert_true(find(w, 1, WINDOW_NONE) == WINDOW_NONE);
	window_free(w);
}

/* Rows leave in their order when the window is full. */
static void
test_slides(void **state)
{
	const uint64_t first = 1000003;
	const int n = LEDGER_ID_WINDOW + 5000;
	int strangers = 0;
	struct window *w = window_new(first);

	assert_int_equal(LEDGER_ID_WINDOW, 65536);
	for (int i = 0; i < n; i++) {
		add(w, i);
		window_set_place(w, first + (uint64_t)i, (uint32_t)i * 3);
	}
	for (int i = 0; i < n; i++) {
		uint64_t seq = first + (uint64_t)i;
		uint64_t found = find(w, i, WINDOW_NONE);

		/* another id of the same hash may come first */
		while (found != WINDOW_NONE && found > seq)
			found = find(w, i, found);
		if (i < 5000) {
			assert_true(found == WINDOW_NONE || found < seq);
			continue;
		}
		assert_true(found == seq);
		assert_int_equal(window_place(w, seq), (uint32_t)i * 3);
	}
	/* Ids that were never there share a hash with one that was very
	 * seldom. */
	for (int i = 0; i < 1000; i++)
		strangers += find(w, -1 - i, WINDOW_NONE) != WINDOW_NONE;
	assert_true(strangers < 5);
	/* A row that left has no place any more. */
	window_set_place(w, first, 7);
	window_free(w);
}

/* The newest of several rows with one id comes first. */
static void
test_same_id(void **state)
{
	struct window *w = window_new(5);

	add(w, 1);
	add(w, 2);
	add(w, 1);
	assert_true(find(w, 1, WINDOW_NONE) == 7);
	assert_true(find(w, 1, 7) == 5);
	assert_true(find(w, 1, 5) == WINDOW_NONE);
	window_free(w);
}

/* One id for all: chains of the greatest length still lose their oldest. */
static void
test_one_chain(void **state)
{
	struct window *w = window_new(0);

	for (int i = 0; i < LEDGER_ID_WINDOW; i++)
		window_add(w, "x", 1);
	assert_true(window_find(w, "x", 1, 1) == 0);
	window_add(w, "x", 1);
	assert_true(window_find(w, "x", 1, 1) == WINDOW_NONE);
	assert_true(window_find(w, "x", 1, 2) == 1);
	window_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_slides),
	    cmocka_unit_test(test_same_id),
	    cmocka_unit_test(test_one_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
