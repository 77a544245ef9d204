/* Every key of the schema, once with a wrong type, once too big (or not one
 * of its words), once too small and once misspelled: four files made from the
 * table, loaded in one run, and each complaint expected at its exact place.
 * Nothing else may be complained about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "alert/rule.h"
#include "conf/schema.h"
#include "conf/value.h"
#include "tests/unit/conf/fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum wrong { WRONG_TYPE, WRONG_BIG, WRONG_SMALL, WRONG_NAME, WRONGS };

static const char *const files[WRONGS] = {"type.conf", "big.conf", "small.conf",
					  "name.conf"};

enum { EXPECTED_MAX = 2000, CHAIN_MAX = 6 };

struct expectation {
	const char *file;
	int line;
	char key[200];
	char what[64];
	char hint[128];
};

struct maker {
	enum wrong wrong;
	struct buf text;
	int line;
	int objects; /* of the list */
	int labels;
	char letter; /* of texts that are too long: one per section */
	struct expectation *expected;
	size_t n_expected;
	size_t *n_keys; /* keys that got a wrong value, per kind of wrong */
};

static void put_line(struct maker *m, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
put_line(struct maker *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&m->text, fmt, ap);
	va_end(ap);
	buf_putc(&m->text, '\n');
	m->line++;
}

static bool
is_string_range(enum schema_type type)
{
	return !value_is_number(type) && type != SCHEMA_HEX &&
	       type != SCHEMA_WINDOW && type != SCHEMA_GROUP &&
	       type != SCHEMA_GROUPS;
}

/* A value of the right type out of range, and what is said about it; false
 * when the key has no such range. */
static bool
out_of_range(const struct schema_key *key, bool big, char letter,
	     struct buf *value, const char **ret_what)
{
	const char *unit = key->type == SCHEMA_DURATION_MS ? "ms"
			   : key->type == SCHEMA_SIZE	   ? "B"
							   : "s";
	int64_t n = big ? key->max + 1 : key->min - 1;

	*ret_what = big ? "too big" : "too small";
	if (key->type == SCHEMA_INT) {
		buf_printf(value, "%" PRId64 "%s", n, n > 999999999 ? "L" : "");
		return true;
	}
	if (value_units(key->type) != NULL) {
		buf_printf(value, "\"%" PRId64 "%s\"", n, unit);
		return n >= 0;
	}
	if (!big)
		return false;
	if (key->words != NULL) {
		*ret_what = "is not known here";
		buf_puts(value, "\"nonsense\"");
	} else if (key->type == SCHEMA_DAY) {
		*ret_what = "is no day";
		buf_puts(value, "\"2026-02-30\"");
	} else if (key->type == SCHEMA_WINDOW) {
		*ret_what = "is not a window";
		buf_puts(value, "\"04:30-24:01\"");
	} else if (key->type == SCHEMA_HEX) {
		*ret_what = "too long";
		buf_printf(value, "\"%065d\"", 0);
	} else if (is_string_range(key->type)) {
		*ret_what = "too long";
		buf_putc(value, '"');
		for (int64_t i = 0; i < n; i++)
			buf_putc(value, letter);
		buf_putc(value, '"');
	} else {
		return false;
	}
	return true;
}

static const char *
wrong_type_value(const struct schema_key *key)
{
	if (key->type == SCHEMA_BOOL || key->type == SCHEMA_INT)
		return (key->flags & KEY_LIST) ? "[ \"x\" ]" : "\"x\"";
	return schema_is_list(key) ? "[ true ]" : "true";
}

static void
expect(struct maker *m, const char *path, const char *what, const char *hint)
{
	struct expectation *e = &m->expected[m->n_expected++];

	assert_true(m->n_expected < EXPECTED_MAX);
	e->file = files[m->wrong];
	e->line = m->line;
	snprintf(e->key, sizeof(e->key), "%s", path);
	snprintf(e->what, sizeof(e->what), "%s", what);
	snprintf(e->hint, sizeof(e->hint), "%s", hint);
}

