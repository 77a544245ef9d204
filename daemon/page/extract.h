/* From a body to normalised text: runs in the helper process. */
#ifndef PAGE_EXTRACT_H
#define PAGE_EXTRACT_H

#include "page/frame.h"
#include "page/lines.h"

/* What one format makes of a body, before the limits are looked at.  A zeroed
 * struct with lines.max set is ready. */
struct extract {
	struct lines lines;
	struct buf title; /* as found; cleaned later */
	bool needs_js;
};

/* Fills *ret_text for any bytes; ret_text->status is its result. */
void page_extract(const struct page_request *request,
		  struct page_text *ret_text);

/* Well-formed UTF-8 without byte order mark; what is not becomes U+FFFD. */
void page_decode(const struct page_request *request, struct buf *out);

/* The formats.  The body is well-formed UTF-8.  0, or ERR_INVALID, ERR_LIMIT,
 * ERR_NOT_FOUND as in struct page_text. */
int page_extract_html(const char *body, size_t len, struct extract *out);
void page_extract_markdown(const char *body, size_t len, bool headings,
			   struct extract *out);
int page_extract_record(const char *body, size_t len, const char *pointer,
			struct extract *out);

#endif
