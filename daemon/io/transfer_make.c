/* From a request to a handle that is ready to go.
 *
 * The secret enters here, by way of the credential's name, and stands in
 * three places until the transfer is freed: `secret`, to find it in the
 * answer, the header line, and libcurl's copy of that line's bytes while it
 * sends.  Ours are wiped. */
#include "check/template.h"
#include "io/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char secret_place[] = "${secret}";

#define SET(option, value) TRANSFER_SET(t, option, value)

/* The template with every ${secret} filled in, in memory of exactly its
 * size, so that no copy stays behind in a block that had to grow. */
static char *
fill_secret(const char *name, const char *value, const struct transfer *t)
{
	size_t len = strlen(name) + 2 + strlen(value) + 1;
	const char *place;
	char *line, *out;

	for (place = value; (place = strstr(place, secret_place)) != NULL;
	     place += sizeof(secret_place) - 1)
		len += t->secret_len;
	line = out = malloc(len);
	if (line == NULL)
		return NULL;
	out += snprintf(out, len, "%s:%s", name, value[0] == '\0' ? "" : " ");
	while ((place = strstr(value, secret_place)) != NULL) {
		out = mempcpy(out, value, (size_t)(place - value));
		out = mempcpy(out, t->secret, t->secret_len);
		value = place + sizeof(secret_place) - 1;
	}
	memcpy(out, value, strlen(value) + 1);
	return line;
}

static int
add_line(struct transfer *t, const char *line)
{
	struct curl_slist *more = curl_slist_append(t->lines, line);

	if (more == NULL)
		return ERR_NOMEM;
	t->lines = more;
	return 0;
}

static int
add_header(struct transfer *t, const struct http_header *header)
{
	char *line = fill_secret(header->name, header->value, t);
	int r;

	if (line == NULL)
		return ERR_NOMEM;
	/* libcurl sends a header without a value only in this form. */
	if (header->value[0] == '\0')
		line[strlen(line) - 1] = ';';
	r = add_line(t, line);
	explicit_bzero(line, strlen(line));
	free(line);
	return r;
}

static bool
has_header(const struct http_request *request, const char *name)
{
	for (size_t i = 0; i < request->n_headers; i++) {
		if (strcasecmp(request->headers[i].name, name) == 0)
			return true;
	}
	return false;
}

static int
add_headers(struct transfer *t, const struct http_request *request)
{
	int r = 0;

	for (size_t i = 0; i < request->n_headers && r == 0; i++)
		r = add_header(t, &request->headers[i]);
	/* What libcurl would add by itself. */
	if (r == 0 && !has_header(request, "Content-Type"))
		r = add_line(t, "Content-Type:");
	if (r == 0 && !has_header(request, "Accept"))
		r = add_line(t, "Accept:");
	if (r == 0)
		r = add_line(t, "Expect:");
	return r;
}

static bool
wants_secret(const struct http_request *request)
{
	for (size_t i = 0; i < request->n_headers; i++) {
		if (template_uses(request->headers[i].value, "secret"))
			return true;
	}
	return false;
}

static int
copy_secret(struct transfer *t, const char *value, size_t len)
{
	t->secret = malloc(len + 1);
	if (t->secret == NULL)
		return ERR_NOMEM;
	memcpy(t->secret, value, len);
	t->secret[len] = '\0';
	t->secret_len = len;
	return 0;
}

/* A secret that could end a header line is as good as none. */
static int
find_secret(struct transfer *t, const struct http_options *options,
	    const struct http_request *request)
{
	const char *value = request->invalid_secret;
	size_t len = value == NULL ? 0 : strlen(value);

	t->secret_invalid = value != NULL;
	if (value == NULL && !wants_secret(request))
		return 0;
	if (value == NULL &&
	    !options->credential(options->credential_ctx, request->credential,
				 &value, &len)) {
		t->transport = TRANSPORT_NO_CREDENTIAL;
		return 0;
	}
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
			t->transport = TRANSPORT_NO_CREDENTIAL;
	}
	return t->transport == TRANSPORT_OK ? copy_secret(t, value, len) : 0;
}

