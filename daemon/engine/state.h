/* The engine's private state, shared by the files of this folder.
 *
 *   engine.c     life cycle, turn, events, deadline
 *   emit.c       rows out: the only place that calls ports.append
 *   jobs.c       what runs when: slots, missed ones, catch-up, re-observation
 *   rebuild.c    the schedule anew, and what is kept of the old one
 *   pair.c       one run of a workload: happy path, error path
 *   look.c       the account surface before and after a run
 *   throttle.c   a surface that said 429
 *   pause.c      what a run slept through
 *   read.c       one read of a source
 *   evaluate.c   evidence -> record, when it is due
 *   condition.c  facts and records -> what is wrong now (alerts)
 *   command.c    requests of people
 *   command_run.c  runs that they ask for
 *   prepare.c    all that a meeting needs, at once
 *   amend.c      people take a word back, or keep rows from being pruned
 *   daily.c      the digest of the day
 *   attest.c     a person looked at an account surface
 *   attest_source.c  a person saved a page
 *   decide.c     a person lowers a workload
 *   mute.c       acknowledging and silencing alerts
 *   status.c     STATUS and the answer to `status`
 */
#ifndef ENGINE_STATE_H
#define ENGINE_STATE_H

#include "base/map.h"
#include "check/observe.h"
#include "check/request.h"
#include "check/rows.h"
#include "engine/engine.h"
#include "report/standing.h"

enum {
	LATE_OK_S = 60,	     /* a slot is on time up to here */
	INTAKE_AGAIN_S = 60, /* when a run of the same workload is in the way */
	WAITING_MAX = 256,   /* requests of people that wait */
	READS_MAX = 64,	     /* remembered reads of a surface's budget */
	RETRY_BEFORE_S = 60, /* between tries of the reading before a run */
	BEFORE_TRIES = 3,
	CONDITIONS_PAUSE_MS = 500, /* between two looks at what is wrong */
	TRANSITIONS_A_TURN = 100,  /* rows of alerts */
	ACTIVE_PER_GATEWAY = 4,	   /* pairs of one gateway in flight */
	THROTTLE_WORDS_MAX = 192
};

/* What STATUS says of a full ledger begins so; an alert names its rule. */
#define LEDGER_FULL "LEDGER FULL: "

/* A configuration in use; runs in flight keep it alive over a reload. */
struct config_ref {
	struct config *config;
	int refs;
};

enum { NEED_HAPPY = 1, NEED_ERROR = 2 };

/* What one workload does in the current configuration. */
struct duty {
	const struct workload *w;
	char endpoint[OBSERVE_URL_MAX];
	struct wall_time next_slot, run_at;    /* pair; us = INT64_MAX: never */
	struct wall_time error_slot, error_at; /* error with its own cron */
	struct wall_time intake_at;	       /* 0: none due */
	struct wall_time reobserve_at;	       /* 0: none due */
	int reobserve_need;
	struct wall_time retry_after; /* a gateway said: not before */
	struct wall_time first_seen;  /* when this daemon first knew it */
	/* when a reload moved its slot behind, to be caught up with; 0 */
	struct wall_time moved_at;
	/* today's close (all due observations and grace over) */
	int32_t day;
	struct wall_time opens_at, closes_at;
	bool due; /* a review day with a slot */
	bool record_in_flight;
	bool dirty; /* evaluate again */
	struct wall_time evaluate_at;
	int credential_index; /* of engine->credentials */
};

struct source_duty {
	const struct source *source;
	struct wall_time next_slot, run_at;
	struct wall_time intake_at, reobserve_at;
	bool active;
};

struct gateway_duty {
	const struct gateway *gateway;
	struct wall_time last_pair;
	int64_t intake_gap_us; /* between two pairs of intake */
	int active;
	struct mono_time reads[READS_MAX]; /* newest at n_reads % READS_MAX */
	size_t n_reads;
	struct mono_time surface_not_before; /* it said 429 */
	bool surface_throttled;		     /* and that was told */
};

struct credential_duty {
	const char *name;
	bool busy;	 /* runs per credential are serialised */
	bool same_value; /* as a credential of another name */
};

enum pair_state {
	PAIR_QUEUED,	  /* waits for credential, gateway, room */
	PAIR_BEFORE_WAIT, /* waits for the surface's budget */
	PAIR_BEFORE,	  /* reading the counter before the run */
	PAIR_BEGIN,	  /* check.begun is being made durable */
	PAIR_REQUEST,	  /* the request is out */
	PAIR_RECORD,	  /* its row is being made durable */
	PAIR_LOOK_WAIT,	  /* until the next look */
	PAIR_LOOK,	  /* reading the counter after the run */
	PAIR_LOOKED,	  /* the row of the last look is being made durable */
	PAIR_DONE
};

