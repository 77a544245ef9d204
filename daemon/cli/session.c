/* What a command says, and the words and files that it reads.
 *
 * A view that was cut short by damage is shown all the same: that is said
 * once, and the exit status tells it. */
#include "cli/cli.h"
#include "cli/progress.h"
#include "io/disk.h"
#include "io/files.h"
#include "io/state_store.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
session_say_empty(struct session *s)
{
	if (s->writer.format == WRITER_TEXT)
		buf_puts(&s->out, "no workload is configured; next: "
				  "evidencectl new workload\n");
}

void
session_flush(struct session *s)
{
	if (s->out.len > 0) {
		progress_erase(s);
		s->printed = true;
		fwrite(s->out.data, 1, s->out.len, stdout);
	}
	fflush(stdout);
	buf_reset(&s->out);
}

bool
session_is_left(const struct session *s)
{
	return s->paged && ferror(stdout) != 0;
}

/* The sentence says what to type next. */
static bool
leads_on(const char *line)
{
	static const char *const words[] = {"evidencectl ", "did you mean ",
					    "see ", "man "};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strstr(line, words[i]) != NULL)
			return true;
	}
	return false;
}

int
session_fail(struct session *s, enum ctl_exit status, const char *fmt, ...)
{
	struct buf line = {0}, clean = {0};
	va_list ap;

	session_flush(s);
	/* It may stand behind the damage, of which was spoken already. */
	if (s->damaged && status == CTL_NO_OBJECT)
		return CTL_LEDGER_DAMAGED;
	va_start(ap, fmt);
	buf_vprintf(&line, fmt, ap);
	va_end(ap);
	if (status == CTL_USAGE && !leads_on(buf_text(&line)))
		buf_printf(&line, "; see evidencectl %s --help",
			   s->args->command->name);
	writer_verbatim(&clean, buf_text(&line), line.len);
	fprintf(stderr, "evidencectl: %s\n", buf_text(&clean));
	buf_free(&line);
	buf_free(&clean);
	return (int)status;
}

static bool
ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

/* The system's word for what is not permitted does not say to whom it is. */
int
session_fail_err(struct session *s, const struct err *err)
{
	static const struct {
		int code;
		enum ctl_exit status;
	} statuses[] = {
	    {ERR_NOT_FOUND, CTL_NO_OBJECT},    {ERR_DENIED, CTL_NOT_PERMITTED},
	    {ERR_INVALID, CTL_USAGE},	       {ERR_UNSUPPORTED, CTL_USAGE},
	    {ERR_DAMAGED, CTL_LEDGER_DAMAGED},
	};
	enum ctl_exit status = CTL_CHECK_FAILED;

	if (err->code == ERR_DAMAGED && s->damaged)
		return CTL_LEDGER_DAMAGED; /* was said */
	if (err->code == ERR_BUSY)
		return session_fail(s, CTL_REFUSED, "BUSY: %s", err->text);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (statuses[i].code == err->code)
			status = statuses[i].status;
	}
	if (ends_with(err->text, strerror(EACCES)))
		return session_fail(s, status,
				    "%s; ask as root, or as a member of its "
				    "group",
				    err->text);
	return session_fail(s, status, "%s", err->text);
}

int
session_after_read(struct session *s, int result, const struct err *err)
{
	if (result >= 0)
		return 0;
	if (result != ERR_DAMAGED)
		return session_fail_err(s, err);
	if (!s->damaged)
		session_fail(s, CTL_LEDGER_DAMAGED, "%s", err->text);
	s->damaged = true;
	return 0;
}

static void
show_progress(void *ctx, uint64_t rows)
{
	progress_show(ctx, rows);
}

/* Of a damaged ledger the view stays: the rows before the damage. */
static int
read_view(struct session *s, const char *dir, struct err *err)
{
	struct progress progress;
	int r;

	s->view = view_new();
	if (s->view == NULL)
		return err_set(err, ERR_NOMEM, "no memory");
	progress = progress_begin(s, "rows read");
	r = state_store_load(&disk_io, dir, NULL, s->view, show_progress,
			     &progress, err);
	progress_end(&progress);
	if (r < 0 && r != ERR_DAMAGED) {
		view_free(s->view);
		s->view = NULL;
	}
	return r;
}

int
session_view(struct session *s, const struct view **ret)
{
	const char *dir;
	struct err err;
	int r;

	if (s->view == NULL) {
		r = session_ledger(s, &dir);
		if (r == 0)
			r = session_after_read(s, read_view(s, dir, &err),
					       &err);
		if (r != 0)
			return r;
	}
	*ret = s->view;
	return 0;
}

const struct view *
session_view_quietly(struct session *s, const char *dir)
{
	struct err err;

	if (s->view == NULL && read_view(s, dir, &err) == ERR_DAMAGED)
		session_after_read(s, ERR_DAMAGED, &err);
	return s->view;
}

const struct view *
session_view_if_any(struct session *s)
{
	const struct view *view;

	return session_view(s, &view) == 0 ? view : NULL;
}

int
session_text(struct session *s, const char *path, size_t max_bytes,
	     char **ret_text, size_t *ret_len)
{
	struct err err;
	int r = files_read_text(path, max_bytes, ret_text, ret_len, &err);

	if (r == 0)
		return CTL_OK;
	if (ends_with(err.text, strerror(EISDIR)))
		return session_fail(s, CTL_NO_OBJECT,
				    "%s: it is a folder; name the file in it",
				    path);
	if (ends_with(err.text, strerror(ENOENT)))
		return session_fail(s, CTL_NO_OBJECT, "%s; name another file",
				    err.text);
	if (ends_with(err.text, strerror(EACCES)))
		err.code = ERR_DENIED;
	return session_fail_err(s, &err);
}

int
session_time(struct session *s, enum option_id option, struct wall_time *ret,
	     bool *ret_day)
{
	const char *text = s->args->value[option];
	int32_t day;

	*ret_day = false;
	if (wall_parse(text, ret) == 0)
		return 0;
	if (day_parse(text, &day) < 0)
		return session_fail(
		    s, CTL_USAGE,
		    "--%s %s: a UTC day (2026-07-03) or a time "
		    "(2026-07-03T04:30:00Z)%s is expected",
		    option_info(option)->name, text,
		    option == OPTION_AT ? " or the number of a row" : "");
	*ret_day = true;
	*ret = wall_day_start(day);
	return 0;
}

int
session_period(struct session *s, struct row_filter *f)
{
	bool day;
	int r = 0;

	if (arguments_has(s->args, OPTION_SINCE))
		r = session_time(s, OPTION_SINCE, &f->since, &day);
	if (r == 0 && arguments_has(s->args, OPTION_UNTIL)) {
		r = session_time(s, OPTION_UNTIL, &f->until, &day);
		if (r == 0 && day)
			f->until = wall_day_start(wall_day(f->until) + 1);
		if (r == 0 && arguments_has(s->args, OPTION_SINCE) &&
		    f->until.us <= f->since.us)
			r = session_fail(s, CTL_USAGE,
					 "--until %s is not after --since %s",
					 s->args->value[OPTION_UNTIL],
					 s->args->value[OPTION_SINCE]);
	}
	return r;
}
