/* The engine's ports without an outside: rows in memory, requests in a list
 * that the test answers, a seeded random source.
 *
 * Nothing happens by itself: fake_rows_durable() makes queued rows durable,
 * the test answers requests and moves the clock. */
#ifndef TESTS_FAKE_PORTS_H
#define TESTS_FAKE_PORTS_H

#include "base/map.h"
#include "engine/engine.h"
#include "engine/ports.h"

struct fake_row {
	struct row row; /* durable once index < n_durable */
	char *id, *kind, *body;
	char *blob; /* NULL: none */
	size_t blob_len;
};

struct fake_request {
	uint64_t token;
	char *method, *url, *body;
	char *credential;
	bool invalid; /* carries an invalid credential */
	char *invalid_secret;
	struct wall_time at;
	size_t n_durable; /* rows that were durable when it left */
};

struct fake_page {
	uint64_t token;
	char *body; /* of the response whose text is asked for */
	char *pointer;
};

struct fake_reply {
	uint64_t client;
	int exit_status;
	char *text;
};

struct fake {
	struct ports ports;
	struct engine *engine;
	struct redactor *redactor;
	struct now now;

	struct fake_row *rows;
	size_t n_rows, n_durable;
	struct map ids;
	bool full;	     /* rows are taken but do not become durable */
	bool damaged;	     /* every append is refused */
	bool no_probe;	     /* may_probe() says no */
	size_t n_may_probe;  /* how often it was asked */
	bool no_page_memory; /* page_text() has none */
	size_t
	    freeze_at; /* no row from this index on gets durable; 0: all do */
	/* Rows of a segment that may go; 0: none may, because of prune_stop. */
	size_t segment_rows;
	enum prune_stop prune_stop; /* of what is not a whole one */
	/* rows that a restart leaves out of its replay, by index; NULL: none */
	const bool *skip_replay;

	struct fake_request *requests; /* unanswered, oldest first */
	size_t n_requests;
	bool leaks; /* answers held a credential, which was taken out */
	const char *saved_file; /* what comes with a request; NULL: nothing */
	struct fake_page *pages;
	size_t n_pages;
	uint64_t sent;	      /* all requests ever */
	uint64_t turns;	      /* of all engines */
	size_t turn_rows_max; /* most rows that one of them made */

	const char *twins[2];	    /* names of credentials of one value */
	unsigned rotations;	    /* of all values, with a restart */
	char **missing_credentials; /* names that are not loaded */
	size_t n_missing_credentials;
	uint64_t random_state;

	struct fake_reply *replies;
	size_t n_replies;
	struct buf said;  /* lines of say() */
	struct buf lines; /* lines of alert_line() */
};

void fake_init(struct fake *f, uint64_t seed);
void fake_free(struct fake *f);

/* A new engine over the rows that are durable: a restart.  Rows that were
 * queued and not durable are lost, as in a crash. */
void fake_start(struct fake *f, struct config *config);
void fake_crash(struct fake *f);

/* Delivers queued rows as durable until none is left (answers to rows may
 * queue more); nothing while `full`. */
void fake_rows_durable(struct fake *f);

/* Turns the engine at `now` until it wants no turn at once. */
void fake_turn(struct fake *f);
/* Moves both clocks on to t, stopping at every deadline. */
void fake_run_until(struct fake *f, struct wall_time t);

/* Takes the oldest request off the list; the caller frees its members with
 * fake_request_free(). */
bool fake_take_request(struct fake *f, struct fake_request *ret);
void fake_request_free(struct fake_request *r);
bool fake_take_page(struct fake *f, struct fake_page *ret);
void fake_page_free(struct fake_page *p);

/* Answers a request with a status and a JSON body. */
void fake_answer(struct fake *f, const struct fake_request *r, int status,
		 const char *content_type, const char *body);
/* The same with one more header, e.g. "retry-after". */
void fake_answer_header(struct fake *f, const struct fake_request *r,
			int status, const char *name, const char *value,
			const char *body);
void fake_answer_transport(struct fake *f, const struct fake_request *r,
			   enum transport transport);
void fake_answer_page(struct fake *f, const struct fake_page *p,
		      const char *text);

/* Durable rows of a kind, newest first: the i-th, or NULL. */
const struct fake_row *fake_newest(const struct fake *f, const char *kind,
				   size_t i);
size_t fake_count(const struct fake *f, const char *kind);

#endif
