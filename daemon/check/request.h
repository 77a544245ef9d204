/* Builds the requests of a check from a profile. */
#ifndef CHECK_REQUEST_H
#define CHECK_REQUEST_H

#include "base/err.h"
#include "check/exchange.h"
#include "conf/config.h"

/* A request and the memory it points into. */
struct check_request {
	struct http_request http;
	void *memory; /* private */
};

void check_request_free(struct check_request *request);

int check_request_happy(const struct workload *workload,
			struct check_request *ret, struct err *err);
/* As happy, with a random invalid credential made from `nonce` (hex). */
int check_request_error(const struct workload *workload, const char *nonce,
			struct check_request *ret, struct err *err);
int check_request_counter(const struct workload *workload,
			  struct check_request *ret, struct err *err);
int check_request_source(const struct source *source, struct check_request *ret,
			 struct err *err);

/* base_url + path of the billable endpoint, no query, for rows. */
void check_endpoint(const struct workload *workload, char *out, size_t size);

/* The digest of what an approval of the scope covers: endpoint, model, body
 * template, parameters, surface, credential name, and what counts as a good
 * answer or as a rejection.  conf_load() stores it. */
struct digest check_scope_digest(const struct workload *workload);

#endif
