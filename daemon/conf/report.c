/* Messages in the order in which files were given, then of lines, then in
 * which they were found.  Beyond MESSAGES_MAX errors are counted alone, and
 * compared with nothing: a file with a million of them must cost neither a
 * million allocations nor their square.  So the count is at most too high. */
#include "conf/loader.h"

#include "base/text.h"
#include "conf/secret.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
conf_report_free(struct conf_report *report)
{
	for (size_t i = 0; i < report->n; i++) {
		free(report->at[i].file);
		free(report->at[i].key);
		free(report->at[i].what);
		free(report->at[i].hint);
	}
	free(report->at);
	free(report->ledger_dir);
	free(report->control_socket);
	*report = (struct conf_report){0};
}

void
conf_message_print(const struct conf_message *m, struct buf *out)
{
	buf_puts(out, m->file);
	if (m->line > 0)
		buf_printf(out, ":%d", m->line);
	buf_puts(out, m->severity == CONF_WARNING ? ": warning: " : ": ");
	if (m->key[0] != '\0')
		buf_printf(out, "%s: ", m->key);
	buf_puts(out, m->what);
}

void
conf_report_print(const struct conf_report *report, struct buf *out)
{
	size_t errors = 0;

	for (size_t i = 0; i < report->n; i++) {
		const struct conf_message *m = &report->at[i];

		conf_message_print(m, out);
		errors += m->severity == CONF_ERROR;
		if (m->hint[0] != '\0')
			buf_printf(out, "; %s", m->hint);
		buf_putc(out, '\n');
	}
	if (report->n_errors > errors)
		buf_printf(out, "and %zu error%s more\n",
			   report->n_errors - errors,
			   TEXT_PLURAL(report->n_errors - errors));
}

static bool
is_full(const struct loader *l)
{
	return l->report->n >= MESSAGES_MAX;
}

static const char *
last_part(const char *key)
{
	const char *dot = strrchr(key, '.');

	return dot == NULL ? key : dot + 1;
}

static bool
is_trapped(const struct loader *l, const struct origin *at, const char *key)
{
	const char *last = last_part(key);

	for (size_t i = 0; i < l->n_traps; i++) {
		if (l->traps[i].line == at->line &&
		    strcmp(l->traps[i].file, at->file) == 0 &&
		    strcmp(l->traps[i].key, last) == 0)
			return true;
	}
	return false;
}

/* The same was said of the same line before: a template or a default is read
 * by many workloads, and wants one message. */
static bool
is_repeated(const struct loader *l, const struct origin *at, const char *key,
	    const char *what)
{
	for (size_t i = 0; !is_full(l) && i < l->report->n; i++) {
		const struct conf_message *m = &l->report->at[i];

		if (m->line == at->line && strcmp(m->file, at->file) == 0 &&
		    strcmp(m->what, what) == 0 &&
		    strcmp(last_part(m->key), last_part(key)) == 0)
			return true;
	}
	return false;
}

/* Doubles a growing array; false when memory ran out. */
static bool
grow(void **at, size_t *cap, size_t size)
{
	size_t more = *cap == 0 ? 16 : *cap * 2;
	void *bigger = reallocarray(*at, more, size);

	if (bigger == NULL)
		return false;
	*at = bigger;
	*cap = more;
	return true;
}

static void
add(struct loader *l, enum conf_severity severity, const struct origin *at,
    const char *key, const char *hint, const char *what)
{
	struct conf_report *report = l->report;
	struct conf_message m = {.severity = severity, .line = at->line};

	if (!is_full(l) && is_trapped(l, at, key))
		return;
	if (severity == CONF_ERROR)
		report->n_errors++;
	if (is_full(l))
		return;
	if (report->n == l->report_cap &&
	    !grow((void **)&report->at, &l->report_cap, sizeof(m))) {
		l->failed = true;
		return;
	}
	m.file = strdup(at->file);
	m.key = strdup(key);
	m.what = strdup(what);
	m.hint = strdup(hint);
	report->at[report->n++] = m;
	if (m.file == NULL || m.key == NULL || m.what == NULL ||
	    m.hint == NULL) {
		l->failed = true;
		report->n--;
		free(m.file);
		free(m.key);
		free(m.what);
		free(m.hint);
	}
}

