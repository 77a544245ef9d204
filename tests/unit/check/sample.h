/* A profile, a workload and responses for the tests of check/: the shapes of
 * the gateway that the daemon is shipped for. */
#ifndef TESTS_CHECK_SAMPLE_H
#define TESTS_CHECK_SAMPLE_H

#include "check/exchange.h"
#include "conf/config.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct header_template sample_headers[] = {
    {"Authorization", "Bearer ${secret}"},
};
static const int sample_status[] = {200};
static const char *const sample_require[] = {"/choices/0/finish_reason"};
static const char *const sample_forbid[] = {"/error", "/choices/0/error"};
static const char *const sample_hosts[] = {"api.example.com"};
static const struct accept_rule sample_accept[] = {
    {401, false, "", ""},
    {403, true, "", ""},
};
static const struct request_id_rule sample_ids[] = {
    {"X-Oneapi-Request-Id", "", ""},
    {"", "/error/message", "\\(request id: ([0-9A-Za-z]+)\\)"},
};

static inline struct profile
sample_profile(void)
{
	return (struct profile){
	    .name = "sample",
	    .base_url = "https://api.example.com",
	    .hosts = {sample_hosts, 1},
	    .headers = sample_headers,
	    .n_headers = 1,
	    .method = "POST",
	    .path = "/v1/chat/completions",
	    .content_type = "application/json",
	    .body = "{\"model\":\"${model}\",\"max_tokens\":16}",
	    .token_limit_note = "",
	    .expect_status = {sample_status, 1},
	    .expect_type = "application/json",
	    .require = {sample_require, 1},
	    .forbid = {sample_forbid, 2},
	    .usage_input = "/usage/prompt_tokens",
	    .usage_output = "/usage/completion_tokens",
	    .usage_total = "/usage/total_tokens",
	    .model_pointer = "/model",
	    .invalid_secret = "sk-evidenced-invalid-${nonce}",
	    .variant = VARIANT_CREDENTIAL,
	    .accept = sample_accept,
	    .n_accept = COUNT(sample_accept),
	    .request_id = sample_ids,
	    .n_request_id = COUNT(sample_ids),
	    .surface = {.present = true,
			.path = "/api/usage/token/",
			.ok_pointer = "/code",
			.label_pointer = "/data/name",
			.increases = "/data/total_used",
			.decreases = "/data/total_available",
			.unit = "quota",
			.lag_max_s = 600},
	    .timeout_ms = 30000,
	    .max_body_bytes = 262144,
	    .account_surface = SURFACE_COUNTER,
	    .evidence_window = "04:30-07:30",
	};
}

/* A response out of a text head ("Name: value" lines, names lower-case) and
 * a body, as a gateway's bytes look after the sender is done with them. */
enum { SAMPLE_HEADERS = 8, SAMPLE_HEAD = 1024 };

struct sample_response {
	struct http_response response;
	struct http_header headers[SAMPLE_HEADERS];
	char head[SAMPLE_HEAD];
};

static inline const struct http_response *
sample_response(struct sample_response *s, int status, const char *head,
		const char *body)
{
	char *line, *end;
	size_t n = 0, len = strlen(head);

	*s = (struct sample_response){0};
	memcpy(s->head, head,
	       len < sizeof(s->head) ? len : sizeof(s->head) - 1);
	for (line = s->head;
	     (end = strchr(line, '\n')) != NULL && n < SAMPLE_HEADERS;
	     line = end + 1) {
		char *colon = strstr(line, ": ");

		*end = '\0';
		*colon = '\0';
		s->headers[n++] = (struct http_header){line, colon + 2};
	}
	s->response = (struct http_response){
	    .transport = TRANSPORT_OK,
	    .status = status,
	    .headers = s->headers,
	    .n_headers = n,
	    .body = body,
	    .body_len = strlen(body),
	    .final_url = "https://api.example.com/v1/chat/completions",
	    .sent = {INT64_C(1783036801) * USEC_PER_SEC},
	};
	return &s->response;
}

#endif
