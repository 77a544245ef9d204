/* Months that are made by hand: a configuration, rows, and the packet of many
 * workloads that is made of them. */
#ifndef TESTS_PACKETS_H
#define TESTS_PACKETS_H

#include "report/rollup.h"

/* What a record of the month says beyond the usual; NULL: the usual. */
struct packets_record {
	const char *label;
	const char *date;	 /* review_date */
	const char *at;		 /* row; NULL: 09:12 of that day */
	const char *decision;	 /* pass */
	const char *reasons;	 /* JSON strings, comma between them; none */
	const char *owner;	 /* team-support */
	const char *tier;	 /* counter */
	const char *cap;	 /* JSON; null */
	const char *pricing;	 /* JSON; null */
	const char *evidence;	 /* seqs, comma between them; none */
	const char *uncertainty; /* more JSON strings, each with a comma */
};

enum { PACKETS_ROWS_MAX = 256 };

struct packets {
	struct config *config;
	struct view *view;
	struct snapshots snapshots;
	struct span span;
	struct rollup rollup;
	struct wall_time now; /* 0: when the newest row was written */
	uint64_t seq;	      /* of the newest row; they begin with 1 */
	struct row rows[PACKETS_ROWS_MAX + 1];
};

/* Workloads a-chat and b-batch of team-support, c-images of team-images,
 * d-lost of nobody, which is the lead's to see to; window 04:30-07:30, lag 10 min. */
void packets_init(struct packets *p, const char *last_day);
void packets_free(struct packets *p);

void packets_row(struct packets *p, const char *at, const char *kind,
		 const char *body);
void packets_record(struct packets *p, const struct packets_record *record);
/* A happy and an error run with their beginnings, and no record. */
void packets_pair(struct packets *p, const char *label, const char *date);
/* A source read with this outcome, and approved where it is "new". */
void packets_source(struct packets *p, const char *name, const char *date,
		    const char *outcome);
/* The same of s-pricing and of s-setup. */
void packets_sources(struct packets *p, const char *date, const char *outcome);

/* The configuration in force from `at` to `until` (NULL: for ever), with this
 * effective text (NULL: not kept); what is not told so is not known. */
void packets_loaded(struct packets *p, const char *at, const char *until,
		    const char *effective);

/* Ends the span and makes the rollup; config false: from rows alone. */
void packets_make(struct packets *p, enum rollup_by by,
		  enum packet_choice choice, bool config);
/* Appends it in this format. */
void packets_print(const struct packets *p, enum writer_format format,
		   struct buf *out);

/* The packet of one workload, of the record in that row and of the rows that
 * it rests on; the caller frees it. */
struct packet *packets_one(const struct packets *p, uint64_t record);

#endif
