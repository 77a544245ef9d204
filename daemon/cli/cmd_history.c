/* Rows of the ledger.
 *
 * Asked for the newest n, they are looked for from the end, one block of rows
 * at a time, until n are found; asked for all, they are printed while they are
 * read.  Rows are shown in the order of the ledger, and with --json byte for
 * byte as they stand there.  Neither the configuration nor the state of
 * anything is needed: where the index answers, this takes no time.  Only where
 * no row is found it is asked whether the names are known at all. */
#include "cli/cli.h"
#include "cli/rows.h"
#include "cli/unknown.h"
#include "ledger/mirror.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

enum { ROWS_DEFAULT = 50, FLUSH_BYTES = 64 * 1024 };

struct history {
	struct session *session;
	struct row_filter filter;
	size_t most; /* 0: all */
	bool any;    /* a row was printed */
	struct row_list found;
};

static void
print_row(struct session *s, const struct row *row)
{
	char at[WALL_RFC3339_LEN + 1];
	struct buf message = {0};

	if (s->writer.format == WRITER_JSON) {
		buf_add(&s->out, row->line, row->line_len);
		buf_putc(&s->out, '\n');
	} else {
		mirror_message(row, &message);
		buf_printf(&s->out, "%8" PRIu64 "  %s  %s\n", row->seq,
			   wall_format(row->at, at), buf_text(&message));
		buf_free(&message);
	}
	if (s->out.len > FLUSH_BYTES)
		session_flush(s);
}

static int
print_next(void *ctx, const struct row *row)
{
	struct history *h = ctx;

	print_row(h->session, row);
	h->any = true;
	return h->session->out.failed ? ERR_NOMEM : 0;
}

static int
take_block(void *ctx, struct row_list *rows, struct wall_time oldest)
{
	struct history *h = ctx;

	if (!row_list_prepend(&h->found, rows))
		return ERR_NOMEM;
	return h->found.n >= h->most;
}

static int
history_newest(struct history *h, const char *dir)
{
	struct row_names names;
	struct row row;
	int r;

	r = rows_found_back(h->session, dir, &h->filter, h->most, take_block,
			    h);
	row_list_trim(&h->found, h->most);
	h->any = h->found.n > 0;
	for (size_t i = 0; r == 0 && i < h->found.n; i++) {
		if (row_list_at(&h->found, i, &names, &row))
			print_row(h->session, &row);
	}
	row_list_free(&h->found);
	return r;
}

/* A stretch of time is shown whole, else the newest rows are. */
static int
rows_by_default(const struct arguments *args)
{
	return arguments_has(args, OPTION_SINCE) ||
		       arguments_has(args, OPTION_UNTIL)
		   ? 0
		   : ROWS_DEFAULT;
}

int
cmd_history(struct session *s)
{
	struct history h = {
	    .session = s,
	    .filter = {.workload = s->args->value[OPTION_WORKLOAD],
		       .owner = s->args->value[OPTION_OWNER],
		       .check = s->args->value[OPTION_CHECK],
		       .kind = s->args->value[OPTION_KIND],
		       .decision = s->args->value[OPTION_DECISION]},
	};
	const char *dir;
	struct err err;
	int n, r;

	if (arguments_number(s->args, OPTION_NUMBER, 0, INT_MAX / 2,
			     rows_by_default(s->args), &n, &err) < 0)
		return session_fail_err(s, &err);
	h.most = (size_t)n;
	r = session_period(s, &h.filter);
	if (r == 0)
		r = session_ledger(s, &dir);
	if (r == 0)
		r = n == 0 ? rows_found(s, dir, &h.filter, print_next, &h)
			   : history_newest(&h, dir);
	return r == 0 && !h.any ? unknown_names(s, dir, &h.filter) : r;
}
