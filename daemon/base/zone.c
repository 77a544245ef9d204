/* A zone is one table of changes: from at_s[i] on, offset_s[i] is in force,
 * and first_offset_s before all of them.  Neighbours always differ, so that
 * every entry is a real change of the clock.
 *
 * The table holds what the file lists and, when the footer has a daylight
 * saving rule, what the rule brings for 400 years more: the Gregorian
 * calendar repeats after exactly 400 years, so any later instant is folded
 * back into the table (and any earlier one too when the file is a rule
 * alone).  Every look-up is a binary search; nothing is computed twice.
 *
 * The bytes may come from anywhere.  All counts are checked against the
 * length of the input before anything is read; what RFC 8536 forbids is
 * refused, and so are leap seconds, which Unix time does not count. */
#include "base/zone.h"
#include "base/zone_rule.h"

#include <stdlib.h>
#include <string.h>

enum {
	ZONE_BYTES_MAX = 65536, /* the largest in tzdata has 4 KiB */
	HEADER_BYTES = 44,
	TYPE_BYTES = 6,
	RULE_YEARS = 402 /* one cycle, and a year of overlap */
};

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

/* The counts of a header, and the size of an instant in its block. */
struct header {
	char version;
	uint32_t n_isut, n_isstd, n_leaps, n_times, n_types, n_chars;
	size_t time_bytes;
};

/* What is left of the input. */
struct input {
	const uint8_t *at;
	size_t left;
};

static uint32_t
get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static int64_t
get_time(const uint8_t *p, size_t time_bytes)
{
	if (time_bytes == 4)
		return (int32_t)get_u32(p);
	return (int64_t)((uint64_t)get_u32(p) << 32 | get_u32(p + 4));
}

static const uint8_t *
take(struct input *in, size_t n)
{
	const uint8_t *p = in->at;

	if (n > in->left)
		return NULL;
	in->at += n;
	in->left -= n;
	return p;
}

static int
take_header(struct input *in, struct header *h, struct err *err)
{
	const uint8_t *p = take(in, HEADER_BYTES);

	if (p == NULL || memcmp(p, "TZif", 4) != 0)
		return err_set(err, ERR_INVALID, "not a TZif file");
	h->version = (char)p[4];
	if (h->version != '\0' && (h->version < '2' || h->version > '4'))
		return err_set(err, ERR_UNSUPPORTED,
			       "TZif version byte %u is unknown",
			       (unsigned)p[4]);
	h->n_isut = get_u32(p + 20);
	h->n_isstd = get_u32(p + 24);
	h->n_leaps = get_u32(p + 28);
	h->n_times = get_u32(p + 32);
	h->n_types = get_u32(p + 36);
	h->n_chars = get_u32(p + 40);
	return 0;
}

/* The block that follows a header, or NULL when the input is too short. */
static const uint8_t *
take_block(struct input *in, const struct header *h)
{
	uint64_t bytes = (uint64_t)h->n_times * (h->time_bytes + 1) +
			 (uint64_t)h->n_types * TYPE_BYTES + h->n_chars +
			 (uint64_t)h->n_leaps * (h->time_bytes + 4) +
			 h->n_isstd + h->n_isut;

	return bytes > in->left ? NULL : take(in, (size_t)bytes);
}

static int
check_counts(const struct header *h, struct err *err)
{
	if (h->n_leaps != 0)
		return err_set(
		    err, ERR_UNSUPPORTED,
		    "the zone counts leap seconds; use the one outside right/");
	if (h->n_types == 0 || h->n_types > 256 || h->n_chars == 0 ||
	    (h->n_isut != 0 && h->n_isut != h->n_types) ||
	    (h->n_isstd != 0 && h->n_isstd != h->n_types))
		return err_set(
		    err, ERR_INVALID,
		    "the counts of the TZif header contradict each other");
	return 0;
}

static int32_t
type_offset(const uint8_t *types, size_t i)
{
	return (int32_t)get_u32(types + i * TYPE_BYTES);
}

static int
check_types(const uint8_t *types, const struct header *h, struct err *err)
{
	const uint8_t *names = types + h->n_types * TYPE_BYTES;

	for (size_t i = 0; i < h->n_types; i++) {
		const uint8_t *type = types + i * TYPE_BYTES;
		int32_t offset = type_offset(types, i);

		if (offset < ZONE_OFFSET_MIN_S || offset > ZONE_OFFSET_MAX_S)
			return err_set(
			    err, ERR_INVALID,
			    "local time type %zu is %d s away from UTC", i,
			    offset);
		if (type[4] > 1 || type[5] >= h->n_chars ||
		    memchr(names + type[5], '\0', h->n_chars - type[5]) == NULL)
			return err_set(err, ERR_INVALID,
				       "local time type %zu is malformed", i);
	}
	return 0;
}