/* The line with the wrong value; none when this key cannot be wrong so. */
static void
put_wrong(struct maker *m, const struct schema_key *key, const char *path,
	  const char *label)
{
	struct buf value = {0};
	char name[100], hint[128];
	const char *what;

	snprintf(name, sizeof(name), "%s.%s", path, key->name);
	snprintf(hint, sizeof(hint), "%s = ", key->name);
	if (m->wrong == WRONG_TYPE) {
		expect(m, name, "must be ", hint);
		put_line(m, "%s = %s;", key->name, wrong_type_value(key));
		++*m->n_keys;
	} else if (m->wrong == WRONG_NAME) {
		snprintf(name, sizeof(name), "%s.%sz", path, key->name);
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", key->name);
		expect(m, name, "unknown key", hint);
		put_line(m, "%sz = %s;", key->name, key->example);
		++*m->n_keys;
	} else if (out_of_range(key, m->wrong == WRONG_BIG, m->letter, &value,
				&what)) {
		expect(m, name, what, "");
		if (schema_is_list(key))
			put_line(m, "%s = [ %s ];", key->name,
				 buf_text(&value));
		else
			put_line(m, "%s = %s;", key->name, buf_text(&value));
		++*m->n_keys;
	} else if (key->flags & KEY_REQUIRED) {
		if (key->words != NULL && key->type == SCHEMA_TEXT)
			put_line(m, "%s = \"%s\";", key->name, label);
		else
			put_line(m, "%s = %s;", key->name, key->example);
	}
	buf_free(&value);
}

/* What else a group needs so that only the target is wrong. */
static void
put_companions(struct maker *m, const struct schema_section *section,
	       const struct schema_key *target)
{
	const char *t = target->name;

	if (strcmp(section->name, "surface") == 0) {
		if (strcmp(t, "increases") != 0)
			put_line(m, "increases = \"/up\";");
		if (strcmp(t, "decreases") != 0)
			put_line(m, "decreases = \"/down\";");
	} else if (strcmp(section->name, "accept") == 0) {
		put_line(m, strcmp(t, "status") == 0 ? "pointer = \"/e\";"
						     : "status = 401;");
	} else if (strcmp(section->name, "request_id") == 0) {
		put_line(m, strcmp(t, "header") == 0 ? "pointer = \"/e\";"
						     : "header = \"x-id\";");
	}
}

/* Required keys but the target; a misspelled one stands beside the right. */
static void
put_required(struct maker *m, const struct schema_section *section,
	     const struct schema_key *target, const struct schema_key *next,
	     const char *label)
{
	for (size_t i = 0; i < section->n_keys; i++) {
		const struct schema_key *key = &section->keys[i];

		if (!schema_has(section, key) || !(key->flags & KEY_REQUIRED) ||
		    key == next || (key == target && m->wrong != WRONG_NAME))
			continue;
		if (section->label != NULL &&
		    strcmp(key->name, section->label) == 0)
			put_line(m, "%s = \"%s\";", key->name, label);
		else if (strcmp(section->name, "allocation_rules") == 0 &&
			 strcmp(key->name, "type") == 0 &&
			 strcmp((next == NULL ? target : next)->name,
				"owner") != 0)
			put_line(m, "type = \"shared-cost-rule\";");
		else
			put_line(m, "%s = %s;", key->name, key->example);
	}
}

/* The inside of a group on the way to the target, the last of the chain. */
static void
put_inside(struct maker *m, const struct schema_section *section,
	   const struct schema_key *const *chain, size_t n, const char *path,
	   const char *label)
{
	const struct schema_key *target = chain[n - 1];
	char inner[200];

	if (n == 1) {
		put_required(m, section, target, NULL, label);
		put_companions(m, section, target);
		put_wrong(m, target, path, label);
		return;
	}
	put_required(m, section, target, chain[0], label);
	put_companions(m, section, chain[0]);
	if (chain[0]->type == SCHEMA_GROUP) {
		snprintf(inner, sizeof(inner), "%s.%s", path, chain[0]->name);
		put_line(m, "%s = {", chain[0]->name);
		put_inside(m, chain[0]->group, chain + 1, n - 1, inner, label);
		put_line(m, "};");
	} else {
		snprintf(inner, sizeof(inner), "%s.%s[0]", path,
			 chain[0]->name);
		put_line(m, "%s = ( {", chain[0]->name);
		put_inside(m, chain[0]->group, chain + 1, n - 1, inner, label);
		put_line(m, "} );");
	}
}

/* A label of an alert is a rule, and each rule stands once. */
static void
make_label(struct maker *m, const struct schema_section *section, char *out,
	   size_t size)
{
	const struct schema_key *key = schema_find(section, section->label);

	if (key->words != NULL)
		snprintf(
		    out, size, "%s",
		    key->words[m->wrong * 6 + (enum wrong)m->objects].name);
	else
		snprintf(out, size, "k%d", m->labels++);
}

