/* A zone is one table of changes: from at_s[i] on, offset_s[i] is in force,
 * and first_offset_s before all of them.  Neighbours always differ, so that
 * every entry is a real change of the clock.
 *
 * The table holds what the file lists and, when the footer has a daylight
 * saving rule, what the rule brings for 400 years more: the Gregorian
 * calendar repeats after exactly 400 years, so any later instant is folded
 * back into the table (and any earlier one too when the file is a rule
 * alone).  Every look-up is a binary search; nothing is computed twice. */
#include "base/zone.h"
#include "base/tzif.h"
#include "base/zone_rule.h"

#include <stdlib.h>

enum { RULE_YEARS = 402 }; /* one cycle, and a year of overlap */

#define CYCLE_S (INT64_C(146097) * SEC_PER_DAY) /* 400 years */

struct zone {
	int64_t *at_s;
	int32_t *offset_s;
	size_t n;
	size_t cap;
	int32_t first_offset_s;
	bool cyclic;	/* fold instants from cycle_end_s on */
	bool rule_only; /* and those before the cycle */
	int64_t cycle_end_s;
};

static bool
reserve(struct zone *z)
{
	size_t cap = z->cap == 0 ? 64 : z->cap * 2;
	int32_t *offset;
	int64_t *at;

	if (z->n < z->cap)
		return true;
	at = realloc(z->at_s, cap * sizeof(*at));
	if (at == NULL)
		return false;
	z->at_s = at;
	offset = realloc(z->offset_s, cap * sizeof(*offset));
	if (offset == NULL)
		return false;
	z->offset_s = offset;
	z->cap = cap;
	return true;
}

/* at_s is not before the last entry; the same instant replaces it. */
static int
add_change(struct zone *z, int64_t at_s, int32_t offset_s, struct err *err)
{
	int32_t before;

	if (z->n > 0 && z->at_s[z->n - 1] == at_s)
		z->n--;
	before = z->n == 0 ? z->first_offset_s : z->offset_s[z->n - 1];
	if (offset_s == before)
		return 0;
	if (!reserve(z))
		return err_set(err, ERR_NOMEM, "out of memory");
	z->at_s[z->n] = at_s;
	z->offset_s[z->n] = offset_s;
	z->n++;
	return 0;
}

/* Changes before the year 1 only say what is in force then; those after
 * the year 9999 can never be asked for. */
static int
add_transition(struct zone *z, int64_t at_s, int32_t offset_s, struct err *err)
{
	if (at_s < WALL_FIRST_S) {
		z->first_offset_s = offset_s;
		return 0;
	}
	if (at_s > WALL_LAST_S)
		return 0;
	return add_change(z, at_s, offset_s, err);
}

static int
add_transitions(struct zone *z, const struct tzif *f, struct err *err)
{
	int r = 0;

	z->first_offset_s = tzif_type_offset_s(f, 0);
	for (size_t i = 0; r == 0 && i < f->n_times; i++)
		r = add_transition(z, tzif_time_s(f, i),
				   tzif_type_offset_s(f, f->index[i]), err);
	return r;
}

/* Walks the two changes of each year in order of time. */
struct rule_walk {
	const struct zone_rule *rule;
	int year;
	int step; /* 0, 1: the first and the second change of the year */
	int64_t at_s;
	int32_t offset_s;
};

static void
walk_next(struct rule_walk *w)
{
	int64_t start = zone_rule_start_s(w->rule, w->year);
	int64_t end = zone_rule_end_s(w->rule, w->year);
	bool is_start = (w->step == 0) == (start < end);

	w->at_s = is_start ? start : end;
	w->offset_s = is_start ? w->rule->dst_s : w->rule->std_s;
	w->year += w->step;
	w->step = 1 - w->step;
}

/* Adds what the rule brings after `since_s`, and finds what it says for
 * since_s itself. */
static int
expand_rule(struct zone *z, const struct zone_rule *rule, int64_t since_s,
	    int32_t *ret_in_force_s, struct err *err)
{
	int year = civil_from_s(since_s).year;
	struct rule_walk w = {.rule = rule, .year = year - 2};
	int64_t before = INT64_MIN;
	int r = 0;

	*ret_in_force_s = rule->std_s;
	while (r == 0 && w.year <= year + RULE_YEARS) {
		walk_next(&w);
		if (w.at_s < before)
			return err_set(
			    err, ERR_INVALID,
			    "the changes of the TZif footer overlap");
		before = w.at_s;
		if (w.at_s > since_s)
			r = add_change(z, w.at_s, w.offset_s, err);
		else if (z->rule_only)
			z->first_offset_s = w.offset_s;
		else
			*ret_in_force_s = w.offset_s;
	}
	/* What comes at the same instant as the last change is not known. */
	if (z->n > 0 && z->at_s[z->n - 1] == before)
		z->n--;
	z->cyclic = true;
	z->cycle_end_s = civil_day(year + RULE_YEARS - 1, 1, 1) * SEC_PER_DAY;
	return r;
}

