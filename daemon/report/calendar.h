/* The evidence calendar: a line for each workload, a mark for each day. */
#ifndef REPORT_CALENDAR_H
#define REPORT_CALENDAR_H

#include "report/span.h"
#include "report/writer.h"

/* 'P' pass, 'R' pass by the response only, 'H' hold, 'I' inconclusive,
 * 'F' fail, ' ' no record. */
char calendar_mark(const struct span_day *day);
/* What a mark means, in words. */
const char *calendar_mark_words(char mark);
extern const char calendar_marks[]; /* those that stand for a record */

/* As text a line for each workload of the span, and the records that a role
 * calls mistaken below; as JSON an object for each record. */
void calendar_print(const struct span *s, struct writer *w);

#endif
