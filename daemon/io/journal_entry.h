/* Fields of the entry on which a handle of the journal stands. */
#ifndef IO_JOURNAL_ENTRY_H
#define IO_JOURNAL_ENTRY_H

#include "base/digest.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-journal.h>

enum { JOURNAL_FIELD_MAX = 128 };

/* A field's value as text; false when it is absent or does not fit. */
bool journal_entry_field(sd_journal *j, const char *name,
			 char out[static JOURNAL_FIELD_MAX]);
/* EVIDENCED_SEQ: decimal digits and nothing else. */
bool journal_entry_seq(sd_journal *j, uint64_t *ret_seq);
bool journal_entry_leaf(sd_journal *j, struct digest *ret_leaf);
/* The uid that journald itself noted: it cannot be forged. */
bool journal_entry_is_of(sd_journal *j, uid_t uid);

#endif
