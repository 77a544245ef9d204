/* Headers as evidence: media type, challenge, request id, redirect target.
 *
 * Challenge pages are told by what was seen of them in public: the header
 * that one content network sets for this purpose, any HTML behind a 403,
 * and HTML of any status that carries a known sentence.  A ray id alone
 * says nothing: it stands on good answers too, so it counts only on a 403
 * whose body is no JSON. */
#include "check/meta.h"
#include "base/text.h"

#include <json-c/json.h>
#include <regex.h>
#include <string.h>
#include <strings.h>

enum {
	/* A challenge names itself near the top. */
	CHALLENGE_SEARCH_MAX = 16 * 1024,
	/* Request ids stand at the end of a message. */
	REQUEST_ID_SEARCH_MAX = 4 * 1024,
};

void
meta_media_type(const struct http_response *response, char out[MEDIA_TYPE_MAX])
{
	const char *value = http_response_header(response, "content-type");
	size_t n = 0;

	if (value == NULL)
		value = "";
	while (*value == ' ' || *value == '\t')
		value++;
	while (n < MEDIA_TYPE_MAX - 1 && value[n] != '\0' &&
	       strchr("; \t", value[n]) == NULL) {
		char c = value[n];

		out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	out[n] = '\0';
}

static bool
is_html(const struct http_response *response)
{
	static const char *const starts[] = {"<!doctype html", "<html"};
	const char *body = response->body == NULL ? "" : response->body;
	char type[MEDIA_TYPE_MAX];

	meta_media_type(response, type);
	if (strcmp(type, "text/html") == 0 ||
	    strcmp(type, "application/xhtml+xml") == 0)
		return true;
	body += strspn(body, " \t\r\n");
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (strncasecmp(body, starts[i], strlen(starts[i])) == 0)
			return true;
	}
	return false;
}

static bool
names_a_challenge(const struct http_response *response)
{
	static const char *const marks[] = {
	    "Just a moment...",
	    "Attention Required!",
	    "/cdn-cgi/challenge-platform/",
	    "cf-chl-",
	    "_Incapsula_Resource",
	    "Request unsuccessful. Incapsula",
	    "Checking your browser before accessing",
	    "Please enable JS and disable any ad blocker",
	};
	size_t n = response->body_len;

	if (n > CHALLENGE_SEARCH_MAX)
		n = CHALLENGE_SEARCH_MAX;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (n > 0 && memmem(response->body, n, marks[i],
				    strlen(marks[i])) != NULL)
			return true;
	}
	return false;
}

bool
meta_is_challenge(const struct http_response *response,
		  const struct answer *answer)
{
	if (http_response_header(response, "cf-mitigated") != NULL)
		return true;
	if (answer->json)
		return false;
	if (is_html(response))
		return response->status == 403 || names_a_challenge(response);
	return response->status == 403 &&
	       http_response_header(response, "cf-ray") != NULL;
}

bool
meta_is_page(const struct http_response *response, const struct answer *answer)
{
	return !answer->json && is_html(response);
}

/* The first group of the regex in the end of the text. */
static void
search_id(const char *regex, const char *text, size_t len,
	  char out[OBSERVE_TEXT_MAX])
{
	regmatch_t match[2];
	regex_t compiled;

	if (len > REQUEST_ID_SEARCH_MAX)
		text += len - REQUEST_ID_SEARCH_MAX;
	if (regcomp(&compiled, regex, REG_EXTENDED) != 0)
		return;
	if (regexec(&compiled, text, 2, match, 0) == 0 && match[1].rm_so >= 0)
		answer_clean(text + match[1].rm_so,
			     (size_t)(match[1].rm_eo - match[1].rm_so), out,
			     OBSERVE_TEXT_MAX);
	regfree(&compiled);
}

static void
id_in_body(const struct request_id_rule *rule, const struct answer *answer,
	   char out[OBSERVE_TEXT_MAX])
{
	struct json_object *value;

	if (answer_at(answer, rule->pointer, &value) != ANSWER_VALUE ||
	    !json_object_is_type(value, json_type_string))
		return;
	if (rule->regex[0] == '\0')
		answer_text(answer, rule->pointer, out, OBSERVE_TEXT_MAX);
	else
		search_id(rule->regex, json_object_get_string(value),
			  (size_t)json_object_get_string_len(value), out);
}

void
meta_request_id(const struct profile *profile,
		const struct http_response *response,
		const struct answer *answer, char out[OBSERVE_TEXT_MAX])
{
	out[0] = '\0';
	for (size_t i = 0; i < profile->n_request_id && out[0] == '\0'; i++) {
		const struct request_id_rule *rule = &profile->request_id[i];
		const char *value = NULL;

		for (size_t k = 0; rule->header[0] != '\0' &&
				   k < response->n_headers && value == NULL;
		     k++) {
			if (strcasecmp(response->headers[k].name,
				       rule->header) == 0)
				value = response->headers[k].value;
		}
		if (value != NULL)
			answer_clean(value, strlen(value), out,
				     OBSERVE_TEXT_MAX);
		if (out[0] == '\0' && rule->pointer[0] != '\0')
			id_in_body(rule, answer, out);
	}
}

/* Skips "scheme:" when the text starts with one. */
static const char *
skip_scheme(const char *url)
{
	size_t n = strcspn(url, ":/?#");

	return n > 0 && url[n] == ':' ? url + n + 1 : url;
}

void
meta_redirected_to(const struct http_response *response,
		   char out[OBSERVE_URL_MAX])
{
	const char *at = http_response_header(response, "location");
	const char *user;
	size_t host;

	out[0] = '\0';
	if (at == NULL)
		return;
	at = skip_scheme(at);
	if (strncmp(at, "//", 2) == 0) {
		at += 2;
		host = strcspn(at, "/?#\\");
		/* The last @ ends the user, as in a browser. */
		user = memrchr(at, '@', host);
		if (user != NULL)
			at = user + 1;
	}
	answer_clean(at, strcspn(at, "?#"), out, OBSERVE_URL_MAX);
}
