/* TZif files: the host's, ones made here byte by byte, and damaged ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/seed.h"
#include "../../fakes/tz.h"
#include "base/buf.h"
#include "base/zone.h"

#include <stdlib.h>
#include <string.h>

static struct wall_time
at(const char *text)
{
	struct wall_time t = {0};

	if (wall_parse(text, &t) < 0)
		fail_msg("%s is no time", text);
	return t;
}

/* Offsets of real zones: history, the rule of the footer, and the rule after
 * more than one cycle of the calendar. */
static const struct {
	const char *zone, *t;
	int offset_s;
} offsets[] = {
    {"UTC", "2026-07-03T00:00:00Z", 0},
    {"Europe/Riga", "1879-12-31T00:00:00Z", 5794},
    {"Europe/Riga", "2021-03-28T00:59:59Z", 7200},
    {"Europe/Riga", "2021-03-28T01:00:00Z", 10800},
    {"Europe/Riga", "2026-07-03T00:00:00Z", 10800},
    {"Europe/Riga", "2126-07-03T00:00:00Z", 10800},
    {"Europe/Riga", "2126-12-03T00:00:00Z", 7200},
    {"Europe/Riga", "2999-03-31T00:59:59Z", 7200},
    {"Europe/Riga", "2999-03-31T01:00:00Z", 10800},
    {"Europe/Riga", "9999-10-31T00:59:59Z", 10800},
    {"Europe/Riga", "9999-10-31T01:00:00Z", 7200},
    {"Australia/Lord_Howe", "2026-01-01T00:00:00Z", 39600},
    {"Australia/Lord_Howe", "2026-07-01T00:00:00Z", 37800},
    {"Europe/Dublin", "2040-07-01T00:00:00Z", 3600},
    {"Europe/Dublin", "2040-12-01T00:00:00Z", 0},
    {"Pacific/Apia", "2011-12-30T09:59:59Z", -36000},
    {"Pacific/Apia", "2011-12-30T10:00:00Z", 50400},
    {"Asia/Kolkata", "2500-12-30T10:00:00Z", 19800},
    {"Africa/Monrovia", "1950-01-01T00:00:00Z", -2670},
};

static void
test_offsets(void **state)
{
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		struct zone *zone = tz_load(offsets[i].zone);
		int got = zone_offset_s(zone, at(offsets[i].t));

		if (got != offsets[i].offset_s)
			fail_msg("%s at %s: %d", offsets[i].zone, offsets[i].t,
				 got);
		zone_free(zone);
	}
}

static void
test_civil(void **state)
{
	struct zone *zone = tz_load("America/New_York");
	struct civil c = zone_civil(zone, at("2026-07-04T03:59:58.9Z"));

	assert_int_equal(c.year, 2026);
	assert_int_equal(c.month, 7);
	assert_int_equal(c.day, 3);
	assert_int_equal(c.hour, 23);
	assert_int_equal(c.minute, 59);
	assert_int_equal(c.second, 58);
	assert_int_equal(c.weekday, 5);
	zone_free(zone);
	c = zone_civil(NULL, at("2026-07-04T03:59:58Z"));
	assert_int_equal(c.hour, 3);
}

static const struct {
	const char *zone, *t, *change; /* NULL: none */
} changes[] = {
    {"UTC", "2026-07-03T00:00:00Z", NULL},
    {"Asia/Kolkata", "2026-07-03T00:00:00Z", NULL},
    {"Europe/Riga", "2021-03-28T00:59:59.999999Z", "2021-03-28T01:00:00Z"},
    {"Europe/Riga", "2021-03-28T01:00:00Z", "2021-10-31T01:00:00Z"},
    {"Europe/Riga", "2037-10-25T01:00:00Z", "2038-03-28T01:00:00Z"},
    {"Europe/Riga", "2480-07-01T00:00:00Z", "2480-10-27T01:00:00Z"},
    {"Europe/Riga", "9998-12-31T00:00:00Z", "9999-03-28T01:00:00Z"},
};

static void
test_changes(void **state)
{
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct zone *zone = tz_load(changes[i].zone);
		struct wall_time change = {-1};
		int r = zone_next_change(zone, at(changes[i].t), &change);

		if (changes[i].change == NULL) {
			assert_int_equal(r, ERR_NOT_FOUND);
		} else {
			assert_int_equal(r, 0);
			assert_int_equal(change.us, at(changes[i].change).us);
		}
		zone_free(zone);
	}
}

