/* A blank says that there is no record, and nothing else: not due, not yet
 * due and not kept look the same here, and none of them is a pass. */
#include "report/calendar.h"
#include "report/corrected.h"

#include <string.h>

enum { LABEL_WIDTH_MIN = 8 };

const char calendar_marks[] = "PRHIF";

static const char *const mark_words[] = {
    "pass", "pass (response only)", "hold", "inconclusive", "fail",
};

char
calendar_mark(const struct span_day *day)
{
	switch (day->decision) {
	case DECISION_PASS:
		return day->response_only ? 'R' : 'P';
	case DECISION_HOLD:
		return 'H';
	case DECISION_INCONCLUSIVE:
		return 'I';
	case DECISION_FAIL:
		return 'F';
	default:
		return ' ';
	}
}

const char *
calendar_mark_words(char mark)
{
	const char *at = strchr(calendar_marks, mark);

	return at == NULL || mark == '\0' ? "no record"
					  : mark_words[at - calendar_marks];
}

static size_t
label_width(const struct span *s)
{
	size_t width = LABEL_WIDTH_MIN;

	for (size_t i = 0; i < s->n_workloads; i++) {
		size_t n = strlen(s->workloads[i].label);

		if (n > width)
			width = n;
	}
	return width;
}

static struct civil
civil_of(int32_t day)
{
	return civil_from_s(wall_s(wall_day_start(day)));
}

/* "WORKLOAD  123456789012": the last digit of the day, above it the tens
 * where they change. */
static void
put_head(const struct span *s, size_t width, struct buf *out)
{
	char day[WALL_DAY_LEN + 1];

	buf_printf(out, "%-*.7s  ", (int)width, day_format(s->first, day));
	for (int i = 0; i < s->n_days; i++) {
		int d = civil_of(s->first + i).day;

		buf_putc(out, (char)(d % 10 == 0 ? '0' + d / 10 : ' '));
	}
	while (out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	buf_printf(out, "\n%-*s  ", (int)width, "WORKLOAD");
	for (int i = 0; i < s->n_days; i++)
		buf_putc(out, (char)('0' + civil_of(s->first + i).day % 10));
	buf_putc(out, '\n');
}

static void
put_line(const struct span *s, const struct span_workload *w, size_t width,
	 struct buf *out)
{
	buf_printf(out, "%-*s  ", (int)width, w->label);
	for (int i = 0; i < s->n_days; i++)
		buf_putc(out, calendar_mark(&w->days[i]));
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	buf_putc(out, '\n');
}

static void
put_corrected(const struct span *s, struct writer *w)
{
	int n = 0;

	for (size_t i = 0; i < s->n_workloads; i++)
		n += corrected_count(s, &s->workloads[i]);
	if (n == 0)
		return;
	corrected_begin(w);
	for (size_t i = 0; i < s->n_workloads; i++)
		corrected_put(s, &s->workloads[i], w);
	writer_close(w);
}

static void
put_text(const struct span *s, struct writer *w)
{
	size_t width = label_width(s);
	struct buf legend = {0};

	put_head(s, width, w->out);
	for (size_t i = 0; i < s->n_workloads; i++)
		put_line(s, &s->workloads[i], width, w->out);
	for (const char *mark = calendar_marks; *mark != '\0'; mark++)
		buf_printf(&legend, "%c %s, ", *mark,
			   calendar_mark_words(*mark));
	buf_puts(&legend, "blank no record: nothing was shown that day. By "
			  "the newest record of each UTC day.");
	buf_putc(w->out, '\n');
	writer_paragraph(w, "", buf_text(&legend));
	w->failed |= legend.failed;
	buf_free(&legend);
	put_corrected(s, w);
}

static void
put_objects(const struct span *s, struct writer *w)
{
	static const struct column columns[] = {
	    {"workload_label", "workload", 0},
	    {"review_date", "day", 0},
	    {"decision", "decision", 0},
	    {"response_only", "response", 0},
	    {"reasons", "reasons", 0},
	    {"seq", "row", 0},
	    {"corrected_by", "corrected by row", 0},
	};

	writer_table(w, "day", columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < s->n_workloads; i++) {
		const struct span_workload *of = &s->workloads[i];

		for (int d = 0; d < s->n_days; d++) {
			const struct span_day *day = &of->days[d];

			if (day->decision == DECISION_NONE)
				continue;
			writer_text(w, of->label);
			writer_day(w, s->first + d);
			writer_text(w, decision_name(day->decision));
			writer_bool(w, day->response_only);
			writer_reasons(w, day->reasons);
			writer_int(w, (int64_t)day->seq);
			writer_row(w, day->corrected_by);
		}
	}
	writer_close(w);
}

void
calendar_print(const struct span *s, struct writer *w)
{
	if (w->format == WRITER_JSON)
		put_objects(s, w);
	else
		put_text(s, w);
}
