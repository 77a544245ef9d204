/* The one interface for what is printed: widths, breaks, colour, JSON. */
#include "report/writer.h"
#include "report/writer_csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define DASH "\xe2\x80\x94"

static const struct column columns[] = {
    {"name", "name", COLUMN_FLEX},
    {"state", "state", COLUMN_STATE},
    {"count", "n", COLUMN_RIGHT},
    {"also", "also", COLUMN_MORE},
    {"at", "at", 0},
};

static void
put_row(struct writer *w, const char *name, const char *state, int64_t n)
{
	writer_text(w, name);
	writer_text(w, state);
	writer_int(w, n);
	writer_bool(w, n > 1);
	writer_time(w, n > 1 ? wall_from_s(1783036800) : wall_from_s(0));
}

static void
print(struct writer *w, bool card)
{
	if (card)
		writer_card(w, "thing", columns, 5);
	else
		writer_table(w, "thing", columns, 5);
	put_row(w, "a", "pass", 1);
	put_row(w, "\xc3\xa4\xc3\xb6", NULL, 1200);
	writer_close(w);
	assert_true(writer_ok(w));
}

static struct writer
writer(enum writer_format format, struct buf *out)
{
	*out = (struct buf){0};
	return (struct writer){.format = format, .width = 80, .out = out};
}

static void
table(void **state)
{
	struct buf out;
	struct writer w = writer(WRITER_TEXT, &out);

	print(&w, false);
	assert_string_equal(buf_text(&out),
			    "NAME  STATE     N  AT\n"
			    "a     pass      1  " DASH "\n"
			    "\xc3\xa4\xc3\xb6    " DASH
			    "      1200  2026-07-03T00:00:00Z\n");
	buf_free(&out);
}

static void
card(void **state)
{
	struct buf out;
	struct writer w = writer(WRITER_TEXT, &out);

	print(&w, true);
	assert_string_equal(buf_text(&out), "  name   a\n"
					    "  state  pass\n"
					    "  n      1\n"
					    "  also   no\n"
					    "  at     " DASH "\n"
					    "  name   \xc3\xa4\xc3\xb6\n"
					    "  state  " DASH "\n"
					    "  n      1200\n"
					    "  also   yes\n"
					    "  at     2026-07-03T00:00:00Z\n");
	buf_free(&out);
}

/* A table and a card are the same lines of JSON, with every column. */
static void
json(void **state)
{
	static const char expected[] =
	    "{\"also\":false,\"at\":null,\"count\":1,\"name\":\"a\","
	    "\"object\":\"thing\",\"schema\":1,\"state\":\"pass\"}\n"
	    "{\"also\":true,\"at\":\"2026-07-03T00:00:00Z\",\"count\":1200,"
	    "\"name\":\"\xc3\xa4\xc3\xb6\",\"object\":\"thing\",\"schema\":1,"
	    "\"state\":null}\n";
	struct buf out;

	for (int i = 0; i < 2; i++) {
		struct writer w = writer(WRITER_JSON, &out);

		print(&w, i == 1);
		writer_heading(&w, "left out");
		writer_paragraph(&w, "", "left out");
		assert_string_equal(buf_text(&out), expected);
		buf_free(&out);
	}
}

/* What is not set is one thing, however a caller says it; a list that is
 * empty is a list, and no and 0 are values. */