/* One run of a workload in flight. */
struct pair {
	struct pair *next;
	struct config_ref *config;
	const struct workload *w;
	enum pair_state state;
	enum run_trigger trigger;
	bool forced;
	bool at_once; /* a person asked for this one: spacing does not count */
	int need;     /* NEED_* still to be done */
	int wanted;   /* what it began with */
	int32_t day;  /* on which it was queued */
	enum run_path path;
	char run[RUN_ID_LEN + 1];
	struct wall_time slot;
	char row_id[ROW_ID_MAX + 1]; /* the row that PAIR_BEGIN/RECORD awaits */
	uint64_t token;		     /* of the exchange in flight */
	struct check_request request;
	struct wall_time requested;
	struct now asked; /* when the row or answer awaited was asked for */
	enum outcome happy, error;
	struct counter_reading before;
	bool has_before, before_unexplained;
	int before_tries;
	struct mono_time throttled_since; /* 0: it never had to wait */
	int look;
	struct now happy_done;
	struct mono_time wait_until;
	uint64_t client; /* of run --wait, 0 = none */
	/* of run LABEL/usage --wait: the next look is the answer */
	uint64_t look_client;
};

/* One read of a source in flight. */
struct read {
	struct read *next;
	struct config_ref *config;
	const struct source *source;
	enum run_trigger trigger;
	struct wall_time slot;
	struct wall_time started;
	uint64_t token;
	bool extracting;
	/* kept from the response while the text is extracted */
	struct http_response response;
	char *final_url;
	char row_id[ROW_ID_MAX + 1];
	enum page_outcome outcome;
	uint64_t client; /* of run --wait, 0 = none */
};

/* A person who waits for a row to become durable, or for a record. */
struct waiting {
	uint64_t client;
	char row_id[ROW_ID_MAX + 1]; /* "" = for the pair's record */
	char label[LABEL_MAX + 1];
	enum outcome happy, error; /* what the pair itself saw */
	bool one_path;		   /* asked for, not what became of two */
	/* for all that `prepare` began, of one owner or ("") of all */
	bool prepare;
	char owner[NAME_MAX_LEN + 1];
	char text[640];
	int exit_status;
};

struct engine {
	const struct ports *ports;
	struct engine_options options;
	struct config_ref *config;
	struct view *view;
	struct now now;
	bool started, stopping, stop_row_durable, stop_row_queued;
	char stop_row_id[ROW_ID_MAX + 1];

	struct duty *duties;
	size_t n_duties;
	struct source_duty *sources;
	size_t n_sources;
	struct map duty_index, source_index; /* by label, by name */
	struct gateway_duty *gateways;
	size_t n_gateways;
	struct credential_duty *credentials;
	size_t n_credentials;

	struct pair *pairs;
	struct read *reads;
	struct saved_page *saved;
	uint64_t next_token;
	struct waiting waiting[WAITING_MAX];
	size_t n_waiting;

	struct now last_turn;
	struct wall_time started_at;
	bool stepping; /* this turn: no probes, clock.stepped is on its way */
	bool jumped;   /* the clock went forwards since the last turn */
	/* Since then this daemon has been there without a break of time. */
	struct wall_time present_since;
	int32_t today;
	bool ledger_damaged, ledger_full;
	char damage_words[400], full_words[400];
	enum engine_clock clock;
	struct wall_time clock_since;
	struct engine_mirror mirror;
	bool secret_seen;
	char secret_where[64];
	bool alerts_dirty;
	struct mono_time conditions_not_before;
	struct wall_time alerts_at; /* the machine wants a step */
	/* What it found last, of which so many are rows. */
	struct transition *transitions;
	size_t n_transitions, transitions_told;
	int32_t digest_day; /* for which digest_at was found */
	struct wall_time digest_at;

	struct engine_deadline deadline;
};

static const struct wall_time WALL_NEVER = {INT64_MAX};

static inline const struct config *
engine_conf(const struct engine *e)
{
	return e->config->config;
}

/* engine.c */
struct config_ref *config_ref_take(struct config_ref *ref);
void config_ref_drop(struct config_ref *ref);
/* The engine wants a turn at t at the latest. */
void engine_want_wall(struct engine *e, struct wall_time t);
void engine_want_mono(struct engine *e, struct mono_time t);
void engine_dirty_workload(struct engine *e, const char *label);
void engine_dirty_all(struct engine *e);

/* status.c: what the daemon itself knows of where workloads stand. */
struct standing_seen engine_seen(const struct engine *e);

