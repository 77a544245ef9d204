/* What the commands of evidencectl share.
 *
 * A command is a function from a session to an exit status.  It prints its
 * answer into session->out (standard output once it returns, or when much of
 * it waits), and what went wrong as one line with session_fail().  The
 * configuration and the view of the ledger are loaded when they are first
 * asked for; reading commands need no daemon. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/buf.h"
#include "base/wall.h"
#include "conf/load.h"
#include "ctl/arguments.h"
#include "report/row_filter.h"
#include "report/view.h"
#include "report/writer.h"

struct row_limit;

struct session {
	const struct arguments *args;
	struct now now;
	struct writer writer; /* prints into out */
	struct buf out;
	/* private to session.c and main.c */
	struct config *config;
	bool config_tried, config_said; /* that there is none */
	int config_result;
	struct err config_err;
	struct conf_report config_report;
	struct config *defaults; /* what holds where nothing is said */
	bool broken;  /* the configuration of this host, by itself: it cannot be
		      * loaded */
	bool absent;  /* as there is no such file */
	bool without; /* so it is done without, which was said */
	const char *dir;    /* of the ledger; NULL: not looked for yet */
	const char *looked; /* where it was looked for without a
				  * configuration */
	struct view *view;
	bool damaged; /* only the rows before the damage were read */
	bool paged;   /* a pager takes what is printed */
	bool printed; /* some of it is out */
	int terminal; /* where progress is shown, where it is one */
	bool shown;   /* a line of progress stands there */
	const struct row_limit *limit; /* cli/row_limit.h; NULL: all rows */
};

typedef int command_fn(struct session *s);

command_fn cmd_status, cmd_list, cmd_show, cmd_why, cmd_alerts, cmd_explain,
    cmd_history, cmd_index, cmd_packet, cmd_diff, cmd_next, cmd_schedule,
    cmd_verify, cmd_prove, cmd_check_proof, cmd_check_config, cmd_run,
    cmd_approve, cmd_note, cmd_correct, cmd_legal_hold, cmd_prune, cmd_mirror,
    cmd_reload, cmd_checkpoint;
command_fn cmd_restore, cmd_repair, cmd_calendar, cmd_export;
command_fn cmd_ack, cmd_silence, cmd_unsilence, cmd_decide, cmd_attest;
command_fn cmd_todo;
command_fn cmd_new, cmd_import_workloads, cmd_doctor, cmd_prepare;

/* "evidencectl: WORDS" on standard error; returns status.  A usage error that
 * names nothing to type next gets the help of its command. */
int session_fail(struct session *s, enum ctl_exit status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with the words of an error; its code gives the status. */
int session_fail_err(struct session *s, const struct err *err);

/* Prints the messages of a loader: the answer, so to standard output. */
void session_print_report(struct session *s, const struct conf_report *report);

/* That no workload is configured, and how to get one; nothing in JSON. */
void session_say_empty(struct session *s);

/* Writes what waits to standard output. */
void session_flush(struct session *s);
/* The person has ended the pager: nothing more will be read. */
bool session_is_left(const struct session *s);

/* Each returns 0, or the exit status of what it has said. */
/* The configuration; where that of this host is broken or absent, what the
 * daemon loaded before, as the ledger keeps it, with a line that says so. */
int session_config(struct session *s, const struct config **ret);
int session_ledger(struct session *s, const char **ret_dir);
/* The configuration names a ledger that was never made. */
bool session_is_new(const struct session *s);
int session_view(struct session *s, const struct view **ret);
/* NULL, and a line on standard error, where there is no ledger to read. */
const struct view *session_view_if_any(struct session *s);
/* Of the ledger in that folder, which is the session's; NULL, and no word,
 * where it cannot be read. */
const struct view *session_view_quietly(struct session *s, const char *dir);
/* The files as they are: for what is to be written beside them. */
int session_config_files(struct session *s, const struct config **ret);
/* NULL where the ledger was named with --ledger and there is no
 * configuration, and where that of this host is broken or absent and what was
 * loaded before is not kept there, which is said: then the rows alone
 * answer. */
int session_config_if_any(struct session *s, const struct config **ret);
/* What breaks the configuration of this host, once it was asked for; NULL:
 * nothing does. */
const struct conf_report *session_config_errors(const struct session *s);

const char *session_config_path(const struct session *s);
/* NULL: neither --socket nor a configuration names one, which was said.
 * Where the configuration of this host is broken or absent it is the one that
 * can be read of it, else the default one: the daemon runs with what it has
 * loaded. */
const char *session_socket(struct session *s);

/* The read was cut short by damage: says so once, remembers it for the exit
 * status and returns 0; otherwise fails with the words. */
int session_after_read(struct session *s, int result, const struct err *err);

/* Verifies a ledger and prints the verdict; the exit status. */
int session_verify(struct session *s, const char *dir, int level);

/* Sends a request and prints the daemon's words: to standard output when it
 * succeeded, else to standard error.  Returns the daemon's exit status. */
int session_ask(struct session *s, struct ctl_request *request);
/* The same with an open file, which stays the caller's. */
int session_ask_with(struct session *s, struct ctl_request *request, int file);

/* Whether it would be permitted: prints the daemon's words where it is not. */
int session_ask_first(struct session *s, struct ctl_request *request);

/* The exchange alone, as control_ask_with() (io/control_client.h) has it; on a
 * terminal it is shown that it takes its time. */
int session_await(struct session *s, const char *socket_path,
		  const struct ctl_request *request, int file, int *ret_status,
		  char **ret_text, struct err *err);

/* One field of a request; says so and returns a status when it is too
 * long. */
int session_copy(struct session *s, char *out, size_t size, const char *text);

/* The name of an alert out of the operands: "RULE/SUBJECT", or both as two
 * words, as the alert's line writes them.  A status, 0 when it fits. */
int session_alert_name(struct session *s, char *out, size_t size);

/* A whole file that was named, NUL-terminated, malloc'd; or the exit status of
 * what was said: that there is none, or that it may not be read. */
int session_text(struct session *s, const char *path, size_t max_bytes,
		 char **ret_text, size_t *ret_len);

/* A UTC day or an RFC 3339 time.  *ret_day tells which it was. */
int session_time(struct session *s, enum option_id option,
		 struct wall_time *ret, bool *ret_day);
/* --since and --until; a day of the latter is meant whole. */
int session_period(struct session *s, struct row_filter *filter);

#endif
