/* A parsed expression: sets of bits.  Private to sched/cron*.c. */
#ifndef SCHED_CRON_FIELDS_H
#define SCHED_CRON_FIELDS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CRON_NTH_MAX = 5,
	CRON_LAST = 0,
	CRON_TOKENS_MAX = 8 /* enough to tell six fields from seven */
};

struct cron {
	int64_t every_s;   /* @every; 0: the fields below */
	uint64_t minutes;  /* bit 0..59 */
	uint32_t hours;	   /* bit 0..23 */
	uint32_t days;	   /* bit 1..31 */
	uint32_t months;   /* bit 1..12 */
	uint32_t weekdays; /* bit 0..6, 0 = Sunday */
	bool last_day;	   /* L */
	bool last_workday; /* LW: the last one from Monday to Friday */
	/* Weekdays that count only as the n-th of the month (1#2), or at
	 * CRON_LAST as the last one (5L). */
	uint32_t nth[CRON_NTH_MAX + 1];
	bool days_and; /* a day must be in both day fields, not in either */
	bool wildcard; /* minute or hour starts with `*`: in real time */
};

/* Fills the sets from the n fields of an expression, in upper case; the
 * texts are changed.  CRON_TOKENS_MAX stands for that many or more.
 * ERR_INVALID with the reason in words. */
int cron_read_fields(struct cron *cron, char *const *tokens, size_t n,
		     struct err *err);

/* Only digits, at most four of them. */
bool cron_read_number(const char *text, unsigned int *ret);

#endif
