/* Everything the engine asks of the outside.  Calls return at once; what
 * takes time is answered later by an engine_*() event.  Fakes of this table
 * drive the simulation; io/ holds the real one. */
#ifndef ENGINE_PORTS_H
#define ENGINE_PORTS_H

#include "alert/machine.h"
#include "base/redact.h"
#include "check/exchange.h"
#include "ledger/prune.h"
#include "ledger/row.h"

#include <stdbool.h>

struct ports {
	void *ctx;

	/* Queues a row, as ledger_append(); the answer is engine_row() once it
	 * is durable. */
	int (*append)(void *ctx, const struct row_draft *draft,
		      struct err *err);
	/* True when a row with this id stands or is queued: the slot is done. */
	bool (*has_row)(void *ctx, const char *id);
	/* Reads one durable row: calls fn with it, valid during the call.
	 * ERR_NOT_FOUND, ERR_DAMAGED, ERR_IO. */
	int (*read_row)(void *ctx, uint64_t seq,
			void (*fn)(void *arg, const struct row *row),
			void *arg);
	/* ledger_prunable() and ledger_prune_digest(). */
	int (*prunable)(void *ctx, uint64_t first, struct prune_segment *ret,
			struct err *err);
	int (*prune_digest)(void *ctx, uint64_t from, uint64_t to,
			    struct digest *ret, struct err *err);
	/* Room on the disk and a writer that keeps up: a billable request may
	 * leave (ledger.md, section 3). */
	bool (*may_probe)(void *ctx);

	/* Starts an exchange; answered by engine_http_done(). */
	void (*http)(void *ctx, uint64_t token,
		     const struct http_request *request);
	/* Text of a fetched body; answered by engine_page_done(), later.
	 * ERR_NOMEM: there will be no answer. */
	int (*page_text)(void *ctx, uint64_t token,
			 const struct http_response *response,
			 const char *pointer);

	/* The same of the file that came with a client's request; *ret_bytes
	 * is its size.  ERR_NOT_FOUND: none came; ERR_INVALID, ERR_LIMIT,
	 * ERR_IO, ERR_NOMEM, with words; then nothing is answered later. */
	int (*saved_page)(void *ctx, uint64_t client, uint64_t token,
			  const char *pointer, size_t *ret_bytes,
			  struct err *err);

	/* Whether the credential is loaded; its fingerprint (16 hex) if so. */
	bool (*credential)(void *ctx, const char *name,
			   char ret_fingerprint[17]);
	struct digest (*hmac)(void *ctx, const void *bytes, size_t len);
	void (*random)(void *ctx, void *out, size_t len);

	/* Answers a control request; `client` is forgotten afterwards. */
	void (*reply)(void *ctx, uint64_t client, int exit_status,
		      const char *text);
	/* A line for the service's own log. */
	void (*say)(void *ctx, int priority, const char *text);
	/* An alert line that cannot be a row now (the ledger is full or
	 * damaged), or the repetition of one. */
	void (*alert_line)(void *ctx, const struct alert_rule *rule,
			   const char *subject, const char *text);

	/* The one redaction function's knowledge; borrowed. */
	const struct redactor *redactor;
};

#endif
