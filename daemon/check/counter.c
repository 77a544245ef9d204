/* The key's counter at the account surface.
 *
 * Two counters may be offered: one that grows with use and one that shrinks
 * with it.  Behind a cache they move apart: right after a request the
 * remaining amount has fallen while the used one still shows the old value,
 * so their sum dips and recovers.  Hence either movement is use.  A remaining
 * amount that rose is a top-up and no use; a used amount that fell is a
 * counter that began anew, and nothing can be said between the two. */
#include "check/answer.h"
#include "check/meta.h"
#include "check/observe.h"

static enum reading_outcome
of_status(int status)
{
	if (status == 429)
		return READING_THROTTLED;
	if (status == 401 || status == 403)
		return READING_REJECTED;
	return READING_UNREACHABLE;
}

static enum reading_outcome
of_transport(enum transport transport)
{
	return transport == TRANSPORT_TOO_BIG || transport == TRANSPORT_ENCODING
		   ? READING_MALFORMED
		   : READING_UNREACHABLE;
}

/* A 2xx whose success flag is not true: an error with a code, a refusal in
 * so many words, or something else than promised. */
static enum reading_outcome
of_missing_flag(const struct surface_profile *surface,
		const struct answer *answer)
{
	int64_t code;

	if (answer_integer(answer, "/error/code", &code) == 0 && code >= 400 &&
	    code <= 599)
		return of_status((int)code);
	if (answer_equals(answer, "/success", "false") ||
	    answer_equals(answer, surface->ok_pointer, "false"))
		return READING_REJECTED;
	return READING_MALFORMED;
}

static void
read_counters(const struct surface_profile *surface,
	      const struct answer *answer, struct counter_reading *ret)
{
	ret->has_up = answer_integer(answer, surface->increases, &ret->up) == 0;
	if (ret->up < 0) {
		ret->has_up = false;
		ret->up = 0;
	}
	/* An overdrawn key is below zero. */
	ret->has_down =
	    answer_integer(answer, surface->decreases, &ret->down) == 0;
	answer_text(answer, surface->label_pointer, ret->label_seen,
		    sizeof(ret->label_seen));
}

static enum reading_outcome
judge(const struct surface_profile *surface,
      const struct http_response *response, const struct answer *answer,
      struct counter_reading *ret)
{
	if (response->transport != TRANSPORT_OK)
		return of_transport(response->transport);
	if (meta_is_challenge(response, answer))
		return READING_UNREACHABLE;
	if (response->status < 200 || response->status > 299)
		return of_status(response->status);
	if (surface->ok_pointer[0] != '\0' &&
	    !answer_is_true(answer, surface->ok_pointer))
		return of_missing_flag(surface, answer);
	read_counters(surface, answer, ret);
	return ret->has_up || ret->has_down ? READING_OK : READING_MALFORMED;
}

void
observe_counter(const struct surface_profile *surface,
		const struct http_response *response,
		struct counter_reading *ret)
{
	struct answer answer = {0};

	*ret = (struct counter_reading){0};
	if (response->transport == TRANSPORT_OK)
		answer_init(&answer, response);
	ret->outcome = judge(surface, response, &answer, ret);
	ret->retry_after_s = meta_retry_after_s(response);
	answer_fini(&answer);
}

bool
counter_moved(const struct counter_reading *before,
	      const struct counter_reading *after)
{
	if (before->outcome != READING_OK || after->outcome != READING_OK)
		return false;
	if (before->has_up && after->has_up && after->up != before->up)
		return after->up > before->up;
	return before->has_down && after->has_down &&
	       after->down < before->down;
}