/* A file under construction: the counts stand in the header as given here,
 * which need not be true. */
struct file {
	char version;
	char second_version; /* 0: the same */
	uint32_t n_isut, n_isstd, n_leaps, n_times, n_types, n_chars;
	int64_t times[4];
	uint8_t index[4];
	struct {
		int32_t offset_s;
		uint8_t is_dst, name;
	} types[3];
	uint8_t isstd[3], isut[3];
	const char *names; /* n_chars bytes */
	const char *footer;
};

static void
put(struct buf *b, uint64_t n, int bytes)
{
	while (bytes-- > 0)
		buf_putc(b, (char)(n >> (8 * bytes)));
}

static void
put_header(struct buf *b, const struct file *f)
{
	buf_add(b, "TZif", 4);
	buf_putc(b, f->version);
	put(b, 0, 8);
	put(b, 0, 7);
	put(b, f->n_isut, 4);
	put(b, f->n_isstd, 4);
	put(b, f->n_leaps, 4);
	put(b, f->n_times, 4);
	put(b, f->n_types, 4);
	put(b, f->n_chars, 4);
}

static void
put_block(struct buf *b, const struct file *f, int time_bytes)
{
	put_header(b, f);
	for (uint32_t i = 0; i < f->n_times && i < 4; i++)
		put(b, (uint64_t)f->times[i], time_bytes);
	for (uint32_t i = 0; i < f->n_times && i < 4; i++)
		put(b, f->index[i], 1);
	for (uint32_t i = 0; i < f->n_types && i < 3; i++) {
		put(b, (uint64_t)f->types[i].offset_s, 4);
		put(b, f->types[i].is_dst, 1);
		put(b, f->types[i].name, 1);
	}
	if (f->n_chars <= 8)
		buf_add(b, f->names, f->n_chars);
	for (uint32_t i = 0; i < f->n_leaps && i < 4; i++)
		put(b, 0, time_bytes), put(b, 0, 4);
	for (uint32_t i = 0; i < f->n_isstd && i < 3; i++)
		put(b, f->isstd[i], 1);
	for (uint32_t i = 0; i < f->n_isut && i < 3; i++)
		put(b, f->isut[i], 1);
}

static int
parse_file(const struct file *f, struct zone **ret_zone, struct err *err)
{
	struct buf b = {0};
	int r;

	put_block(&b, f, 4);
	if (f->version != '\0') {
		size_t second = b.len;

		put_block(&b, f, 8);
		if (f->second_version != '\0')
			b.data[second + 4] = f->second_version;
		buf_puts(&b, f->footer);
	}
	r = zone_parse(b.data, b.len, ret_zone, err);
	buf_free(&b);
	return r;
}

/* One hour ahead of UTC, then two, then one again. */
static const struct file good = {
    .version = '2',
    .n_isut = 2,
    .n_isstd = 2,
    .n_times = 2,
    .n_types = 2,
    .n_chars = 8,
    .times = {1000, 2000},
    .index = {1, 0},
    .types = {{3600, 0, 0}, {7200, 1, 4}},
    .names = "CET\0CES",
    .footer = "\nCET-1\n",
};

static void
test_versions(void **state)
{
	static const char versions[] = {'\0', '2', '3', '4'};

	for (size_t i = 0; i < sizeof(versions); i++) {
		struct file f = good;
		struct wall_time change;
		struct zone *zone;
		struct err err;

		f.version = versions[i];
		if (parse_file(&f, &zone, &err) < 0)
			fail_msg("version %d: %s", versions[i], err.text);
		assert_int_equal(zone_offset_s(zone, wall_from_s(999)), 3600);
		assert_int_equal(zone_offset_s(zone, wall_from_s(1000)), 7200);
		assert_int_equal(zone_offset_s(zone, wall_from_s(1999)), 7200);
		assert_int_equal(zone_offset_s(zone, wall_from_s(2000)), 3600);
		assert_int_equal(
		    zone_next_change(zone, wall_from_s(1000), &change), 0);
		assert_int_equal(wall_s(change), 2000);
		assert_int_equal(
		    zone_next_change(zone, wall_from_s(2000), &change),
		    ERR_NOT_FOUND);
		zone_free(zone);
	}
}

