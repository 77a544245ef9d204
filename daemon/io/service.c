/* One turn after every event, one timer for the engine's deadline, and the
 * signals of life for the service manager.
 *
 * The watchdog is fed only when there is progress: the engine's deadline is
 * not overdue, and no row has waited for its sync too long. */
#include "io/service.h"

#include "io/clock.h"
#include "io/notify.h"
#include "io/state_store.h"
#include "ledger/mirror.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <malloc.h>
#include <sys/timerfd.h>
#include <syslog.h>
#include <unistd.h>

static struct timeval
timeval_of(int64_t us)
{
	return (struct timeval){us / USEC_PER_SEC, us % USEC_PER_SEC};
}

/* Arms the one timer for the engine's deadline. */
static void
arm(struct service *s, struct now now)
{
	struct engine_deadline d = engine_deadline(s->engine);
	int64_t wait_us = INT64_MAX;
	struct timeval tv;

	if (d.wall.us != INT64_MAX)
		wait_us = d.wall.us - now.wall.us;
	if (d.mono.us != INT64_MAX && d.mono.us - now.mono.us < wait_us)
		wait_us = d.mono.us - now.mono.us;
	if (wait_us == INT64_MAX) {
		event_del(s->turn_timer);
		s->turn_due.us = INT64_MAX;
		return;
	}
	if (wait_us < 0)
		wait_us = 0;
	s->turn_due.us = now.mono.us + wait_us;
	tv = timeval_of(wait_us);
	event_add(s->turn_timer, &tv);
}

/* Soon, and once for a burst of turns. */
static void
tell_status(struct service *s)
{
	struct timeval pause = {1, 0};

	if (!event_pending(s->status_timer, EV_TIMEOUT, NULL))
		event_add(s->status_timer, &pause);
}

static void
on_status(evutil_socket_t fd, short what, void *ctx)
{
	struct service *s = ctx;
	struct buf line = {0};

	engine_status_line(s->engine, &line);
	if (service_sealed_status(s, &line))
		tell_status(s);
	if (s->checkpoints_lost)
		buf_puts(&line, "; checkpoints were lost: evidencectl verify");
	if (strncmp(buf_text(&line), s->status, sizeof(s->status) - 1) != 0) {
		strncpy(s->status, buf_text(&line), sizeof(s->status) - 1);
		notify_status(s->status);
	}
	buf_free(&line);
}

static void
save_state(struct service *s)
{
	struct err err;

	if (state_store_save(s->disk, s->ledger_dir, s->ledger,
			     engine_view(s->engine), &err) < 0)
		service_say(LOG_WARNING, err.text);
	s->state_saved_at = engine_view(s->engine)->rows;
}

/* Rows that wait for a disk that takes none are not waited for: nobody was
 * told that they are recorded. */
static bool
gives_up(const struct service *s)
{
	return s->stop_over && ledger_writer_full(s->writer) &&
	       !ledger_writer_busy(s->writer);
}

static void
end_if_stopped(struct service *s)
{
	if (gives_up(s)) {
		service_say(LOG_CRIT,
			    "stopped while the ledger cannot be written; "
			    "the rows that waited are not recorded");
		s->exit_status = 74;
		event_base_loopbreak(s->base);
		return;
	}
	if (s->stopping && engine_stopped(s->engine) &&
	    (s->ledger_damaged || ledger_queued(s->ledger) == 0) &&
	    !service_reloading(s) && service_sign_last(s))
		event_base_loopbreak(s->base);
}

void
service_turn(struct service *s)
{
	struct now now = clock_read();

	engine_turn(s->engine, now);
	if (engine_view(s->engine)->rows - s->state_saved_at >=
	    SERVICE_STATE_ROWS)
		save_state(s);
	tell_status(s);
	arm(s, now);
	end_if_stopped(s);
}

static void
on_turn(evutil_socket_t fd, short what, void *ctx)
{
	service_turn(ctx);
}

void
service_later(struct service *s)
{
	struct timeval now = {0};

	event_add(s->turn_timer, &now);
}

/* Several events of one pass of the loop share one turn. */
void
service_soon(struct service *s)
{
	event_active(s->soon, EV_TIMEOUT, 0);
}

void
service_on_http(void *ctx, uint64_t token, const struct http_response *response)
{
	struct service *s = ctx;

	engine_http_done(s->engine, clock_read(), token, response);
	service_soon(s);
}

/* The line that the journal would show. */
static void
say_row(const struct row *row)
{
	struct buf line = {0};

	mirror_message(row, &line);
	service_say(LOG_WARNING, buf_text(&line));
	buf_free(&line);
}