static int
check_indicators(const uint8_t *isstd, const struct header *h, struct err *err)
{
	const uint8_t *isut = isstd + h->n_isstd;

	for (size_t i = 0; i < h->n_types; i++) {
		unsigned int std = h->n_isstd > 0 ? isstd[i] : 0;
		unsigned int ut = h->n_isut > 0 ? isut[i] : 0;

		if (std > 1 || ut > std)
			return err_set(
			    err, ERR_INVALID,
			    "the indicators of type %zu are malformed", i);
	}
	return 0;
}

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
read_block(struct zone *z, const uint8_t *block, const struct header *h,
	   struct err *err)
{
	const uint8_t *index = block + h->n_times * h->time_bytes;
	const uint8_t *types = index + h->n_times;
	const uint8_t *isstd = types + h->n_types * TYPE_BYTES + h->n_chars;
	int64_t before = INT64_MIN;
	int r;

	r = check_types(types, h, err);
	if (r == 0)
		r = check_indicators(isstd, h, err);
	if (r < 0)
		return r;
	z->first_offset_s = type_offset(types, 0);
	for (size_t i = 0; i < h->n_times; i++) {
		int64_t at = get_time(block + i * h->time_bytes, h->time_bytes);

		if (index[i] >= h->n_types || (i > 0 && at <= before))
			return err_set(
			    err, ERR_INVALID,
			    "transition %zu is out of order or of no type", i);
		before = at;
		r = add_transition(z, at, type_offset(types, index[i]), err);
		if (r < 0)
			return r;
	}
	return 0;
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

/* A file without transitions is its rule alone, for all time. */
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

	if (last_s < WALL_FIRST_S || last_s > WALL_LAST_S)
		return err_set(
		    err, ERR_INVALID,
		    "the last transition is outside the years 1..9999");
	if (rule->has_dst)
		r = expand_rule(z, rule, last_s, &in_force, err);
	if (r == 0 && in_force != listed)
		return err_set(
		    err, ERR_INVALID,
		    "the TZif footer contradicts the last transition");
	return r;
}

/* "\n" TZ string "\n", and nothing after it. */
static int
read_footer(struct zone *z, struct input *in, const uint8_t *block,
	    const struct header *h, struct err *err)
{
	struct zone_rule rule;

	if (in->left < 2 || in->at[0] != '\n' || in->at[in->left - 1] != '\n')
		return err_set(err, ERR_INVALID,
			       "the TZif footer is malformed");
	if (in->left == 2)
		return 0;
	if (zone_rule_parse((const char *)in->at + 1, in->left - 2, &rule) < 0)
		return err_set(err, ERR_INVALID,
			       "the TZ string in the TZif footer is malformed");
	if (h->n_times == 0)
		return apply_rule_only(z, &rule, err);
	return apply_rule(
	    z, &rule,
	    get_time(block + (h->n_times - 1) * h->time_bytes, h->time_bytes),
	    err);
}

static int
read_file(struct zone *z, struct input *in, struct err *err)
{
	struct header h = {.time_bytes = 4};
	const uint8_t *block;
	char version;
	int r;

	r = take_header(in, &h, err);
	if (r < 0)
		return r;
	version = h.version;
	if (version != '\0') {
		/* The first block repeats the second for old readers. */
		if (take_block(in, &h) == NULL)
			return err_set(err, ERR_INVALID,
				       "the TZif file is cut");
		r = take_header(in, &h, err);
		if (r == 0 && h.version != version)
			r = err_set(
			    err, ERR_INVALID,
			    "the two TZif headers contradict each other");
		if (r < 0)
			return r;
		h.time_bytes = 8;
	}
	r = check_counts(&h, err);
	if (r < 0)
		return r;
	block = take_block(in, &h);
	if (block == NULL)
		return err_set(err, ERR_INVALID, "the TZif file is cut");
	r = read_block(z, block, &h, err);
	if (r < 0 || version == '\0')
		return r;
	return read_footer(z, in, block, &h, err);
}

int
zone_parse(const void *bytes, size_t len, struct zone **ret_zone,
	   struct err *err)
{
	struct input in = {bytes, len};
	struct zone *z;
	int r;

	if (len > ZONE_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d bytes",
			       ZONE_BYTES_MAX);
	z = calloc(1, sizeof(*z));
	if (z == NULL)
		return err_set(err, ERR_NOMEM, "out of memory");
	r = read_file(z, &in, err);
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