/* A file without transitions, or with none since the year 1, is its rule
 * alone, for all time. */
static int
apply_rule_only(struct zone *z, const struct zone_rule *rule, struct err *err)
{
	int32_t in_force;

	z->rule_only = true;
	z->first_offset_s = rule->std_s;
	return rule->has_dst ? expand_rule(z, rule, 0, &in_force, err) : 0;
}

static int
apply_rule(struct zone *z, const struct zone_rule *rule, int64_t last_s,
	   struct err *err)
{
	int32_t listed = z->n == 0 ? z->first_offset_s : z->offset_s[z->n - 1];
	int32_t in_force = rule->std_s;
	int r = 0;

	if (last_s > WALL_LAST_S)
		return err_set(err, ERR_INVALID,
			       "the last transition is after the year 9999");
	if (rule->has_dst)
		r = expand_rule(z, rule, last_s, &in_force, err);
	if (r == 0 && in_force != listed)
		return err_set(
		    err, ERR_INVALID,
		    "the TZif footer contradicts the last transition");
	return r;
}

static int
fill(struct zone *z, const struct tzif *f, struct err *err)
{
	struct zone_rule rule;
	int64_t last_s = INT64_MIN;
	int r = add_transitions(z, f, err);

	if (r < 0 || f->footer_len == 0)
		return r;
	if (zone_rule_parse(f->footer, f->footer_len, &rule) < 0)
		return err_set(err, ERR_INVALID,
			       "the TZ string in the TZif footer is malformed");
	if (f->n_times > 0)
		last_s = tzif_time_s(f, f->n_times - 1);
	if (last_s < WALL_FIRST_S)
		return apply_rule_only(z, &rule, err);
	return apply_rule(z, &rule, last_s, err);
}

int
zone_parse(const void *bytes, size_t len, struct zone **ret_zone,
	   struct err *err)
{
	struct tzif file;
	struct zone *z;
	int r;

	r = tzif_decode(bytes, len, &file, err);
	if (r < 0)
		return r;
	z = calloc(1, sizeof(*z));
	if (z == NULL)
		return err_set(err, ERR_NOMEM, "out of memory");
	r = fill(z, &file, err);
	if (r < 0) {
		zone_free(z);
		return r;
	}
	*ret_zone = z;
	return 0;
}

void
zone_free(struct zone *zone)
{
	if (zone == NULL)
		return;
	free(zone->at_s);
	free(zone->offset_s);
	free(zone);
}

/* How many seconds (whole cycles) lie between s and the instant in the table
 * that stands for it. */
static int64_t
fold_s(const struct zone *z, int64_t s)
{
	int64_t start = z->cycle_end_s - CYCLE_S;

	if (!z->cyclic || (s < z->cycle_end_s && (s >= start || !z->rule_only)))
		return 0;
	if (s >= z->cycle_end_s)
		return ((s - z->cycle_end_s) / CYCLE_S + 1) * CYCLE_S;
	return -((start - s - 1) / CYCLE_S + 1) * CYCLE_S;
}

/* How many changes are at or before s. */
static size_t
count_until(const struct zone *z, int64_t s)
{
	size_t low = 0, high = z->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (z->at_s[mid] <= s)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

int
zone_offset_s(const struct zone *zone, struct wall_time t)
{
	int64_t s = wall_s(t);
	size_t i;

	if (zone == NULL)
		return 0;
	i = count_until(zone, s - fold_s(zone, s));
	return i == 0 ? zone->first_offset_s : zone->offset_s[i - 1];
}

struct civil
zone_civil(const struct zone *zone, struct wall_time t)
{
	return civil_from_s(wall_s(t) + zone_offset_s(zone, t));
}

int
zone_next_change(const struct zone *zone, struct wall_time t,
		 struct wall_time *ret_change)
{
	int64_t s = wall_s(t), fold;
	size_t i;

	if (zone == NULL)
		return ERR_NOT_FOUND;
	fold = fold_s(zone, s);
	i = count_until(zone, s - fold);
	if (i == zone->n)
		return ERR_NOT_FOUND;
	*ret_change = wall_from_s(zone->at_s[i] + fold);
	return 0;
}
