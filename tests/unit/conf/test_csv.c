/* Tables as spreadsheets export them, and what is no table. */
#include "conf/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Cells with | between them, records with / after each and the line before;
 * an error as its words. */
static void
render(const char *text, size_t len, struct buf *out)
{
	struct csv csv = {.text = text, .len = len, .line = 1};
	struct csv_record record;
	struct err err;
	int r;

	while ((r = csv_next(&csv, &record, &err)) == 1) {
		buf_printf(out, "%d:", record.line);
		for (size_t i = 0; i < record.n; i++)
			buf_printf(out, "%s%s", i == 0 ? "" : "|",
				   record.cell[i]);
		buf_puts(out, "/");
		csv_record_free(&record);
	}
	csv_record_free(&record);
	if (r < 0)
		buf_printf(out, "line %d: %s", csv.line, err.text);
}

static void
tables(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
	    {"", ""},
	    {"\n\r\n\n", ""},
	    {"a,b\n1,2\n", "1:a|b/2:1|2/"},
	    {"a,b\r\n1,2", "1:a|b/2:1|2/"},
	    {"\xef\xbb\xbf"
	     "a,b\n",
	     "1:a|b/"},
	    {"a,,\n", "1:a||/"},
	    {",\n", "1:|/"},
	    {" a ,\tb\t\n", "1:a|b/"},
	    {"a b\n", "1:a b/"},
	    {"\"a,b\",\"c\"\"d\"\n", "1:a,b|c\"d/"},
	    {"\"\"\n\"\",x\n", "2:|x/"},
	    {"\"\"\"\"\n", "1:\"/"},
	    {"\"a\nb\",c\nd\n", "1:a\nb|c/3:d/"},
	    {"\"a\r\nb\"\n\nc\n", "1:a\r\nb/4:c/"},
	    {"\xc3\xbc,\xe2\x82\xac\n", "1:\xc3\xbc|\xe2\x82\xac/"},
	    {"a\n\"b\nc", "1:a/line 2: the quote that begins a cell is not "
			  "closed"},
	    {"a\n\"b\" c\n", "1:a/line 2: text behind the closing quote of a "
			     "cell; a quote in a cell is written twice"},
	    {"a\nb\"c\n", "1:a/line 2: a quote in a cell that is not quoted"},
	    {"a\rb\n", "line 1: a carriage return without a line feed"},
	    {"\xff", "line 1: not text in UTF-8; export it as CSV UTF-8"},
	    {"a\n\"\xc3\xbc\n\"\n\xe2\n",
	     "line 4: not text in UTF-8; export it as CSV UTF-8"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = {0};

		render(rows[i].text, strlen(rows[i].text), &out);
		assert_string_equal(buf_text(&out), rows[i].wanted);
		buf_free(&out);
	}
}

static void
too_many_cells(void **state)
{
	char text[CSV_CELLS_MAX + 1];
	struct buf out = {0};

	memset(text, ',', sizeof(text));
	render(text, CSV_CELLS_MAX - 1, &out);
	assert_memory_equal(buf_text(&out), "1:|", 3);
	buf_reset(&out);
	render(text, CSV_CELLS_MAX, &out);
	assert_string_equal(buf_text(&out), "line 1: more than 256 cells");
	buf_free(&out);
}

/* Every cut and every byte: an answer, within the text. */
static void
any_bytes(void **state)
{
	static const char table[] = "a,\"b\"\"c\"\r\n\"d\ne\",f\n";
	char text[sizeof(table)];
	struct buf out = {0};

	for (size_t len = 0; len < sizeof(table); len++) {
		for (size_t at = 0; at < len; at++) {
			memcpy(text, table, sizeof(table));
			text[at] = "\",\r\n\0\xff"[len % 6];
			buf_reset(&out);
			render(text, len, &out);
			assert_false(out.failed);
		}
	}
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tables),
	    cmocka_unit_test(too_many_cells),
	    cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
