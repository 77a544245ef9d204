/* Where the configuration and the ledger come from.
 *
 * --ledger wins over the configuration's ledger_dir.  With it the
 * configuration is a convenience: an auditor who holds a copied folder and
 * nothing else gets all that the rows say. */
#include "cli/cli.h"
#include "cli/progress.h"
#include "io/disk.h"
#include "io/files.h"
#include "io/state_store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_CONFIG SYSCONFDIR "/evidenced/evidenced.conf"

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

const char *
session_config_path(const struct session *s)
{
	const char *path = s->args->value[OPTION_CONFIG];

	return path == NULL ? DEFAULT_CONFIG : path;
}

/* Messages of a broken configuration belong to check-config; here they are
 * one line. */
static int
load_config(struct session *s, struct err *err)
{
	struct conf_report report;

	if (!s->config_tried) {
		s->config_result =
		    files_load_config(session_config_path(s), &s->config,
				      &report, &s->config_err);
		conf_report_free(&report);
		s->broken = s->config_result == ERR_INVALID &&
			    !arguments_has(s->args, OPTION_CONFIG);
	}
	s->config_tried = true;
	if (s->config_result == 0 || s->config_said)
		return 0;
	*err = s->config_err;
	return s->config_result;
}

/* NULL when there is no memory for them. */
static const struct config *
defaults(struct session *s)
{
	struct conf_report report;

	if (s->defaults == NULL) {
		conf_load(NULL, 0, NULL, NULL, &s->defaults, &report);
		conf_report_free(&report);
	}
	return s->defaults;
}

/* A file that breaks the configuration of this host takes the view of its
 * ledger from nobody: the daemon runs on, and its alerts may be why somebody
 * looks.  True, with a line that says so, where the ledger is found without;
 * a configuration that was named must be good. */
static bool
do_without(struct session *s, const struct err *err)
{
	const struct config *by_default = s->broken ? defaults(s) : NULL;

	if (s->without)
		return true;
	if (by_default == NULL || access(by_default->ledger_dir, F_OK) < 0)
		return false;
	s->dir = by_default->ledger_dir;
	session_fail(s, CTL_CONFIG_INVALID,
		     "%s; see evidencectl check-config; until then %s is read "
		     "without a configuration",
		     err->text, s->dir);
	s->without = true;
	return true;
}

/* What to do where there is no configuration, or none that may be read. */
static const char *
config_hint(const struct session *s)
{
	if (access(session_config_path(s), R_OK) < 0 && errno == EACCES)
		return "ask as root or in group evidenced, or name another "
		       "with -c FILE";
	return arguments_has(s->args, OPTION_CONFIG)
		   ? "name another with -c FILE"
		   : "name it with -c FILE; a first one stands in man "
		     "evidenced.conf";
}

static int
fail_config(struct session *s, int result, const struct err *err,
	    const char *or_else)
{
	s->config_said = true;
	if (result == ERR_INVALID)
		return session_fail(
		    s, CTL_CONFIG_INVALID,
		    "%s; see evidencectl check-config%s%s", err->text,
		    arguments_has(s->args, OPTION_CONFIG) ? " " : "",
		    arguments_has(s->args, OPTION_CONFIG)
			? session_config_path(s)
			: "");
	return session_fail(s, CTL_CONFIG_INVALID, "%s; %s%s",
			    err->text[0] == '\0' ? "no configuration"
						 : err->text,
			    config_hint(s), or_else);
}

int
session_config(struct session *s, const struct config **ret)
{
	struct err err = {0};
	int r = load_config(s, &err);

	if (s->config == NULL)
		return fail_config(s, r, &err, "");
	*ret = s->config;
	return 0;
}

int
session_config_if_any(struct session *s, const struct config **ret)
{
	struct err err = {0};
	int r;

	/* One that was named must be good. */
	if (arguments_has(s->args, OPTION_CONFIG))
		return session_config(s, ret);
	r = load_config(s, &err);
	if (s->config == NULL && !arguments_has(s->args, OPTION_LEDGER) &&
	    !do_without(s, &err))
		return fail_config(s, r, &err, "");
	*ret = s->config;
	return 0;
}

const char *
session_socket(struct session *s)
{
	const struct config *config;
	struct err err = {0};
	int r;

	if (arguments_has(s->args, OPTION_SOCKET))
		return s->args->value[OPTION_SOCKET];
	r = load_config(s, &err);
	config = s->broken ? defaults(s) : s->config;
	if (config == NULL)
		fail_config(s, r, &err, "");
	return config == NULL ? NULL : config->control_socket;
}

bool
session_is_new(const struct session *s)
{
	return !arguments_has(s->args, OPTION_LEDGER) && s->config != NULL &&
	       access(s->config->ledger_dir, F_OK) < 0 && errno == ENOENT;
}

/* A word of the command line is answered at once; what the configuration
 * names may not have been made yet. */
static int
check_folder(struct session *s, const char *dir)
{
	struct stat st;

	if (stat(dir, &st) == 0 ? S_ISDIR(st.st_mode)
				: errno != ENOENT && errno != ENOTDIR)
		return 0;
	return session_fail(s, CTL_NO_OBJECT,
			    "--ledger %s: there is no such folder; name the "
			    "one that holds the file LEDGER",
			    dir);
}

int
session_ledger(struct session *s, const char **ret_dir)
{
	struct err err = {0};
	int r;

	if (s->dir == NULL && arguments_has(s->args, OPTION_LEDGER)) {
		r = check_folder(s, s->args->value[OPTION_LEDGER]);
		if (r != 0)
			return r;
		s->dir = s->args->value[OPTION_LEDGER];
	}
	r = s->dir == NULL ? load_config(s, &err) : 0;
	if (r < 0 && !do_without(s, &err))
		return fail_config(s, r, &err,
				   ", or the ledger folder with --ledger DIR");
	if (s->dir == NULL && s->config == NULL)
		return CTL_CONFIG_INVALID; /* was said */
	if (s->dir == NULL)
		s->dir = s->config->ledger_dir;
	if (session_is_new(s))
		return session_fail(s, CTL_NO_OBJECT,
				    "%s: no ledger yet; the daemon makes it "
				    "when it first starts, see systemctl "
				    "status evidenced",
				    s->dir);
	*ret_dir = s->dir;
	return 0;
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

static int
load_view(struct session *s, const char *dir, struct err *err)
{
	struct progress progress = progress_begin(s, "rows read");
	int r;

	r = state_store_load(&disk_io, dir, NULL, s->view, show_progress,
			     &progress, err);
	progress_end(&progress);
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
		if (r != 0)
			return r;
		s->view = view_new();
		if (s->view == NULL)
			return session_fail(s, CTL_CHECK_FAILED, "no memory");
		r = session_after_read(s, load_view(s, dir, &err), &err);
		if (r != 0)
			return r;
	}
	*ret = s->view;
	return 0;
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
		return session_fail(s, CTL_USAGE,
				    "--%s %s: a UTC day (2026-07-03) or a time "
				    "(2026-07-03T04:30:00Z) is expected",
				    option_info(option)->name, text);
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
