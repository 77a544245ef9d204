/* From a fetched page to an outcome: classification, text, digest.
 *
 * The work on hostile bytes (HTML parsing) happens in a confined helper
 * process; this header is about values and pure functions. */
#ifndef PAGE_PAGE_H
#define PAGE_PAGE_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "check/exchange.h"
#include "conf/config.h"

enum {
	PAGE_NORMALISER_VERSION = 1,
	PAGE_TEXT_MAX = 1024 * 1024,
	PAGE_TITLE_MAX = 200,
	SNAPSHOT_ID_LEN = 12
};

enum page_outcome {
	PAGE_UNCHANGED, /* equals the newest good snapshot */
	PAGE_CHANGED,	/* differs from it */
	PAGE_NEW,	/* first good read */
	PAGE_MOVED,	/* final host or path differs from the configured */
	PAGE_GONE,	/* 404, 410 */
	PAGE_BLOCKED,	/* bot challenge, 401, 403, 429 */
	PAGE_NEEDS_JS,
	PAGE_SUSPECT,	  /* marker missing, size collapse, soft 404 */
	PAGE_FILTER_MISS, /* the JSON pointer finds nothing */
	PAGE_TRUNCATED,
	PAGE_ERROR /* transport, 5xx, unparsable */
};

const char *page_outcome_name(enum page_outcome outcome);
int page_outcome_by_name(const char *name, enum page_outcome *ret);
/* Only these move the baseline: unchanged, changed, new. */
bool page_outcome_good(enum page_outcome outcome);
/* These count towards source-lost. */
bool page_outcome_lost(enum page_outcome outcome);

/* Text out of a body, as the helper reports it. */
struct page_text {
	int status;  /* 0, or ERR_INVALID / ERR_LIMIT / ERR_NOT_FOUND
			(the pointer finds no single record) / ERR_IO (the
			helper died) / ERR_BUSY / ERR_NOMEM */
	char *title; /* clean; "" when none */
	char *text;  /* normalised UTF-8, LF lines */
	size_t len;
	bool needs_js;
};

void page_text_free(struct page_text *text);
/* Empty title and text, and this status. */
struct page_text page_text_failed(int status);

enum page_format { PAGE_HTML, PAGE_MARKDOWN, PAGE_JSON, PAGE_PLAIN };

/* By content type, then by the first bytes. */
enum page_format page_format_of(const struct http_response *response);

/* What the response alone decides.  Returns true when the text is worth
 * extracting; else *ret_outcome is final. */
bool page_classify_response(const struct source *source,
			    const struct http_response *response,
			    enum page_outcome *ret_outcome);

/* The final outcome, given the text and the newest good snapshot (NULL when
 * none; previous_len 0 = unknown). */
enum page_outcome page_classify_text(const struct source *source,
				     const struct http_response *response,
				     const struct page_text *text,
				     const struct digest *previous,
				     size_t previous_len);

/* Digest of pointer, must_contain and the normaliser version: a change of
 * the filter is not a change of the page. */
struct digest page_filter_digest(const struct source *source);

/* id = first 12 hex digits of the text digest. */
char *page_snapshot_id(const struct digest *text,
		       char out[SNAPSHOT_ID_LEN + 1]);

/* Unified diff of two texts with 3 lines of context. */
int page_diff(const char *old_name, const char *old_text, size_t old_len,
	      const char *new_name, const char *new_text, size_t new_len,
	      struct buf *out);

/* The body of a check.source row. */
struct check_source {
	const char *source;
	const char *url;
	const char *final_url;
	int http_status;
	enum page_outcome outcome;
	const struct digest *text;     /* NULL: none */
	const struct digest *previous; /* NULL: none */
	const struct digest *filter;
	const char *title;
	int64_t text_bytes;
	const char *trigger; /* run_trigger_name() */
	struct wall_time slot;
	struct wall_time read_at;
};

int check_source_body(struct buf *out, const struct check_source *source);

#endif
