/* Sends a fixture in the manner that a behaviour asks for. */
#ifndef GATEWAY_ANSWER_H
#define GATEWAY_ANSWER_H

#include "base/buf.h"
#include "behaviour.h"
#include "fixture.h"

struct visit;
struct practice;
struct delivery;

/* Fresh ids, and the echo that the behaviour asks for (memory in `echo`). */
void answer_words(const struct visit *visit, const struct behaviour *behaviour,
		  struct words *ret, struct buf *echo);

/* Sends and notes it with the witness.  `body` replaces the text of the
 * fixture when it is not NULL.  The request is finished by this call or,
 * for slow manners, some time after it. */
void answer_send(struct visit *visit, const struct behaviour *behaviour,
		 const struct fixture *fixture, const struct words *words,
		 const struct buf *body);

/* The usual way: words, send. */
void answer_fixture(struct visit *visit, const struct behaviour *behaviour,
		    const char *fixture);

/* A reply of the practice gateway itself (/practice/...). */
void answer_plain(struct visit *visit, int status, const char *type,
		  const char *text, size_t len);

/* Ends every reply under way, before the listeners are closed. */
void answer_stop_all(struct practice *practice);

#endif
