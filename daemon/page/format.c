/* What kind of text a body is, and in which charset.
 *
 * The content type decides; only where it says nothing ("text/plain",
 * "application/octet-stream", none) are name and first bytes asked.  The
 * charset knows two answers, because the web has two: UTF-8, and
 * windows-1252 for all that call themselves Latin-1 (as browsers do). */
#include "page/frame.h"
#include "page/page.h"
#include "page/place.h"

#include <string.h>
#include <strings.h>

enum { MEDIA_TYPE_MAX = 96 };

static const struct {
	const char *type;
	enum page_format format;
} media_types[] = {
    {"text/html", PAGE_HTML},	      {"application/xhtml+xml", PAGE_HTML},
    {"text/markdown", PAGE_MARKDOWN}, {"text/x-markdown", PAGE_MARKDOWN},
    {"application/json", PAGE_JSON},  {"text/json", PAGE_JSON},
};

static const char *
content_type(const struct http_response *response)
{
	const char *type = http_response_header(response, "content-type");

	return type == NULL ? "" : type;
}

/* Lower-case, without parameters. */
static void
media_type(const char *type, char out[MEDIA_TYPE_MAX])
{
	size_t n = strcspn(type, "; \t,");

	if (n >= MEDIA_TYPE_MAX)
		n = 0;
	for (size_t i = 0; i < n; i++)
		out[i] = type[i] >= 'A' && type[i] <= 'Z'
			     ? (char)(type[i] - 'A' + 'a')
			     : type[i];
	out[n] = '\0';
}

static const char *
first_byte(const struct http_response *response)
{
	const char *p = response->body;

	if (response->body_len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	return p + strspn(p, " \t\r\n");
}

static enum page_format
format_by_bytes(const struct http_response *response, bool plain)
{
	const char *p = first_byte(response);

	if (page_path_ends(response->final_url, ".md"))
		return PAGE_MARKDOWN;
	if (*p == '#' || strncmp(p, "---\n", 4) == 0)
		return PAGE_MARKDOWN;
	if (plain)
		return PAGE_PLAIN;
	if (*p == '{' || *p == '[')
		return PAGE_JSON;
	return *p == '<' ? PAGE_HTML : PAGE_PLAIN;
}

enum page_format
page_format_of(const struct http_response *response)
{
	char type[MEDIA_TYPE_MAX];
	size_t n;

	media_type(content_type(response), type);
	for (size_t i = 0; i < sizeof(media_types) / sizeof(media_types[0]);
	     i++) {
		if (strcmp(type, media_types[i].type) == 0)
			return media_types[i].format;
	}
	n = strlen(type);
	if (n > 5 && strcmp(type + n - 5, "+json") == 0)
		return PAGE_JSON;
	return format_by_bytes(response, strcmp(type, "text/plain") == 0);
}

static const char *const latin_labels[] = {
    "iso-8859-1", "iso8859-1",	  "iso_8859-1", "latin1", "latin-1",
    "l1",	  "windows-1252", "cp1252",	"ascii",  "us-ascii"};

enum page_charset
page_charset_by_label(const char *label, size_t len)
{
	if (len == 0)
		return PAGE_CHARSET_UNKNOWN;
	for (size_t i = 0; i < sizeof(latin_labels) / sizeof(latin_labels[0]);
	     i++) {
		if (strlen(latin_labels[i]) == len &&
		    strncasecmp(latin_labels[i], label, len) == 0)
			return PAGE_WINDOWS_1252;
	}
	return PAGE_UTF8;
}

enum page_charset
page_charset_in(const char *text)
{
	const char *p = strcasestr(text, "charset");

	if (p == NULL)
		return PAGE_CHARSET_UNKNOWN;
	p += strlen("charset");
	p += strspn(p, " \t");
	if (*p++ != '=')
		return PAGE_CHARSET_UNKNOWN;
	p += strspn(p, " \t\"'");
	return page_charset_by_label(p, strcspn(p, " \t\"';,/>"));
}

struct page_request
page_request_of(const struct http_response *response, const char *pointer)
{
	struct page_request request = {
	    .format = page_format_of(response),
	    .charset = page_charset_in(content_type(response)),
	    .pointer = pointer,
	    .body = response->body,
	    .body_len = response->body_len,
	};

	/* Who names a record expects JSON, whatever the server calls it. */
	if (pointer[0] != '\0' && strchr("{[", *first_byte(response)) != NULL &&
	    *first_byte(response) != '\0')
		request.format = PAGE_JSON;
	return request;
}
