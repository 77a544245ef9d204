/* The POSIX TZ string in the footer of a TZif file (RFC 8536, section 3.3.1):
 * "<+03>-3" or "EET-2EEST,M3.5.0/3,M10.5.0/4".  Private to base/zone.c. */
#ifndef BASE_ZONE_RULE_H
#define BASE_ZONE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum zone_date_kind {
	ZONE_DATE_JULIAN, /* Jn: 1..365, 29 February is never counted */
	ZONE_DATE_ZERO,	  /* n: 0..365, leap days count */
	ZONE_DATE_WEEKDAY /* Mm.w.d: the w-th (5 = last) weekday of a month */
};

struct zone_date {
	enum zone_date_kind kind;
	int month;
	int week;
	int day;	/* of the year, or the weekday (0 = Sunday) */
	int32_t time_s; /* after local midnight, -167 h .. 167 h */
};

struct zone_rule {
	int32_t std_s; /* seconds east of UTC */
	int32_t dst_s;
	bool has_dst;
	struct zone_date start; /* of daylight saving time */
	struct zone_date end;
};

/* ERR_INVALID for anything but a whole, well-formed string; a daylight
 * saving time without its rule is refused too. */
int zone_rule_parse(const char *text, size_t len, struct zone_rule *ret_rule);

/* The instants (seconds since the epoch) at which daylight saving time
 * starts and ends in a local year; only when has_dst. */
int64_t zone_rule_start_s(const struct zone_rule *rule, int year);
int64_t zone_rule_end_s(const struct zone_rule *rule, int year);

#endif
