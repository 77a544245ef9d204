/* From candidates to lines.
 *
 * Only what could get a line in this turn is sorted, so that a turn costs
 * O(entries + candidates log candidates).  Equal neighbours are a group; its
 * window began with its first member.  All of a group gets rows, its first
 * member also the line. */
#include "alert/line.h"
#include "alert/turn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What shares a line compares equal. */
static int
compare_groups(const struct candidate *a, const struct candidate *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->quiet != b->quiet)
		return a->quiet ? 1 : -1;
	if (strcmp(a->resolution, b->resolution) != 0)
		return strcmp(a->resolution, b->resolution);
	return strcmp(a->group, b->group);
}

static int
compare_candidates(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	int order = compare_groups(a, b);

	return order != 0
		   ? order
		   : strcmp(a->entry->alert.subject, b->entry->alert.subject);
}

static size_t
group_length(const struct candidate *first, size_t left)
{
	size_t n = 1;

	while (n < left && compare_groups(first, &first[n]) == 0)
		n++;
	return n;
}

/* The end of a group's window. */
static struct wall_time
window_end(const struct turn *turn, const struct candidate *first, size_t n)
{
	struct wall_time since = first->since;
	size_t i;

	if (first->severity == SEVERITY_CRITICAL ||
	    first->kind == TRANSITION_REPEATED)
		return turn->now;
	for (i = 1; i < n; i++) {
		if (first[i].since.us < since.us)
			since = first[i].since;
	}
	return wall_later(since, turn->m->group_s);
}

static int64_t
open_seconds(const struct turn *turn, const struct candidate *first, size_t n)
{
	int64_t us = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		int64_t open_us =
		    turn->now.us - first[i].entry->alert.opened_at.us;

		us = open_us > us ? open_us : us;
	}
	return us / USEC_PER_SEC;
}

/* The line of a part of a group: members[0..n). */
static int
write_line(const struct turn *turn, const struct candidate *first, size_t n,
	   char out[static ALERT_TEXT_MAX])
{
	const void **members = calloc(n, sizeof(members[0]));
	int64_t open_s = open_seconds(turn, first, n);
	size_t i;

	if (members == NULL)
		return ERR_NOMEM;
	for (i = 0; i < n; i++) {
		members[i] = first->kind == TRANSITION_RESOLVED
				 ? (const void *)&first[i].entry->alert
				 : (const void *)first[i].entry->condition;
	}
	if (first->kind == TRANSITION_RAISED)
		alert_line_raised((const void *)members, n, out);
	else if (first->kind == TRANSITION_REPEATED)
		alert_line_repeated((const void *)members, n, open_s, out);
	else
		alert_line_resolved((const void *)members, n, first->resolution,
				    open_s, out);
	free(members);
	return 0;
}

static int
report_one(struct turn *turn, const struct candidate *first, size_t i, size_t n)
{
	const struct candidate *it = &first[i];
	struct transition *t = &turn->out[turn->n_out];
	bool lead = i == 0 && !it->quiet;

	t->kind = it->kind;
	t->alert = it->entry->alert;
	if (it->entry->condition != NULL)
		t->condition = *it->entry->condition;
	t->resolution = it->resolution;
	t->lead = lead;
	t->count = n;
	snprintf(t->group, sizeof(t->group), "%s", first->entry->alert.id);
	turn->n_out++;
	return write_line(turn, it, lead ? n : 1, t->text);
}

/* A repetition is only a line, so that only the lead's is one. */
static int
report_group(struct turn *turn, const struct candidate *first, size_t n)
{
	size_t members = first->kind == TRANSITION_REPEATED ? 1 : n, i;
	int r;

	for (i = 0; i < members; i++) {
		r = report_one(turn, first, i, n);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Moves the groups whose window has ended to the front; the others say when
 * it will. */
static void
keep_what_is_ripe(struct turn *turn)
{
	struct candidate *first = turn->candidates, *kept = first;
	struct candidate *end = first + turn->n_candidates;

	while (first < end) {
		size_t n = group_length(first, (size_t)(end - first));
		struct wall_time at = window_end(turn, first, n);

		if (at.us <= turn->now.us) {
			memmove(kept, first, n * sizeof(*first));
			kept += n;
		} else {
			turn_call_again(turn, at);
		}
		first += n;
	}
	turn->n_candidates = (size_t)(kept - turn->candidates);
}

int
alert_group_report(struct turn *turn)
{
	size_t i, n;
	int r;

	qsort(turn->candidates, turn->n_candidates, sizeof(turn->candidates[0]),
	      compare_candidates);
	keep_what_is_ripe(turn);
	if (turn->n_candidates == 0)
		return 0;
	turn->out = calloc(turn->n_candidates, sizeof(turn->out[0]));
	if (turn->out == NULL)
		return ERR_NOMEM;
	for (i = 0; i < turn->n_candidates; i += n) {
		n = group_length(&turn->candidates[i], turn->n_candidates - i);
		r = report_group(turn, &turn->candidates[i], n);
		if (r < 0)
			return r;
	}
	return 0;
}
