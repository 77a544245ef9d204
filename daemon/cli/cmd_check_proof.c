/* Offline: the proof, the key, and nothing else. */
#include "cli/cli.h"
#include "base/text.h"
#include "io/files.h"
#include "ledger/proof.h"

#include <inttypes.h>
#include <stdlib.h>

static const struct column columns[] = {
    {"ok", "ok", 0},	 {"seq", "row", 0},   {"at", "at", 0},
    {"kind", "kind", 0}, {"leaf", "leaf", 0}, {"origin", "ledger", 0},
    {"size", "rows", 0}, {"row", "line", 0},
};

static void
print_json(struct session *s, const struct proof_shown *shown)
{
	char at[WALL_RFC3339_MICRO_LEN + 1], hex[DIGEST_HEX_LEN + 1];
	struct buf line = {0};
	struct writer *w = &s->writer;

	buf_add(&line, shown->row.line, shown->row.line_len);
	writer_card(w, "proof", columns, sizeof(columns) / sizeof(columns[0]));
	writer_bool(w, true);
	writer_int(w, (int64_t)shown->row.seq);
	writer_text(w, wall_format_micro(shown->row.at, at));
	writer_text(w, shown->row.kind);
	writer_text(w, digest_hex(&shown->row.leaf, hex));
	writer_text(w, shown->checkpoint.origin);
	writer_int(w, (int64_t)shown->checkpoint.size);
	writer_json(w, buf_text(&line));
	writer_close(w);
	buf_free(&line);
}

static void
print_text(struct session *s, const struct proof_shown *shown)
{
	char at[WALL_RFC3339_MICRO_LEN + 1];

	buf_printf(&s->out,
		   "row %" PRIu64 " is in the ledger %s:\none of the %" PRIu64
		   " row%s of a checkpoint that the key signed\n%s  %s\n",
		   shown->row.seq, shown->checkpoint.origin,
		   shown->checkpoint.size, TEXT_PLURAL(shown->checkpoint.size),
		   wall_format_micro(shown->row.at, at), shown->row.kind);
	writer_verbatim(&s->out, shown->row.line, shown->row.line_len);
	buf_putc(&s->out, '\n');
}

static int
check(struct session *s, const char *text, size_t len,
      const struct note_key *key)
{
	struct proof_shown shown;
	struct proof proof;
	struct err err;
	char *room = malloc(ROW_LINE_MAX);
	int r;

	if (room == NULL)
		return session_fail(s, CTL_CHECK_FAILED, "no memory");
	r = proof_parse(text, len, room, &proof, &err);
	if (r == 0)
		r = proof_check(&proof, key, &shown, &err);
	if (r < 0)
		r = session_fail(s, CTL_CHECK_FAILED, "%s: %s",
				 s->args->operand[0], err.text);
	else if (s->writer.format == WRITER_TEXT)
		print_text(s, &shown);
	else
		print_json(s, &shown);
	free(room);
	return r;
}

int
cmd_check_proof(struct session *s)
{
	struct note_key key;
	struct err err;
	char *text;
	size_t len;
	int r;

	if (note_key_parse(s->args->value[OPTION_KEY], &key, &err) < 0)
		return session_fail(s, CTL_USAGE, "--key: %s", err.text);
	r = session_text(s, s->args->operand[0], PROOF_TEXT_MAX, &text, &len);
	if (r != CTL_OK)
		return r;
	r = check(s, text, len, &key);
	free(text);
	return r;
}
