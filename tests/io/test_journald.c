/* The journal's two ends and a real systemd-journald between them.  Starts
 * itself again under with-journald, which gives it a journal of its own. */
#include "alert/entry.h"
#include "alert/machine.h"
#include "io/journal.h"
#include "io/journal_reader.h"
#include "ledger/mirror.h"

#include <systemd/sd-journal.h>

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	WAIT_US = 100 * 1000,
	WAITS_MAX = 200, /* 20 s at most */
	BIG = 400 * 1024,
	NOBODY = 65534
};

struct world {
	struct event_base *base;
	struct journal *journal;
	struct digest genesis; /* another one for each test */
	char hex[DIGEST_HEX_LEN + 1];
	uint64_t other_leaf; /* the row of that number gets another leaf */
	size_t pad;
	int told;
	bool present;
};

static struct digest
leaf_of(const struct world *w, uint64_t seq)
{
	struct digest_part parts[] = {{&w->genesis, sizeof(w->genesis)},
				      {&seq, sizeof(seq)}};

	return digest_sha256_parts(parts, 2);
}

static int
render(void *ctx, uint64_t seq, struct buf *out)
{
	const struct world *w = ctx;
	struct digest leaf =
	    leaf_of(w, seq == w->other_leaf ? seq + 1000000 : seq);
	char hex[DIGEST_HEX_LEN + 1];
	size_t i;

	buf_printf(out,
		   "MESSAGE=row %" PRIu64 "\nPRIORITY=6\n"
		   "SYSLOG_IDENTIFIER=evidenced-ledger\nEVIDENCED_LEDGER=%s\n"
		   "EVIDENCED_SEQ=%" PRIu64 "\nEVIDENCED_LEAF=%s\n",
		   seq, w->hex, seq, digest_hex(&leaf, hex));
	buf_puts(out, "EVIDENCED_ROW=");
	for (i = 0; i < w->pad; i++)
		buf_putc(out, (char)('a' + i % 26));
	buf_putc(out, '\n');
	return 0;
}

static void
on_state(void *ctx, bool present, const char *why)
{
	struct world *w = ctx;

	w->told++;
	w->present = present;
}

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct journal_options options = {
	    .render = render, .state = on_state, .retry_ms = 1, .ctx = w};
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	w->genesis = digest_sha256(&now, sizeof(now));
	digest_hex(&w->genesis, w->hex);
	w->other_leaf = UINT64_MAX;
	w->base = event_base_new();
	options.base = w->base;
	w->journal = journal_new(&options);
	assert_true(w->present);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	journal_free(w->journal);
	event_base_free(w->base);
	free(w);
	return 0;
}

static void
send_all(struct world *w)
{
	while (journal_stats(w->journal).waiting > 0)
		event_base_loop(w->base, EVLOOP_ONCE);
}

static void
send_rows(struct world *w, uint64_t from, uint64_t to)
{
	uint64_t seq;

	for (seq = from; seq <= to; seq++)
		journal_add_row(w->journal, OUTBOX_ROWS, seq);
	send_all(w);
}

static struct journal_reader *
open_reader(const struct world *w)
{
	struct journal_reader *r;
	struct err err;

	if (journal_reader_open(NULL, getuid(), &w->genesis, &r, &err) < 0)
		fail_msg("%s", err.text);
	return r;
}

/* A handle on the entries that carry `match`, at the head. */
static sd_journal *
open_matching(const char *match)
{
	sd_journal *j;

	assert_int_equal(sd_journal_open(&j, SD_JOURNAL_LOCAL_ONLY), 0);
	sd_journal_set_data_threshold(j, 0);
	sd_journal_add_match(j, match, 0);
	sd_journal_seek_head(j);
	return j;
}

static size_t
count_entries(const char *match)
{
	sd_journal *j = open_matching(match);
	size_t n = 0;

	while (sd_journal_next(j) > 0)
		n++;
	sd_journal_close(j);
	return n;
}

