/* Page texts by helper processes, one process per page, on the event loop.
 *
 * A few run at a time, the rest waits in order.  Whatever happens to a helper
 * (killed, hung, lying) ends in exactly one callback with a typed status and
 * stalls nothing else.  The program must ignore SIGPIPE and must not reap
 * children that it did not start. */
#ifndef IO_PAGE_PROCESS_H
#define IO_PAGE_PROCESS_H

#include "base/err.h"
#include "check/exchange.h"
#include "page/page.h"

#include <stddef.h>
#include <stdint.h>

struct event_base;
struct page_pool;

struct page_pool_options {
	const char *helper;    /* path of the page-text program */
	int concurrent;	       /* helpers at a time */
	size_t waiting;	       /* at most so many more; then ERR_BUSY */
	int64_t timeout_ms;    /* per page, from the start of its helper */
	uint64_t cpu_s;	       /* 0: no limit */
	uint64_t memory_bytes; /* of address space; 0: no limit */
};

/* The limits that design and facts ask for, with this helper. */
struct page_pool_options page_pool_defaults(const char *helper);

/* The text, and in words why there is none ("" when status is 0; static).
 * The callee takes title and text over by page_text_free() or by copying the
 * struct.  Beside the helper's own results the status is ERR_LIMIT (time,
 * memory), ERR_BUSY (too many waiting) or ERR_IO (no helper, not confined,
 * died, spoke nonsense). */
typedef void (*page_pool_done)(void *arg, struct page_text *text,
			       const char *why);

/* The base must outlive the pool.  The helper is not looked at yet. */
int page_pool_new(struct event_base *base,
		  const struct page_pool_options *options,
		  struct page_pool **ret_pool, struct err *err);

/* Kills and reaps its helpers; callbacks that are still due are not made. */
void page_pool_free(struct page_pool *pool);

/* Body and pointer are copied.  The callback comes later from the loop, never
 * from within this call.  ERR_NOMEM: it will not come. */
int page_pool_extract(struct page_pool *pool,
		      const struct http_response *response, const char *pointer,
		      page_pool_done done, void *arg);

#endif
