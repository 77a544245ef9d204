/* The first lines: which day, made of what, and the answer. */
#include "report/packet_inside.h"
#include "report/rollup_sections.h"
#include "report/writer_html.h"

static void
put_if_any(struct writer *w,
	   void (*words)(const struct rollup *r, struct buf *out),
	   const struct rollup *r)
{
	struct buf line = {0};

	words(r, &line);
	if (line.len > 0)
		writer_paragraph(w, "", buf_text(&line));
	w->failed |= line.failed;
	buf_free(&line);
}

/* Line 1 is never broken: it is for machines that look for the day, too. */
static void
put_title(const struct rollup *r, struct writer *w)
{
	struct buf line = {0};

	rollup_title(r, &line);
	if (w->format == WRITER_HTML) {
		buf_puts(w->out, "<h1>");
		html_escape(w->out, buf_text(&line));
		buf_puts(w->out, "</h1>\n");
	} else if (w->format != WRITER_JSON) {
		if (w->format == WRITER_YAML)
			buf_puts(w->out, "# ");
		buf_puts(w->out, buf_text(&line));
		buf_putc(w->out, '\n');
	}
	w->failed |= line.failed;
	buf_free(&line);
}

/* On the page the answer comes first, and is seen from afar. */
static void
put_answer(const struct rollup *r, struct writer *w)
{
	struct buf line = {0};

	rollup_answer(r, &line);
	buf_puts(w->out, "<p class=\"answer\">");
	html_escape(w->out, buf_text(&line));
	buf_puts(w->out, "</p>\n");
	w->failed |= line.failed;
	buf_free(&line);
}

void
rollup_put_head(const struct rollup *r, struct writer *w)
{
	put_title(r, w);
	if (w->format == WRITER_HTML)
		put_answer(r, w);
	put_if_any(w, rollup_basis, r);
	put_if_any(w, rollup_in_force, r);
	if (w->format != WRITER_HTML)
		put_if_any(w, rollup_answer, r);
	put_if_any(w, rollup_reach, r);
	if (r->config == NULL)
		writer_paragraph(w, "",
				 rollup_phrase(r->span->in_force_kept
						   ? PHRASE_THEN_ROWS
						   : PHRASE_NO_CONFIG));
	if (r->n == 0)
		writer_paragraph(
		    w, "",
		    rollup_phrase(span_is_known(r->span, r->span->n_days - 1)
				      ? PHRASE_NONE_THEN
				      : PHRASE_NOTHING));
}

void
rollup_put_head_object(const struct rollup *r, struct writer *w)
{
	static const struct column columns[] = {
	    {"review_date", "review date", 0},
	    {"choice", "choice", 0},
	    {"by", "by", 0},
	    {"period_from", "from", 0},
	    {"period_to", "to", 0},
	    {"ledger_seq", "row", 0},
	    {"ledger_leaf", "leaf", 0},
	    {"config_digest", "config", 0},
	    {"in_force_digest", "config then", 0},
	    {"as_of", "as of", 0},
	};
	char leaf[DIGEST_HEX_LEN + 1], digest[DIGEST_HEX_LEN + 1];
	bool rows = r->span->head_at.us != 0;

	if (rollup_is_read(w))
		return;
	writer_card(w, "packets", columns, ROLLUP_COUNT(columns));
	writer_day(w, r->day);
	writer_text(w, r->choice == PACKET_GIVEN ? "given" : "newest_closed");
	writer_text(w, rollup_by_name(r->by));
	writer_day(w, r->span->first);
	writer_day(w, r->day);
	if (rows)
		writer_int(w, (int64_t)r->span->head_seq);
	else
		writer_none(w);
	writer_text(w, rows ? digest_hex(&r->span->head, leaf) : NULL);
	writer_text(w, r->config == NULL
			   ? NULL
			   : digest_hex(&r->config->digest, digest));
	writer_text(w, r->span->any_in_force
			   ? digest_hex(&r->span->in_force, digest)
			   : NULL);
	writer_time(w, r->span->head_at);
	writer_close(w);
}
