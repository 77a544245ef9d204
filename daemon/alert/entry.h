/* An alert that is not a row: the repetition of one, or one that the ledger
 * cannot take now (it is full or damaged). */
#ifndef ALERT_ENTRY_H
#define ALERT_ENTRY_H

#include "alert/rule.h"
#include "base/buf.h"
#include "base/digest.h"

/* Appends the journal datagram (native protocol).  It has the fields of an
 * alert's row but for those of a row (EVIDENCED_SEQ, _LEAF, _ROW, ...): no
 * reader takes it for one.  genesis may be NULL: no ledger was opened. */
void alert_entry(enum alert_rule_id rule, enum severity severity,
		 const char *subject, const char *text,
		 const struct digest *genesis, struct buf *out);

#endif
