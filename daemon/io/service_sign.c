/* Checkpoints of the running daemon: every SERVICE_SIGN_S while there are new
 * rows, on request, and at the end; the ledger itself asks for one when a
 * segment is sealed.  Rows are on their way to the journal before they are
 * signed, and the checkpoint follows them there. */
#include "base/text.h"
#include "io/clock.h"
#include "io/service.h"
#include "ledger/mirror.h"

#include <inttypes.h>
#include <stdlib.h>
#include <syslog.h>

static void
on_sign_timer(evutil_socket_t fd, short what, void *ctx)
{
	struct service *s = ctx;

	ledger_writer_sign(s->writer);
}

int
service_sign_open(struct service *s)
{
	s->sign_timer = evtimer_new(s->base, on_sign_timer, s);
	if (s->sign_timer == NULL)
		return ERR_NOMEM;
	service_sign_rows(s);
	return 0;
}

void
service_sign_close(struct service *s)
{
	if (s->sign_timer != NULL)
		event_free(s->sign_timer);
}

void
service_sign_rows(struct service *s)
{
	struct timeval pause = {SERVICE_SIGN_S, 0};

	if (s->sign_timer != NULL && !s->ledger_damaged &&
	    ledger_unsigned_why(s->ledger) == NULL &&
	    ledger_durable(s->ledger) > ledger_checkpoint(s->ledger, NULL) &&
	    !event_pending(s->sign_timer, EV_TIMEOUT, NULL))
		event_add(s->sign_timer, &pause);
}

static void
reply_signed(struct service *s, uint64_t client)
{
	struct buf text = {0};

	buf_printf(&text, "checkpoint of %" PRIu64 " row%s\n%s",
		   ledger_checkpoint(s->ledger, NULL),
		   TEXT_PLURAL(ledger_checkpoint(s->ledger, NULL)),
		   ledger_checkpoint_note(s->ledger));
	control_reply(s->control, client, CTL_OK, buf_text(&text));
	buf_free(&text);
}

static void
reply_unsigned(struct service *s, uint64_t client, int status, const char *why)
{
	struct buf text = {0}, clean = {0};

	buf_printf(&text, "no checkpoint: %s\n", why);
	redact(s->redactor, buf_text(&text), text.len, &clean);
	control_reply(s->control, client, status, buf_text(&clean));
	buf_free(&text);
	buf_free(&clean);
}

void
service_sign_request(struct service *s, uint64_t client)
{
	const char *why = ledger_unsigned_why(s->ledger);
	uint64_t rows = ledger_durable(s->ledger);

	if (s->ledger_damaged) {
		reply_unsigned(s, client, CTL_LEDGER_DAMAGED,
			       "the ledger is damaged; evidencectl verify");
	} else if (why != NULL) {
		reply_unsigned(s, client, CTL_REFUSED, why);
	} else if (ledger_checkpoint(s->ledger, NULL) >= rows) {
		reply_signed(s, client);
	} else if (s->n_signers == SERVICE_SIGNERS_MAX) {
		reply_unsigned(s, client, CTL_REFUSED,
			       "others wait for one; ask again");
	} else {
		s->signers[s->n_signers++] =
		    (struct service_signer){client, rows};
		ledger_writer_sign(s->writer);
	}
}

/* Whoever asked about rows that are signed now. */
static void
answer_signed(struct service *s)
{
	uint64_t size = ledger_checkpoint(s->ledger, NULL);
	size_t kept = 0;

	for (size_t i = 0; i < s->n_signers; i++) {
		if (s->signers[i].rows <= size)
			reply_signed(s, s->signers[i].client);
		else
			s->signers[kept++] = s->signers[i];
	}
	s->n_signers = kept;
}

void
service_signed(struct service *s)
{
	struct buf datagram = {0};
	struct digest root;
	uint64_t size = ledger_checkpoint(s->ledger, &root);

	if (mirror_checkpoint(size, &root, ledger_checkpoint_note(s->ledger),
			      ledger_genesis(s->ledger), &datagram) == 0)
		journal_send_last(s->journal, datagram.data, datagram.len);
	buf_free(&datagram);
	event_del(s->sign_timer);
	service_sign_rows(s);
	answer_signed(s);
}

void
service_not_signed(struct service *s, int status, const char *why)
{
	while (s->n_signers > 0)
		reply_unsigned(s, s->signers[--s->n_signers].client, status,
			       why);
	service_sign_rows(s);
}

bool
service_sign_last(struct service *s)
{
	if (!s->signed_last) {
		s->signed_last = true;
		ledger_writer_stop(s->writer);
		ledger_writer_sign(s->writer);
	}
	return !ledger_writer_busy(s->writer) &&
	       !ledger_wants_checkpoint(s->ledger);
}

bool
service_sealed_status(struct service *s, struct buf *line)
{
	uint64_t done, rows;

	ledger_inspected(s->ledger, &done, &rows);
	if (done >= rows || s->ledger_damaged)
		return false;
	buf_printf(line, "; %" PRIu64 " of %" PRIu64 " sealed rows read", done,
		   rows);
	return true;
}