static void
take_row(struct service *s, const struct row *row)
{
	struct service_fresh *fresh = &s->fresh[row->seq % SERVICE_FRESH_ROWS];
	bool alert = false;

	buf_reset(&fresh->datagram);
	fresh->seq = row->seq;
	fresh->used = mirror_row(row, ledger_genesis(s->ledger),
				 &fresh->datagram, &alert) == 0;
	service_mirror_rows(s, row->seq + 1);
	service_sign_rows(s);
	journal_add_row(s->journal, alert ? OUTBOX_ALERTS : OUTBOX_ROWS,
			row->seq);
	if (alert && s->journal_missed)
		say_row(row);
	if (s->index != NULL)
		index_keeper_tell(s->index, row->seq + 1);
	engine_row(s->engine, clock_read(), row);
	service_soon(s);
}

/* The journal and the engine read the same body. */
void
service_on_row(void *ctx, const struct row *row)
{
	struct row parsed = *row;

	if (row_tree(row, &parsed.tree, NULL) < 0)
		parsed.tree = NULL;
	take_row(ctx, &parsed);
	json_object_put(parsed.tree);
}

/* No row can tell it. */
void
service_damaged(struct service *s, const char *words)
{
	service_line(s, alert_rule(ALERT_LEDGER_DAMAGED), "evidenced", words);
	journal_flush(s->journal);
	if (journal_stats(s->journal).present) /* else it was said */
		service_say(LOG_CRIT, words);
}

void
service_on_writer(void *ctx, enum ledger_writer_event what, const char *words)
{
	struct service *s = ctx;

	switch (what) {
	case LEDGER_WRITER_FULL:
		service_say(LOG_CRIT, words);
		engine_ledger_full(s->engine, clock_read(), words);
		break;
	case LEDGER_WRITER_RESUMED:
		service_say(LOG_NOTICE, "the ledger takes rows again");
		engine_ledger_full(s->engine, clock_read(), NULL);
		break;
	case LEDGER_WRITER_SIGNING:
		journal_flush(s->journal);
		return;
	case LEDGER_WRITER_SIGNED:
		service_signed(s);
		break;
	case LEDGER_WRITER_UNSIGNED:
		service_say(LOG_WARNING, words);
		service_not_signed(s, CTL_REFUSED, words);
		break;
	case LEDGER_WRITER_DAMAGED:
		s->ledger_damaged = true;
		service_damaged(s, words);
		service_not_signed(s, CTL_LEDGER_DAMAGED, words);
		engine_ledger_damaged(s->engine, clock_read(), words);
		break;
	case LEDGER_WRITER_LOG_READ:
	case LEDGER_WRITER_IDLE:
		break;
	case LEDGER_WRITER_POISONED:
		service_damaged(s, words);
		s->exit_status = 74;
		event_base_loopbreak(s->base);
		return;
	}
	service_soon(s);
}

/* Refuses when not. */
static bool
may_operate(struct service *s, uint64_t client,
	    const struct ctl_request *request, const struct ctl_peer *peer)
{
	struct buf text = {0};

	if (peer->root || peer->admin)
		return true;
	buf_printf(&text, "%s needs root or the admin group\n",
		   ctl_command_name(request->command));
	control_reply(s->control, client, CTL_NOT_PERMITTED, buf_text(&text));
	buf_free(&text);
	return false;
}

void
service_on_request(void *ctx, uint64_t client,
		   const struct ctl_request *request,
		   const struct ctl_peer *peer)
{
	struct service *s = ctx;

	switch (request->command) {
	case CTL_RELOAD:
		if (!peer->self && !may_operate(s, client, request, peer))
			break;
		service_reload_ask(s, client, request->dry_run);
		break;
	case CTL_CHECKPOINT:
		if (may_operate(s, client, request, peer))
			service_sign_request(s, client);
		break;
	case CTL_CREDENTIALS:
		service_credentials(s, client);
		break;
	case CTL_MIRROR:
		service_mirror_again(s, client, request, peer);
		break;
	default:
		engine_request(s->engine, clock_read(), client, request, peer);
		service_soon(s);
	}
}

static void
on_watchdog(evutil_socket_t fd, short what, void *ctx)
{
	struct service *s = ctx;
	int64_t half_us = notify_watchdog_us() / 2;
	struct mono_time now = clock_read().mono;
	bool scheduler =
	    s->turn_due.us == INT64_MAX || now.us < s->turn_due.us + half_us;
	bool writer = ledger_writer_stalled_us(s->writer, now) < half_us;

	if (scheduler && writer)
		notify_watchdog();
}

static void
look_at_clock(struct service *s)
{
	enum clock_state state = clock_synchronised();

	engine_clock(s->engine, clock_read(),
		     state == CLOCK_SYNCHRONISED       ? ENGINE_CLOCK_GOOD
		     : state == CLOCK_NOT_SYNCHRONISED ? ENGINE_CLOCK_BAD
						       : ENGINE_CLOCK_UNKNOWN);
}

/* All that follows is done at once: where nothing is due, this is the one
 * wake-up in a minute. */
