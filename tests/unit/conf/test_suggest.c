/* What it costs to say which name was meant: the linker sends each search for
 * the nearest one through here, and the names that are compared are counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "conf/loader.h"
#include "tests/unit/conf/fixture.h"

#include <string.h>

enum { MANY = 1000 };

const char *__real_text_suggest(const char *word, const char *const *candidates,
				size_t n);
const char *__wrap_text_suggest(const char *word, const char *const *candidates,
				size_t n);

static size_t searches, compared;

const char *
__wrap_text_suggest(const char *word, const char *const *candidates, size_t n)
{
	searches++;
	compared += n;
	return __real_text_suggest(word, candidates, n);
}

/* MANY owners, and as many workloads: each has an owner that is none, but
 * near to one, by its own words or by those of a template. */
static void
load_many(struct loaded *l, bool own_words)
{
	struct buf text = {0};

	buf_puts(&text,
		 "gateways = ( { name = \"cometapi\"; } );\n"
		 "templates = ( { name = \"all\"; gateway = \"cometapi\";"
		 " model = \"m\"; owner_group = \"team-00O0\"; } );\n"
		 "owners = (\n");
	for (int i = 0; i < MANY; i++)
		buf_printf(&text, "%s{ group = \"team-%04d\"; }\n",
			   i == 0 ? "" : ",", i);
	buf_puts(&text, ");\nworkloads = (\n");
	for (int i = 0; i < MANY; i++) {
		buf_printf(&text, "%s{ label = \"w-%d\"; use = \"all\";",
			   i == 0 ? "" : ",", i);
		if (own_words)
			buf_printf(&text, " owner_group = \"taem-%04d\";", i);
		buf_puts(&text, " }\n");
	}
	buf_puts(&text, ");\n");
	searches = compared = 0;
	load_with_profiles(l, &(struct file){"t.conf", buf_text(&text)}, 1);
	buf_free(&text);
	assert_int_equal(l->rc, 0);
}

static size_t
told(const struct loaded *l, const char *hint)
{
	size_t n = 0;

	for (size_t i = 0; i < l->report.n; i++)
		n += strstr(l->report.at[i].what, "no owner ") != NULL &&
		     strstr(l->report.at[i].hint, hint) != NULL;
	return n;
}

/* Each is told, and for the first ones what was meant. */
static void
test_many_names(void **state)
{
	struct loaded l;

	load_many(&l, true);
	assert_int_equal(told(&l, ""), MANY);
	assert_int_equal(told(&l, "did you mean \"team-0"), SUGGESTIONS_MAX);
	assert_int_equal(searches, SUGGESTIONS_MAX);
	assert_int_equal(compared, SUGGESTIONS_MAX * MANY);
	loaded_free(&l);
}

static void
test_one_name_of_many(void **state)
{
	struct loaded l;

	load_many(&l, false);
	assert_int_equal(told(&l, ""), 1);
	assert_int_equal(told(&l, "did you mean \"team-0"), 1);
	assert_int_equal(searches, 1);
	loaded_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_many_names),
	    cmocka_unit_test(test_one_name_of_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
