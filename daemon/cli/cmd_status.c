/* How evidenced stands: by the daemon's own answer, else by what the files
 * say (then the exit status is 3).  Both are printed by the same card. */
#include "base/json.h"
#include "cli/cli.h"
#include "io/control_client.h"
#include "io/disk.h"
#include "ledger/mirror_file.h"
#include "report/tally.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

static const struct column columns[] = {
    {"running", "daemon runs", 0},
    {"version", "version", 0},
    {"since", "since", 0},
    {"trouble", "trouble", 0},
    {"damaged", "ledger damaged", 0},
    {"workloads", "workloads", 0},
    {"next_check", "next check", 0},
    {"next_at", "at", 0},
    {"pass", "pass today", 0},
    {"response_only", "response only", 0},
    {"corrected", "corrected", 0},
    {"pending", "pending", 0},
    {"no_record", "no record", 0},
    {"not_known", "not known", 0},
    {"hold", "hold", 0},
    {"inconclusive", "inconclusive", 0},
    {"fail", "fail", 0},
    {"not_due", "not due", 0},
    {"alerts", "open alerts", 0},
    {"ledger_rows", "ledger rows", 0},
    {"ledger_head", "ledger head", 0},
    {"mirror", "mirror", 0},
    {"mirror_from", "mirrored from", 0},
    {"mirror_confirmed", "mirrored to", 0},
    {"mirror_expired", "expired rows", 0},
    {"mirror_forged", "forged entries", 0},
    {"config_digest", "configuration", 0},
};

/* TALLIED: those that count workloads by where they stand. */
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]), TALLIED = 10 };

/* The columns after "running" are the members of the daemon's answer. */
static void
put_member(struct writer *w, struct json_object *answer, const char *key)
{
	struct json_object *value = json_get(answer, key);

	if (json_object_is_type(value, json_type_int))
		writer_int(w, json_object_get_int64(value));
	else if (json_object_is_type(value, json_type_boolean))
		writer_bool(w, json_object_get_boolean(value));
	else if (json_object_is_type(value, json_type_string))
		writer_text(w, json_object_get_string(value));
	else
		writer_none(w);
}

static int
print_answer(struct session *s, const char *text)
{
	struct writer *w = &s->writer;
	struct json_object *answer;
	struct err err;

	if (json_parse(text, strlen(text), &JSON_FOREIGN_LIMITS, &answer,
		       &err) < 0)
		return session_fail(s, CTL_CHECK_FAILED,
				    "the daemon's answer cannot be read: %s",
				    err.text);
	writer_card(w, "status", columns, COLUMNS);
	writer_bool(w, true);
	for (size_t i = 1; i < COLUMNS; i++)
		put_member(w, answer, columns[i].key);
	writer_close(w);
	s->damaged = json_get_bool(answer, "damaged", false);
	json_object_put(answer);
	return CTL_OK;
}

static void
put_tally(struct session *s, const struct config *config,
	  const struct view *view)
{
	const struct standing_seen seen = standing_by_rows(view, s->now.wall);
	struct tally t;

	if (config == NULL) {
		for (int i = 0; i < TALLIED; i++)
			writer_none(&s->writer);
		return;
	}
	tally_records(config, view, wall_day(s->now.wall), &seen, &t);
	writer_int(&s->writer, t.pass);
	writer_int(&s->writer, t.response_only);
	writer_int(&s->writer, t.pass_corrected + t.response_corrected);
	writer_int(&s->writer, t.pending);
	writer_int(&s->writer, t.no_record);
	writer_int(&s->writer, t.not_known);
	writer_int(&s->writer, t.hold);
	writer_int(&s->writer, t.inconclusive);
	writer_int(&s->writer, t.fail);
	writer_int(&s->writer, t.not_due);
}

/* What the daemon saw when it last looked. */
static void
put_mirror(struct session *s)
{
	struct writer *w = &s->writer;
	struct mirror_file file;
	const char *dir;

	writer_none(w);
	if (session_ledger(s, &dir) != 0 ||
	    mirror_file_load(&disk_io, dir, NULL, &file, NULL) < 0) {
		for (int i = 0; i < 4; i++)
			writer_none(w);
		return;
	}
	writer_none(w);
	writer_int(w, (int64_t)file.confirmed - 1);
	writer_int(w, (int64_t)file.expired);
	writer_int(w, (int64_t)file.forged);
}

/* Of a folder that was asked about nobody knows which daemon writes it. */
static bool
asks_of_folder(const struct session *s)
{
	return arguments_has(s->args, OPTION_LEDGER) &&
	       !arguments_has(s->args, OPTION_SOCKET);
}

static void
put_files(struct session *s, const struct config *config,
	  const struct view *view)
{
	struct writer *w = &s->writer;
	char hex[DIGEST_HEX_LEN + 1];

	writer_card(w, "status", columns, COLUMNS);
	if (asks_of_folder(s))
		writer_none(w);
	else
		writer_bool(w, false);
	writer_none(w);
	writer_none(w);
	writer_text(w, s->damaged ? "ledger damaged; evidencectl verify" : "");
	writer_bool(w, s->damaged);
	if (config == NULL)
		writer_none(w);
	else
		writer_int(w, (int64_t)config->n_workloads);
	/* Nothing is next where no daemon is known to run. */
	writer_none(w);
	writer_none(w);
	put_tally(s, config, view);
	writer_int(w, (int64_t)alert_machine_count(view->alerts));
	writer_int(w, (int64_t)view->rows);
	writer_text(w, digest_hex(&view->head, hex));
	put_mirror(s);
	if (config == NULL)
		writer_text(w, view->config_digest);
	else
		writer_text(w, digest_hex(&config->digest, hex));
	writer_close(w);
}

static int
status_of_files(struct session *s, const char *why)
{
	const struct config *config = NULL;
	const struct view *view;
	int r;

	r = session_config_if_any(s, &config);
	if (r == 0 && session_is_new(s))
		return session_fail(s, CTL_NOT_RUNNING,
				    "%s, and there is no ledger yet; see "
				    "systemctl status evidenced",
				    why);
	if (r == 0)
		r = session_view(s, &view);
	if (r != 0)
		return r;
	put_files(s, config, view);
	return session_fail(s, CTL_NOT_RUNNING,
			    "%s; see systemctl status evidenced", why);
}

/* --ledger alone asks about a folder, not about the daemon of this host. */
int
cmd_status(struct session *s)
{
	struct ctl_request request = {.command = CTL_STATUS};
	const char *path;
	struct err err;
	char *text;
	int status, r;

	if (asks_of_folder(s))
		return status_of_files(s, "no daemon was asked");
	path = session_socket(s);
	if (path == NULL)
		return CTL_CONFIG_INVALID;
	r = control_ask(path, &request, &status, &text, &err);
	if (r == ERR_DENIED)
		return session_fail(s, CTL_NOT_PERMITTED, "%s", err.text);
	if (r < 0)
		return status_of_files(s, err.text);
	if (status == CTL_OK)
		status = print_answer(s, text);
	free(text);
	return status;
}
