/* The text is judged as part of the whole configuration, by the loader that
 * the daemon uses, before anything is written: a file that check-config would
 * refuse never gets into conf.d.  What the loader says of a line is told with
 * the line that the draft came from. */
#include "cli/workload_file.h"
#include "base/text.h"
#include "conf/load.h"
#include "io/files.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, NEXT_MAX = 3, COMMAND_BYTES = 2 * PATH_BYTES };

struct placed {
	const struct workload_file *f;
	char path[PATH_BYTES];
	char folder[PATH_BYTES]; /* of the configuration, with a slash, or "" */
	struct buf text;
	struct config *config; /* with the new file */
};

static const struct column columns[] = {
    {"file", "", 0},
    {"written", "", 0},
    {"workloads", "", 0},
    {"next", "", 0},
};

static void
fill_paths(struct session *s, struct placed *p)
{
	const char *config = session_config_path(s);
	const char *slash = strrchr(config, '/');

	snprintf(p->folder, sizeof(p->folder), "%.*s",
		 slash == NULL ? 0 : (int)(slash - config + 1), config);
	snprintf(p->path, sizeof(p->path), "%.*sconf.d/%.200s.conf",
		 (int)strlen(p->folder), p->folder, p->f->name);
}

static int
no_memory(struct session *s)
{
	return session_fail(s, CTL_CHECK_FAILED, "no memory");
}

/* ---- what the loader says ---- */

/* "the same name as at PATH:3" names the record, too: the file was never
 * written. */
static bool
name_origin(const struct placed *p, struct conf_message *m)
{
	const struct workload_file *f = p->f;
	char *at = strstr(m->what, p->path);
	struct buf text = {0};
	char *end, *copy;
	long i;

	if (at == NULL || at[strlen(p->path)] != ':')
		return true;
	i = strtol(at + strlen(p->path) + 1, &end, 10) - DRAFT_FIRST_LINE;
	if (i < 0 || (size_t)i >= f->n)
		return true;
	buf_printf(&text, "%.*s%s:%d%s", (int)(at - m->what), m->what, f->from,
		   f->lines[i], end);
	copy = text.failed ? NULL : strdup(buf_text(&text));
	buf_free(&text);
	if (copy == NULL)
		return false;
	free(m->what);
	m->what = copy;
	return true;
}

/* "workloads.LABEL.KEY" by the name of the column, where there is one; and
 * "workloads[0].KEY", as the loader calls what has no good label, by the label
 * that stands in the table. */
static bool
name_key(const struct workload_file *f, size_t i, struct conf_message *m)
{
	static const char list[] = "workloads[";
	const char *last = strrchr(m->key, '.');
	int key = last == NULL ? -1 : draft_key(last + 1, NULL);
	struct buf text = {0};
	char *name;

	if (key >= 0 && f->columns[key] != NULL)
		buf_puts(&text, f->columns[key]);
	else if (strncmp(m->key, list, strlen(list)) == 0)
		buf_printf(&text, "workloads.%s%s",
			   f->drafts[i].value[draft_key("label", NULL)],
			   m->key + strcspn(m->key, "]") + 1);
	else
		return true;
	name = text.failed ? NULL : strdup(buf_text(&text));
	buf_free(&text);
	if (name == NULL)
		return false;
	free(m->key);
	m->key = name;
	return true;
}

/* The message is about one of the drafts, and those stand in a table. */
static bool
has_origin(const struct workload_file *f, const struct conf_message *m)
{
	return f->from != NULL && m->line >= DRAFT_FIRST_LINE &&
	       (size_t)(m->line - DRAFT_FIRST_LINE) < f->n;
}

/* A cell that cannot be a value was told, and left out of the draft: that its
 * key is not set follows from that. */
static bool
was_told(const struct workload_file *f, const struct conf_message *m)
{
	const char *last = strrchr(m->key, '.');
	int key = last == NULL ? -1 : draft_key(last + 1, NULL);

	return has_origin(f, m) && key >= 0 && f->columns[key] != NULL &&
	       f->drafts[m->line - DRAFT_FIRST_LINE].value[key] == NULL;
}

/* Messages of the new file stand at its origin. */
static bool
move_to_origin(const struct placed *p, struct conf_message *m)
{
	const struct workload_file *f = p->f;
	size_t i = (size_t)(m->line - DRAFT_FIRST_LINE);
	char *file;

	if (!has_origin(f, m))
		return true;
	file = strdup(f->from);
	if (file == NULL)
		return false;
	free(m->file);
	m->file = file;
	m->line = f->lines[i];
	return name_origin(p, m) && name_key(f, i, m);
}

/* What was wrong with the table before, up to a line. */
static void
take_wrong(const struct workload_file *f, int line, size_t *next,
	   struct conf_report *out)
{
	while (f->wrong != NULL && *next < f->wrong->n &&
	       f->wrong->at[*next].line < line)
		out->at[out->n++] = f->wrong->at[(*next)++];
}

