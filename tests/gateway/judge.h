/* Judges a chat request as a stranger would: knows nothing of the client. */
#ifndef GATEWAY_JUDGE_H
#define GATEWAY_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

enum { JUDGE_TEXT_MAX = 160 };

enum judgement { JUDGE_GOOD, JUDGE_BAD_REQUEST, JUDGE_UNKNOWN_MODEL };

struct chat_request {
	char detail[JUDGE_TEXT_MAX]; /* why it is bad */
	char model[JUDGE_TEXT_MAX];
	long max_tokens; /* -1: not said */
	bool stream;
};

/* `catalogue` is the text of the model catalogue; `content_type` may be
 * NULL. */
enum judgement judge_chat(const char *catalogue, const char *content_type,
			  const char *body, size_t len,
			  struct chat_request *ret);

#endif