static void
not_set(void **state)
{
	static const struct column all[] = {
	    {"a", "a", 0}, {"b", "b", 0}, {"c", "c", 0}, {"d", "d", 0},
	    {"e", "e", 0}, {"f", "f", 0}, {"g", "g", 0}, {"h", "h", 0},
	    {"i", "i", 0}, {"j", "j", 0}};
	static const char *const expected[] = {
	    [WRITER_TEXT] =
		"A  B  C  D  E  F  G  H  I   J\n" DASH "  " DASH "  " DASH
		"  " DASH "  " DASH "  " DASH "  " DASH "  " DASH "  no  0\n",
	    [WRITER_JSON] =
		"{\"a\":null,\"b\":null,\"c\":null,\"d\":null,\"e\":null,"
		"\"f\":null,\"g\":null,\"h\":[],\"i\":false,\"j\":0,"
		"\"object\":\"thing\",\"schema\":1}\n",
	    [WRITER_YAML] = "- object: \"thing\"\n  schema: 1\n  a: null\n"
			    "  b: null\n  c: null\n  d: null\n  e: null\n"
			    "  f: null\n  g: null\n  h: []\n  i: false\n"
			    "  j: 0\n",
	};

	for (int format = WRITER_TEXT; format <= WRITER_YAML; format++) {
		struct buf out;
		struct writer w = writer((enum writer_format)format, &out);

		writer_table(&w, "thing", all, 10);
		writer_none(&w);
		writer_text(&w, NULL);
		writer_text(&w, "");
		writer_text(&w, " \n "); /* nothing that could be shown */
		writer_lines(&w, "");
		writer_time(&w, wall_from_s(0));
		writer_day(&w, INT32_MIN);
		writer_list(&w, NULL, 0);
		writer_bool(&w, false);
		writer_int(&w, 0);
		writer_close(&w);
		assert_string_equal(buf_text(&out), expected[format]);
		buf_free(&out);
	}
}

static void
empty_table_prints_nothing(void **state)
{
	struct buf out;
	struct writer w = writer(WRITER_TEXT, &out);

	writer_table(&w, "thing", columns, 5);
	writer_close(&w);
	assert_string_equal(buf_text(&out), "");
	buf_free(&out);
}

static void
lists_and_lines(void **state)
{
	static const struct column three[] = {
	    {"a", "a", 0}, {"b", "b", 0}, {"c", "c", 0}};
	static const char *const items[] = {"x", "y \"z\""};
	struct buf out;
	struct writer w = writer(WRITER_JSON, &out);

	writer_card(&w, "o", three, 3);
	writer_list(&w, items, 2);
	writer_list(&w, NULL, 0);
	writer_lines(&w, "1\n2\n");
	writer_close(&w);
	assert_string_equal(buf_text(&out),
			    "{\"a\":[\"x\",\"y \\\"z\\\"\"],\"b\":[],"
			    "\"c\":\"1\\n2\\n\",\"object\":\"o\","
			    "\"schema\":1}\n");
	buf_free(&out);
	w = writer(WRITER_TEXT, &out);
	writer_card(&w, "o", three, 3);
	writer_list(&w, items, 2);
	writer_list(&w, NULL, 0);
	writer_lines(&w, "1\n2\n");
	writer_close(&w);
	assert_string_equal(buf_text(&out), "  a  x, y \"z\"\n"
					    "  b  " DASH "\n"
					    "  c  1 2\n");
	buf_free(&out);
}

/* Whatever stands in the cells, a table with a flexible column keeps the
 * width, and no character of a cell is lost. */
static void
wide_cells_are_broken_not_cut(void **state)
{
	static const char *const cells[] = {
	    "error-path-accepted/a-long-label-of-a-workload",
	    "one two three four five six seven eight nine ten eleven twelve "
	    "thirteen fourteen",
	    "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
	    "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
	    "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"};
	static const struct column two[] = {
	    {"a", "a", COLUMN_FLEX}, {"b", "b", COLUMN_FLEX}, {"c", "c", 0}};
	struct buf out;
	struct writer w = writer(WRITER_TEXT, &out);
	size_t letters = 0, expected = 0;

	writer_table(&w, "t", two, 3);
	for (size_t i = 0; i < 3; i++) {
		writer_text(&w, cells[i]);
		writer_text(&w, cells[(i + 1) % 3]);
		writer_text(&w, "2026-07-03T00:00:00Z");
	}
	writer_close(&w);
	for (char *line = out.data, *end; (end = strchr(line, '\n')) != NULL;
	     line = end + 1) {
		*end = '\0';
		assert_in_range(writer_width(line), 1, 80);
		assert_true(end[-1] != ' ');
		for (char *c = line; *c != '\0'; c++)
			letters += *c != ' ' ? 1 : 0;
	}
	for (size_t i = 0; i < 3; i++) {
		for (const char *c = cells[i]; *c != '\0'; c++)
			expected += *c != ' ' ? 2 : 0;
	}
	/* the titles and three times */
	assert_int_equal(letters, expected + 3 + 3 * 20);
	buf_free(&out);
}