/* emit.c: 0 queued, 1 already there, else the error was said. */
/* A loaded credential was found and taken out there: raises secret-blocked. */
void emit_secret(struct engine *e, const char *where);
/* The text of a page as it may be stored, borrowed from raw and clean: a key
 * that its markup spelt otherwise or took apart is whole only in its text.
 * What only looks like a credential is taken out without a word. */
struct page_text emit_page_text(struct engine *e, const char *where,
				const struct page_text *raw, struct buf *clean);
int emit_row(struct engine *e, const char *kind, const char *id,
	     struct wall_time at, struct buf *body,
	     const struct row_blob *blob);
void emit_say(struct engine *e, int priority, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void emit_reply(struct engine *e, uint64_t client, int exit_status,
		const char *text);
/* A line about an alert that is no row. */
void emit_line(struct engine *e, enum alert_rule_id rule, const char *subject,
	       const char *text);
void emit_nonce(struct engine *e, char out[RUN_ID_LEN + 1]);
void emit_slot_id(char out[ROW_ID_MAX + 1], const char *name, const char *path,
		  struct wall_time slot);
void emit_daemon_started(struct engine *e, const struct engine_start *start);
void emit_config_loaded(struct engine *e);
void emit_config_rejected(struct engine *e, const char *words);
void emit_clock_stepped(struct engine *e, struct wall_time from);
void emit_daemon_stopped(struct engine *e, const char *why);
void emit_missed(struct engine *e, const char *check, struct wall_time from,
		 struct wall_time to, int64_t count, const char *reason,
		 const char *run);

/* jobs.c */
int jobs_build(struct engine *e);
void jobs_free(struct engine *e);
/* The first slot after `from`, and when it runs; WALL_NEVER. */
void jobs_next_slot(struct engine *e, const struct schedule *schedule,
		    const char *key, struct wall_time from,
		    struct wall_time *ret_slot, struct wall_time *ret_run);
/* The same from today's slot that lies behind and would be caught up with;
 * false when there is none. */
bool jobs_slot_behind(struct engine *e, const struct schedule *schedule,
		      const char *key, struct wall_time *ret_slot,
		      struct wall_time *ret_run);
/* True when today's run of this path was begun, or will be as its intake. */
bool jobs_begun_today(const struct engine *e, const struct workload *w,
		      enum run_path path);
/* The same of a source's read. */
bool jobs_read_today(const struct engine *e, const struct source_duty *s);
/* "support-chat/happy" */
void jobs_key(char out[VIEW_CHECK_MAX], const char *label, const char *path);
/* The slot has its row: it is not run again. */
bool jobs_slot_done(const struct engine *e, const char *name, const char *path,
		    struct wall_time slot);
void jobs_fire(struct engine *e);
void jobs_day(struct engine *e, struct duty *d, int32_t day);
/* What was observed on a day, with what the workload shares. */
void jobs_evidence(const struct engine *e, const struct duty *d, int32_t day,
		   struct day_evidence *ret);
/* What stands of the error path: its newest word, own or shared. */
struct run_fact jobs_error_stands(const struct engine *e, const struct duty *d);
/* True when that is an acceptance of what is configured now: a workload that
 * moved to another gateway is tried there. */
bool jobs_acceptance_stands(const struct engine *e, const struct duty *d);
/* Whether a configured workload shares its error path by this one. */
bool jobs_share(const struct engine *e, const struct view_shared_error *shared);
/* Another workload names the same credential, or one of the same value. */
bool jobs_credential_shared(const struct engine *e, const struct duty *d);
struct duty *jobs_duty(struct engine *e, const char *label);
/* NULL: the configuration no longer has it; gateway may be NULL. */
struct gateway_duty *jobs_gateway(const struct engine *e,
				  const struct gateway *gateway);
struct source_duty *jobs_source(struct engine *e, const char *name);
/* The fact is about the page, and the part of it, that is configured now. */
bool jobs_fact_is_of(const struct source_fact *fact,
		     const struct source *source);

/* rebuild.c */
/* Builds anew, and keeps what must not be forgotten.  `owed`: every slot
 * since the newest that is accounted for; else those from now on, of jobs
 * whose schedule is the same the one that they waited for, and of others
 * today's that lies behind, when today had no run yet. */
void jobs_rebuild(struct engine *e, bool owed);

/* pair.c */
struct pair *pair_new(struct engine *e, const struct workload *w, int need,
		      struct wall_time slot, enum run_trigger trigger);
/* What the pair's workload, credential and gateway are now; NULL when a
 * reload removed them. */
struct duty *pair_duty(struct engine *e, const struct pair *p);
struct gateway_duty *pair_gateway(struct engine *e, const struct pair *p);
/* After a reload: credentials in use stay in use. */
void pair_rebind(struct engine *e);
bool pair_active(const struct engine *e, const char *label);
/* True when what a run saw is known and not durable yet. */
bool pair_awaits_row(const struct engine *e, const char *label);
/* True when a run of one of these paths is under way; one that waits for
 * nothing but its row is not. */
bool pair_overlaps(const struct engine *e, const char *label, int need);
void pair_step_all(struct engine *e);
void pair_row(struct engine *e, struct pair *p);
void pair_http_done(struct engine *e, struct pair *p,
		    const struct http_response *response);
void pair_interrupted(struct engine *e);
void pair_free_all(struct engine *e);
const char *pair_stop_reason(const struct engine *e, const struct duty *d);
/* The day's ceiling leaves no request. */
bool pair_requests_used(const struct engine *e, const struct workload *w);
/* The surface was read, or no reading could be had: on to the run. */
void pair_begin(struct engine *e, struct pair *p);
void pair_done(struct engine *e, struct pair *p);
/* Nothing was sent yet, and nothing can be for now: back into the queue. */
void pair_requeue(struct engine *e, struct pair *p);
bool pair_idle(const struct engine *e);
/* Its requests have ended: the gateway is free for others while its usage
 * becomes visible. */
bool pair_looks(const struct pair *p);

/* look.c */
/* True when the counter is to be read before this run. */
bool look_wanted(const struct pair *p);
/* Reads the surface if its budget allows (then the pair moves to `reading`),
 * else asks for a turn when it does. */
void look_try(struct engine *e, struct pair *p, enum pair_state reading);
void look_before_done(struct engine *e, struct pair *p,
		      const struct http_response *response);
/* Both paths have ended: arranges the next look, or ends the pair. */
void look_next(struct engine *e, struct pair *p);
void look_after_done(struct engine *e, struct pair *p,
		     const struct http_response *response);
/* Happy runs whose look-up had not ended when the last daemon stopped. */
void look_resume(struct engine *e);
/* Looks for the usage of today's happy run as soon as the surface's budget
 * has room; sends nothing else.  NULL when there is nothing to look for:
 * then *ret_code and *ret_words say why. */
struct pair *look_now(struct engine *e, struct duty *d, const char **ret_code,
		      const char **ret_words);

/* throttle.c */
/* What a reading of the counter says of the surface's limits. */
void throttle_heed(struct engine *e, struct pair *p,
		   const struct counter_reading *reading);
/* False, or until when no surface of this gateway is asked. */
bool throttle_until(const struct engine *e, const struct gateway_duty *g,
		    struct wall_time *ret_until);
/* "the account surface of G is throttled until T"; "" when it is not, or g is
 * NULL. */
const char *throttle_words(const struct engine *e, const struct gateway_duty *g,
			   char out[THROTTLE_WORDS_MAX]);
/* True while this run, which has sent nothing, waits for its surface: then it
 * is asked for a turn.  False: it need not wait, or waits no longer. */
bool throttle_holds(struct engine *e, struct pair *p);

/* pause.c */
/* Too long ago that its request should still be sent. */
bool pause_since_begun(const struct engine *e, const struct pair *p);
/* Its answer came later than any answer is waited for. */
bool pause_in_exchange(const struct engine *e, const struct pair *p);
/* A look that could be made from `due` on was not, and lag_max is over. */
bool pause_over_look(const struct engine *e, const struct pair *p,
		     struct mono_time due);
/* The same of a look that was under way. */
bool pause_in_look(const struct engine *e, const struct pair *p);

/* read.c */
struct read *read_new(struct engine *e, struct source_duty *s,
		      struct wall_time slot, enum run_trigger trigger);
void read_http_done(struct engine *e, struct read *r,
		    const struct http_response *response);
void read_page_done(struct engine *e, struct read *r,
		    const struct page_text *text);
void read_row(struct engine *e, struct read *r);
void read_free_all(struct engine *e);

/* evaluate.c */
void evaluate_due(struct engine *e);
/* NEED_*: what the evidence of a day lacks; what was inconclusive is lacking,
 * and a run whose usage nobody could look for is, too. */
int evaluate_lacks(const struct workload *w, const struct day_evidence *seen);

/* condition.c */
void conditions_step(struct engine *e);
void conditions_free(struct engine *e);

/* command.c */
void command_row_durable(struct engine *e, const char *row_id);
/* A place must be there before anything is done: false, and answered with 8,
 * when too many wait. */
bool command_has_room(struct engine *e, uint64_t client);
/* Notes that a client waits for what was done; NULL when too many do
 * (answered). */
struct waiting *command_wait(struct engine *e, uint64_t client);
/* The i-th that waits gets its answer. */
void command_end_wait(struct engine *e, size_t i, int status, const char *text);

/* command_run.c */
void command_run(struct engine *e, uint64_t client,
		 const struct ctl_request *request,
		 const struct ctl_peer *peer);
void command_pair_done(struct engine *e, const struct pair *p);
/* A look of this pair ended: its answer comes with the row, or at once where
 * row_id is NULL. */
void command_look_done(struct engine *e, struct pair *p,
		       enum look_outcome outcome, const char *row_id);
void command_read_done(struct engine *e, const struct read *r,
		       enum page_outcome outcome);
void command_answer_runs(struct engine *e);
/* False, and answered with 7, unless the peer may operate. */
bool command_operator(struct engine *e, uint64_t client,
		      const struct ctl_peer *peer);
/* Now, as the slot that a request of a person is. */
struct wall_time command_slot(const struct engine *e);
/* Answers now: words and an exit status. */
void command_answer(struct engine *e, uint64_t client, int status,
		    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Queues a person's row; `text` is the answer once it is durable. */
void command_append(struct engine *e, uint64_t client, const char *kind,
		    const char *id, struct buf *body, const char *text);
/* The same with what the row keeps beside it. */
void command_append_blob(struct engine *e, uint64_t client, const char *kind,
			 const char *id, struct buf *body,
			 const struct row_blob *blob, const char *text);
/* The id of a request's row: repeated, it gives the same one. */
void command_row_id(struct engine *e, const struct ctl_request *request,
		    char out[ROW_ID_MAX + 1]);
/* The workload that the request names; NULL, and answered with 4. */
/* Answers "no WHAT NAME" and what may have been meant, or which command lists
 * what there is; `of` as in conf/nearest.h. */
void command_unknown(struct engine *e, uint64_t client, const char *what,
		     const char *name, unsigned int of, const char *list);
/* NULL, and answered, when no such alert is open. */
const struct alert *command_alert(struct engine *e, uint64_t client,
				  const struct ctl_request *request);
const struct workload *command_workload(struct engine *e, uint64_t client,
					const struct ctl_request *request);
/* False, and answered with 7, unless the role is configured, may do this,
 * and the peer is in it. */
bool command_role_permits(struct engine *e, uint64_t client,
			  const struct ctl_request *request,
			  const struct ctl_peer *peer, enum role_right right);
/* False, and answered with 8, when the note says what may not be said. */
bool command_note_ok(struct engine *e, uint64_t client,
		     const struct ctl_request *request);

/* prepare.c */
void command_prepare(struct engine *e, uint64_t client,
		     const struct ctl_request *request,
		     const struct ctl_peer *peer);
/* At the end of a turn: those who wait and for whom nothing is under way. */
void prepare_answer(struct engine *e);

/* amend.c */
void command_correct(struct engine *e, uint64_t client,
		     const struct ctl_request *request,
		     const struct ctl_peer *peer);
void command_legal_hold(struct engine *e, uint64_t client,
			const struct ctl_request *request,
			const struct ctl_peer *peer);

/* daily.c */
void daily_step(struct engine *e);
/* The configuration is another one: when it is due must be asked anew. */
void daily_replan(struct engine *e);

/* attest.c */
void command_attest_usage(struct engine *e, uint64_t client,
			  const struct ctl_request *request,
			  const struct ctl_peer *peer);

/* attest_source.c */
void command_attest_source(struct engine *e, uint64_t client,
			   const struct ctl_request *request,
			   const struct ctl_peer *peer);
/* False: the token is of no saved page. */
bool attest_page_done(struct engine *e, uint64_t token,
		      const struct page_text *text);
void attest_free_all(struct engine *e);

/* decide.c */
void command_decide(struct engine *e, uint64_t client,
		    const struct ctl_request *request,
		    const struct ctl_peer *peer);

/* mute.c */
void command_ack(struct engine *e, uint64_t client,
		 const struct ctl_request *request,
		 const struct ctl_peer *peer);
void command_silence(struct engine *e, uint64_t client,
		     const struct ctl_request *request,
		     const struct ctl_peer *peer);
void command_unsilence(struct engine *e, uint64_t client,
		       const struct ctl_request *request,
		       const struct ctl_peer *peer);

/* prune.c */
void command_prune(struct engine *e, uint64_t client,
		   const struct ctl_request *request,
		   const struct ctl_peer *peer);

#endif
