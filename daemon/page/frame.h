/* The words between the daemon and its page-text helper.
 *
 * One request and one answer per process, each a header line of decimal
 * numbers and then bytes of the announced lengths, nothing behind them.
 *
 *   greeting  PAGE_GREETING, sent when the helper has confined itself: before
 *             it, not one byte of a page is given away
 *   request   "<format> <charset> <pointer bytes> <body bytes>\n" pointer body
 *   answer    "<error, as a positive number> <needs_js> <title bytes>
 *             <text bytes>\n" title text
 *
 * The answer comes from a process that may have been taken over by the page
 * it read, so it is judged like any foreign input. */
#ifndef PAGE_FRAME_H
#define PAGE_FRAME_H

#include "base/buf.h"
#include "page/page.h"

#include <stddef.h>

/* Protocol and normaliser: a daemon that still runs after an upgrade refuses
 * a helper of another version. */
#define PAGE_GREETING "page-text 1.1 confined\n"

enum {
	PAGE_BODY_MAX = 16 * 1024 * 1024,
	PAGE_POINTER_MAX = 1024,
	PAGE_HEADER_MAX = 64, /* header line with LF */
	PAGE_REQUEST_MAX = PAGE_HEADER_MAX + PAGE_POINTER_MAX + PAGE_BODY_MAX,
	PAGE_ANSWER_MAX = PAGE_HEADER_MAX + PAGE_TITLE_MAX + PAGE_TEXT_MAX
};

/* Exit statuses of the helper beside 0. */
enum {
	PAGE_EXIT_MEMORY = 69,	   /* more memory than allowed */
	PAGE_EXIT_UNCONFINED = 70, /* no page was read */
	PAGE_EXIT_INPUT = 74	   /* the request did not come or was broken */
};

enum page_charset { PAGE_CHARSET_UNKNOWN, PAGE_UTF8, PAGE_WINDOWS_1252 };

struct page_request {
	enum page_format format;
	enum page_charset charset; /* as the headers say */
	const char *pointer;	   /* "" = the whole body */
	const char *body;	   /* borrowed */
	size_t body_len;
};

/* The request for a response; it borrows from both arguments. */
struct page_request page_request_of(const struct http_response *response,
				    const char *pointer);

/* What a charset label means; unknown labels are taken for UTF-8, whose
 * broken bytes show as U+FFFD. */
enum page_charset page_charset_by_label(const char *label, size_t len);
/* The first "charset=" in a text. */
enum page_charset page_charset_in(const char *text);

/* ERR_LIMIT when pointer or body is too long. */
int page_request_render(const struct page_request *request, struct buf *out);
/* The pointer is copied into pointer[], the body borrowed from the bytes. */
int page_request_parse(const char *bytes, size_t len,
		       char pointer[PAGE_POINTER_MAX + 1],
		       struct page_request *ret);

/* Title and text beyond their limits are an ERR_LIMIT answer. */
void page_answer_render(const struct page_text *text, struct buf *out);
/* ERR_INVALID unless it is exactly one answer, its text UTF-8 of whole lines
 * without other control characters.  The title is cleaned. */
int page_answer_parse(const char *bytes, size_t len, struct page_text *ret);

#endif
