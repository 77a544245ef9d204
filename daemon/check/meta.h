/* What the headers of a response say beside its body: request id, where a
 * redirect points, how long to wait, whether a challenge page answered. */
#ifndef CHECK_META_H
#define CHECK_META_H

#include "check/answer.h"
#include "check/observe.h"

/* A longer wait than this is not believed. */
enum { RETRY_AFTER_MAX_S = 7 * 86400 };

/* The media type of the body, lower-case, without parameters. */
enum { MEDIA_TYPE_MAX = 96 };
void meta_media_type(const struct http_response *response,
		     char out[MEDIA_TYPE_MAX]);

/* A bot challenge or a firewall page stands where the gateway should. */
bool meta_is_challenge(const struct http_response *response,
		       const struct answer *answer);

/* A web page and no JSON: of a console, a proxy or a portal, whatever its
 * status. */
bool meta_is_page(const struct http_response *response,
		  const struct answer *answer);

/* By the first rule of the profile that finds one, else "". */
void meta_request_id(const struct profile *profile,
		     const struct http_response *response,
		     const struct answer *answer, char out[OBSERVE_TEXT_MAX]);

/* Host and path of the Location header, without user, query and fragment;
 * "" when there is none. */
void meta_redirected_to(const struct http_response *response,
			char out[OBSERVE_URL_MAX]);

/* Retry-After in seconds from response->sent; 0 when it is not said, not
 * understood or already over. */
int64_t meta_retry_after_s(const struct http_response *response);

#endif
