/* Where the configuration and the ledger come from.
 *
 * --ledger wins over the configuration's ledger_dir.  With it the
 * configuration is a convenience: an auditor who holds a copied folder and
 * nothing else gets all that the rows say.
 *
 * A file that breaks the configuration of this host, or is missing, takes the
 * tools from nobody: the daemon runs on with what it has loaded, and its
 * alerts may be why somebody looks.  So the text of that, which the ledger
 * keeps, stands in for the files, and where it is not found, the rows answer
 * alone.  That is said in one line.  A configuration that was named must be
 * good. */
#include "cli/cli.h"
#include "base/text.h"
#include "io/disk.h"
#include "io/files.h"
#include "ledger/ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOT_ASKED                                                           \
	"; the daemon was not asked, since nothing names its socket: name " \
	"it with --socket PATH"

const char *
session_config_path(const struct session *s)
{
	const char *path = s->args->value[OPTION_CONFIG];

	return path == NULL ? files_default_config() : path;
}

/* All messages are told by check-config; here it is the first error.  Where
 * warnings alone were kept there is only their number. */
static void
name_first_error(const struct conf_report *report, struct err *err)
{
	struct buf line = {0};
	size_t i = 0;

	while (i < report->n && report->at[i].severity != CONF_ERROR)
		i++;
	if (i == report->n)
		return;
	conf_message_print(&report->at[i], &line);
	if (report->n_errors > 1)
		buf_printf(&line, ", and %zu more error%s",
			   report->n_errors - 1,
			   TEXT_PLURAL(report->n_errors - 1));
	err_set(err, ERR_INVALID, "%s", buf_text(&line));
	buf_free(&line);
}