/* Until journald has taken that many entries from its socket. */
static void
await_entries(const char *match, size_t want)
{
	sd_journal *j;
	int i;

	assert_int_equal(sd_journal_open(&j, SD_JOURNAL_LOCAL_ONLY), 0);
	sd_journal_get_fd(j); /* watches from now on */
	for (i = 0; i < WAITS_MAX && count_entries(match) < want; i++)
		sd_journal_wait(j, WAIT_US);
	sd_journal_close(j);
	assert_int_equal(count_entries(match), want);
}

static void
await_rows(const struct world *w, size_t want)
{
	char match[96];

	snprintf(match, sizeof(match), "EVIDENCED_LEDGER=%s", w->hex);
	await_entries(match, want);
}

static void
expect_field(sd_journal *j, const char *name, const char *want)
{
	const void *data;
	size_t len;

	if (want == NULL) {
		assert_true(sd_journal_get_data(j, name, &data, &len) < 0);
		return;
	}
	assert_int_equal(sd_journal_get_data(j, name, &data, &len), 0);
	assert_int_equal(len, strlen(name) + 1 + strlen(want));
	assert_memory_equal((const char *)data + strlen(name) + 1, want,
			    strlen(want));
}

static void
an_alert_arrives_with_its_fields_and_its_explanation(void **state)
{
	struct world *w = *state;
	struct buf datagram = {0};
	const char *text = "W source-stale pricing: not read today; next: "
			   "evidencectl why pricing";
	char match[96];
	sd_journal *j;
	char *words;

	alert_entry(ALERT_SOURCE_STALE, SEVERITY_WARNING, "pricing", text,
		    &w->genesis, &datagram);
	journal_send_line(w->journal, datagram.data, datagram.len);
	send_all(w);
	buf_free(&datagram);
	await_rows(w, 1);
	snprintf(match, sizeof(match), "EVIDENCED_LEDGER=%s", w->hex);
	j = open_matching(match);
	assert_int_equal(sd_journal_next(j), 1);
	expect_field(j, "MESSAGE", text);
	expect_field(j, "MESSAGE_ID", "7187d8422b71435abebf2da955a1e7d1");
	expect_field(j, "PRIORITY", "4");
	expect_field(j, "SYSLOG_IDENTIFIER", "evidenced");
	expect_field(j, "EVIDENCED_RULE", "source-stale");
	expect_field(j, "EVIDENCED_SUBJECT", "pricing");
	expect_field(j, "EVIDENCED_WORKLOAD", NULL);
	expect_field(j, "EVIDENCED_SEQ", NULL);
	/* What journalctl -x prints. */
	assert_int_equal(sd_journal_get_catalog(j, &words), 0);
	assert_non_null(strstr(words, "Subject: source-stale pricing\n"));
	assert_non_null(
	    strstr(words, "Look:        evidencectl why pricing\n"));
	assert_null(strchr(words, '@'));
	free(words);
	sd_journal_close(j);
}

static void
every_rule_has_its_priority_and_its_catalogue_entry(void **state)
{
	struct world *w = *state;
	struct buf datagram = {0};
	char match[96], *words, priority[4];
	sd_journal *j;
	int i;

	for (i = 0; i < ALERT_RULES; i++) {
		const struct alert_rule *rule =
		    alert_rule((enum alert_rule_id)i);

		buf_reset(&datagram);
		alert_entry(rule->id, rule->severity, "some-subject",
			    rule->what, &w->genesis, &datagram);
		journal_send_line(w->journal, datagram.data, datagram.len);
	}
	buf_free(&datagram);
	send_all(w);
	await_rows(w, ALERT_RULES);
	snprintf(match, sizeof(match), "EVIDENCED_LEDGER=%s", w->hex);
	j = open_matching(match);
	for (i = 0; i < ALERT_RULES; i++) {
		const struct alert_rule *rule =
		    alert_rule((enum alert_rule_id)i);

		assert_int_equal(sd_journal_next(j), 1);
		expect_field(j, "MESSAGE_ID", rule->message_id);
		snprintf(priority, sizeof(priority), "%d",
			 severity_priority(rule->severity));
		expect_field(j, "PRIORITY", priority);
		expect_field(j, "EVIDENCED_WORKLOAD",
			     rule->subject == SUBJECT_WORKLOAD ? "some-subject"
							       : NULL);
		assert_int_equal(sd_journal_get_catalog(j, &words), 0);
		assert_null(strchr(words, '@'));
		assert_non_null(strstr(words, rule->name));
		free(words);
	}
	sd_journal_close(j);
}