static int
copy_hosts(struct transfer *t, const struct http_request *request)
{
	t->hosts = calloc(request->n_hosts + 1, sizeof(*t->hosts));
	if (t->hosts == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < request->n_hosts; i++) {
		t->hosts[i] = strdup(request->hosts[i]);
		if (t->hosts[i] == NULL)
			return ERR_NOMEM;
		t->n_hosts++;
	}
	return 0;
}

static int
copy_request(struct transfer *t, const struct http_options *options,
	     const struct http_request *request)
{
	int r;

	t->timeout_ms = request->timeout_ms;
	t->max_body_bytes =
	    request->max_body_bytes > 0 ? request->max_body_bytes : 0;
	t->started_ms = transfer_clock_ms();
	t->sent = transfer_wall();
	t->method = strdup(request->method);
	t->origin = curl_url();
	if (t->method == NULL || t->origin == NULL)
		return ERR_NOMEM;
	r = find_secret(t, options, request);
	if (r < 0 || t->transport != TRANSPORT_OK)
		return r;
	t->max_redirects = t->secret == NULL ? request->max_redirects : 0;
	if (curl_url_set(t->origin, CURLUPART_URL, request->url,
			 CURLU_DISALLOW_USER) != CURLUE_OK) {
		t->transport = TRANSPORT_HOST;
		return 0;
	}
	t->url = curl_url_dup(t->origin);
	if (t->url == NULL)
		return ERR_NOMEM;
	r = copy_hosts(t, request);
	if (r < 0)
		return r;
	t->transport = transfer_judge(t);
	if (request->body != NULL && r == 0) {
		t->body = malloc(request->body_len + 1);
		if (t->body == NULL)
			return ERR_NOMEM;
		memcpy(t->body, request->body, request->body_len);
		t->body_len = request->body_len;
	}
	return t->transport == TRANSPORT_OK ? add_headers(t, request) : 0;
}

static int
set_rules(struct transfer *t, const struct http_options *options, CURLSH *share)
{
	SET(CURLOPT_PRIVATE, t);
	SET(CURLOPT_SHARE, share);
	SET(CURLOPT_NOSIGNAL, 1L);
	/* Else the end of a time-out would wait for the resolver. */
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
	if (options->ca_file != NULL)
		SET(CURLOPT_CAINFO, options->ca_file);
	SET(CURLOPT_HTTPHEADER, t->lines);
	SET(CURLOPT_CUSTOMREQUEST, t->method);
	return 0;
}

int
transfer_new(const struct http_options *options, CURLSH *share,
	     const struct http_request *request, struct transfer **ret_transfer)
{
	struct transfer *t = calloc(1, sizeof(*t));
	int r;

	if (t == NULL)
		return ERR_NOMEM;
	r = copy_request(t, options, request);
	if (r == 0 && t->transport == TRANSPORT_OK) {
		t->easy = curl_easy_init();
		r = t->easy == NULL ? ERR_NOMEM : set_rules(t, options, share);
		if (r == 0)
			r = transfer_listen(t);
	}
	if (r < 0) {
		transfer_free(t);
		return r;
	}
	*ret_transfer = t;
	return 0;
}

static void
wipe(char *text, size_t len)
{
	if (text != NULL)
		explicit_bzero(text, len);
	free(text);
}

void
transfer_free(struct transfer *t)
{
	if (t->easy != NULL)
		curl_easy_cleanup(t->easy);
	curl_url_cleanup(t->url);
	curl_url_cleanup(t->origin);
	for (struct curl_slist *l = t->lines; l != NULL; l = l->next)
		explicit_bzero(l->data, strlen(l->data));
	curl_slist_free_all(t->lines);
	wipe(t->secret, t->secret_len);
	for (size_t i = 0; i < t->n_hosts; i++)
		free(t->hosts[i]);
	free(t->hosts);
	free(t->method);
	free(t->body);
	buf_free(&t->head);
	buf_free(&t->in);
	free(t);
}
