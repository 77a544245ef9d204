/* The zones are the host's, read by the fakes; everything else is in memory
 * or in the source tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "tests/fakes/tz.h"
#include "tests/unit/conf/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libconfig 1.5 forgets a string when its parser stops at an error; the leak
 * checker calls this when it runs. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libconfig_yylex\nleak:strbuf_append\n";
}

int
host_zone(void *ctx, const char *name, void **ret_bytes, size_t *ret_len)
{
	static const char *const known[] = {"Europe/Berlin", "Asia/Tokyo",
					    "America/New_York"};
	unsigned char *bytes;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i], name) != 0)
			continue;
		bytes = malloc(TZ_BYTES_MAX);
		assert_non_null(bytes);
		*ret_len = tz_read(name, bytes);
		*ret_bytes = bytes;
		return 0;
	}
	return ERR_NOT_FOUND;
}

static void
load(struct loaded *l, const struct conf_text *texts, size_t n)
{
	l->config = NULL;
	l->rc = conf_load(texts, n, host_zone, NULL, &l->config, &l->report);
	assert_true(l->rc == 0 ? l->config != NULL && l->report.n_errors == 0
			       : l->config == NULL);
}

enum { FILES_MAX = 16 };

static size_t
add_files(struct conf_text *texts, size_t n_texts, const struct file *files,
	  size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_true(n_texts < FILES_MAX);
		texts[n_texts++] = (struct conf_text){
		    files[i].path, files[i].text, strlen(files[i].text), false};
	}
	return n_texts;
}

void
load_files(struct loaded *l, const struct file *files, size_t n)
{
	struct conf_text texts[FILES_MAX];
	char paths[FILES_MAX][64];

	add_files(texts, 0, files, n);
	for (size_t i = 0; i < n; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s", files[i].path);
		texts[i].path = paths[i];
	}
	load(l, texts, n);
	/* What was loaded keeps nothing of its callers. */
	memset(paths, 'x', sizeof(paths));
}

void
load_text(struct loaded *l, const char *text)
{
	struct file file = {"t.conf", text};

	load_files(l, &file, 1);
}

void
check_text(struct loaded *l, const char *text, int32_t day)
{
	const struct conf_text one = {"t.conf", text, strlen(text)};

	l->config = NULL;
	l->rc =
	    conf_check(&one, 1, host_zone, NULL, day, &l->config, &l->report);
}

void
load_with_profiles(struct loaded *l, const struct file *files, size_t n)
{
	static const char *const paths[] = {"etc/profiles/cometapi.conf",
					    "etc/profiles/generic.conf"};
	struct conf_text texts[FILES_MAX];
	char *profiles[2];

	for (size_t i = 0; i < 2; i++) {
		profiles[i] = read_source_file(paths[i]);
		texts[i] = (struct conf_text){paths[i], profiles[i],
					      strlen(profiles[i]), true};
	}
	load(l, texts, add_files(texts, 2, files, n));
	free(profiles[0]);
	free(profiles[1]);
}

void
loaded_free(struct loaded *l)
{
	config_free(l->config);
	conf_report_free(&l->report);
}

static void
print_report(const struct loaded *l)
{
	struct buf out = {0};

	conf_report_print(&l->report, &out);
	fprintf(stderr, "%s", buf_text(&out));
	buf_free(&out);
}

static bool
ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

void
expect_message(const struct loaded *l, enum conf_severity severity,
	       const char *file, int line, const char *key, const char *what,
	       const char *hint)
{
	for (size_t i = 0; i < l->report.n; i++) {
		const struct conf_message *m = &l->report.at[i];

		if (m->severity == severity && m->line == line &&
		    strcmp(m->file, file) == 0 && ends_in(m->key, key) &&
		    strstr(m->what, what) != NULL &&
		    strstr(m->hint, hint) != NULL)
			return;
	}
	print_report(l);
	fail_msg("no %s at %s:%d: %s: ...%s...; ...%s...",
		 severity == CONF_ERROR ? "error" : "warning", file, line, key,
		 what, hint);
}

void
expect_counts(const struct loaded *l, size_t errors, size_t warnings)
{
	size_t n = 0;

	for (size_t i = 0; i < l->report.n; i++)
		n += l->report.at[i].severity == CONF_WARNING;
	if (l->report.n_errors == errors && n == warnings)
		return;
	print_report(l);
	fail_msg("%zu errors and %zu warnings, not %zu and %zu",
		 l->report.n_errors, n, errors, warnings);
}

char *
read_source_file(const char *path)
{
	const char *top = getenv("top_srcdir");
	char name[4096];
	char *text;
	FILE *file;
	long size;

	snprintf(name, sizeof(name), "%s/%s", top == NULL ? "." : top, path);
	file = fopen(name, "rb");
	if (file == NULL)
		fail_msg("cannot read %s", name);
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	text = calloc(1, (size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)size, file), size);
	fclose(file);
	return text;
}
