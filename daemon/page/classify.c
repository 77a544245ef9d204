/* From an exchange and its text to one outcome.
 *
 * Two steps, because extracting text costs a process: what the response alone
 * decides, then what the text says.  Within each the order of the tests is
 * the order of trust: a status that the server chose outranks how the body
 * ended, a marker that the operator named outranks our guesses.
 *
 * Whatever is in doubt is no good read: a baseline that moved to a login
 * page or a half page would call the real page "changed" the next day. */
#include "page/page.h"
#include "page/place.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	/* A text below 40 % of the last good one has collapsed; below the
	 * floor the ratio of two small numbers means nothing. */
	COLLAPSE_PERCENT = 40,
	COLLAPSE_FLOOR_BYTES = 200
};

/* Headers by which firewalls say that they sent a challenge instead. */
static const struct {
	const char *name;
	const char *value; /* of the beginning */
} challenge_headers[] = {
    {"cf-mitigated", "challenge"},
    {"x-amzn-waf-action", "challenge"},
    {"x-amzn-waf-action", "captcha"},
};

/* Words of challenge pages; they count only beside a refusal, because a page
 * may well write about them. */
static const char *const challenge_words[] = {"_cf_chl_opt",
					      "<title>Just a moment...</title>",
					      "<title>Attention Required!"};

static const struct {
	int status;
	enum page_outcome outcome;
} by_status[] = {
    {404, PAGE_GONE},	 {410, PAGE_GONE},    {401, PAGE_BLOCKED},
    {403, PAGE_BLOCKED}, {407, PAGE_BLOCKED}, {429, PAGE_BLOCKED},
    {301, PAGE_MOVED},	 {302, PAGE_MOVED},   {303, PAGE_MOVED},
    {307, PAGE_MOVED},	 {308, PAGE_MOVED},   {206, PAGE_TRUNCATED},
};

static bool
has_challenge_header(const struct http_response *response)
{
	for (size_t i = 0;
	     i < sizeof(challenge_headers) / sizeof(challenge_headers[0]);
	     i++) {
		const char *value =
		    http_response_header(response, challenge_headers[i].name);
		const char *wanted = challenge_headers[i].value;

		if (value != NULL &&
		    strncasecmp(value, wanted, strlen(wanted)) == 0)
			return true;
	}
	return false;
}

static bool
contains(const char *text, size_t len, const char *word)
{
	return memmem(text, len, word, strlen(word)) != NULL;
}

static bool
has_challenge_word(const struct http_response *response)
{
	for (size_t i = 0;
	     i < sizeof(challenge_words) / sizeof(challenge_words[0]); i++) {
		if (contains(response->body, response->body_len,
			     challenge_words[i]))
			return true;
	}
	return false;
}

static enum page_outcome
classify_refusal(const struct http_response *response)
{
	for (size_t i = 0; i < sizeof(by_status) / sizeof(by_status[0]); i++) {
		if (by_status[i].status == response->status)
			return by_status[i].outcome;
	}
	return has_challenge_word(response) ? PAGE_BLOCKED : PAGE_ERROR;
}

/* A 2xx whose body did not arrive whole. */
static enum page_outcome
classify_transport(enum transport transport)
{
	switch (transport) {
	case TRANSPORT_RESET:
	case TRANSPORT_TIMEOUT:
	case TRANSPORT_TOO_BIG:
		return PAGE_TRUNCATED;
	default:
		return PAGE_ERROR;
	}
}

bool
page_classify_response(const struct source *source,
		       const struct http_response *response,
		       enum page_outcome *ret_outcome)
{
	const char *final = response->final_url;

	if (response->status == 0)
		*ret_outcome = PAGE_ERROR;
	else if (has_challenge_header(response))
		*ret_outcome = PAGE_BLOCKED;
	else if (response->status != 200 && response->status != 203)
		*ret_outcome = classify_refusal(response);
	else if (final != NULL && final[0] != '\0' &&
		 !page_same_place(source->url, final))
		*ret_outcome = PAGE_MOVED;
	else if (response->transport != TRANSPORT_OK)
		*ret_outcome = classify_transport(response->transport);
	else if (response->body_len == 0)
		*ret_outcome = PAGE_SUSPECT;
	else
		return true;
	return false;
}

static bool
has_markers(const struct source *source, const struct page_text *text)
{
	for (size_t i = 0; i < source->must_contain.n; i++) {
		const char *marker = source->must_contain.at[i];

		if (!contains(text->text, text->len, marker) &&
		    strstr(text->title, marker) == NULL)
			return false;
	}
	return true;
}

/* Whole parts of a title, as "404 | Example" or "Page not found - Docs". */
static const char *const missing_titles[] = {"404",
					     "error 404",
					     "404 error",
					     "not found",
					     "404 not found",
					     "page not found",
					     "404 page not found",
					     "file not found",
					     "this page could not be found",
					     "page could not be found",
					     "page does not exist",
					     "this page does not exist",
					     "page doesn't exist",
					     "this page doesn't exist"};

static bool
is_missing_title(const char *part, size_t len)
{
	while (len > 0 && strchr(" .!-", part[len - 1]) != NULL)
		len--;
	for (size_t i = 0;
	     i < sizeof(missing_titles) / sizeof(missing_titles[0]); i++) {
		if (strlen(missing_titles[i]) == len &&
		    strncasecmp(missing_titles[i], part, len) == 0)
			return true;
	}
	return false;
}

/* The length of the separator at p between two parts of a title, or 0. */
static size_t
title_separator(const char *p)
{
	static const char *const separators[] = {" | ",
						 ": ",
						 " - ",
						 " \xe2\x80\x93 ",
						 " \xe2\x80\x94 ",
						 " \xc2\xb7 ",
						 " \xe2\x80\xa2 "};

	for (size_t i = 0; i < sizeof(separators) / sizeof(separators[0]);
	     i++) {
		size_t n = strlen(separators[i]);

		if (strncmp(p, separators[i], n) == 0)
			return n;
	}
	return 0;
}

static bool
is_soft_404(const char *title)
{
	const char *part = title, *p = title;

	for (;;) {
		size_t n = title_separator(p);

		if ((*p == '\0' || n > 0) &&
		    is_missing_title(part, (size_t)(p - part)))
			return true;
		if (*p == '\0')
			return false;
		p += n > 0 ? n : 1;
		part = n > 0 ? p : part;
	}
}

static bool
has_collapsed(const struct page_text *text, size_t previous_len)
{
	return previous_len >= COLLAPSE_FLOOR_BYTES &&
	       text->len * 100 < previous_len * COLLAPSE_PERCENT;
}

enum page_outcome
page_classify_text(const struct source *source,
		   const struct http_response *response,
		   const struct page_text *text, const struct digest *previous,
		   size_t previous_len)
{
	struct digest digest;

	if (text->status == ERR_NOT_FOUND)
		return PAGE_FILTER_MISS;
	if (text->status < 0)
		return PAGE_ERROR;
	if (text->needs_js)
		return PAGE_NEEDS_JS;
	if (text->len == 0 || !has_markers(source, text) ||
	    is_soft_404(text->title))
		return PAGE_SUSPECT;
	if (previous == NULL)
		return PAGE_NEW;
	digest = digest_sha256(text->text, text->len);
	if (digest_equal(&digest, previous))
		return PAGE_UNCHANGED;
	return has_collapsed(text, previous_len) ? PAGE_SUSPECT : PAGE_CHANGED;
}
