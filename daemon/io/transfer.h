/* One exchange between http_start() and its answer; private to io/http. */
#ifndef IO_TRANSFER_H
#define IO_TRANSFER_H

#include "base/buf.h"
#include "io/http.h"

#include <curl/curl.h>
#include <sys/queue.h>

struct transfer {
	TAILQ_ENTRY(transfer) link; /* in flight, or finished */
	struct http_client *client;
	uint64_t id;

	/* what was asked for */
	CURL *easy;
	CURLU *origin;
	CURLU *url;		  /* of this hop */
	struct curl_slist *lines; /* request headers; secrets in them */
	char *method;
	char *body;
	size_t body_len;
	char *secret; /* what stands for ${secret}; NULL: none */
	size_t secret_len;
	bool secret_invalid; /* it is the random one of an error path */
	char **hosts;
	size_t n_hosts;
	int64_t started_ms; /* monotonic */
	int64_t timeout_ms;
	int64_t max_body_bytes;
	int max_redirects;

	/* what is known so far */
	bool let_out; /* the request of this hop, once */
	int redirects;
	enum transport transport;
	int status;
	struct wall_time sent;
	struct buf head; /* "name\0value\0" and so on */
	size_t n_headers;
	size_t head_bytes; /* as received, interim answers included */
	bool head_done;
	bool too_big;
	struct buf in;
};

TAILQ_HEAD(transfer_list, transfer);

/* Every option that must hold is checked: one that this libcurl does not know
 * would be a promise that is not kept. */
#define TRANSFER_SET(t, option, value)                              \
	do {                                                        \
		CURLcode transfer_set_code_ =                       \
		    curl_easy_setopt((t)->easy, (option), (value)); \
		if (transfer_set_code_ != CURLE_OK)                 \
			return ERR_NOMEM;                           \
	} while (0)

int64_t transfer_clock_ms(void); /* monotonic */
struct wall_time transfer_wall(void);

/* Copies the request and prepares the handle.  A refusal is not an error: it
 * stands in (*ret)->transport.  ERR_NOMEM otherwise. */
int transfer_new(const struct http_options *options, CURLSH *share,
		 const struct http_request *request,
		 struct transfer **ret_transfer);
/* Wipes every copy of the secret. */
void transfer_free(struct transfer *t);

/* Connects the handle's callbacks to t. */
int transfer_listen(struct transfer *t);

/* Whether t->url may be contacted. */
enum transport transfer_judge(const struct transfer *t);

/* Arms the handle for the current URL: limits, body, clean receive state. */
int transfer_arm(struct transfer *t);

/* Takes the result of a hop.  True when the exchange goes on with another
 * URL: transfer_arm() and add it again. */
bool transfer_finish_hop(struct transfer *t, CURLcode code);

/* Builds the response, cleans it of secrets and hands it over. */
void transfer_deliver(struct transfer *t, const struct http_options *options);

#endif
