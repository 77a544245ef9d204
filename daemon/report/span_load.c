/* What was configured on the days of a span, out of the effective texts that
 * lie beside the ledger.  The digest of each was checked; a text that is not
 * of the form that is known here is as good as lost.
 *
 * Invariant: a day is known only where all that was in force on it is; on
 * such a day nothing else was configured. */
#include "base/json_pick.h"
#include "base/text.h"
#include "report/span_inside.h"

#include <stdlib.h>
#include <string.h>

void
span_begin(struct span *s, const struct row *row)
{
	if (s->first_at.us == 0 || row->at.us < s->first_at.us)
		s->first_at = row->at;
}

void
span_load_from(struct span *s, int32_t day)
{
	s->known_from = day;
}

/* The days of the span in [first, last]. */
static uint32_t
days_between(const struct span *s, int32_t first, int32_t last)
{
	uint32_t days = 0;

	for (int i = 0; i < s->n_days; i++) {
		if (s->first + i >= first && s->first + i <= last)
			days |= UINT32_C(1) << i;
	}
	return days;
}

static uint32_t
last_day(const struct span *s)
{
	return UINT32_C(1) << (s->n_days - 1);
}

static int
keep_configured(struct span_workload *w, const struct json_slice *text)
{
	char *copy = strndup(text->at, text->len);

	if (copy == NULL)
		return ERR_NOMEM;
	free(w->as_configured);
	w->as_configured = copy;
	w->as_configured_len = text->len;
	return 0;
}

static int
note_workloads(struct span *s, uint32_t days, bool before,
	       const struct json_slice *list)
{
	static const char *const names[] = {"label"};
	struct json_slice element, label;
	char word[LABEL_MAX + 1];
	struct span_workload *w;
	size_t at = 0;

	while (json_slice_next(list, &at, &element)) {
		if (!json_pick(element.at, element.len, names, 1, &label) ||
		    !json_slice_string(&label, word, sizeof(word)) ||
		    !text_is_label(word))
			return ERR_INVALID;
		w = span_workload_make(s, word);
		if (w == NULL)
			return ERR_NOMEM;
		w->configured |= days;
		w->seen_before |= before;
		if ((days & last_day(s)) != 0 &&
		    keep_configured(w, &element) < 0)
			return ERR_NOMEM;
	}
	return 0;
}

static int
keep_list(char **to, const struct json_slice *list)
{
	free(*to);
	*to = list->at == NULL ? NULL : strndup(list->at, list->len);
	return list->at != NULL && *to == NULL ? ERR_NOMEM : 0;
}

/* What the review date's own configuration says beside the workloads. */
static int
keep_lists(struct span *s, const char *text, size_t len)
{
	static const char *const names[] = {"allocation_rules", "owners"};
	struct json_slice list[2] = {{0}};
	int r;

	if (text != NULL)
		json_pick(text, len, names, 2, list);
	r = keep_list(&s->rules, &list[0]);
	return r == 0 ? keep_list(&s->owners, &list[1]) : r;
}

static int
note_text(struct span *s, uint32_t days, bool before, const char *text,
	  size_t len)
{
	static const char *const names[] = {"workloads"};
	struct json_slice list;

	/* Without the member none is configured. */
	if (text == NULL || !json_pick(text, len, names, 1, &list))
		return ERR_INVALID;
	return note_workloads(s, days, before, &list);
}

int
span_load(struct span *s, int32_t first, int32_t last,
	  const struct digest *digest, const char *text, size_t len)
{
	uint32_t days = days_between(s, first, last);
	int r;

	if (days == 0)
		return 0;
	r = note_text(s, days, first < s->first, text, len);
	if (r == ERR_NOMEM)
		return r;
	if (r < 0)
		s->unknown |= days;
	if ((days & last_day(s)) != 0) {
		s->any_in_force = true;
		s->in_force_kept = r == 0;
		s->in_force = *digest;
		return keep_lists(s, r == 0 ? text : NULL, len);
	}
	return 0;
}

/* Of what lies before the first row that is kept nothing is known. */
bool
span_is_known(const struct span *s, int i)
{
	return s->first_at.us < wall_day_start(s->first + s->n_days).us &&
	       s->first + i >= s->known_from && (s->unknown >> i & 1) == 0;
}

bool
span_was_configured(const struct span *s, const struct span_workload *w, int i)
{
	return span_is_known(s, i) ? (w->configured >> i & 1) != 0
				   : w->expected;
}
