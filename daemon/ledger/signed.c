#include "ledger/signed.h"
#include "base/json.h"

#include <json-c/json.h>
#include <string.h>

void
signed_line_render(struct buf *out, const char *note, size_t note_len,
		   uint64_t seq, uint64_t size)
{
	struct json_writer w;
	struct buf text = {0};

	/* A note has line ends, which the writer of rows refuses. */
	if (!json_quote(&text, note, note_len))
		text.failed = true;
	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_raw(&w, "note", buf_text(&text), text.len);
	json_put_int(&w, "seq", (int64_t)seq);
	json_put_int(&w, "size", (int64_t)size);
	json_object_close(&w);
	buf_putc(out, '\n');
	if (text.failed)
		out->failed = true;
	buf_free(&text);
}

/* 1, 0, or ERR_NOMEM: without memory a line is not taken for a bad one. */
static int
is_rendering_of(const struct signed_line *l, const char *line, size_t len)
{
	struct buf again = {0};
	int r;

	signed_line_render(&again, buf_text(&l->note), l->note.len, l->seq,
			   l->size);
	r = again.failed
		? ERR_NOMEM
		: again.len == len + 1 && memcmp(again.data, line, len) == 0;
	buf_free(&again);
	return r;
}

static bool
note_tells_size(const struct buf *note, uint64_t size)
{
	size_t len = note_text_length(note->data, note->len);
	struct checkpoint c;

	return len > 0 && checkpoint_parse(note->data, len, &c, NULL) == 0 &&
	       c.size == size;
}

int
signed_line_parse(const char *line, size_t len, struct signed_line *ret_line,
		  struct err *err)
{
	struct signed_line l = {0};
	struct json_object *o;
	int r;

	r = json_parse(line, len, &JSON_FOREIGN_LIMITS, &o, err);
	if (r < 0)
		return r;
	buf_puts(&l.note, json_get_string(o, "note", ""));
	l.seq = (uint64_t)json_get_int(o, "seq", 0);
	l.size = (uint64_t)json_get_int(o, "size", 0);
	json_object_put(o);
	if (l.note.failed) {
		buf_free(&l.note);
		return err_set(err, ERR_NOMEM, "no memory for a checkpoint");
	}
	r = is_rendering_of(&l, line, len);
	if (r < 0) {
		buf_free(&l.note);
		return err_set(err, r, "no memory for a checkpoint");
	}
	if (r == 0 || !note_tells_size(&l.note, l.size)) {
		buf_free(&l.note);
		return err_set(err, ERR_INVALID,
			       "not the line of a checkpoint");
	}
	*ret_line = l;
	return 0;
}