/* One alert as its row: the body by the alert machine, the fields by the
 * ledger's mirror, the explanation by the catalogue. */
static sd_journal *
send_alert_row(struct world *w, bool lead, struct row *row, struct buf *body)
{
	struct transition t = {.kind = TRANSITION_RAISED,
			       .condition = {.rule = ALERT_OWNER_MISSING,
					     .severity = SEVERITY_WARNING,
					     .subject = "chat"},
			       .lead = lead,
			       .count = 1,
			       .group = "owner-missing/chat",
			       .text = "W owner-missing chat: no owner"};
	struct buf datagram = {0};
	char match[96];
	bool alert;
	sd_journal *j;

	assert_int_equal(alert_raised_body(body, &t), 0);
	*row = (struct row){.seq = lead ? 41 : 42,
			    .id = "alert.1",
			    .kind = "alert.raised",
			    .body = body->data,
			    .body_len = body->len,
			    .line = body->data,
			    .line_len = body->len};
	row->leaf = leaf_of(w, row->seq);
	assert_int_equal(mirror_row(row, &w->genesis, &datagram, &alert), 0);
	assert_int_equal(alert, lead);
	journal_send_line(w->journal, datagram.data, datagram.len);
	send_all(w);
	buf_free(&datagram);
	await_rows(w, 1);
	snprintf(match, sizeof(match), "EVIDENCED_LEDGER=%s", w->hex);
	j = open_matching(match);
	assert_int_equal(sd_journal_next(j), 1);
	return j;
}

static void
an_alerts_row_is_the_operators_line(void **state)
{
	struct world *w = *state;
	char hex[DIGEST_HEX_LEN + 1], *words;
	struct buf body = {0};
	struct row row;
	sd_journal *j = send_alert_row(w, true, &row, &body);

	expect_field(j, "MESSAGE", "W owner-missing chat: no owner");
	expect_field(j, "MESSAGE_ID", "84c9fa556f0b4261aebde2a294176984");
	expect_field(j, "SYSLOG_IDENTIFIER", "evidenced");
	expect_field(j, "PRIORITY", "4");
	expect_field(j, "EVIDENCED_SEQ", "41");
	expect_field(j, "EVIDENCED_LEAF", digest_hex(&row.leaf, hex));
	expect_field(j, "EVIDENCED_KIND", "alert.raised");
	expect_field(j, "EVIDENCED_WORKLOAD", "chat");
	expect_field(j, "EVIDENCED_OWNER", "(unallocated)");
	expect_field(j, "EVIDENCED_ROW", buf_text(&body));
	assert_int_equal(sd_journal_get_catalog(j, &words), 0);
	assert_non_null(strstr(words, "evidencectl show chat\n"));
	assert_null(strchr(words, '@'));
	free(words);
	sd_journal_close(j);
	buf_free(&body);
}

