/* Every error of a configuration, what it holds today, and whether the gateways' limits hold the
 * planned day.  The messages are the answer, so they go to standard output. */
#include "cli/cli.h"
#include "base/text.h"
#include "cli/impact.h"
#include "conf/load.h"
#include "io/files.h"

#include <string.h>

static const struct column columns[] = {
    {"severity", "severity", COLUMN_STATE},
    {"file", "file", 0},
    {"line", "line", 0},
    {"key", "key", 0},
    {"what", "what", 0},
    {"hint", "hint", 0},
};

static const struct column summary_columns[] = {
    {"file", "file", 0},
    {"digest", "digest", 0},
    {"workloads", "workloads", 0},
    {"sources", "sources", 0},
    {"gateways", "gateways", 0},
    {"over_capacity", "gateways over their limits", 0},
    {"capacity", "capacity", 0},
};

#define N(columns) (sizeof(columns) / sizeof(columns[0]))

void
session_print_report(struct session *s, const struct conf_report *report)
{
	struct writer *w = &s->writer;

	if (w->format == WRITER_TEXT) {
		struct buf text = {0};

		conf_report_print(report, &text);
		writer_verbatim(&s->out, buf_text(&text), text.len);
		buf_free(&text);
		return;
	}
	writer_card(w, "message", columns, N(columns));
	for (size_t i = 0; i < report->n; i++) {
		const struct conf_message *m = &report->at[i];

		writer_text(w, m->severity == CONF_ERROR ? "error" : "warning");
		writer_text(w, m->file);
		if (m->line > 0)
			writer_int(w, m->line);
		else
			writer_none(w);
		writer_text(w, m->key);
		writer_text(w, m->what);
		writer_text(w, m->hint);
	}
	writer_close(w);
}

static void
print_summary(struct session *s, const char *path, const struct config *config,
	      size_t warnings)
{
	char hex[DIGEST_HEX_LEN + 1];
	struct buf capacity = {0};
	size_t over = conf_capacity(config, &capacity);
	struct writer *w = &s->writer;

	if (w->format == WRITER_TEXT) {
		buf_puts(&s->out, buf_text(&capacity));
		buf_printf(
		    &s->out,
		    "%s: ok: %zu workload%s, %zu source%s, %zu gateway%s, "
		    "%zu warning%s; digest %.12s\n",
		    path, config->n_workloads, TEXT_PLURAL(config->n_workloads),
		    config->n_sources, TEXT_PLURAL(config->n_sources),
		    config->n_gateways, TEXT_PLURAL(config->n_gateways),
		    warnings, TEXT_PLURAL(warnings),
		    digest_hex(&config->digest, hex));
	} else {
		writer_card(w, "configuration", summary_columns,
			    N(summary_columns));
		writer_text(w, path);
		writer_text(w, digest_hex(&config->digest, hex));
		writer_int(w, (int64_t)config->n_workloads);
		writer_int(w, (int64_t)config->n_sources);
		writer_int(w, (int64_t)config->n_gateways);
		writer_int(w, (int64_t)over);
		writer_lines(w, buf_text(&capacity));
		writer_close(w);
	}
	buf_free(&capacity);
}

static int
print_impact(struct session *s, const struct config *config)
{
	if (s->args->n_operands > 0)
		return impact_of_config(s, config);
	return impact_of_reload(s);
}

int
cmd_check_config(struct session *s)
{
	const char *path = s->args->n_operands > 0 ? s->args->operand[0]
						   : session_config_path(s);
	struct config *config = NULL;
	struct conf_report report;
	struct err err = {0};
	int status = CTL_OK, r;

	r = files_check_config(path, wall_day(s->now.wall), NULL, &config,
			       &report, &err);
	session_print_report(s, &report);
	if (r == 0)
		print_summary(s, path, config, report.n - report.n_errors);
	else
		status = session_fail(
		    s, CTL_CONFIG_INVALID, "%s; %s", err.text,
		    r == ERR_INVALID
			? "how keys are written: man evidenced.conf"
			: "name another file");
	if (r == 0 && arguments_has(s->args, OPTION_IMPACT))
		status = print_impact(s, config);
	conf_report_free(&report);
	config_free(config);
	return status;
}
