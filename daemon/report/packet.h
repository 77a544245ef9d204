/* The review packet of one workload's day: its record, and the rows that the
 * record rests on.
 *
 * A packet says what its rows say.  Its sentences come from the closed tables
 * of verdict/statement.h, verdict/reason.h and packet_words.c; a number never
 * stands without its unit, basis, source and time, and one that is not known
 * is a dash, never 0. */
#ifndef REPORT_PACKET_H
#define REPORT_PACKET_H

#include "base/buf.h"
#include "base/err.h"
#include "conf/config.h"
#include "ledger/row.h"
#include "report/writer.h"

/* Why this day. */
enum packet_choice {
	PACKET_GIVEN,  /* it was asked for */
	PACKET_CLOSED, /* the newest whose window and lag have closed */
	PACKET_NEWEST  /* no such day has a record: the newest one */
};

struct packet;

/* ERR_INVALID: the row is no record. */
int packet_new(const struct row *record, enum packet_choice choice,
	       struct packet **ret_packet, struct err *err);
void packet_free(struct packet *p);

/* The rows that the record rests on, ascending; borrowed. */
const uint64_t *packet_evidence(const struct packet *p, size_t *ret_n);
/* One of these rows.  Those that are not added are listed by number alone. */
int packet_add(struct packet *p, const struct row *row);

/* A row by which a role says that the record is mistaken; the packet names it
 * wherever it says the decision.  Others are passed over. */
void packet_correct(struct packet *p, const struct row *correction);

/* The fourteen fields in the packet's own order, behind a comment that says
 * which day was chosen and why. */
int packet_yaml(const struct packet *p, struct buf *out);
/* One object: choice, corrected_by (a row, or null), record (the row's body),
 * seq, leaf, schema. */
int packet_json(const struct packet *p, struct buf *out);
/* What a person takes into a meeting.  The configuration names who acts; NULL:
 * the words of the table do. */
void packet_text(const struct packet *p, const struct config *config,
		 struct writer *w);

#endif
