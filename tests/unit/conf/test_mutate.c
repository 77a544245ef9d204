/* Any bytes may be given as a configuration: thousands of deterministic
 * mutations of the samples are loaded.  Each must end in a configuration or
 * in errors, each error must stand in a line of a file that was given, and
 * what loads must dump to what loads again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/conf/fixture.h"

#include <stdlib.h>
#include <string.h>

enum { MUTATIONS = 4000, PIECE_MAX = 40 };

static uint64_t random_state = 0x9e3779b97f4a7c15;

static size_t
draw(size_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return below == 0 ? 0 : (size_t)(random_state % below);
}

static const char *const pieces[] = {"\"",
				     "{",
				     "}",
				     "(",
				     ")",
				     "[",
				     "]",
				     ",",
				     ";",
				     "=",
				     ":",
				     "\n",
				     "/*",
				     "*/",
				     "//",
				     "#",
				     "@include \"x\"",
				     "\\",
				     "0x1",
				     "9999999999",
				     "1L",
				     "-1",
				     "1.5",
				     "true",
				     "\"\"",
				     "\"${secret}\"",
				     "\"${model}\"",
				     "name",
				     "label",
				     "use = \"chat-test\";",
				     "\xff",
				     "\xc3",
				     "\"2026-02-30\"",
				     "\"* * * * *\"",
				     "\"@every 1s\"",
				     "\"00:00-24:00\"",
				     "\"Europe/Berlin\"",
				     "\"0s\"",
				     "[]",
				     "()",
				     "{}",
				     "( {}, {} )",
				     "workloads",
				     "sources = ( { } );",
				     "\"sk-canary0123456789\"",
				     "max_requests_per_day = 0;",
				     "weight = 100;",
				     "surface = { };"};

/* One change of a text; the caller frees the result. */
static void
mutate(struct buf *text)
{
	struct buf out = {0};
	size_t at = draw(text->len), n = draw(PIECE_MAX), from;

	if (n > text->len - at)
		n = text->len - at;
	buf_add(&out, text->data, at);
	switch (draw(5)) {
	case 0: /* take out */
		at += n;
		break;
	case 1: /* put in */
		buf_puts(&out,
			 pieces[draw(sizeof(pieces) / sizeof(pieces[0]))]);
		break;
	case 2: /* replace */
		buf_puts(&out,
			 pieces[draw(sizeof(pieces) / sizeof(pieces[0]))]);
		at += n;
		break;
	case 3: /* repeat another part */
		from = draw(text->len - n + 1);
		buf_add(&out, text->data + from, n);
		break;
	default: /* any byte */
		buf_putc(&out, (char)draw(256));
		at += at < text->len;
		break;
	}
	buf_add(&out, text->data + at, text->len - at);
	buf_free(text);
	*text = out;
}

static void
check_report(const struct conf_report *report, const char *path,
	     const char *text, size_t len)
{
	int lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	for (size_t i = 0; i < report->n; i++) {
		const struct conf_message *m = &report->at[i];

		assert_true(m->line > 0);
		assert_true(strcmp(m->file, path) != 0 || m->line <= lines);
		assert_true(m->what[0] != '\0');
		assert_null(strstr(m->what, "canary"));
		assert_null(strstr(m->hint, "canary"));
		assert_null(strstr(m->key, "canary"));
	}
}

static void
load_again(const struct config *config)
{
	struct buf out = {0};
	struct config *again = NULL;
	struct conf_report report;
	struct conf_text text;

	conf_dump(config, CONF_DUMP_ALL, &out);
	text = (struct conf_text){"dump.conf", buf_text(&out), out.len, false};
	if (conf_load(&text, 1, host_zone, NULL, &again, &report) != 0) {
		struct buf said = {0};

		conf_report_print(&report, &said);
		fail_msg("%s\n%s", buf_text(&said), buf_text(&out));
	}
	assert_string_equal(again->effective, config->effective);
	config_free(again);
	conf_report_free(&report);
	buf_free(&out);
}

static size_t
load_mutation(const struct conf_text *profile, const struct buf *text)
{
	/* exactly as long as it is, so that a sanitizer sees each overrun */
	char *exact = malloc(text->len == 0 ? 1 : text->len);
	struct conf_text texts[2] = {*profile,
				     {"a.conf", exact, text->len, false}};
	struct config *config = NULL;
	struct conf_report report;
	int rc;

	assert_non_null(exact);
	if (text->len > 0)
		memcpy(exact, text->data, text->len);
	rc = conf_load(texts, 2, host_zone, NULL, &config, &report);
	assert_int_equal(rc, report.n_errors == 0 ? 0 : ERR_INVALID);
	check_report(&report, "a.conf", exact, text->len);
	if (rc == 0)
		load_again(config);
	config_free(config);
	conf_report_free(&report);
	free(exact);
	return rc == 0;
}

static void
run(const char *path)
{
	char *sample = read_source_file(path);
	char *profiles = read_source_file("etc/profiles/cometapi.conf");
	struct conf_text profile = {"p.conf", profiles, strlen(profiles), true};
	struct conf_text none = {"p.conf", "", 0, true};
	size_t good = 0;

	if (strstr(path, "profiles") != NULL)
		profile = none;
	for (int i = 0; i < MUTATIONS; i++) {
		struct buf text = {0};

		buf_puts(&text, sample);
		for (size_t k = draw(4) + 1; k > 0; k--)
			mutate(&text);
		good += load_mutation(&profile, &text);
		buf_free(&text);
	}
	/* both sides are met, else this would test nothing */
	assert_true(good > 20 && good < MUTATIONS - 20);
	free(sample);
	free(profiles);
}

static void
test_first_file(void **state)
{
	run("etc/evidenced.conf");
}

static void
test_drop_in(void **state)
{
	run("etc/conf.d/example");
}

static void
test_profile(void **state)
{
	run("etc/profiles/cometapi.conf");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_first_file),
	    cmocka_unit_test(test_drop_in),
	    cmocka_unit_test(test_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