static void
put_object(struct maker *m, const struct schema_section *section,
	   const struct schema_key *const *chain, size_t n)
{
	char label[64], path[128];

	make_label(m, section, label, sizeof(label));
	snprintf(path, sizeof(path), "%s.%s", section->name, label);
	if (n == 1 && m->wrong != WRONG_NAME &&
	    strcmp(chain[0]->name, section->label) == 0) {
		/* a label that is wrong names nothing: the place does, but
		 * for one that is merely too long or not a rule */
		if (m->wrong == WRONG_BIG && chain[0]->words != NULL)
			snprintf(path, sizeof(path), "%s.nonsense",
				 section->name);
		else if (m->wrong == WRONG_BIG && chain[0]->max < 64) {
			char name[64];

			memset(name, m->letter, sizeof(name));
			snprintf(path, sizeof(path), "%s.%.*s", section->name,
				 (int)chain[0]->max + 1, name);
		} else
			snprintf(path, sizeof(path), "%s[%d]", section->name,
				 m->objects);
	}
	put_line(m, "%s{", m->objects > 0 ? "," : "");
	m->objects++;
	put_inside(m, section, chain, n, path, label);
	put_line(m, "}");
}

/* One object per key, at any depth. */
static void
put_objects(struct maker *m, const struct schema_section *top,
	    const struct schema_section *section,
	    const struct schema_key **chain, size_t n)
{
	for (size_t i = 0; i < section->n_keys; i++) {
		const struct schema_key *key = &section->keys[i];

		if (!schema_has(section, key))
			continue;
		assert_true(n < CHAIN_MAX);
		chain[n] = key;
		put_object(m, top, chain, n + 1);
		if (key->group != NULL)
			put_objects(m, top, key->group, chain, n + 1);
	}
}

static void
put_section(struct maker *m, const struct schema_section *section)
{
	const struct schema_key *chain[CHAIN_MAX];

	if (section->list) {
		m->objects = 0;
		put_line(m, "%s = (", section->name);
		put_objects(m, section, section, chain, 0);
		put_line(m, ");");
		return;
	}
	put_line(m, "%s = {", section->name);
	for (size_t i = 0; i < section->n_keys; i++) {
		if (schema_has(section, &section->keys[i]))
			put_wrong(m, &section->keys[i], section->name, "");
	}
	put_line(m, "};");
}

static size_t
count_keys(const struct schema_section *section)
{
	size_t n = 0;

	for (size_t i = 0; i < section->n_keys; i++) {
		const struct schema_key *key = &section->keys[i];

		if (!schema_has(section, key))
			continue;
		n++;
		if (key->group != NULL)
			n += count_keys(key->group);
	}
	return n;
}

/* Each error of the report was expected, and none stands twice. */
static void
expect_nothing_else(const struct loaded *l, const struct expectation *expected,
		    size_t n)
{
	static bool used[EXPECTED_MAX];

	for (size_t i = 0; i < l->report.n; i++) {
		const struct conf_message *m = &l->report.at[i];
		size_t k = 0;

		if (m->severity == CONF_WARNING)
			continue;
		while (k < n && (used[k] || expected[k].line != m->line ||
				 strcmp(expected[k].file, m->file) != 0 ||
				 strcmp(expected[k].key, m->key) != 0))
			k++;
		if (k == n)
			fail_msg("not expected: %s:%d: %s: %s", m->file,
				 m->line, m->key, m->what);
		used[k] = true;
	}
}