/* Version 1 has 32-bit instants: its block alone is read, with its sign. */
static void
test_negative_instants(void **state)
{
	static const char versions[] = {'\0', '2'};

	for (size_t i = 0; i < sizeof(versions); i++) {
		struct file f = good;
		struct zone *zone;

		f.version = versions[i];
		f.times[0] = INT32_MIN;
		assert_int_equal(parse_file(&f, &zone, NULL), 0);
		assert_int_equal(zone_offset_s(zone, wall_from_s(INT32_MIN)),
				 7200);
		assert_int_equal(
		    zone_offset_s(zone, wall_from_s(INT64_C(-1) + INT32_MIN)),
		    3600);
		zone_free(zone);
	}
}

/* The footer alone, without any transition: a rule for all time. */
static const struct {
	const char *footer, *t;
	int offset_s;
} rules[] = {
    {"CET-1", "2026-07-03T00:00:00Z", 3600},
    {"<-03>3", "2026-07-03T00:00:00Z", -10800},
    {"<+0330>-3:30", "2026-07-03T00:00:00Z", 12600},
    {"XYZ+1:02:03", "2026-07-03T00:00:00Z", -3723},
    {"EET-2EEST,M3.5.0/3,M10.5.0/4", "2026-03-29T00:59:59Z", 7200},
    {"EET-2EEST,M3.5.0/3,M10.5.0/4", "2026-03-29T01:00:00Z", 10800},
    {"EET-2EEST,M3.5.0/3,M10.5.0/4", "2026-10-25T00:59:59Z", 10800},
    {"EET-2EEST,M3.5.0/3,M10.5.0/4", "2026-10-25T01:00:00Z", 7200},
    {"EET-2EEST,M3.5.0/3,M10.5.0/4", "1226-07-01T00:00:00Z", 10800},
    {"EET-2EEST,M3.5.0/3,M10.5.0/4", "1226-12-01T00:00:00Z", 7200},
    {"EET-2EEST,M3.5.0/3,M10.5.0/4", "0001-07-01T00:00:00Z", 10800},
    {"EET-2EEST,M3.5.0/3,M10.5.0/4", "9999-07-01T00:00:00Z", 10800},
    /* at 02:00 when no time is given, and one hour when no offset is */
    {"CET-1CEST,M3.5.0,M10.5.0", "2026-03-29T00:59:59Z", 3600},
    {"CET-1CEST,M3.5.0,M10.5.0", "2026-03-29T01:00:00Z", 7200},
    {"CET-1CEST,M3.5.0,M10.5.0", "2026-10-24T23:59:59Z", 7200},
    {"CET-1CEST,M3.5.0,M10.5.0", "2026-10-25T00:00:00Z", 3600},
    /* south of the equator the end comes first */
    {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-01-01T00:00:00Z", 39600},
    {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-07-01T00:00:00Z", 36000},
    {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-12-31T23:59:59Z", 39600},
    /* summer is standard time, winter saves a negative hour */
    {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01T00:00:00Z", 0},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", 3600},
    /* the saving is half an hour; the time of the rule is before midnight */
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-01-01T00:00:00Z", 39600},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7200},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3600},
    /* more than a day after: 50 h after Thursday 0:00 is Saturday 2:00 */
    {"IST-2IDT,M3.4.4/50,M10.4.4/50", "2026-03-27T23:59:59Z", 7200},
    {"IST-2IDT,M3.4.4/50,M10.4.4/50", "2026-03-28T00:00:00Z", 10800},
    /* Julian days: J60 is 1 March always, 59 (from 0) is 29 February or 1
     * March */
    {"AAA0BBB,J60/0,J300/0", "2024-02-29T23:59:59Z", 0},
    {"AAA0BBB,J60/0,J300/0", "2024-03-01T00:00:00Z", 3600},
    {"AAA0BBB,J60/0,J300/0", "2023-03-01T00:00:00Z", 3600},
    {"AAA0BBB,59/0,300/0", "2024-02-28T23:59:59Z", 0},
    {"AAA0BBB,59/0,300/0", "2024-02-29T00:00:00Z", 3600},
    {"AAA0BBB,59/0,300/0", "2023-02-28T23:59:59Z", 0},
    {"AAA0BBB,59/0,300/0", "2023-03-01T00:00:00Z", 3600},
    /* daylight saving time all year */
    {"EST5EDT,0/0,J365/25", "2026-01-01T04:59:59Z", -14400},
    {"EST5EDT,0/0,J365/25", "2026-01-01T05:00:00Z", -14400},
    {"EST5EDT,0/0,J365/25", "2026-07-01T00:00:00Z", -14400},
    {"XXX3EDT4,0/0,J365/23", "2026-01-01T03:00:00Z", -14400},
};

static void
test_rules(void **state)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct file f = good;
		struct buf footer = {0};
		struct zone *zone;
		struct err err;
		int got;

		f.n_times = 0;
		f.version = '3';
		buf_printf(&footer, "\n%s\n", rules[i].footer);
		f.footer = footer.data;
		if (parse_file(&f, &zone, &err) < 0)
			fail_msg("%s: %s", rules[i].footer, err.text);
		got = zone_offset_s(zone, at(rules[i].t));
		if (got != rules[i].offset_s)
			fail_msg("%s at %s: %d", rules[i].footer, rules[i].t,
				 got);
		zone_free(zone);
		buf_free(&footer);
	}
}

static void
test_no_change_all_year(void **state)
{
	struct wall_time change;
	struct file f = good;
	struct zone *zone;

	f.n_times = 0;
	f.footer = "\nEST5EDT,0/0,J365/25\n";
	assert_int_equal(parse_file(&f, &zone, NULL), 0);
	assert_int_equal(
	    zone_next_change(zone, at("2026-01-01T00:00:00Z"), &change),
	    ERR_NOT_FOUND);
	zone_free(zone);
}

static const char *const bad_rules[] = {"CET",
					"-1",
					"C1",
					"CE-1",
					"CET-",
					"CET-25",
					"CET-1:60",
					"CET-1:00:60",
					"CET-1:",
					"CET-1 ",
					"<CET-1",
					"<>-1",
					"<C>-1",
					"CET-1CEST",
					"CET-1CEST,M3.5.0",
					"CET-1CEST,M3.5.0,M10.5.0,",
					"CET-1CEST,M13.5.0,M10.5.0",
					"CET-1CEST,M0.5.0,M10.5.0",
					"CET-1CEST,M3.0.0,M10.5.0",
					"CET-1CEST,M3.6.0,M10.5.0",
					"CET-1CEST,M3.5.7,M10.5.0",
					"CET-1CEST,J0,M10.5.0",
					"CET-1CEST,J366,M10.5.0",
					"CET-1CEST,366,M10.5.0",
					"CET-1CEST,M3.5.0/168,M10.5.0",
					"CET-1CEST,M3.5.0/,M10.5.0",
					"CET-1CEST,M3.5,M10.5.0",
					"CET-0001",
					"CET-1CEST,J365/167,0/-167",
					"\n"};

static void
test_bad_rules(void **state)
{
	for (size_t i = 0; i < sizeof(bad_rules) / sizeof(bad_rules[0]); i++) {
		struct buf footer = {0};
		struct file f = good;
		struct zone *zone;

		f.n_times = 0;
		buf_printf(&footer, "\n%s\n", bad_rules[i]);
		f.footer = footer.data;
		if (parse_file(&f, &zone, NULL) != ERR_INVALID)
			fail_msg("%s is accepted", bad_rules[i]);
		buf_free(&footer);
	}
}

/* One fault each. */
static void
assert_refused(const struct file *f, int code, const char *words)
{
	struct zone *zone = NULL;
	struct err err = {0};
	int r = parse_file(f, &zone, &err);

	if (r != code || zone != NULL || strstr(err.text, words) == NULL)
		fail_msg("%d \"%s\", not %d \"%s\"", r, err.text, code, words);
}

static void
test_refusals(void **state)
{
	struct file f;

#define REFUSE(code, words, ...)                 \
	do {                                     \
		f = good;                        \
		__VA_ARGS__;                     \
		assert_refused(&f, code, words); \
	} while (0)
	REFUSE(ERR_UNSUPPORTED, "version", f.version = '5');
	REFUSE(ERR_UNSUPPORTED, "version", f.version = '1');
	REFUSE(ERR_UNSUPPORTED, "leap seconds", f.n_leaps = 1);
	REFUSE(ERR_INVALID, "counts", f.n_types = 0);
	REFUSE(ERR_INVALID, "counts", f.n_chars = 0);
	REFUSE(ERR_INVALID, "counts", f.n_isut = 1);
	REFUSE(ERR_INVALID, "counts", f.n_isstd = 1);
	REFUSE(ERR_INVALID, "cut", f.n_times = UINT32_MAX);
	REFUSE(ERR_INVALID, "cut", f.n_times = 1u << 31);
	REFUSE(ERR_INVALID, "cut", f.n_chars = UINT32_MAX);
	REFUSE(ERR_INVALID, "cut", f.n_types = UINT32_MAX);
	REFUSE(ERR_INVALID, "transition 1", f.times[1] = 1000);
	REFUSE(ERR_INVALID, "transition 1", f.times[1] = 999);
	REFUSE(ERR_INVALID, "transition 0", f.index[0] = 2);
	REFUSE(ERR_INVALID, "type 1", f.types[1].offset_s = 93600);
	REFUSE(ERR_INVALID, "type 1", f.types[1].offset_s = -90000);
	REFUSE(ERR_INVALID, "type 1", f.types[1].offset_s = INT32_MIN);
	REFUSE(ERR_INVALID, "type 1", f.types[1].is_dst = 2);
	REFUSE(ERR_INVALID, "type 1", f.types[1].name = 8);
	REFUSE(ERR_INVALID, "type 1", f.names = "CET\0CEST");
	REFUSE(ERR_INVALID, "indicators", f.isstd[0] = 2);
	REFUSE(ERR_INVALID, "indicators", f.isut[0] = 1);
	REFUSE(ERR_INVALID, "contradicts", f.footer = "\nCET-2\n");
	REFUSE(ERR_INVALID, "contradicts", f.index[1] = 1, f.index[0] = 0);
	REFUSE(ERR_INVALID, "overlap",
	       f.footer = "\nCET-1CEST,J365/167,J1/-167\n");
	REFUSE(ERR_INVALID, "year 9999", f.times[1] = INT64_MAX);
	REFUSE(ERR_INVALID, "headers", f.second_version = '3');
	REFUSE(ERR_INVALID, "footer", f.footer = "XCET-1\n");
	REFUSE(ERR_INVALID, "footer", f.footer = "");
	REFUSE(ERR_INVALID, "footer", f.footer = "\n");
	REFUSE(ERR_INVALID, "footer", f.footer = "\nCET-1");
	REFUSE(ERR_INVALID, "footer", f.footer = "CET-1\n");
	REFUSE(ERR_INVALID, "footer", f.footer = "\nCET-1\n\n");
	REFUSE(ERR_INVALID, "footer", f.footer = "\nCET-1\nx\n");
#undef REFUSE
}

/* The cycle of 400 years begins after the history that the file lists. */
static void
test_cycle_starts_after_history(void **state)
{
	struct wall_time change;
	struct file f = good;
	struct zone *zone;

	f.times[0] = wall_s(at("1970-02-01T00:00:00Z"));
	f.types[1].offset_s = 18000;
	f.times[1] = wall_s(at("1970-12-01T00:00:00Z"));
	f.footer = "\nCET-1CEST,M3.5.0,M10.5.0/3\n";
	assert_int_equal(parse_file(&f, &zone, NULL), 0);
	for (int year = 1971; year < 3200; year++) {
		struct wall_time july = {
		    wall_day_start(civil_day(year, 7, 1)).us};

		assert_int_equal(zone_offset_s(zone, july), 7200);
		assert_int_equal(zone_next_change(zone, july, &change), 0);
		assert_int_equal(civil_from_s(wall_s(change)).month, 10);
		july = change;
		assert_int_equal(zone_next_change(zone, july, &change), 0);
		assert_int_equal(civil_from_s(wall_s(change)).month, 3);
		assert_int_equal(civil_from_s(wall_s(change)).year, year + 1);
	}
	zone_free(zone);
}

static void
test_extreme_transitions(void **state)
{
	struct wall_time change;
	struct file f = good;
	struct zone *zone;

	/* Early ones only tell what is in force when the calendar begins. */
	f.times[0] = -(INT64_C(1) << 59);
	assert_int_equal(parse_file(&f, &zone, NULL), 0);
	assert_int_equal(zone_offset_s(zone, wall_from_s(WALL_FIRST_S)), 7200);
	assert_int_equal(zone_offset_s(zone, (struct wall_time){INT64_MIN}),
			 7200);
	assert_int_equal(zone_offset_s(zone, (struct wall_time){INT64_MAX}),
			 3600);
	assert_int_equal(
	    zone_next_change(zone, (struct wall_time){INT64_MIN}, &change), 0);
	assert_int_equal(wall_s(change), 2000);
	zone_free(zone);

	/* So they do when there is no other. */
	f = good;
	f.n_times = 1;
	f.times[0] = -(INT64_C(1) << 59);
	f.footer = "\nEET-2EEST,M3.5.0/3,M10.5.0/4\n";
	assert_int_equal(parse_file(&f, &zone, NULL), 0);
	assert_int_equal(zone_offset_s(zone, at("1900-07-01T00:00:00Z")),
			 10800);
	assert_int_equal(zone_offset_s(zone, at("2026-12-01T00:00:00Z")), 7200);
	zone_free(zone);

	/* Late ones without a footer are never reached. */
	f = good;
	f.footer = "\n\n";
	f.times[1] = INT64_MAX;
	assert_int_equal(parse_file(&f, &zone, NULL), 0);
	assert_int_equal(zone_offset_s(zone, (struct wall_time){INT64_MAX}),
			 7200);
	assert_int_equal(zone_next_change(zone, wall_from_s(5000), &change),
			 ERR_NOT_FOUND);
	zone_free(zone);
}

static void
test_too_big(void **state)
{
	static unsigned char bytes[TZ_BYTES_MAX + 1];
	struct zone *zone;

	assert_int_equal(zone_parse(bytes, sizeof(bytes), &zone, NULL),
			 ERR_LIMIT);
	assert_int_equal(zone_parse(bytes, sizeof(bytes) - 1, &zone, NULL),
			 ERR_INVALID);
	assert_int_equal(zone_parse(bytes, 0, &zone, NULL), ERR_INVALID);
}

/* The bytes in a block of their own size, so that a sanitizer sees any read
 * beyond them. */
static int
parse_exactly(const unsigned char *bytes, size_t n, struct zone **ret_zone)
{
	unsigned char *copy = malloc(n + (n == 0));
	int r;

	memcpy(copy, bytes, n);
	r = zone_parse(copy, n, ret_zone, NULL);
	free(copy);
	return r;
}

static void
test_every_cut_is_refused(void **state)
{
	static unsigned char bytes[TZ_BYTES_MAX];
	size_t n = tz_read("America/New_York", bytes);
	struct zone *zone;

	for (size_t i = 0; i < n; i++)
		assert_true(parse_exactly(bytes, i, &zone) < 0);
	assert_int_equal(parse_exactly(bytes, n, &zone), 0);
	zone_free(zone);
}

/* Whatever is still accepted can be asked anything. */
static void
test_damaged_files(void **state)
{
	static unsigned char bytes[TZ_BYTES_MAX];
	struct seed seed = seed_start();

	for (int i = 0; i < 2000; i++) {
		const char *name = i % 2 ? "Africa/Casablanca" : "Europe/Riga";
		size_t n = tz_read(name, bytes);
		uint32_t hits = 1 + seed_next(&seed, 4);
		struct wall_time t = {0};
		struct zone *zone;

		while (hits-- > 0)
			bytes[seed_next(&seed, (uint32_t)n)] =
			    (unsigned char)seed_next(&seed, 256);
		if (parse_exactly(bytes, n, &zone) < 0)
			continue;
		for (int k = 0; k < 50; k++) {
			struct wall_time change;
			int offset = zone_offset_s(zone, t);

			assert_in_range(offset - ZONE_OFFSET_MIN_S, 0,
					ZONE_OFFSET_MAX_S - ZONE_OFFSET_MIN_S);
			if (zone_next_change(zone, t, &change) < 0)
				break;
			assert_true(change.us > t.us);
			assert_true(zone_offset_s(zone, change) != offset);
			t = change;
		}
		zone_free(zone);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_offsets),
	    cmocka_unit_test(test_civil),
	    cmocka_unit_test(test_changes),
	    cmocka_unit_test(test_versions),
	    cmocka_unit_test(test_negative_instants),
	    cmocka_unit_test(test_rules),
	    cmocka_unit_test(test_no_change_all_year),
	    cmocka_unit_test(test_bad_rules),
	    cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_cycle_starts_after_history),
	    cmocka_unit_test(test_extreme_transitions),
	    cmocka_unit_test(test_too_big),
	    cmocka_unit_test(test_every_cut_is_refused),
	    cmocka_unit_test(test_damaged_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