enum { WHAT_BYTES = 512 };

void
loader_error(struct loader *l, const struct origin *at, const char *key,
	     const char *hint, const char *fmt, ...)
{
	char what[WHAT_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	add(l, CONF_ERROR, at, key, hint, what);
}

void
object_error(struct loader *l, const struct conf_object *object,
	     const char *key, const char *hint, const char *fmt, ...)
{
	const struct origin *at = object_origin(object, key);
	struct key_path path = path_join(&object->path, key);
	char what[WHAT_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (!is_repeated(l, at, path.text, what))
		add(l, CONF_ERROR, at, path.text, hint, what);
}

void
loader_warn(struct loader *l, const struct origin *at, const char *key,
	    const char *hint, const char *fmt, ...)
{
	char what[WHAT_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (!is_repeated(l, at, key, what))
		add(l, CONF_WARNING, at, key, hint, what);
}

void
loader_dangling(struct loader *l, const struct origin *at, const char *key,
		const char *what, const char *name,
		const char *const *candidates, size_t n, const char *otherwise)
{
	char shown[SHOW_MAX], words[WHAT_BYTES], hint[160];
	const char *near = NULL;

	if (l->incomplete || secret_shaped(name) || is_full(l))
		return; /* the second was complained about before */
	snprintf(words, sizeof(words), "there is no %s %s", what,
		 secret_show(name, shown));
	if (is_repeated(l, at, key, words))
		return;
	if (l->n_suggested++ < SUGGESTIONS_MAX)
		near = text_suggest(name, candidates, n);
	if (near != NULL && !secret_shaped(near))
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
	else
		snprintf(hint, sizeof(hint), "%s", otherwise);
	add(l, CONF_WARNING, at, key, hint, words);
}

void
loader_trap(struct loader *l, const struct origin *at, const char *key)
{
	struct trap trap = {at->file, at->line, NULL};

	if (is_full(l) || is_trapped(l, at, key))
		return;
	trap.key = arena_strdup(l->arena, key);
	if (trap.key == NULL ||
	    (l->n_traps == l->traps_cap &&
	     !grow((void **)&l->traps, &l->traps_cap, sizeof(trap)))) {
		l->failed = true;
		return;
	}
	l->traps[l->n_traps++] = trap;
}

static size_t
file_index(const struct loader *l, const char *file)
{
	size_t i = 0;

	while (i < l->n_texts && strcmp(l->texts[i].path, file) != 0)
		i++;
	return i;
}

/* qsort() is not stable: the order of finding is the last key. */
struct ranked {
	struct conf_message message;
	size_t file, found;
};

static int
compare(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->message.line != y->message.line)
		return x->message.line < y->message.line ? -1 : 1;
	return x->found < y->found ? -1 : x->found > y->found;
}

void
loader_sort_report(struct loader *l)
{
	struct conf_report *report = l->report;
	struct ranked *ranked = calloc(report->n + 1, sizeof(*ranked));

	if (ranked == NULL) {
		l->failed = true;
		return;
	}
	for (size_t i = 0; i < report->n; i++)
		ranked[i] = (struct ranked){
		    report->at[i], file_index(l, report->at[i].file), i};
	qsort(ranked, report->n, sizeof(*ranked), compare);
	for (size_t i = 0; i < report->n; i++)
		report->at[i] = ranked[i].message;
	free(ranked);
}

struct key_path
path_join(const struct key_path *base, const char *name)
{
	struct key_path path = *base;
	size_t n = strlen(path.text);

	snprintf(path.text + n, sizeof(path.text) - n, "%s%s",
		 n > 0 && name[0] != '\0' && name[0] != '[' ? "." : "", name);
	return path;
}
