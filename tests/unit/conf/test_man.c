/* evidenced.conf(5) says of every key exactly what the schema says: help,
 * type, range, default and example are compared as text, section by section,
 * in the order of the table; and it knows no key and no section besides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/schema.h"
#include "conf/store.h"
#include "tests/unit/conf/fixture.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 78 };

/* Text for mdoc: no line starts with a control character, sentences start
 * lines, and lines are short. */
static void
put_text(struct buf *out, const char *text)
{
	size_t column = 0;

	for (const char *c = text; *c != '\0';) {
		size_t word = strcspn(c, " ");
		bool sentence = column > 1 && out->data[out->len - 1] == '.' &&
				isupper((unsigned char)*c);

		if (column > 0 &&
		    (sentence || column + 1 + word > LINE_MAX_BYTES)) {
			buf_putc(out, '\n');
			column = 0;
		} else if (column > 0) {
			buf_putc(out, ' ');
			column++;
		}
		if (column == 0 && (*c == '.' || *c == '\''))
			buf_puts(out, "\\&");
		for (size_t i = 0; i < word; i++) {
			buf_putc(out, c[i]);
			if (c[i] == '\\')
				buf_putc(out, 'e');
		}
		column += word;
		c += word + strspn(c + word, " ");
	}
	buf_putc(out, '\n');
}

/* "Type: a size such as ...; range: 1B to 2B; default: x." */
static void
put_facts(struct buf *out, const struct schema_key *key)
{
	struct buf facts = {0}, range = {0}, fallback = {0};

	value_range(key, &range);
	store_default_text(key, &fallback);
	buf_printf(&facts, "Type: %s%s",
		   (key->flags & KEY_LIST) ? "a list, each " : "",
		   value_type_name(key->type));
	if (range.len > 0)
		buf_printf(&facts, "; %s: %s",
			   key->words != NULL && value_units(key->type) == NULL
			       ? "one of"
			       : "range",
			   buf_text(&range));
	if (key->flags & KEY_REQUIRED)
		buf_puts(&facts, "; required.");
	else if (fallback.len > 0)
		buf_printf(&facts, "; default: %s.", buf_text(&fallback));
	else if (key->otherwise != NULL)
		buf_printf(&facts, "; if not set: %s.", key->otherwise);
	else
		buf_putc(&facts, '.');
	put_text(out, buf_text(&facts));
	buf_free(&facts);
	buf_free(&range);
	buf_free(&fallback);
}

static void
put_example(struct buf *out, const struct schema_key *key)
{
	struct buf line = {0};
	const char *at;

	buf_printf(&line, "%s = %s;", key->name, key->example);
	at = buf_text(&line);
	buf_puts(out, ".Bd -literal -offset indent -compact\n");
	while (*at != '\0') {
		size_t n = strlen(at);

		if (n > LINE_MAX_BYTES - 8) {
			n = LINE_MAX_BYTES - 8;
			while (n > 0 && at[n] != ' ')
				n--;
			assert_true(n > 0);
		}
		for (size_t i = 0; i < n; i++) {
			buf_putc(out, at[i]);
			if (at[i] == '\\')
				buf_putc(out, 'e');
		}
		buf_putc(out, '\n');
		at += n + (at[n] == ' ');
		if (*at != '\0')
			buf_puts(out, "    ");
	}
	buf_puts(out, ".Ed\n");
	buf_free(&line);
}

static void
put_key(struct buf *out, const struct schema_key *key)
{
	buf_printf(out, ".It Ic %s\n", key->name);
	put_text(out, key->help);
	put_facts(out, key);
	put_example(out, key);
}

/* Rows that several sections share are described in one of them. */
static bool
is_described_here(const struct schema_section *section,
		  const struct schema_key *key)
{
	const struct schema_section *whole = NULL;

	if (!schema_has(section, key))
		return false;
	if (section->keys == schema_sections[LIST_WORKLOADS]->keys)
		whole = schema_sections[LIST_WORKLOADS];
	else if (section->keys == schema_sections[LIST_SOURCES]->keys)
		whole = schema_sections[LIST_SOURCES];
	return whole == NULL || whole == section || !schema_has(whole, key);
}

static void
put_section(struct buf *out, const struct schema_section *section,
	    const char *path)
{
	char inner[128];
	size_t n = 0;

	buf_printf(out, ".Ss %s\n", path);
	put_text(out, section->help);
	for (size_t i = 0; i < section->n_keys; i++) {
		if (!is_described_here(section, &section->keys[i]))
			continue;
		if (n++ == 0)
			buf_puts(out, ".Bl -tag -width Ds\n");
		put_key(out, &section->keys[i]);
	}
	if (n > 0)
		buf_puts(out, ".El\n");
	for (size_t i = 0; i < section->n_keys; i++) {
		const struct schema_key *key = &section->keys[i];

		if (key->group == NULL || !is_described_here(section, key))
			continue;
		snprintf(inner, sizeof(inner), "%s: %s", path, key->name);
		put_section(out, key->group, inner);
	}
}

/* The first line at which the page differs. */
static void
compare(const char *page, const char *expected)
{
	int line = 1;

	while (*expected != '\0') {
		size_t n = strcspn(expected, "\n") + 1;

		if (strncmp(page, expected, n) != 0)
			fail_msg("line %d after .Sh SECTIONS is \"%.*s\", and "
				 "the table says \"%.*s\"",
				 line, (int)strcspn(page, "\n"), page,
				 (int)n - 1, expected);
		page += n;
		expected += n;
		line++;
	}
	if (strncmp(page, ".Sh ", 4) != 0)
		fail_msg("the page knows more than the table: \"%.*s\"",
			 (int)strcspn(page, "\n"), page);
}

static void
test_sections(void **state)
{
	static const char start[] = ".Sh SECTIONS\n";
	char *page = read_source_file("man/evidenced.conf.5");
	const char *at = strstr(page, start);
	struct buf expected = {0};

	assert_non_null(at);
	for (size_t i = 0; i < SCHEMA_LISTS; i++)
		put_section(&expected, schema_sections[i],
			    schema_sections[i]->name);
	compare(at + strlen(start), buf_text(&expected));
	buf_free(&expected);
	free(page);
}

/* Each built-in metric template is named. */
static void
test_metric_templates(void **state)
{
	static const char mark[] = "{ name = \"";
	char *page = read_source_file("man/evidenced.conf.5");
	const char *at = schema_metric_templates;
	int n = 0;

	while ((at = strstr(at, mark)) != NULL) {
		struct buf item = {0};

		at += strlen(mark);
		buf_puts(&item, ".It Cm ");
		buf_add(&item, at, strcspn(at, "\""));
		buf_putc(&item, '\n');
		if (strstr(page, buf_text(&item)) == NULL)
			fail_msg("not in the page: %s", buf_text(&item));
		buf_free(&item);
		n++;
	}
	assert_int_equal(n, 6);
	free(page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sections),
	    cmocka_unit_test(test_metric_templates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