static void
names_are_broken_behind_a_slash(void **state)
{
	static const struct column two[] = {{"a", "a", COLUMN_FLEX},
					    {"b", "b", 0}};
	struct buf out;
	struct writer w = writer(WRITER_TEXT, &out);

	writer_table(&w, "t", two, 2);
	writer_text(&w, "credential-used-elsewhere/"
			"batch-jobs-of-the-support-team");
	writer_text(&w, "0123456789012345678901234567890123456789");
	writer_close(&w);
	assert_non_null(strstr(buf_text(&out), "\ncredential-used-elsewhere/"));
	assert_non_null(
	    strstr(buf_text(&out), "\nbatch-jobs-of-the-support-team\n"));
	buf_free(&out);
}

/* A name can be copied and searched for, on a terminal of any width; what is
 * longer than any name is broken. */
static void
names_stay_whole(void **state)
{
	static const struct column three[] = {{"a", "a", COLUMN_FLEX},
					      {"b", "b", COLUMN_FLEX},
					      {"c", "c", COLUMN_FLEX}};
	char name[65], longer[201];

	memset(name, 'n', 64);
	name[64] = '\0';
	memset(longer, 'x', 200);
	longer[200] = '\0';
	for (int width = 80; width <= 240; width += 80) {
		struct buf out;
		struct writer w = writer(WRITER_TEXT, &out);

		w.width = width;
		writer_table(&w, "t", three, 3);
		writer_text(&w, name);
		writer_text(&w, "a word, another, and the next of many more");
		writer_text(&w, longer);
		writer_close(&w);
		assert_non_null(strstr(buf_text(&out), name));
		assert_null(strstr(buf_text(&out), longer));
		buf_free(&out);
	}
}

/* The longest names get a line of their own, above the others or below, and
 * the names of the shipped profile fit a terminal of 80 columns. */
static void
names_hang(void **state)
{
	static const struct column columns_of[2][6] = {
	    {{"a", "source", COLUMN_FLEX},
	     {"b", "snapshot", 0},
	     {"c", "seen from", 0},
	     {"d", "to", 0},
	     {"e", "approved", 0},
	     {"f", "by", COLUMN_FLEX}},
	    {{"a", "row", COLUMN_RIGHT},
	     {"b", "kind", 0},
	     {"c", "of", COLUMN_FLEX},
	     {"d", "outcome", COLUMN_STATE},
	     {"e", "recorded", 0},
	     {"f", "by", COLUMN_FLEX}}};
	static const char *const cells[2][6] = {
	    {"cometapi-pricing-gpt-4o-mini", "982d9e3eb996", "2026-07-03",
	     "2026-07-03", "2026-07-03", "pricing-owner"},
	    {"103", "source.approved", "cometapi-pricing-gpt-4o-mini",
	     "unchanged", "2026-07-03T09:12:00Z", "finops"}};
	static const char *const expected[2] = {
	    "SOURCE\n"
	    "  SNAPSHOT      SEEN FROM   TO          APPROVED    BY\n"
	    "cometapi-pricing-gpt-4o-mini\n"
	    "  982d9e3eb996  2026-07-03  2026-07-03  2026-07-03  "
	    "pricing-owner\n",
	    "ROW  KIND             OUTCOME    RECORDED              BY\n"
	    "  OF\n"
	    "103  source.approved  unchanged  2026-07-03T09:12:00Z  finops\n"
	    "  cometapi-pricing-gpt-4o-mini\n"};

	for (size_t t = 0; t < 2; t++) {
		struct buf out;
		struct writer w = writer(WRITER_TEXT, &out);

		writer_table(&w, "t", columns_of[t], 6);
		for (size_t i = 0; i < 6; i++)
			writer_text(&w, cells[t][i]);
		writer_close(&w);
		assert_string_equal(buf_text(&out), expected[t]);
		buf_free(&out);
	}
}