static void
a_quiet_alert_is_a_row_among_rows(void **state)
{
	struct world *w = *state;
	struct buf body = {0};
	struct row row;
	sd_journal *j = send_alert_row(w, false, &row, &body);
	char *words;

	expect_field(j, "MESSAGE_ID", MIRROR_ROW_MESSAGE_ID);
	expect_field(j, "SYSLOG_IDENTIFIER", "evidenced-ledger");
	expect_field(j, "PRIORITY", "6");
	assert_int_equal(sd_journal_get_catalog(j, &words), 0);
	assert_non_null(
	    strstr(words, "Subject: Ledger row 42: alert.raised\n"));
	assert_non_null(strstr(words, "evidencectl show 42\n"));
	assert_null(strchr(words, '@'));
	free(words);
	sd_journal_close(j);
	buf_free(&body);
}

static void
a_long_row_arrives_whole(void **state)
{
	struct world *w = *state;
	char match[96];
	const void *data;
	sd_journal *j;
	size_t len, i;

	w->pad = BIG;
	send_rows(w, 1, 1);
	await_rows(w, 1);
	snprintf(match, sizeof(match), "EVIDENCED_LEDGER=%s", w->hex);
	j = open_matching(match);
	assert_int_equal(sd_journal_next(j), 1);
	assert_int_equal(sd_journal_get_data(j, "EVIDENCED_ROW", &data, &len),
			 0);
	assert_int_equal(len, strlen("EVIDENCED_ROW=") + BIG);
	for (i = 0; i < BIG; i += 997)
		assert_int_equal(
		    ((const char *)data)[strlen("EVIDENCED_ROW=") + i],
		    'a' + (int)(i % 26));
	sd_journal_close(j);
}

static void
tick(evutil_socket_t fd, short events, void *ctx)
{
	int *ticks = ctx;

	(*ticks)++;
}

static pid_t
journald_pid(void)
{
	return (pid_t)strtol(getenv("EVIDENCED_JOURNALD_PID"), NULL, 10);
}

static void
a_stopped_journald_stops_nobody(void **state)
{
	enum { ROWS = 3000 };
	static const struct timeval often = {0, 2000};
	struct world *w = *state;
	struct event *timer;
	int ticks = 0;
	uint64_t seq;

	timer = event_new(w->base, -1, EV_PERSIST, tick, &ticks);
	event_add(timer, &often);
	assert_int_equal(kill(journald_pid(), SIGSTOP), 0);
	for (seq = 0; seq < ROWS; seq++)
		journal_add_row(w->journal, OUTBOX_ROWS, seq);
	while (ticks < 50) /* the loop goes on and on */
		event_base_loop(w->base, EVLOOP_ONCE);
	assert_in_range(journal_stats(w->journal).waiting, 1, ROWS - 1);
	assert_true(journal_stats(w->journal).present);
	assert_int_equal(kill(journald_pid(), SIGCONT), 0);
	send_all(w);
	event_free(timer);
	await_rows(w, ROWS);
	assert_int_equal(journal_stats(w->journal).sent, ROWS);
}

static void
a_journal_that_was_away_gets_everything(void **state)
{
	struct world *w = *state;

	assert_int_equal(rename(JOURNAL_SOCKET, JOURNAL_SOCKET ".away"), 0);
	journal_free(w->journal);
	w->journal = journal_new(&(struct journal_options){
	    .base = w->base,
	    .render = render,
	    .state = on_state,
	    .retry_ms = 1,
	    .ctx = w,
	});
	assert_false(w->present);
	journal_add_row(w->journal, OUTBOX_ROWS, 1);
	event_base_loop(w->base, EVLOOP_ONCE);
	event_base_loop(w->base, EVLOOP_ONCE);
	assert_int_equal(journal_stats(w->journal).waiting, 1);
	assert_int_equal(rename(JOURNAL_SOCKET ".away", JOURNAL_SOCKET), 0);
	send_rows(w, 2, 10);
	assert_true(w->present);
	await_rows(w, 10);
}

