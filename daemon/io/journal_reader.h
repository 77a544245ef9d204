/* The reading end of the journal: what it holds of one ledger from our own
 * uid.
 *
 * Anybody may send EVIDENCED_* fields; only _UID, which journald itself adds,
 * cannot be forged.  So an entry counts when it carries the ledger's genesis
 * leaf and our uid.  Needs group systemd-journal (or root); reading blocks,
 * and its work is bounded: it belongs into start-up and into evidencectl. */
#ifndef IO_JOURNAL_READER_H
#define IO_JOURNAL_READER_H

#include "base/digest.h"
#include "base/err.h"
#include "base/wall.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	/* Entries at the tail among which the newest seq is looked for: two
	 * queues and repetitions put them a little out of order. */
	JOURNAL_TAIL_ENTRIES = 256,
	/* So many entries in a row older than the range end a search. */
	JOURNAL_SLACK_ENTRIES = 1024,
	JOURNAL_RANGE_MAX = 65536,
	/* Entries that one search reads: some seconds' work. */
	JOURNAL_ENTRIES_MAX = 4 * JOURNAL_RANGE_MAX
};

struct journal_reader;

/* directory NULL: the local journal; else that folder's files.  ERR_IO when it
 * cannot be read (ERR_NOT_FOUND: there is none). */
int journal_reader_open(const char *directory, uid_t uid,
			const struct digest *genesis,
			struct journal_reader **ret_reader, struct err *err);
void journal_reader_close(struct journal_reader *r);

struct journal_newest {
	uint64_t seq;
	bool leaf_known; /* all entries with this seq agree */
	struct digest leaf;
};

/* The newest row that it holds; ERR_NOT_FOUND when it holds none. */
int journal_reader_newest(struct journal_reader *r, struct journal_newest *ret,
			  struct err *err);

/* The time of the oldest entry of any kind: rows older than that are expired,
 * not missing.  ERR_NOT_FOUND for an empty journal. */
int journal_reader_oldest(struct journal_reader *r, struct wall_time *ret_time,
			  struct err *err);

enum journal_presence {
	JOURNAL_ABSENT,
	JOURNAL_PRESENT,
	JOURNAL_CONTRADICTS /* that seq with another leaf */
};

/* The leaves found for [from, to]. */
struct journal_seen {
	uint64_t from;
	size_t n;
	struct journal_seen_row *row;
};

struct journal_seen_row {
	struct digest leaf; /* of the newest entry with this seq */
	bool present;
	bool several; /* entries of this seq disagree on the leaf */
};

/* ERR_LIMIT for a range beyond JOURNAL_RANGE_MAX rows or too far back; ERR_IO;
 * ERR_NOMEM.
 * journal_seen_free() what it returns. */
int journal_reader_seen(struct journal_reader *r, uint64_t from, uint64_t to,
			struct journal_seen *ret_seen, struct err *err);
void journal_seen_free(struct journal_seen *seen);
/* seq outside the range is JOURNAL_ABSENT. */
enum journal_presence journal_seen_row(const struct journal_seen *seen,
				       uint64_t seq, const struct digest *leaf);

#endif
