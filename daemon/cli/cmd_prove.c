/* A proof is made of the folder alone, which may be a copy. */
#include "cli/cli.h"
#include "io/disk.h"
#include "ledger/prove.h"

#include <errno.h>
#include <stdlib.h>

static const struct column columns[] = {
    {"seq", "row", 0},
    {"proof", "proof", 0},
};

/* Digits alone, as a seq is written. */
static int
read_seq(struct session *s, uint64_t *ret)
{
	const char *text = s->args->operand[0];
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0)
		return session_fail(s, CTL_USAGE,
				    "prove %s: the number of a row is "
				    "expected; see evidencectl history",
				    text);
	return 0;
}

int
cmd_prove(struct session *s)
{
	struct buf proof = {0};
	const char *dir;
	struct err err;
	uint64_t seq;
	int r;

	r = read_seq(s, &seq);
	if (r == 0)
		r = session_ledger(s, &dir);
	if (r != 0)
		return r;
	if (ledger_prove(&disk_io, dir, seq, &proof, &err) < 0) {
		r = session_fail_err(s, &err);
	} else if (s->writer.format == WRITER_TEXT) {
		buf_add(&s->out, proof.data, proof.len);
	} else {
		writer_card(&s->writer, "proof", columns,
			    sizeof(columns) / sizeof(columns[0]));
		writer_int(&s->writer, (int64_t)seq);
		writer_lines(&s->writer, buf_text(&proof));
		writer_close(&s->writer);
	}
	buf_free(&proof);
	return r;
}
