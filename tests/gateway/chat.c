/* POST /v1/chat/completions.
 *
 * Order: who is it, what is the behaviour, is the request any good.  A
 * request of a known key is always judged, whatever the key's behaviour: a
 * malformed one never looks like a planned failure.  The key pays for what
 * an upstream would have answered, also when the client cannot see it. */
#include "practice.h"

#include "judge.h"
#include "surface.h"

#include <event2/buffer.h>
#include <string.h>

enum { ANSWER_TOKENS = 14, OK_TOKENS = 2 }; /* as the fixtures say */

static const struct behaviour *
choose_behaviour(const struct visit *v)
{
	if (v->detoured)
		return behaviour_find("healthy", AT_CHAT);
	return v->key == NULL ? v->gateway->invalid_chat : v->key->chat;
}

static enum judgement
judge(struct visit *v, struct chat_request *ret)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(v->req);
	const size_t len = evbuffer_get_length(in);
	const char *body = (const char *)evbuffer_pullup(in, -1);

	return judge_chat(
	    fixtures_find(v->practice->fixtures, "pages/models.json")->body,
	    evhttp_find_header(evhttp_request_get_input_headers(v->req),
			       "Content-Type"),
	    body == NULL ? "" : body, len, ret);
}

/* The good answer of this route. */
static const char *
good_answer(const struct chat_request *asked)
{
	if (asked->stream)
		return "chat-stream.sse";
	return asked->max_tokens > 0 && asked->max_tokens < OK_TOKENS
		   ? "chat-length.json"
		   : "chat-completion.json";
}

static const char *
choose_fixture(const struct visit *v, const struct behaviour *b,
	       const struct chat_request *asked)
{
	if (v->key == NULL && b->refuses)
		return b->refusal == NULL ? "error-invalid-token.json"
					  : b->refusal;
	return b->fixture == NULL ? good_answer(asked) : b->fixture;
}

static void
answer_chat(struct visit *v, const struct behaviour *b, const char *name,
	    const struct chat_request *asked)
{
	struct buf echo = {0};
	struct words words;

	answer_words(v, b, &words, &echo);
	words.model = asked->model;
	words.detail = asked->detail;
	answer_send(v, b, fixtures_find(v->practice->fixtures, name), &words,
		    NULL);
	buf_free(&echo);
}

void
chat_serve(struct visit *v)
{
	const struct behaviour *healthy = behaviour_find("healthy", AT_CHAT);
	const struct behaviour *b = choose_behaviour(v);
	struct chat_request asked = {0};
	enum judgement judgement;

	if (v->key == NULL && v->detoured) {
		answer_chat(v, healthy, "error-invalid-token.json", &asked);
		return;
	}
	if (v->key != NULL) {
		key_touch(v->practice, v->key);
		if (v->key->remain <= 0) {
			answer_chat(v, healthy, "error-key-exhausted.json",
				    &asked);
			return;
		}
	}
	judgement = judge(v, &asked);
	if (judgement != JUDGE_GOOD &&
	    (v->key != NULL || (b->billed && !b->refuses))) {
		answer_chat(v, healthy,
			    judgement == JUDGE_BAD_REQUEST
				? "error-invalid-request.json"
				: "error-model-not-found.json",
			    &asked);
		return;
	}
	if (v->key != NULL && !v->detoured) {
		key_use_behaviour(v->key);
		if (b->billed)
			key_charge(v->key, ANSWER_TOKENS);
	}
	answer_chat(v, b, choose_fixture(v, b, &asked), &asked);
}
