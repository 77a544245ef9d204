/* Between the files of the packet of many workloads. */
#ifndef REPORT_ROLLUP_INSIDE_H
#define REPORT_ROLLUP_INSIDE_H

#include "report/number.h"
#include "report/rollup.h"
#include "verdict/approval.h"

/* Every sentence of the packet that is about no single record.  Nothing else
 * is said; what varies is counts, names and times. */
enum rollup_phrase {
	PHRASE_GIVEN,
	PHRASE_CLOSED,
	PHRASE_STANDING,
	PHRASE_STANDING_SHORT, /* with the words of narrow columns */
	PHRASE_EVIDENCE,
	PHRASE_NO_CONFIG,
	PHRASE_ENDS_BEFORE,
	PHRASE_BEGINS_AFTER,
	PHRASE_NOTHING,
	PHRASE_NONE_THEN,
	PHRASE_THEN,
	PHRASE_THEN_ROWS,
	PHRASE_THEN_LOST,
	PHRASE_ALL_PASS,
	PHRASE_CORRECTED,
	PHRASE_ATTESTED,
	PHRASE_USE,
	PHRASE_SOURCES_FINE,
	PHRASE_SNAPSHOTS,
	PHRASE_CALENDAR,
	PHRASE_AGES,
	PHRASE_SHARES,
	PHRASE_STRIP,
	PHRASE_CHECK,
	ROLLUP_PHRASES
};

const char *rollup_phrase(enum rollup_phrase phrase);

/* State, days and since of an entry, of which all else is filled. */
void rollup_count_days(const struct rollup *r, struct rollup_entry *e);

/* rollup_then.c: owners and rules as the configuration of the review date has
 * them, where its text is kept.  ERR_NOMEM. */
int rollup_then_read(struct rollup *r);
void rollup_then_free(struct rollup *r);
bool rollup_then_known(const struct rollup *r);
/* "": it names none. */
const char *rollup_then_cost_center(const struct rollup *r, const char *group);
const char *rollup_then_pool(const struct rollup *r, const char *rule);

/* Of a reason within a group. */
struct rollup_reason {
	const struct rollup_group *group;
	enum reason reason;
	int n;
	const char *who; /* acts; of several, what they have in common */
	int32_t since;	 /* the longest; INT32_MAX: unknown */
	bool since_before;
};

/* malloc'd, in the order of groups and reasons.  ERR_NOMEM. */
int rollup_reasons(const struct rollup *r, struct rollup_reason **ret,
		   size_t *ret_n);

/* What two say of who acts, or NULL and one: the same, or the words that hold
 * for all. */
const char *rollup_common_who(const char *who, const char *other,
			      enum reason reason);

struct rollup_source {
	const struct source *source;
	const char *newest; /* outcome of the newest attempt, or NULL */
	bool unknown;	    /* all rows, or its own, begin after the day */
	bool stale;	    /* not read as recently as its kind demands */
	struct wall_time read_at; /* newest good read; 0: none */
	enum approval approval;
	char snapshot[SNAPSHOT_ID_LEN + 1]; /* "" : none */
	int holds;  /* workloads that rest on it and are held for a page */
	int judged; /* that rest on it and have a record; 0: holds is unknown */
};

bool rollup_source_fine(const struct rollup_source *source);
/* The configured sources that an entry rests on; malloc'd.  ERR_NOMEM. */
int rollup_sources(const struct rollup *r, struct rollup_source **ret,
		   size_t *ret_n);

/* A person saw the usage, or a page, in place of evidenced. */
bool rollup_usage_attested(const struct rollup_entry *e);
bool rollup_page_attested(const struct rollup_entry *e);

/* How many records of the day hold a word in one of their lists. */
int rollup_count(const struct rollup *r, const char *list, const char *word);
/* How many records there are. */
int rollup_records(const struct rollup *r);

/* "Token budget review 2026-07-03: ..." */
void rollup_title(const struct rollup *r, struct buf *out);
/* "Ledger row 23, leaf 0123456789ab, ..." */
void rollup_basis(const struct rollup *r, struct buf *out);
/* "On the review date configuration 0123456789ab was in force: ..."; empty
 * where it is today's, or unknown. */
void rollup_in_force(const struct rollup *r, struct buf *out);
/* All that is known of the day is from after it: the first row kept is. */
bool rollup_before(const struct rollup *r);
/* "no record"; NULL: of that day nothing is known. */
const char *rollup_word_of(const struct rollup *r,
			   const struct rollup_entry *e);
/* What of the period the kept rows do not reach; empty: they reach over it. */
void rollup_reach(const struct rollup *r, struct buf *out);
/* "2 of 4 workloads may enter the review: ..." */
void rollup_answer(const struct rollup *r, struct buf *out);
/* "2026-07-01", "2026-07-01 or before", or the dash. */
void rollup_since(int32_t since, bool before, struct buf *out);

enum { ROLLUP_NUMBERS = 5 };

void rollup_numbers(const struct rollup *r, struct number ret[ROLLUP_NUMBERS]);

#endif