/* Names alone are wider than the terminal: the rest stays readable. */
static void
flexible_columns_keep_a_least_width(void **state)
{
	static const struct column two[] = {{"a", "a", 0},
					    {"b", "b", COLUMN_FLEX}};
	char name[101];
	struct buf out;
	struct writer w = writer(WRITER_TEXT, &out);

	memset(name, 'a', 100);
	name[100] = '\0';
	writer_table(&w, "t", two, 2);
	writer_text(&w, name);
	writer_text(&w, "twelve-wide! and more");
	writer_close(&w);
	assert_non_null(strstr(buf_text(&out), "a  twelve-wide!\n"));
	buf_free(&out);
}

static void
words_of_cards_stay_whole(void **state)
{
	static const struct column one[] = {{"digest", "digest", 0}};
	char digest[101];
	struct buf out;
	struct writer w = writer(WRITER_TEXT, &out);

	memset(digest, 'a', 100);
	digest[100] = '\0';
	writer_card(&w, "t", one, 1);
	writer_text(&w, digest);
	writer_close(&w);
	assert_non_null(strstr(buf_text(&out), digest));
	buf_free(&out);
}

static void
colour_counts_for_nothing(void **state)
{
	struct buf plain, coloured, bare = {0};
	struct writer w = writer(WRITER_TEXT, &plain);

	print(&w, false);
	w = writer(WRITER_TEXT, &coloured);
	w.color = true;
	print(&w, false);
	assert_non_null(strstr(buf_text(&coloured), "\033[32mpass\033[0m"));
	for (const char *c = coloured.data; *c != '\0'; c++) {
		if (*c == '\033')
			c = strchr(c, 'm');
		else
			buf_putc(&bare, *c);
	}
	assert_string_equal(buf_text(&bare), buf_text(&plain));
	buf_free(&plain);
	buf_free(&coloured);
	buf_free(&bare);
}

/* Nothing that steers a terminal gets through a cell. */
static void
cells_are_made_fit(void **state)
{
	static const struct column one[] = {{"a", "a", 0}};
	struct buf out;
	struct writer w = writer(WRITER_TEXT, &out);

	writer_card(&w, "t", one, 1);
	writer_text(&w, "x\033[2Jy\r\nz\xc2\x9b\x80");
	writer_close(&w);
	assert_string_equal(buf_text(&out), "  a  x [2Jy z \xef\xbf\xbd\n");
	buf_free(&out);
}

static void
verbatim_keeps_lines_and_spaces(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
	    {" a  b\t\n\n-c\n", " a  b\t\n\n-c\n"},
	    {"", ""},
	    {"a\033[31mb\r", "a\xef\xbf\xbd[31mb\xef\xbf\xbd"},
	    {"\x7f", "\xef\xbf\xbd"},
	    {"\xc2\x9b"
	     "1m\xc2\xa0",
	     "\xef\xbf\xbd"
	     "1m\xc2\xa0"},
	    {"0.15 \xe2\x80\xae 51.0", "0.15 \xef\xbf\xbd 51.0"},
	    {"\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\x94",
	     "\xef\xbf\xbd\xef\xbf\xbd" DASH},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = {0};

		writer_verbatim(&out, rows[i].from, strlen(rows[i].from));
		assert_string_equal(buf_text(&out), rows[i].to);
		buf_free(&out);
	}
}

/* The same members in the order of the columns; what YAML cannot print is
 * escaped. */
static void
yaml_is_a_sequence(void **state)
{
	static const struct column three[] = {
	    {"name", "name", 0}, {"count", "count", 0}, {"list", "list", 0}};
	static const char *const items[] = {"a", "b\"c"};
	struct buf out = {0};
	struct writer w = {.format = WRITER_YAML, .width = 80, .out = &out};

	writer_heading(&w, "left out");
	writer_paragraph(&w, "", "left out");
	writer_table(&w, "thing", three, 3);
	writer_text(&w, "no \xef\xbb\xbf");
	writer_int(&w, -3);
	writer_list(&w, items, 2);
	writer_text(&w, NULL);
	writer_none(&w);
	writer_list(&w, items, 0);
	writer_close(&w);
	assert_string_equal(buf_text(&out), "- object: \"thing\"\n"
					    "  schema: 1\n"
					    "  name: \"no \\ufeff\"\n"
					    "  count: -3\n"
					    "  list: [\"a\",\"b\\\"c\"]\n"
					    "- object: \"thing\"\n"
					    "  schema: 1\n"
					    "  name: null\n"
					    "  count: null\n"
					    "  list: []\n");
	buf_free(&out);
}

