/* The shared ends of the row bodies.  The finished text is checked by the
 * gate that the ledger itself uses, so that a control character or a number
 * beyond 53 bits is found by whoever wrote it. */
#include "check/members.h"

void
members_begin(struct members *m, struct buf *out)
{
	m->start = out->len;
	json_writer_init(&m->w, out);
	json_object_open(&m->w, NULL);
}

int
members_end(struct members *m)
{
	struct buf *out = m->w.out;
	int r = 0;

	json_object_close(&m->w);
	if (out->failed)
		return ERR_NOMEM;
	if (!json_writer_ok(&m->w) ||
	    json_check(out->data + m->start, out->len - m->start,
		       &JSON_LEDGER_LIMITS, NULL) < 0) {
		out->len = m->start;
		out->data[out->len] = '\0';
		r = ERR_INVALID;
	}
	return r;
}

void
members_put_text(struct members *m, const char *key, const char *text)
{
	json_put_string_or_null(&m->w, key, text[0] == '\0' ? NULL : text);
}

void
members_put_count(struct members *m, const char *key, bool has, int64_t n)
{
	if (has)
		json_put_int(&m->w, key, n);
	else
		json_put_null(&m->w, key);
}

void
members_put_time(struct members *m, const char *key, struct wall_time t)
{
	char text[WALL_RFC3339_LEN + 1];

	json_put_string(&m->w, key, wall_format(t, text));
}
