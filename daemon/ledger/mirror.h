/* A durable row as the fields of one journal entry (ledger.md, section 4).
 * Pure: the datagram is built in memory, io/journal moves it. */
#ifndef LEDGER_MIRROR_H
#define LEDGER_MIRROR_H

#include "base/buf.h"
#include "ledger/row.h"

#include <stdbool.h>

#define MIRROR_ROW_MESSAGE_ID	     "48f11e28c78841a1a914e3ad95fd2ca1"
#define MIRROR_DIGEST_MESSAGE_ID     "f85e1728293440c295d2bc560111439d"
#define MIRROR_CHECKPOINT_MESSAGE_ID "d257985e807842378144f1045d162a18"

/* Appends the native-protocol datagram of a row.  Alert rows that lead their
 * group get identifier `evidenced`, their rule's MESSAGE_ID and priority; the
 * digest of a day the same identifier and priority 5; all others identifier `evidenced-ledger`, priority 6 (records that do not
 * pass: 5).  Rows alert.* also have EVIDENCED_RULE and EVIDENCED_SUBJECT: the
 * catalogue's commands name the subject.  *ret_alert tells which queue it
 * belongs to. */
int mirror_row(const struct row *row, const struct digest *genesis,
	       struct buf *out, bool *ret_alert);

/* Appends the datagram of a checkpoint: the size, the root in base64 as in
 * the note, and the note. */
int mirror_checkpoint(uint64_t size, const struct digest *root,
		      const char *note, const struct digest *genesis,
		      struct buf *out);

/* The one human line of a row. */
void mirror_message(const struct row *row, struct buf *out);

#endif