/* No spreadsheet takes a cell for a formula. */
static void
csv_cells(void **state)
{
	static const struct {
		const char *text, *quoted;
	} cases[] = {
	    {"", "\"\""},
	    {"a, b", "\"a, b\""},
	    {"a \"b\"\n", "\"a \"\"b\"\"\n\""},
	    {"=1", "\"'=1\""},
	    {"+1", "\"'+1\""},
	    {"-1", "\"'-1\""},
	    {"@A1", "\"'@A1\""},
	    {"\t=1", "\"'\t=1\""},
	    {"\r=1", "\"'\r=1\""},
	    {"a=1", "\"a=1\""},
	    {" =1", "\"' =1\""},
	    {" \t\n+1", "\"' \t\n+1\""},
	    {"\tx", "\"'\tx\""},
	    {"\rx", "\"'\rx\""},
	    {" x", "\" x\""},
	    {" ", "\" \""},
	    {"\xc2\xa0=1", "\"'\xc2\xa0=1\""},
	    {"\xe3\x80\x80@A1", "\"'\xe3\x80\x80@A1\""},
	    {"\xef\xbc\x9d\x31", "\"'\xef\xbc\x9d\x31\""},
	    {"\xef\xbc\xa0\x41", "\"'\xef\xbc\xa0\x41\""},
	    {"\xe2\x88\x92\x31", "\"'\xe2\x88\x92\x31\""},
	    {"\xef\xbc", "\"\xef\xbc\""},
	    {"=\"a\"", "\"'=\"\"a\"\"\""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = {0};

		csv_quote(&out, cases[i].text);
		assert_string_equal(buf_text(&out), cases[i].quoted);
		buf_free(&out);
	}
}

static void
csv_has_one_head(void **state)
{
	static const struct column three[] = {
	    {"name", "Name", 0}, {"count", "Count", 0}, {"list", "List", 0}};
	static const char *const items[] = {"a", "=b"};
	struct buf out = {0};
	struct writer w = {.format = WRITER_CSV, .width = 80, .out = &out};

	writer_table(&w, "thing", three, 3);
	writer_close(&w);
	for (int i = 0; i < 2; i++) {
		writer_table(&w, "thing", three, 3);
		writer_text(&w, i == 0 ? "x" : NULL);
		writer_int(&w, -3);
		writer_list(&w, items, i == 0 ? 2 : 0);
		writer_close(&w);
	}
	assert_string_equal(buf_text(&out), "name,count,list\n"
					    "\"x\",-3,\"a, =b\"\n"
					    ",-3,\n");
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(table),
	    cmocka_unit_test(card),
	    cmocka_unit_test(json),
	    cmocka_unit_test(not_set),
	    cmocka_unit_test(empty_table_prints_nothing),
	    cmocka_unit_test(lists_and_lines),
	    cmocka_unit_test(wide_cells_are_broken_not_cut),
	    cmocka_unit_test(names_stay_whole),
	    cmocka_unit_test(names_are_broken_behind_a_slash),
	    cmocka_unit_test(names_hang),
	    cmocka_unit_test(flexible_columns_keep_a_least_width),
	    cmocka_unit_test(words_of_cards_stay_whole),
	    cmocka_unit_test(colour_counts_for_nothing),
	    cmocka_unit_test(cells_are_made_fit),
	    cmocka_unit_test(verbatim_keeps_lines_and_spaces),
	    cmocka_unit_test(yaml_is_a_sequence),
	    cmocka_unit_test(csv_cells),
	    cmocka_unit_test(csv_has_one_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
