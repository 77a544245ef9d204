/* The unified diff: fixed examples, and against a plain longest common
 * subsequence for random texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/seed.h"
#include "page/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *old, *new, *expected;
} examples[] = {
    {"", "", ""},
    {"a\nb\n", "a\nb\n", ""},
    {"", "a\n", "--- old\n+++ new\n@@ -0,0 +1 @@\n+a\n"},
    {"a\nb\n", "", "--- old\n+++ new\n@@ -1,2 +0,0 @@\n-a\n-b\n"},
    {"a\n", "b\n", "--- old\n+++ new\n@@ -1 +1 @@\n-a\n+b\n"},
    {"a", "a\n",
     "--- old\n+++ new\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n"
     "+a\n"},
    {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
     "--- old\n+++ new\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n"
     " 8\n"},
    /* six common lines between two changes: one hunk */
    {"a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
     "--- old\n+++ new\n@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n"
     "-b\n+B\n"},
    /* seven: two hunks */
    {"a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
     "--- old\n+++ new\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n"
     "@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n"},
    {"a\nb\nc\n", "a\nx\nb\nc\n",
     "--- old\n+++ new\n@@ -1,3 +1,4 @@\n a\n+x\n b\n c\n"},
};

static void
test_examples(void **state)
{
	for (size_t i = 0; i < COUNT(examples); i++) {
		struct buf out = {0};

		assert_int_equal(page_diff("old", examples[i].old,
					   strlen(examples[i].old), "new",
					   examples[i].new,
					   strlen(examples[i].new), &out),
				 0);
		assert_string_equal(buf_text(&out), examples[i].expected);
		buf_free(&out);
	}
}

enum { LINES_MAX = 40 };

struct text {
	char bytes[2 * LINES_MAX + 1];
	size_t n; /* lines; each is one letter and LF */
};

static void
random_text(struct seed *seed, struct text *text, uint32_t letters)
{
	text->n = seed_next(seed, LINES_MAX + 1);
	for (size_t i = 0; i < text->n; i++) {
		text->bytes[2 * i] = (char)('a' + seed_next(seed, letters));
		text->bytes[2 * i + 1] = '\n';
	}
	text->bytes[2 * text->n] = '\0';
}

static size_t
common_lines(const struct text *a, const struct text *b)
{
	size_t best[LINES_MAX + 1][LINES_MAX + 1] = {{0}};

	for (size_t i = 1; i <= a->n; i++) {
		for (size_t k = 1; k <= b->n; k++) {
			size_t left = best[i][k - 1], up = best[i - 1][k];

			best[i][k] = left > up ? left : up;
			if (a->bytes[2 * i - 2] == b->bytes[2 * k - 2] &&
			    best[i - 1][k - 1] + 1 > best[i][k])
				best[i][k] = best[i - 1][k - 1] + 1;
		}
	}
	return best[a->n][b->n];
}

/* Applies a diff as patch(1) does, checking every context line and every
 * number of the hunk headers; counts the marked lines. */
static size_t
apply(const char *diff, const struct text *old, char *result)
{
	size_t at = 0, marked = 0, to = 0;
	const char *p = diff;

	if (*p != '\0') {
		assert_int_equal(strncmp(p, "--- old\n+++ new\n", 16), 0);
		p += 16;
	}
	while (*p == '@') {
		unsigned int from = 0, old_n = 1, put = 0, new_n = 1;
		char *end;

		from = (unsigned int)strtoul(p + 4, &end, 10);
		if (*end == ',')
			old_n = (unsigned int)strtoul(end + 1, &end, 10);
		put = (unsigned int)strtoul(end + 2, &end, 10);
		if (*end == ',')
			new_n = (unsigned int)strtoul(end + 1, &end, 10);
		assert_int_equal(strncmp(end, " @@\n", 4), 0);
		p = end + 4;
		from -= old_n > 0;
		put -= new_n > 0;
		assert_true(from >= at);
		memcpy(result + to, old->bytes + 2 * at, 2 * (from - at));
		to += 2 * (from - at);
		at = from;
		assert_int_equal(to, 2 * put);
		while (*p == ' ' || *p == '-' || *p == '+') {
			marked += *p != ' ';
			if (*p != '+') {
				assert_true(old_n-- > 0);
				assert_int_equal(p[1], old->bytes[2 * at++]);
			}
			if (*p != '-') {
				assert_true(new_n-- > 0);
				result[to++] = p[1];
				result[to++] = '\n';
			}
			p += 3;
		}
		assert_int_equal(old_n + new_n, 0);
	}
	assert_int_equal(*p, '\0');
	memcpy(result + to, old->bytes + 2 * at, 2 * (old->n - at) + 1);
	return marked;
}

static void
test_random(void **state)
{
	struct seed seed = seed_start();

	for (int i = 0; i < 3000; i++) {
		char result[4 * LINES_MAX + 1];
		struct text old, new;
		struct buf out = {0};
		size_t marked;

		random_text(&seed, &old, 2 + (uint32_t)i % 9);
		random_text(&seed, &new, 2 + (uint32_t)i % 9);
		assert_int_equal(page_diff("old", old.bytes, 2 * old.n, "new",
					   new.bytes, 2 * new.n, &out),
				 0);
		marked = apply(buf_text(&out), &old, result);
		assert_string_equal(result, new.bytes);
		/* and it is a shortest one */
		assert_int_equal(marked,
				 old.n + new.n - 2 * common_lines(&old, &new));
		buf_free(&out);
	}
}

/* Two texts of 1 MiB that share nothing but the order of a few letters; the
 * time is bounded by construction, so only the result is looked at. */
static void
test_big_and_different(void **state)
{
	struct seed seed = seed_start();
	const size_t n = PAGE_TEXT_MAX / 2;
	char *old = malloc(2 * n), *new = malloc(2 * n);
	struct buf out = {0};

	assert_non_null(old);
	assert_non_null(new);
	for (size_t i = 0; i < n; i++) {
		old[2 * i] = (char)('a' + seed_next(&seed, 5));
		new[2 * i] = (char)('a' + seed_next(&seed, 5));
		old[2 * i + 1] = new[2 * i + 1] = '\n';
	}
	assert_int_equal(page_diff("old", old, 2 * n, "new", new, 2 * n, &out),
			 0);
	assert_int_equal(strncmp(out.data, "--- old\n+++ new\n@@ ", 19), 0);
	/* at most every line taken out and put in */
	assert_true(out.len <= 6 * n + 1000);
	buf_free(&out);
	free(old);
	free(new);
}

/* A small change in a big text stays small. */
static void
test_big_and_alike(void **state)
{
	struct buf old = {0}, new = {0}, out = {0};

	for (int i = 0; i < 60000; i++) {
		buf_printf(&old, "line %d\n", i);
		if (i % 20000 != 7)
			buf_printf(&new, "line %d\n", i);
	}
	assert_int_equal(
	    page_diff("old", old.data, old.len, "new", new.data, new.len, &out),
	    0);
	assert_true(out.len < 400);
	assert_non_null(strstr(out.data, "\n-line 20007\n"));
	assert_null(strstr(out.data, "\n+"
				     "line"));
	buf_free(&old);
	buf_free(&new);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_examples),
	    cmocka_unit_test(test_random),
	    cmocka_unit_test(test_big_and_different),
	    cmocka_unit_test(test_big_and_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