/* A forged entry: everything as ours, but for what journald itself adds. */
static void
forge(struct world *w, uint64_t from, uint64_t to)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct buf datagram = {0};
		uint64_t seq;

		if (setuid(NOBODY) < 0)
			_exit(1);
		journal_free(w->journal); /* connects as who it is */
		w->journal = journal_new(&(struct journal_options){
		    .base = w->base, .render = render, .ctx = w});
		for (seq = from; seq <= to; seq++) {
			buf_reset(&datagram);
			render(w, seq, &datagram);
			buf_puts(&datagram, "_UID=0\n");
			journal_send_line(w->journal, datagram.data,
					  datagram.len);
		}
		send_all(w);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static enum journal_presence
presence(const struct world *w, const struct journal_seen *seen, uint64_t seq)
{
	struct digest leaf = leaf_of(w, seq);

	return journal_seen_row(seen, seq, &leaf);
}

static void
the_reader_believes_only_our_own_uid(void **state)
{
	struct world *w = *state;
	struct journal_reader *r;
	struct journal_seen seen;
	struct journal_newest newest;
	struct err err;

	forge(w, 0, 5);
	await_rows(w, 6);
	r = open_reader(w);
	assert_int_equal(journal_reader_newest(r, &newest, &err),
			 ERR_NOT_FOUND);
	journal_reader_close(r);
	send_rows(w, 0, 3);
	forge(w, 900, 905);
	await_rows(w, 16);
	r = open_reader(w);
	assert_int_equal(journal_reader_newest(r, &newest, &err), 0);
	assert_int_equal(newest.seq, 3);
	assert_int_equal(journal_reader_seen(r, 0, 905, &seen, &err), 0);
	assert_int_equal(presence(w, &seen, 3), JOURNAL_PRESENT);
	assert_int_equal(presence(w, &seen, 4), JOURNAL_ABSENT);
	assert_int_equal(presence(w, &seen, 900), JOURNAL_ABSENT);
	journal_seen_free(&seen);
	journal_reader_close(r);
}

/* Alerts overtake rows, so that the last entry is not always the newest. */
static void
the_newest_need_not_be_the_last(void **state)
{
	struct world *w = *state;
	struct journal_reader *r;
	struct journal_newest newest;
	struct err err;

	send_rows(w, 20, 20);
	send_rows(w, 10, 15);
	await_rows(w, 7);
	r = open_reader(w);
	assert_int_equal(journal_reader_newest(r, &newest, &err), 0);
	assert_int_equal(newest.seq, 20);
	assert_true(newest.leaf_known);
	journal_reader_close(r);
}

static void
what_is_missing_is_sent_once(void **state)
{
	enum { ROWS = 300 };
	struct world *w = *state;
	struct journal_reader *r;
	struct journal_seen seen;
	struct journal_newest newest;
	uint64_t seq;
	struct err err;

	send_rows(w, 0, 6);
	send_rows(w, 8, 49);
	send_rows(w, 51, ROWS - 3); /* 7, 50 and the last two were lost */
	journal_send_line(w->journal, "MESSAGE=no row\n", 15);
	send_all(w);
	await_rows(w, ROWS - 4);
	r = open_reader(w);
	assert_int_equal(journal_reader_newest(r, &newest, &err), 0);
	assert_int_equal(newest.seq, ROWS - 3);
	assert_int_equal(journal_reader_seen(r, 0, ROWS - 1, &seen, &err), 0);
	for (seq = 0; seq < ROWS; seq++) {
		if (presence(w, &seen, seq) == JOURNAL_ABSENT)
			journal_add_row(w->journal, OUTBOX_ROWS, seq);
	}
	assert_int_equal(journal_stats(w->journal).waiting, 4);
	assert_int_equal(presence(w, &seen, ROWS), JOURNAL_ABSENT);
	journal_seen_free(&seen);
	journal_reader_close(r);
	send_all(w);
	await_rows(w, ROWS);
	r = open_reader(w);
	assert_int_equal(journal_reader_seen(r, 0, ROWS - 1, &seen, &err), 0);
	for (seq = 0; seq < ROWS; seq++)
		assert_int_equal(presence(w, &seen, seq), JOURNAL_PRESENT);
	journal_seen_free(&seen);
	/* A part of it, from the middle. */
	assert_int_equal(journal_reader_seen(r, 100, 110, &seen, &err), 0);
	assert_int_equal(seen.n, 11);
	for (seq = 100; seq <= 110; seq++)
		assert_int_equal(presence(w, &seen, seq), JOURNAL_PRESENT);
	journal_seen_free(&seen);
	journal_reader_close(r);
}

