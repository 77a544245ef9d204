/* What is written as a draft is read back as what was meant. */
#include "conf/draft.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
set(struct draft *d, const char *key, const char *value)
{
	int k = draft_key(key, NULL);

	assert_true(k >= 0);
	d->value[k] = value;
}

static void
read_back(void **state)
{
	struct draft drafts[2] = {{{NULL}}, {{NULL}}};
	const struct workload *w;
	struct buf text = {0};
	struct loaded l;
	size_t bad = 9;

	set(&drafts[0], "label", "first");
	set(&drafts[0], "gateway", "gw");
	set(&drafts[0], "model", "m");
	set(&drafts[0], "owner_group", "");
	set(&drafts[0], "application", "a \"b\" \\c\\");
	set(&drafts[0], "max_requests_per_day", "12");
	set(&drafts[0], "require_clock_sync", "true");
	set(&drafts[0], "review_days", "mon, thu");
	set(&drafts[0], "sources", "one ;two,,");
	set(&drafts[1], "label", "second");
	set(&drafts[1], "gateway", "gw");
	set(&drafts[1], "model", "m");
	assert_int_equal(draft_write("test", drafts, 2, &text, &bad, NULL), 0);
	load_text(&l, buf_text(&text));
	assert_int_equal(l.rc, 0);
	w = config_workload(l.config, "first");
	assert_non_null(w);
	assert_int_equal(w->origin.line, DRAFT_FIRST_LINE);
	assert_string_equal(w->application, "a \"b\" \\c\\");
	assert_string_equal(w->owner_group, "");
	assert_int_equal(w->max_requests_per_day, 12);
	assert_true(w->require_clock_sync);
	assert_int_equal(w->review_days, 2 | 16);
	assert_int_equal(w->source_names.n, 2);
	assert_string_equal(w->source_names.at[0], "one");
	assert_string_equal(w->source_names.at[1], "two");
	w = config_workload(l.config, "second");
	assert_non_null(w);
	assert_int_equal(w->origin.line, DRAFT_FIRST_LINE + 1);
	loaded_free(&l);
	buf_free(&text);
}

static void
refused(void **state)
{
	static const struct {
		const char *key, *value, *words;
	} rows[] = {
	    {"max_requests_per_day", "many", "max_requests_per_day: "},
	    {"max_requests_per_day", "-1", "max_requests_per_day: "},
	    {"require_clock_sync", "yes", "require_clock_sync: "},
	    {"application", "a\nb", "application: a line break"},
	    {"application", "a\tb", "application: a control character"},
	    {"sources", "a,b\x7f", "sources: a control character"},
	};
	struct err err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct draft drafts[2] = {{{NULL}}, {{NULL}}};
		struct buf text = {0};
		size_t bad = 9;

		set(&drafts[1], rows[i].key, rows[i].value);
		assert_int_equal(
		    draft_write("test", drafts, 2, &text, &bad, &err),
		    ERR_INVALID);
		assert_int_equal(bad, 1);
		assert_memory_equal(err.text, rows[i].words,
				    strlen(rows[i].words));
		buf_free(&text);
	}
	assert_int_equal(draft_key("owner_grup", &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "did you mean owner_group?"));
	assert_int_equal(draft_key("name", &err), ERR_NOT_FOUND);
}

static void
templates(void **state)
{
	const char *names[8];
	struct loaded l;

	load_text(&l,
		  "templates = ( { name = \"a\"; }, { name = \"b\"; } );\n");
	assert_int_equal(l.rc, 0);
	assert_int_equal(draft_templates(l.config, names, 8), 2);
	assert_string_equal(names[0], "a");
	assert_string_equal(names[1], "b");
	assert_int_equal(draft_templates(l.config, names, 1), 1);
	loaded_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(read_back),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(templates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