static void
on_clock(evutil_socket_t fd, short what, void *ctx)
{
	struct service *s = ctx;

	look_at_clock(s);
	service_turn(s);
	event_del(s->status_timer);
	on_status(fd, what, s);
	/* What the last minute needed goes back to the system. */
	malloc_trim(0);
}

/* A timer that the kernel cancels when somebody sets the clock: no polling is
 * needed to notice a step. */
static void
watch_steps(struct service *s)
{
	struct itimerspec never = {.it_value = {.tv_sec = INT64_MAX / 2}};

	if (s->clock_fd >= 0)
		timerfd_settime(s->clock_fd,
				TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
				&never, NULL);
}

static void
on_clock_set(evutil_socket_t fd, short what, void *ctx)
{
	struct service *s = ctx;
	uint64_t ticks;

	if (read(fd, &ticks, sizeof(ticks)) < 0 && errno == ECANCELED)
		watch_steps(s);
	service_soon(s);
}

static void
on_stop_limit(evutil_socket_t fd, short what, void *ctx)
{
	struct service *s = ctx;

	s->stop_over = true;
	http_cancel_all(s->http);
	service_soon(s);
}

void
service_stop(struct service *s)
{
	struct timeval limit = {SERVICE_STOP_S, 0};

	if (s->stopping)
		return;
	s->stopping = true;
	notify_stopping("stopping: waiting for what is in flight");
	engine_stop(s->engine, clock_read());
	event_add(s->stop_timer, &limit);
	service_soon(s);
}

static bool
make_timers(struct service *s)
{
	s->turn_timer = evtimer_new(s->base, on_turn, s);
	s->soon = event_new(s->base, -1, 0, on_turn, s);
	s->status_timer = evtimer_new(s->base, on_status, s);
	s->stop_timer = evtimer_new(s->base, on_stop_limit, s);
	s->clock_timer = event_new(s->base, -1, EV_PERSIST, on_clock, s);
	s->watchdog_timer = event_new(s->base, -1, EV_PERSIST, on_watchdog, s);
	s->clock_changed = event_new(s->base, s->clock_fd, EV_READ | EV_PERSIST,
				     on_clock_set, s);
	return s->turn_timer != NULL && s->soon != NULL &&
	       s->status_timer != NULL && s->stop_timer != NULL &&
	       s->clock_timer != NULL && s->watchdog_timer != NULL &&
	       s->clock_changed != NULL;
}

int
service_open(struct service *s, struct err *err)
{
	struct timeval every;

	s->clock_fd =
	    timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (s->clock_fd < 0)
		return err_set_errno(err, ERR_IO, errno, "timerfd");
	if (!make_timers(s) || service_sign_open(s) < 0)
		return err_set(err, ERR_NOMEM, "no memory for timers");
	if (service_reload_open(s, err) < 0)
		return err->code;
	event_add(s->clock_changed, NULL);
	watch_steps(s);
	every = (struct timeval){SERVICE_CLOCK_S, 0};
	event_add(s->clock_timer, &every);
	if (notify_watchdog_us() > 0) {
		every = timeval_of(notify_watchdog_us() / 4);
		event_add(s->watchdog_timer, &every);
	}
	return 0;
}

static void
free_event(struct event *event)
{
	if (event != NULL)
		event_free(event);
}

void
service_close(struct service *s)
{
	if (s->engine != NULL && s->exit_status == 0 && s->stopping &&
	    !s->ledger_damaged)
		save_state(s);
	service_reload_close(s);
	service_mirror_stop(s);
	service_sign_close(s);
	free_event(s->turn_timer);
	free_event(s->soon);
	free_event(s->status_timer);
	free_event(s->stop_timer);
	free_event(s->clock_timer);
	free_event(s->watchdog_timer);
	free_event(s->clock_changed);
	if (s->clock_fd >= 0)
		close(s->clock_fd);
	for (size_t i = 0; i < SERVICE_FRESH_ROWS; i++)
		buf_free(&s->fresh[i].datagram);
}

/* Where no service manager shows the status. */
static void
say_ready(const struct service *s)
{
	char line[sizeof(s->status) + 16];

	if (getenv("NOTIFY_SOCKET") != NULL)
		return;
	snprintf(line, sizeof(line), "ready: %s", s->status);
	service_say(LOG_INFO, line);
}

/* As warnings of the configuration are said: nobody else asks the host. */
static void
say_groups(const struct service *s)
{
	struct buf lines = {0};
	char *line, *rest;

	control_say_groups(s->control, &lines);
	for (line = lines.data; line != NULL && *line != '\0'; line = rest) {
		rest = line + strcspn(line, "\n");
		*rest++ = '\0';
		service_say(LOG_WARNING, line);
	}
	buf_free(&lines);
}

void
service_ready(struct service *s)
{
	say_groups(s);
	look_at_clock(s);
	service_mirror_start(s);
	service_turn(s);
	on_status(-1, 0, s);
	notify_ready(s->status);
	say_ready(s);
}