/* Warnings of files that were there before are left to check-config.  Returns
 * the number of errors of the new file. */
static size_t
print_report(struct session *s, const struct placed *p,
	     const struct conf_report *report)
{
	size_t before = p->f->wrong == NULL ? 0 : p->f->wrong->n;
	size_t errors = p->f->wrong == NULL ? 0 : p->f->wrong->n_errors;
	struct conf_report mine = {
	    .at = calloc(report->n + before + 1, sizeof(*mine.at))};
	size_t next = 0;

	for (size_t i = 0; mine.at != NULL && i < report->n; i++) {
		struct conf_message *m = &report->at[i];
		bool ours = strcmp(m->file, p->path) == 0;

		if (ours && was_told(p->f, m))
			continue;
		ours = ours && move_to_origin(p, m);
		if (ours)
			take_wrong(p->f, m->line, &next, &mine);
		if (ours || m->severity == CONF_ERROR)
			mine.at[mine.n++] = *m;
		errors += ours && m->severity == CONF_ERROR;
	}
	if (mine.at != NULL)
		take_wrong(p->f, INT_MAX, &next, &mine);
	session_print_report(s, &mine);
	free(mine.at);
	return errors;
}

static int
check(struct session *s, struct placed *p)
{
	struct conf_text extra = {
	    .path = p->path, .text = buf_text(&p->text), .len = p->text.len};
	struct conf_report report;
	struct err err = {0};
	int r =
	    files_check_config(session_config_path(s), wall_day(s->now.wall),
			       &extra, &p->config, &report, &err);
	size_t n = print_report(s, p, &report);

	conf_report_free(&report);
	if (n > 0 && p->f->from != NULL)
		return session_fail(s, CTL_CONFIG_INVALID,
				    "%s: %zu error%s; nothing was written; see "
				    "evidencectl %s --help",
				    p->f->from, n, TEXT_PLURAL(n),
				    s->args->command->name);
	if (r < 0)
		return session_fail(s, CTL_CONFIG_INVALID,
				    "%s; nothing was written; see evidencectl "
				    "%s --help",
				    err.text, s->args->command->name);
	return CTL_OK;
}

static int
write_text(struct session *s, struct placed *p)
{
	const struct workload_file *f = p->f;
	struct err err = {0};
	size_t bad = 0;

	if (draft_write(f->by, f->drafts, f->n, &p->text, &bad, &err) == 0)
		return CTL_OK;
	if (f->from != NULL && err.code == ERR_INVALID)
		return session_fail(s, CTL_CONFIG_INVALID,
				    "%s:%d: %s; nothing was written", f->from,
				    f->lines[bad], err.text);
	return session_fail(s, CTL_CONFIG_INVALID, "%s; nothing was written",
			    err.text);
}

/* ---- what to do next ---- */

/* Whether some new workload names a credential that none named before. */
static const struct workload *
new_credential(const struct placed *p)
{
	const struct config *c = p->config;

	for (size_t i = 0; i < c->n_workloads; i++) {
		const struct workload *w = &c->workloads[i];

		if (strcmp(w->origin.file, p->path) == 0 &&
		    !w->credential_shared)
			return w;
	}
	return NULL;
}

/* How this command was told where the configuration is. */
static const char *
with_config(const struct session *s, char out[PATH_BYTES])
{
	out[0] = '\0';
	if (arguments_has(s->args, OPTION_CONFIG))
		snprintf(out, PATH_BYTES, " -c %s", session_config_path(s));
	return out;
}

static int
fill_commands(const struct session *s, const struct placed *p,
	      char commands[NEXT_MAX][COMMAND_BYTES])
{
	const struct workload *w = new_credential(p);
	char config[PATH_BYTES];
	int n = 0;

	with_config(s, config);
	if (w != NULL)
		snprintf(commands[n++], COMMAND_BYTES,
			 "install -m 600 KEY %scredentials/%s", p->folder,
			 p->f->n == 1 ? w->credential : "LABEL");
	snprintf(commands[n++], COMMAND_BYTES, "evidencectl%s check-config",
		 config);
	/* Credentials are read at start only. */
	if (w != NULL)
		snprintf(commands[n++], COMMAND_BYTES,
			 "systemctl restart evidenced");
	else
		snprintf(commands[n++], COMMAND_BYTES, "evidencectl%s reload",
			 config);
	return n;
}