static void
another_leaf_contradicts(void **state)
{
	struct world *w = *state;
	struct journal_reader *r;
	struct journal_seen seen;
	struct err err;

	send_rows(w, 0, 9);
	w->other_leaf = 5;
	send_rows(w, 5, 5);
	send_rows(w, 6, 6); /* twice the same is no contradiction */
	w->other_leaf = 11;
	send_rows(w, 11, 11);
	w->other_leaf = 3;
	send_rows(w, 3, 3);
	w->other_leaf = UINT64_MAX;
	send_rows(w, 3, 3); /* it does not heal what was sent */
	await_rows(w, 15);
	r = open_reader(w);
	assert_int_equal(journal_reader_seen(r, 0, 11, &seen, &err), 0);
	assert_int_equal(presence(w, &seen, 3), JOURNAL_CONTRADICTS);
	assert_int_equal(presence(w, &seen, 4), JOURNAL_PRESENT);
	assert_int_equal(presence(w, &seen, 5), JOURNAL_CONTRADICTS);
	assert_int_equal(presence(w, &seen, 6), JOURNAL_PRESENT);
	assert_int_equal(presence(w, &seen, 10), JOURNAL_ABSENT);
	assert_int_equal(presence(w, &seen, 11), JOURNAL_CONTRADICTS);
	journal_seen_free(&seen);
	journal_reader_close(r);
}

static void
the_reader_knows_its_limits(void **state)
{
	struct world *w = *state;
	struct journal_reader *r = open_reader(w);
	struct wall_time oldest;
	struct journal_seen seen;
	struct err err;

	assert_int_equal(journal_reader_seen(r, 5, 4, &seen, &err), ERR_LIMIT);
	assert_int_equal(
	    journal_reader_seen(r, 0, JOURNAL_RANGE_MAX, &seen, &err),
	    ERR_LIMIT);
	assert_int_equal(journal_reader_oldest(r, &oldest, &err), 0);
	assert_true(wall_s(oldest) <= time(NULL));
	assert_true(wall_s(oldest) > time(NULL) - 3600);
	journal_reader_close(r);
	assert_true(journal_reader_open("/no/such/folder", getuid(),
					&w->genesis, &r, &err) < 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static int
run_all(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(an_alert_arrives_with_its_fields_and_its_explanation),
	    TEST(every_rule_has_its_priority_and_its_catalogue_entry),
	    TEST(an_alerts_row_is_the_operators_line),
	    TEST(a_quiet_alert_is_a_row_among_rows),
	    TEST(a_long_row_arrives_whole),
	    TEST(a_stopped_journald_stops_nobody),
	    TEST(a_journal_that_was_away_gets_everything),
	    TEST(the_reader_believes_only_our_own_uid),
	    TEST(the_newest_need_not_be_the_last),
	    TEST(what_is_missing_is_sent_once),
	    TEST(another_leaf_contradicts),
	    TEST(the_reader_knows_its_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int
main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	char wrapper[4096];

	if (getenv("EVIDENCED_JOURNALD_PID") != NULL)
		return run_all();
	snprintf(wrapper, sizeof(wrapper), "%s/tests/io/with-journald",
		 top != NULL ? top : ".");
	execl(wrapper, wrapper, argv[0], (char *)NULL);
	perror(wrapper);
	return 1;
}
