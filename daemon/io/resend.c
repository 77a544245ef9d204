/* After a restart: the journal gets what it lacks of the newest rows, once.
 *
 * A crash may fall between a row and its entry.  What the journal holds of
 * this ledger from our own uid is read back; rows that are older than the
 * journal itself are expired, not missing. */
#include "io/journal_reader.h"
#include "io/service.h"
#include "ledger/mirror.h"

#include <syslog.h>
#include <unistd.h>

enum { RESEND_ROWS = 4096 };

struct resend {
	struct service *service;
	const struct journal_seen *seen;
	struct wall_time oldest;
	size_t n;
};

static int
resend_row(void *ctx, const struct row *row)
{
	struct resend *resend = ctx;
	struct buf datagram = {0};
	bool alert = false;

	if (row->at.us < resend->oldest.us ||
	    journal_seen_row(resend->seen, row->seq, &row->leaf) !=
		JOURNAL_ABSENT)
		return 0;
	mirror_row(row, ledger_genesis(resend->service->ledger), &datagram,
		   &alert);
	buf_free(&datagram);
	journal_add_row(resend->service->journal,
			alert ? OUTBOX_ALERTS : OUTBOX_ROWS, row->seq);
	resend->n++;
	return 0;
}

void
service_send_missing(struct service *s)
{
	uint64_t end = ledger_durable(s->ledger);
	uint64_t from = end > RESEND_ROWS ? end - RESEND_ROWS : 0;
	struct journal_seen seen = {0};
	struct resend resend = {.service = s, .seen = &seen};
	struct journal_reader *reader;
	struct err err;

	if (end == 0)
		return;
	if (journal_reader_open(NULL, getuid(), ledger_genesis(s->ledger),
				&reader, &err) < 0) {
		service_say(LOG_WARNING, err.text);
		return;
	}
	if (journal_reader_oldest(reader, &resend.oldest, NULL) == 0 &&
	    journal_reader_seen(reader, from, end - 1, &seen, &err) == 0)
		ledger_scan(s->disk, s->ledger_dir, from, end, resend_row,
			    &resend, NULL);
	journal_seen_free(&seen);
	journal_reader_close(reader);
}