static void
test_every_key(void **state)
{
	static struct expectation expected[EXPECTED_MAX];
	struct maker m[WRONGS] = {{0}};
	struct file texts[WRONGS];
	struct loaded l;
	size_t n = 0, keys = 0, wrong_keys[WRONGS] = {0};

	for (size_t i = 0; i < SCHEMA_LISTS; i++)
		keys += count_keys(schema_sections[i]);
	for (enum wrong w = 0; w < WRONGS; w++) {
		m[w] = (struct maker){.wrong = w,
				      .line = 1,
				      .labels = (int)w * 1000,
				      .expected = expected + n,
				      .n_keys = &wrong_keys[w]};
		for (size_t i = 0; i < SCHEMA_LISTS; i++) {
			m[w].letter = (char)('g' + i);
			put_section(&m[w], schema_sections[i]);
		}
		n += m[w].n_expected;
		texts[w] = (struct file){files[w], buf_text(&m[w].text)};
	}
	assert_int_equal(wrong_keys[WRONG_TYPE], keys);
	assert_int_equal(wrong_keys[WRONG_NAME], keys);
	assert_true(wrong_keys[WRONG_BIG] > keys * 3 / 4);
	load_files(&l, texts, WRONGS);
	assert_int_equal(l.rc, ERR_INVALID);
	for (size_t i = 0; i < n; i++)
		expect_message(&l, CONF_ERROR, expected[i].file,
			       expected[i].line, expected[i].key,
			       expected[i].what, expected[i].hint);
	expect_nothing_else(&l, expected, n);
	assert_int_equal(l.report.n_errors, n);
	for (enum wrong w = 0; w < WRONGS; w++)
		buf_free(&m[w].text);
	loaded_free(&l);
}

/* What is told of a key is complete. */
static void
check_row(const struct schema_key *key)
{
	assert_non_null(key->example);
	assert_non_null(key->help);
	/* what is no constant is told in words */
	assert_true(key->fallback != NULL || key->otherwise != NULL ||
		    (key->flags & KEY_REQUIRED) || key->group != NULL);
}

/* What is wrong only beside another key. */
static bool
is_about_two(const char *what)
{
	return strstr(what, "there is no counter") != NULL ||
	       strstr(what, "an owner-tag rule has no") != NULL ||
	       strstr(what, "weights count for") != NULL;
}

/* Whether line 2 of this text, which has the key alone, is refused so. */
static bool
is_refused(const char *text, const char *what)
{
	struct loaded l;
	bool found = false;

	load_text(&l, text);
	for (size_t i = 0; i < l.report.n; i++)
		found |= l.report.at[i].severity == CONF_ERROR &&
			 l.report.at[i].line == 2 &&
			 strstr(l.report.at[i].what, what) != NULL &&
			 !is_about_two(l.report.at[i].what);
	loaded_free(&l);
	return found;
}

/* The example of every key is a value that it takes; an empty string is none
 * for a key that is required. */
static void
check_examples(const struct schema_section *section, const char *before,
	       const char *after)
{
	for (size_t i = 0; i < section->n_keys; i++) {
		const struct schema_key *key = &section->keys[i];
		bool groups = key->type == SCHEMA_GROUPS;
		char text[1024], opened[256], closed[64];

		if (!schema_has(section, key))
			continue;
		check_row(key);
		snprintf(text, sizeof(text), "%s\n%s = %s;\n%s", before,
			 key->name, key->example, after);
		if (is_refused(text, ""))
			fail_msg("the example is refused: %s", text);
		snprintf(text, sizeof(text), "%s\n%s = \"\";\n%s", before,
			 key->name, after);
		if ((key->flags & KEY_REQUIRED) && key->group == NULL &&
		    section != schema_sections[LIST_DEFAULTS] &&
		    section != schema_sections[LIST_TEMPLATES] &&
		    !is_refused(text, "required, and empty"))
			fail_msg("not called empty: %s", text);
		if (key->group == NULL)
			continue;
		snprintf(opened, sizeof(opened), "%s%s = %s", before, key->name,
			 groups ? "( {" : "{");
		snprintf(closed, sizeof(closed), "%s%s", groups ? "} );" : "};",
			 after);
		check_examples(key->group, opened, closed);
	}
}

static void
test_examples(void **state)
{
	for (size_t i = 0; i < SCHEMA_LISTS; i++) {
		const struct schema_section *s = schema_sections[i];
		char before[64];

		snprintf(before, sizeof(before), "%s = %s", s->name,
			 s->list ? "( {" : "{");
		check_examples(s, before, s->list ? "} );" : "};");
	}
}

/* The rules that `alerts` may name are those that there are. */
static void
test_alert_rules(void **state)
{
	const struct schema_key *key =
	    schema_find(schema_sections[LIST_ALERTS], "rule");
	size_t n = 0;

	for (const struct schema_word *w = key->words; w->name != NULL; w++) {
		assert_non_null(alert_rule_by_name(w->name));
		n++;
	}
	assert_int_equal(n, ALERT_RULES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_key),
	    cmocka_unit_test(test_examples),
	    cmocka_unit_test(test_alert_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
