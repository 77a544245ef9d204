/* Folding what was read of a source, or a person read. */
#include "report/view_fold.h"
#include "base/json.h"

#include <string.h>

static void
rests_on(struct view_source *s, uint64_t seq)
{
	if (s->n_rows == VIEW_SOURCE_ROWS) {
		memmove(s->rows, s->rows + 1,
			(VIEW_SOURCE_ROWS - 1) * sizeof(s->rows[0]));
		s->n_rows--;
	}
	s->rows[s->n_rows++] = seq;
}

/* The facts as the last day left them stay readable for its late records. */
void
view_source_day(struct view_source *s, int32_t day)
{
	if (day == s->fact_day)
		return;
	s->before = s->fact;
	s->fact_day = day;
}

/* Nothing that was read or approved elsewhere is known of another address; of
 * another part of the same page only an approved text still is. */
static void
turn_to(struct source_fact *f, struct json_object *body)
{
	const char *address = view_text(body, "url");
	struct digest url = digest_sha256(address, strlen(address));
	struct digest filter = view_digest(body, "filter_sha256");

	if (f->tried && !digest_equal(&f->url, &url))
		*f = (struct source_fact){0};
	else if (f->tried && !digest_equal(&f->filter, &filter))
		f->read = false;
	f->url = url;
	f->filter = filter;
}

static void
fold_read(struct view_source *s, const struct row *row,
	  struct json_object *body, enum page_outcome outcome)
{
	struct source_fact *f = &s->fact;
	struct wall_time at = view_time(body, "read_at");

	if (at.us == 0)
		at = row->at;
	f->tried = true;
	f->tried_at = at;
	f->tried_seq = row->seq;
	f->tried_outcome = outcome;
	if (page_outcome_good(outcome)) {
		f->read = true;
		f->read_at = at;
		f->read_seq = row->seq;
		f->text = view_digest(body, "text_sha256");
		f->text_len = (size_t)json_get_int(body, "text_bytes", 0);
		f->bad_reads = 0;
		view_copy(s->title, sizeof(s->title), view_text(body, "title"));
	} else if (page_outcome_lost(outcome)) {
		if (f->bad_reads++ == 0) {
			f->bad_since = at;
			s->bad_seq = row->seq;
		}
	}
}

int
view_fold_source(struct view *v, const struct row *row,
		 struct json_object *body)
{
	struct view_source *s = view_source_make(v, view_text(body, "source"));
	enum view_answer answer = view_answer_of_read(body);
	enum page_outcome outcome;

	if (s == NULL)
		return ERR_NOMEM;
	if (page_outcome_by_name(view_text(body, "outcome"), &outcome) < 0)
		return 0;
	view_source_day(s, wall_day(row->at));
	rests_on(s, row->seq);
	turn_to(&s->fact, body);
	view_copy(s->url, sizeof(s->url), view_text(body, "url"));
	if (s->attempts == 0 || s->slot_day != wall_day(row->at)) {
		s->slot_day = wall_day(row->at);
		s->first_at = row->at;
		s->attempts = 0;
	}
	/* A good read ends the series: what fails after it is another. */
	s->attempts = page_outcome_good(outcome) ? 0 : s->attempts + 1;
	view_note_answer(v, row, answer);
	s->tried_silent = answer == VIEW_SILENT;
	if (view_is_planned(view_text(body, "trigger")))
		s->planned =
		    (struct planned_fact){view_time(body, "slot"), row->seq};
	fold_read(s, row, body, outcome);
	return 0;
}

/* It is of the page that is configured now, and moves no baseline. */
int
view_fold_attest_source(struct view *v, const struct row *row,
			struct json_object *body)
{
	struct view_source *s = view_source_make(v, view_text(body, "source"));

	if (s == NULL)
		return ERR_NOMEM;
	view_source_day(s, wall_day(row->at));
	turn_to(&s->fact, body);
	s->fact.attested = true;
	s->fact.attested_at = row->at;
	s->fact.attested_seq = row->seq;
	return 0;
}