static int
load_config(struct session *s, struct err *err)
{
	const bool own = !arguments_has(s->args, OPTION_CONFIG);

	if (!s->config_tried) {
		s->config_result =
		    files_load_config(session_config_path(s), &s->config,
				      &s->config_report, &s->config_err);
		if (s->config_result == ERR_INVALID)
			name_first_error(&s->config_report, &s->config_err);
		s->absent = own && s->config_result == ERR_NOT_FOUND;
		s->broken =
		    s->absent || (own && s->config_result == ERR_INVALID);
	}
	s->config_tried = true;
	if (s->config_result == 0 || s->config_said)
		return 0;
	*err = s->config_err;
	return s->config_result;
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

/* Where the ledger of this host is: by what can be read of its files, else
 * where it is by default.  NULL: no memory. */
static const char *
own_ledger(struct session *s)
{
	const struct config *by_default = defaults(s);

	if (s->config_report.ledger_dir != NULL)
		return s->config_report.ledger_dir;
	return by_default == NULL ? NULL : by_default->ledger_dir;
}

static bool
find_ledger(struct session *s)
{
	s->looked = s->dir != NULL ? s->dir
		    : arguments_has(s->args, OPTION_LEDGER)
			? s->args->value[OPTION_LEDGER]
			: own_ledger(s);
	if (s->looked == NULL || access(s->looked, F_OK) < 0)
		return false;
	s->dir = s->looked;
	return true;
}

/* Of an auditor, who has a folder: on his host nothing is missing. */
static bool
is_auditor(const struct session *s)
{
	return s->absent && arguments_has(s->args, OPTION_LEDGER);
}

/* "by default", where the files that can be read do not say where it is. */
static const char *
found_how(const struct session *s)
{
	return arguments_has(s->args, OPTION_LEDGER) ||
		       s->config_report.ledger_dir != NULL
		   ? ""
		   : " (the folder by default, as no file that can be read "
		     "names one)";
}

/* True, with a line that says so, where the configuration of this host is
 * broken or absent and its ledger is found. */
static bool
do_without(struct session *s, const struct err *err, bool rows_alone)
{
	char at[WALL_RFC3339_LEN + sizeof("at ")] = "before";

	if (!s->broken || !find_ledger(s))
		return false;
	if (!s->without && s->view != NULL && s->view->config_at.us != 0) {
		memcpy(at, "at ", strlen("at "));
		wall_format(s->view->config_at, at + strlen("at "));
	}
	if (!s->without)
		session_fail(
		    s, CTL_CONFIG_INVALID,
		    "%s; %s; until then %s%s%s in %s%s %s", err->text,
		    s->absent ? config_hint(s) : "see evidencectl check-config",
		    rows_alone ? "the rows" : "what was loaded ",
		    rows_alone ? "" : at, rows_alone ? "" : " and recorded",
		    s->dir, found_how(s),
		    rows_alone ? "answer alone, as the text of what "
				 "was loaded before is not kept there"
			       : "counts");
	s->without = true;
	return true;
}

/* What the daemon loaded last, where the ledger keeps its text. */
static bool
take_loaded(struct session *s, const struct err *err)
{
	const struct view *view;
	struct digest digest;
	char *text;
	size_t len;

	if (!s->broken || !find_ledger(s))
		return false;
	view = session_view_quietly(s, s->dir);
	if (view == NULL || strlen(view->config_digest) != DIGEST_HEX_LEN ||
	    hex_decode(view->config_digest, DIGEST_LEN, digest.bytes) < 0 ||
	    ledger_blob(&disk_io, s->dir, &digest, &text, &len, NULL) < 0)
		return false;
	if (files_load_effective(text, &s->config) < 0)
		s->config = NULL;
	free(text);
	return s->config != NULL && do_without(s, err, false);
}

/* or_named: what to do beside that where a file that was named is broken. */
static int
fail_config(struct session *s, int result, const struct err *err,
	    const char *or_else, const char *or_named)
{
	bool named = arguments_has(s->args, OPTION_CONFIG);
	const char *where = s->looked == NULL ? "" : s->looked;
	const char *what = s->looked == NULL ? ""
			   : s->dir == NULL
			       ? "; no ledger is found in "
			       : "; what was loaded before is not kept in ";

	s->config_said = true;
	if (result == ERR_INVALID)
		return session_fail(
		    s, CTL_CONFIG_INVALID,
		    "%s; see evidencectl check-config%s%s%s%s%s%s", err->text,
		    named ? " " : "", named ? session_config_path(s) : "",
		    s->broken && !arguments_has(s->args, OPTION_LEDGER)
			? ", or name the ledger folder, which keeps what was "
			  "loaded before, with --ledger DIR"
			: "",
		    named ? or_named : "", what, where);
	return session_fail(s, CTL_CONFIG_INVALID, "%s; %s%s%s%s",
			    err->text[0] == '\0' ? "no configuration"
						 : err->text,
			    config_hint(s), or_else, what, where);
}

int
session_config_files(struct session *s, const struct config **ret)
{
	struct err err = {0};
	int r = load_config(s, &err);

	if (s->config == NULL)
		return fail_config(s, r, &err, "", "");
	*ret = s->config;
	return 0;
}

int
session_config(struct session *s, const struct config **ret)
{
	struct err err = {0};
	int r = load_config(s, &err);

	if (s->config == NULL && !take_loaded(s, &err))
		return fail_config(s, r, &err, "", "");
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
	if (is_auditor(s)) {
		*ret = s->config;
		return 0;
	}
	if (s->config == NULL && !take_loaded(s, &err) &&
	    !do_without(s, &err, true) &&
	    !arguments_has(s->args, OPTION_LEDGER))
		return fail_config(s, r, &err, "", "");
	*ret = s->config;
	return 0;
}

const struct conf_report *
session_config_errors(const struct session *s)
{
	return s->broken ? &s->config_report : NULL;
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
	config = s->config;
	if (config == NULL && s->broken && !is_auditor(s)) {
		if (s->config_report.control_socket != NULL)
			return s->config_report.control_socket;
		config = defaults(s);
	}
	if (config == NULL)
		fail_config(s, r, &err, NOT_ASKED, NOT_ASKED);
	return config == NULL ? NULL : config->control_socket;
}

bool
session_is_new(const struct session *s)
{
	/* Of a broken one, what was loaded was found in a ledger. */
	return !arguments_has(s->args, OPTION_LEDGER) && s->config != NULL &&
	       !s->broken && access(s->config->ledger_dir, F_OK) < 0 &&
	       errno == ENOENT;
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
	if (r < 0 && !do_without(s, &err, false))
		return fail_config(
		    s, r, &err, ", or the ledger folder with --ledger DIR", "");
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
