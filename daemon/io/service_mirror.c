/* The service and its mirror: rows as datagrams for the journal, what the
 * watch reports, and what people ask of it. */
#include "io/clock.h"
#include "io/service.h"
#include "ledger/mirror.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

enum { SEQ_DIGITS_MAX = 18 };

static void
keep_datagram(struct service *s, struct service_fresh *place,
	      const struct row *row)
{
	bool alert;

	buf_reset(&place->datagram);
	place->seq = row->seq;
	place->used = mirror_row(row, ledger_genesis(s->ledger),
				 &place->datagram, &alert) == 0;
}

static int
keep_older(void *ctx, const struct row *row)
{
	struct service *s = ctx;

	keep_datagram(s, &s->older[row->seq % SERVICE_OLDER_ROWS], row);
	return 0;
}

/* NULL: this place holds another row. */
static const struct buf *
datagram_in(const struct service_fresh *place, uint64_t seq)
{
	return place->used && place->seq == seq ? &place->datagram : NULL;
}

/* Old rows are asked for one after another: each reading of a segment serves
 * the next ones, too. */
static const struct buf *
read_back(struct service *s, uint64_t seq)
{
	const struct service_fresh *place = &s->older[seq % SERVICE_OLDER_ROWS];
	uint64_t end = seq + SERVICE_OLDER_ROWS;

	if (datagram_in(place, seq) == NULL) {
		if (end > ledger_durable(s->ledger))
			end = ledger_durable(s->ledger);
		ledger_scan(s->disk, s->ledger_dir, seq, end, keep_older, s,
			    NULL);
	}
	return datagram_in(place, seq);
}

int
service_render(void *ctx, uint64_t seq, struct buf *out)
{
	struct service *s = ctx;
	const struct buf *datagram =
	    datagram_in(&s->fresh[seq % SERVICE_FRESH_ROWS], seq);

	if (datagram == NULL)
		datagram = read_back(s, seq);
	if (datagram == NULL)
		return ERR_NOT_FOUND;
	buf_add(out, datagram->data, datagram->len);
	return out->failed ? ERR_NOMEM : 0;
}

static void
send_again(void *ctx, uint64_t from, uint64_t to)
{
	struct service *s = ctx;

	journal_add_again(s->journal, from, to);
}

static bool
sent_all(void *ctx)
{
	struct service *s = ctx;

	return journal_stats(s->journal).waiting == 0;
}

/* A journal that contradicts: the alert is a row, and its reason is said at
 * once for whoever reads the service's own log. */
static void
contradicted(struct service *s, uint64_t seq)
{
	struct buf words = {0};

	buf_printf(&words,
		   "the journal holds another row %" PRIu64
		   " of this ledger, sent by our own uid; no checkpoint is "
		   "signed any more",
		   seq);
	if (ledger_unsigned_why(s->ledger) == NULL)
		service_say(LOG_CRIT, buf_text(&words));
	ledger_stop_signing(s->ledger, buf_text(&words));
	service_not_signed(s, CTL_REFUSED, buf_text(&words));
	buf_free(&words);
}

static void
on_mirror(void *ctx, const struct engine_mirror *mirror)
{
	struct service *s = ctx;

	if (mirror->conflicts > 0)
		contradicted(s, mirror->conflict_seq);
	engine_mirror(s->engine, clock_read(), mirror);
	service_soon(s);
}

static void
follow(struct service *s, bool being_sent)
{
	struct mirror_watch_options options = {
	    .base = s->base,
	    .disk = s->disk,
	    .ledger_dir = s->ledger_dir,
	    .journal = {.uid = getuid(), .genesis = *ledger_genesis(s->ledger)},
	    .durable = ledger_durable(s->ledger),
	    .being_sent = being_sent,
	    .send = send_again,
	    .sent_all = sent_all,
	    .changed = on_mirror,
	    .ctx = s,
	};
	struct err err;

	if (mirror_watch_new(&options, &s->mirror, &err) < 0)
		service_say(LOG_ERR, err.text);
}

void
service_mirror_start(struct service *s)
{
	s->mirror_wanted = !s->ledger_damaged;
	if (s->mirror_wanted && journal_stats(s->journal).present)
		follow(s, false);
}

void
service_mirror_stop(struct service *s)
{
	mirror_watch_free(s->mirror);
	s->mirror = NULL;
	for (size_t i = 0; i < SERVICE_OLDER_ROWS; i++)
		buf_free(&s->older[i].datagram);
}

void
service_mirror_rows(struct service *s, uint64_t durable)
{
	if (s->mirror != NULL)
		mirror_watch_rows(s->mirror, durable);
}

/* Decimal digits and nothing else. */
static bool
seq_of(const char *text, uint64_t *ret_seq)
{
	uint64_t seq = 0;

	if (text[0] == '\0' || strlen(text) > SEQ_DIGITS_MAX)
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		seq = seq * 10 + (uint64_t)(*text - '0');
	}
	*ret_seq = seq;
	return true;
}

/* The exit status; the words in `out`. */
static int
ask_again(struct service *s, const struct ctl_request *request,
	  const struct ctl_peer *peer, struct buf *out)
{
	uint64_t rows = ledger_durable(s->ledger), from;

	if (!peer->root && !peer->admin) {
		buf_printf(out, "operating needs root or the unix group %s\n",
			   engine_config(s->engine)->admin_group);
		return CTL_NOT_PERMITTED;
	}
	if (!seq_of(request->name, &from)) {
		buf_puts(out, "--from: the number of a row is expected\n");
		return CTL_USAGE;
	}
	if (s->ledger_damaged) {
		buf_puts(out, "LEDGER_DAMAGED: nothing is sent; evidencectl "
			      "verify\n");
		return CTL_LEDGER_DAMAGED;
	}
	if (from >= rows) {
		buf_printf(out,
			   "no row %" PRIu64 ": the newest is %" PRIu64 "\n",
			   from, rows - 1);
		return CTL_NO_OBJECT;
	}
	if (from < ledger_kept_from(s->ledger)) {
		buf_printf(out,
			   "row %" PRIu64 " was pruned: evidencectl mirror "
			   "--from %" PRIu64 " sends all rows that are kept\n",
			   from, ledger_kept_from(s->ledger));
		return CTL_NO_OBJECT;
	}
	if (!journal_stats(s->journal).present) {
		buf_puts(out, "NO_JOURNAL: there is none to send them to; see "
			      "evidencectl doctor\n");
		return CTL_REFUSED;
	}
	journal_add_again(s->journal, from, rows);
	buf_printf(out,
		   "rows %" PRIu64 " to %" PRIu64
		   " are sent to the journal again\n",
		   from, rows - 1);
	return CTL_OK;
}

void
service_mirror_again(struct service *s, uint64_t client,
		     const struct ctl_request *request,
		     const struct ctl_peer *peer)
{
	struct buf out = {0};
	int status = ask_again(s, request, peer, &out);

	control_reply(s->control, client, status, buf_text(&out));
	buf_free(&out);
}

void
service_on_journal(void *ctx, bool present, const char *why)
{
	struct service *s = ctx;
	struct buf words = {0};

	if (!present) {
		buf_printf(&words,
			   "no journal (%s): the ledger is not mirrored, and "
			   "alerts are told here",
			   why);
		service_say(LOG_WARNING, buf_text(&words));
		buf_free(&words);
	} else if (s->journal_missed) {
		service_say(LOG_NOTICE, "the journal takes entries again");
	}
	s->journal_missed = !present;
	if (present && s->mirror != NULL)
		mirror_watch_soon(s->mirror);
	else if (present && s->mirror_wanted)
		follow(s, true);
}