static void
print_result(struct session *s, const struct placed *p, bool written)
{
	char commands[NEXT_MAX][COMMAND_BYTES];
	const char *next[NEXT_MAX];
	int n = fill_commands(s, p, commands);

	for (int i = 0; i < n; i++)
		next[i] = commands[i];
	if (s->writer.format == WRITER_TEXT) {
		buf_printf(&s->out, "%s: %zu workload%s%s\n\nnext:\n", p->path,
			   p->f->n, TEXT_PLURAL(p->f->n),
			   written ? "" : ", not written (--dry-run)");
		for (int i = 0; i < n; i++)
			buf_printf(&s->out, "  %s\n", next[i]);
		return;
	}
	writer_card(&s->writer, "workload_file", columns,
		    sizeof(columns) / sizeof(columns[0]));
	writer_text(&s->writer, p->path);
	writer_bool(&s->writer, written);
	writer_int(&s->writer, (int64_t)p->f->n);
	writer_list(&s->writer, next, (size_t)n);
	writer_close(&s->writer);
}

/* ---- what a draft lacks ---- */

/* An error of the new file about this key. */
static bool
is_about(const struct placed *p, const struct conf_message *m, const char *key)
{
	const char *last = strrchr(m->key, '.');

	return m->severity == CONF_ERROR && strcmp(m->file, p->path) == 0 &&
	       last != NULL && strcmp(last + 1, key) == 0;
}

bool
workload_file_lacks(struct session *s, const struct draft *draft,
		    const char *key)
{
	const struct workload_file f = {
	    .by = "",
	    .name = draft->value[draft_key("label", NULL)],
	    .drafts = draft,
	    .n = 1};
	struct placed *p = calloc(1, sizeof(*p));
	struct conf_report report = {0};
	struct err err;
	bool lacks = false;
	size_t bad;

	if (p == NULL)
		return false; /* the loader will say so */
	p->f = &f;
	fill_paths(s, p);
	if (draft_write(f.by, draft, 1, &p->text, &bad, &err) == 0) {
		const struct conf_text extra = {.path = p->path,
						.text = buf_text(&p->text),
						.len = p->text.len};

		files_check_config(session_config_path(s),
				   wall_day(s->now.wall), &extra, &p->config,
				   &report, &err);
	}
	for (size_t i = 0; i < report.n; i++)
		lacks |= is_about(p, &report.at[i], key);
	conf_report_free(&report);
	config_free(p->config);
	buf_free(&p->text);
	free(p);
	return lacks;
}

/* ---- all of it ---- */

static int
place(struct session *s, struct placed *p)
{
	bool dry = arguments_has(s->args, OPTION_DRY_RUN);
	struct err err;
	int r;

	if (dry && s->writer.format == WRITER_TEXT)
		writer_verbatim(&s->out, buf_text(&p->text), p->text.len);
	if (!dry) {
		r = files_put_new(p->path, buf_text(&p->text), p->text.len,
				  session_config_path(s), &err);
		if (r < 0)
			return session_fail(s, CTL_CHECK_FAILED,
					    "%s; nothing was written",
					    err.text);
	}
	print_result(s, p, !dry);
	return CTL_OK;
}

/* A folder that is not there is made in the one above. */
int
workload_file_permitted(struct session *s)
{
	const char *config = session_config_path(s);
	const char *slash = strrchr(config, '/');
	char folder[PATH_BYTES], with[PATH_BYTES];

	if (arguments_has(s->args, OPTION_DRY_RUN))
		return CTL_OK;
	snprintf(folder, sizeof(folder), "%.*sconf.d",
		 slash == NULL ? 0 : (int)(slash - config + 1), config);
	if (access(folder, F_OK) < 0 && errno == ENOENT)
		snprintf(folder, sizeof(folder), "%.*s",
			 slash == NULL ? 1 : (int)(slash - config + 1),
			 slash == NULL ? "." : config);
	if (access(folder, W_OK | X_OK) == 0)
		return CTL_OK;
	return session_fail(
	    s, CTL_NOT_PERMITTED,
	    "%s: %s; call it as who keeps the configuration "
	    "(sudo evidencectl%s %s%s), or look with --dry-run",
	    folder, strerror(errno), with_config(s, with),
	    s->args->command->name,
	    strcmp(s->args->command->name, "new") == 0 ? " workload" : "");
}

int
workload_file_put(struct session *s, const struct workload_file *f)
{
	struct placed *p = calloc(1, sizeof(*p));
	int r;

	if (p == NULL)
		return no_memory(s);
	p->f = f;
	fill_paths(s, p);
	r = workload_file_permitted(s);
	if (r != CTL_OK) {
		free(p);
		return r;
	}
	if (access(p->path, F_OK) == 0 || errno != ENOENT)
		r = session_fail(s, CTL_REFUSED,
				 "FILE_EXISTS: %s: it is never replaced; edit "
				 "it, or move it away",
				 p->path);
	else
		r = write_text(s, p);
	if (r == CTL_OK)
		r = check(s, p);
	if (r == CTL_OK)
		r = place(s, p);
	config_free(p->config);
	buf_free(&p->text);
	free(p);
	return r;
}
