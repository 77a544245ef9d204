/* The parts that requests are built from; private to check/request*.c. */
#ifndef CHECK_REQUEST_MEMORY_H
#define CHECK_REQUEST_MEMORY_H

#include "base/buf.h"
#include "check/request.h"

enum { REQUEST_HEADERS_MAX = 16 };

struct request_memory {
	struct buf url;
	struct buf body;
	struct buf secret;
	struct http_header headers[REQUEST_HEADERS_MAX];
	size_t n_headers;
};

/* ERR_NOT_FOUND for a workload whose gateway or profile dangles. */
int request_profile_of(const struct workload *workload,
		       const struct profile **ret_profile, struct err *err);

/* An empty GET and its memory. */
int request_begin(struct check_request *ret, struct request_memory **ret_memory,
		  struct err *err);

/* Adds a header unless there is one of that name. */
int request_add_header(struct request_memory *m, const char *name,
		       const char *value, struct err *err);

/* Hosts, limits, URL and headers of every request to a gateway; *ret_secret:
 * one of the headers wants a secret. */
int request_address_gateway(const struct workload *workload, const char *path,
			    struct check_request *ret, bool *ret_secret,
			    struct err *err);

/* With r == 0 hands the request over in *ret, else frees what was built of it
 * and passes r on. */
int request_conclude(int r, struct check_request *building,
		     struct check_request *ret, struct err *err);

#endif
