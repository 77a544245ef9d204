/* evidencectl: arguments, session, one command, exit status. */
#include "cli/cli.h"
#include "ctl/version.h"
#include "io/libraries.h"
#include "io/clock.h"
#include "io/pager.h"

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_MAX = 1000 };

static command_fn *const handlers[COMMANDS] = {
    [COMMAND_STATUS] = cmd_status,
    [COMMAND_LIST] = cmd_list,
    [COMMAND_SHOW] = cmd_show,
    [COMMAND_WHY] = cmd_why,
    [COMMAND_TODO] = cmd_todo,
    [COMMAND_ALERTS] = cmd_alerts,
    [COMMAND_EXPLAIN] = cmd_explain,
    [COMMAND_HISTORY] = cmd_history,
    [COMMAND_INDEX] = cmd_index,
    [COMMAND_CALENDAR] = cmd_calendar,
    [COMMAND_PACKET] = cmd_packet,
    [COMMAND_EXPORT] = cmd_export,
    [COMMAND_DIFF] = cmd_diff,
    [COMMAND_NEXT] = cmd_next,
    [COMMAND_SCHEDULE] = cmd_schedule,
    [COMMAND_VERIFY] = cmd_verify,
    [COMMAND_PROVE] = cmd_prove,
    [COMMAND_CHECK_PROOF] = cmd_check_proof,
    [COMMAND_RESTORE] = cmd_restore,
    [COMMAND_REPAIR] = cmd_repair,
    [COMMAND_CHECK_CONFIG] = cmd_check_config,
    [COMMAND_DOCTOR] = cmd_doctor,
    [COMMAND_NEW] = cmd_new,
    [COMMAND_IMPORT_WORKLOADS] = cmd_import_workloads,
    [COMMAND_RUN] = cmd_run,
    [COMMAND_PREPARE] = cmd_prepare,
    [COMMAND_APPROVE] = cmd_approve,
    [COMMAND_NOTE] = cmd_note,
    [COMMAND_ACK] = cmd_ack,
    [COMMAND_SILENCE] = cmd_silence,
    [COMMAND_UNSILENCE] = cmd_unsilence,
    [COMMAND_ATTEST] = cmd_attest,
    [COMMAND_DECIDE] = cmd_decide,
    [COMMAND_CORRECT] = cmd_correct,
    [COMMAND_LEGAL_HOLD] = cmd_legal_hold,
    [COMMAND_PRUNE] = cmd_prune,
    [COMMAND_MIRROR] = cmd_mirror,
    [COMMAND_RELOAD] = cmd_reload,
    [COMMAND_CHECKPOINT] = cmd_checkpoint,
};

/* NO_COLOR: any value that is not empty. */
static bool
use_color(const struct arguments *args)
{
	const char *when = args->value[OPTION_COLOR];
	const char *no_color = getenv("NO_COLOR");

	if (when != NULL && strcmp(when, "auto") != 0)
		return strcmp(when, "always") == 0;
	return isatty(STDOUT_FILENO) &&
	       (no_color == NULL || no_color[0] == '\0');
}

static int
terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	long n = columns == NULL ? 0 : strtol(columns, NULL, 10);

	if (n > 0)
		return n > WIDTH_MAX	      ? WIDTH_MAX
		       : n < WRITER_WIDTH_MIN ? WRITER_WIDTH_MIN
					      : (int)n;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_col > WRITER_WIDTH_MIN)
		return size.ws_col;
	return WRITER_WIDTH_MIN;
}

static void
begin(struct session *s, const struct arguments *args)
{
	*s = (struct session){
	    .args = args, .now = clock_read(), .terminal = STDERR_FILENO};
	s->writer = (struct writer){
	    .format =
		arguments_has(args, OPTION_JSON) ? WRITER_JSON : WRITER_TEXT,
	    .width = terminal_width(),
	    .color = use_color(args),
	    .out = &s->out,
	};
}

static int
end(struct session *s, int status)
{
	if (!writer_ok(&s->writer))
		status = session_fail(s, CTL_CHECK_FAILED, "no memory");
	session_flush(s);
	if (ferror(stdout) != 0 && !session_is_left(s))
		status = session_fail(s, CTL_CHECK_FAILED,
				      "standard output cannot be written");
	/* What was shown is whole, but it is not all that was recorded. */
	if (s->damaged && (status == CTL_OK || status == CTL_CHECK_FAILED))
		status = CTL_LEDGER_DAMAGED;
	view_free(s->view);
	conf_report_free(&s->config_report);
	config_free(s->config);
	config_free(s->defaults);
	buf_free(&s->out);
	return status;
}

static int
print_help(const struct arguments *args)
{
	struct buf text = {0};

	if (arguments_has(args, OPTION_VERSION)) {
		version_text("evidencectl " PACKAGE_VERSION, &text);
		libraries_text(&text);
	} else {
		command_help(args->command, &text);
	}
	fputs(buf_text(&text), stdout);
	buf_free(&text);
	return fflush(stdout) == 0 ? CTL_OK : CTL_CHECK_FAILED;
}

/* Not where somebody is asked, or told of one thing after the other. */
static bool
wants_pager(const struct arguments *args)
{
	enum command_id id = args->command->id;

	return !args->command->acting && id != COMMAND_NEW &&
	       id != COMMAND_DOCTOR && !arguments_has(args, OPTION_NO_PAGER);
}

static void
start_pager(struct session *s, struct pager *pager)
{
	s->paged = pager_start(pager);
	if (s->paged && pager->terminal >= 0)
		s->terminal = pager->terminal;
}

int
main(int argc, char *argv[])
{
	struct arguments args;
	struct pager pager = {0};
	struct session s;
	struct err err;
	int status;

	if (arguments_parse(argc, argv, &args, &err) < 0) {
		fprintf(stderr, "evidencectl: %s\n", err.text);
		return CTL_USAGE;
	}
	if (arguments_has(&args, OPTION_HELP) ||
	    arguments_has(&args, OPTION_VERSION))
		return print_help(&args);
	begin(&s, &args);
	if (wants_pager(&args))
		start_pager(&s, &pager);
	status = end(&s, handlers[args.command->id](&s));
	pager_wait(&pager);
	return status;
}
