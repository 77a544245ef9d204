/* Verification needs the folder alone. */
#include "cli/cli.h"
#include "io/disk.h"
#include "ledger/ledger.h"

#include <inttypes.h>

enum { LEVEL_DEFAULT = 1 };

static const struct column columns[] = {
    {"level", "strongest level", 0},
    {"rows", "rows", 0},
    {"ok", "ok", 0},
    {"first_bad_seq", "first bad row", 0},
    {"reason", "reason", 0},
};

static const char *const proves[] = {
    "every row is whole (framing and sum)",
    "every row is whole, and the rows are an unbroken chain from the first",
};

static void
print_json(struct session *s, const struct ledger_verdict *v)
{
	struct writer *w = &s->writer;

	writer_card(w, "verdict", columns,
		    sizeof(columns) / sizeof(columns[0]));
	if (v->level == LEDGER_LEVEL_NONE)
		writer_none(w);
	else
		writer_int(w, v->level);
	writer_int(w, (int64_t)v->rows);
	writer_bool(w, v->ok);
	if (v->ok)
		writer_none(w);
	else
		writer_int(w, (int64_t)v->first_bad_seq);
	writer_text(w, v->reason[0] == '\0' ? NULL : v->reason);
	writer_close(w);
}

static int
print_text(struct session *s, const char *dir, const struct ledger_verdict *v)
{
	if (!v->ok)
		return session_fail(s, CTL_LEDGER_DAMAGED,
				    "%s: row %" PRIu64 ": %s; %" PRIu64
				    " rows before it are good%s",
				    dir, v->first_bad_seq, v->reason, v->rows,
				    v->level == LEDGER_LEVEL_NONE
					? ""
					: "; level 0 holds for all rows");
	buf_printf(&s->out, "%s: level %d: %" PRIu64 " rows: ok: %s\n", dir,
		   v->level, v->rows, proves[v->level]);
	if (v->reason[0] != '\0')
		buf_printf(&s->out, "%s\n", v->reason);
	return CTL_OK;
}

int
cmd_verify(struct session *s)
{
	struct ledger_verdict verdict;
	const char *dir;
	struct err err;
	int level, r;

	if (arguments_number(s->args, OPTION_LEVEL, 0, LEVEL_DEFAULT,
			     LEVEL_DEFAULT, &level, &err) < 0)
		return session_fail_err(s, &err);
	r = session_ledger(s, &dir);
	if (r != 0)
		return r;
	r = ledger_verify(&disk_io, dir, level, &verdict, &err);
	if (r < 0)
		return session_fail_err(s, &err);
	if (s->writer.format == WRITER_TEXT)
		return print_text(s, dir, &verdict);
	print_json(s, &verdict);
	return verdict.ok ? CTL_OK : CTL_LEDGER_DAMAGED;
}
