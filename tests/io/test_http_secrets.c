/* Whatever an answer gives back of the secret that was sent, in whatever
 * encoding and in however many pieces, is gone before anybody sees it, and
 * the response says that it was there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http_scene.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX = 4096, FORM_MAX = 1024 };

/* ---- the forms in which a secret comes back ---- */

typedef void form_fn(const char *secret, char out[FORM_MAX]);

static void
form_plain(const char *secret, char out[FORM_MAX])
{
	snprintf(out, FORM_MAX, "%s", secret);
}

static void
form_json(const char *secret, char out[FORM_MAX])
{
	for (; *secret != '\0'; secret++) {
		if (*secret == '"' || *secret == '\\' || *secret == '/')
			*out++ = '\\';
		*out++ = *secret;
	}
	*out = '\0';
}

static void
form_json_all(const char *secret, char out[FORM_MAX])
{
	for (; *secret != '\0'; secret++)
		out += snprintf(out, 7, "\\u%04x", (unsigned char)*secret);
}

static void
form_percent(const char *secret, char out[FORM_MAX])
{
	for (; *secret != '\0'; secret++) {
		if (strchr("\"\\/+=%", *secret) != NULL)
			out +=
			    snprintf(out, 4, "%%%02X", (unsigned char)*secret);
		else
			*out++ = *secret;
	}
	*out = '\0';
}

static void
form_percent_all(const char *secret, char out[FORM_MAX])
{
	for (; *secret != '\0'; secret++)
		out += snprintf(out, 4, "%%%02x", (unsigned char)*secret);
}

static void
base64_behind(const char *before, const char *secret, char out[FORM_MAX])
{
	char plain[FORM_MAX / 2];

	snprintf(plain, sizeof(plain), "%s%s", before, secret);
	EVP_EncodeBlock((unsigned char *)out, (unsigned char *)plain,
			(int)strlen(plain));
}

static void
form_base64(const char *secret, char out[FORM_MAX])
{
	base64_behind("", secret, out);
}

static void
form_base64_shifted(const char *secret, char out[FORM_MAX])
{
	base64_behind("u:", secret, out);
}

static void
form_masked(const char *secret, char out[FORM_MAX])
{
	size_t n = strlen(secret);

	snprintf(out, FORM_MAX, "%.9s****%s", secret, secret + n - 10);
}

static void
form_hex(const char *secret, char out[FORM_MAX])
{
	for (; *secret != '\0'; secret++)
		out += snprintf(out, 3, "%02x", (unsigned char)*secret);
}

static void
form_hex_upper(const char *secret, char out[FORM_MAX])
{
	for (; *secret != '\0'; secret++)
		out += snprintf(out, 3, "%02X", (unsigned char)*secret);
}

static form_fn *const forms[] = {
    form_plain,	      form_json,     form_json_all,	  form_percent,
    form_percent_all, form_base64,   form_base64_shifted, form_masked,
    form_hex,	      form_hex_upper};

/* ---- the server ---- */

struct echo_plan {
	char form[FORM_MAX];
	bool in_head;
	size_t split; /* bytes sent first; 0: all at once */
	char answer[ANSWER_MAX];
	size_t sent;
};

static void
send_rest(struct peer *peer)
{
	struct echo_plan *plan = peer_server(peer)->serve_ctx;

	peer_puts(peer, plan->answer + plan->sent);
	peer_finish(peer);
}

static void
serve_echo(struct server *server, struct peer *peer)
{
	struct echo_plan *plan = server->serve_ctx;

	snprintf(plan->answer, sizeof(plan->answer),
		 "HTTP/1.1 401 No\r\nX-Request-Id: id-%s-id\r\n"
		 "Connection: close\r\n\r\nyou sent \"%s\", did you?",
		 plan->in_head ? plan->form : "1",
		 plan->in_head ? "something" : plan->form);
	plan->sent = plan->split;
	if (plan->split == 0) {
		send_rest(peer);
		return;
	}
	peer_send(peer, plan->answer, plan->split);
	peer_later(peer, 1, send_rest);
}

/* ---- the tests ---- */

/* No eight bytes of the form stand in the text. */
static void
assert_no_piece(const char *what, const char *form, const struct buf *text)
{
	for (size_t i = 0; i + 8 <= strlen(form); i++) {
		if (text->len > 0 &&
		    memmem(text->data, text->len, form + i, 8) != NULL)
			fail_msg("%s: \"%.8s\" is left in %s", what, form + i,
				 buf_text(text));
	}
}

static void
check_echo(struct scene *s, struct http_request *r, const char *secret,
	   bool in_head, size_t split, size_t i)
{
	struct echo_plan plan = {.in_head = in_head, .split = split};
	const struct captured *a;
	char what[64];

	snprintf(what, sizeof(what), "form %zu of %.4s, %s, split at %zu", i,
		 secret, in_head ? "head" : "body", split);
	forms[i](secret, plan.form);
	s->servers[0].serve = serve_echo;
	s->servers[0].serve_ctx = &plan;
	a = scene_exchange(s, r);
	if (a->transport != TRANSPORT_OK || a->status != 401 || !a->echoed)
		fail_msg("%s: %s %d %d", what, transport_name(a->transport),
			 a->status, a->echoed);
	/* The edges of base64 belong to what stood beside the secret; of a
	 * mask the stars may stay. */
	if (forms[i] != form_base64 && forms[i] != form_base64_shifted &&
	    forms[i] != form_masked)
		assert_no_piece(what, plan.form, in_head ? &a->head : &a->body);
	assert_no_piece(what, secret, &a->body);
	assert_no_piece(what, secret, &a->head);
	assert_non_null(
	    strstr(buf_text(in_head ? &a->head : &a->body), "[redacted]"));
	/* What stands around it stays. */
	assert_non_null(strstr(buf_text(&a->head), "x-request-id: id-"));
	assert_non_null(strstr(buf_text(&a->body), "you sent \""));
	assert_non_null(strstr(buf_text(&a->body), "\", did you?"));
}

static void
check_everywhere(struct scene *s, struct http_request *r, const char *secret)
{
	for (size_t i = 0; i < COUNT(forms); i++) {
		check_echo(s, r, secret, false, 0, i);
		check_echo(s, r, secret, true, 0, i);
		/* in the middle of the secret: of its header, of its body */
		check_echo(s, r, secret, true, 45, i);
		check_echo(s, r, secret, false, 90, i);
	}
}

static void
test_credential(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_billable(scene_url(s, 0, "/"), "key");

	check_everywhere(s, &r, KEY);
}

/* One that the redactor does not know, with characters of every kind: the
 * secret of the request itself is enough to find it. */
static void
test_odd_credential(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_billable(scene_url(s, 0, "/"), "odd");

	check_everywhere(s, &r, ODD);
}

/* Of an invalid credential the random part is what must go. */
static void
test_invalid_credential(void **state)
{
	static const size_t plain[] = {0, 1, 3};
	struct scene *s = *state;
	struct http_request r = scene_billable(scene_url(s, 0, "/"), "");

	r.invalid_secret = "pk.invalid-" NONCE;
	for (size_t i = 0; i < COUNT(plain); i++) {
		struct echo_plan plan = {.in_head = false};
		const struct captured *a;

		forms[plain[i]](r.invalid_secret, plan.form);
		s->servers[0].serve = serve_echo;
		s->servers[0].serve_ctx = &plan;
		a = scene_exchange(s, &r);
		assert_true(a->echoed);
		assert_no_piece("invalid", NONCE, &a->body);
		assert_non_null(strstr(buf_text(&a->body), "invalid-["));
	}
	check_echo(s, &r, NONCE, false, 0, 2); /* \u00XX */
	check_echo(s, &r, NONCE, true, 0, 4);  /* %XX */
}

/* Honest answers that share words with an invalid credential, and answers
 * to requests without a secret, echo nothing. */
static void
test_no_echo(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_billable(scene_url(s, 0, "/"), "");
	struct echo_plan plan = {.form =
				     "code: invalid-argument; sk-evidenced"};
	const struct captured *a;

	r.invalid_secret = "sk-evidenced-invalid-" NONCE;
	s->servers[0].serve = serve_echo;
	s->servers[0].serve_ctx = &plan;
	a = scene_exchange(s, &r);
	assert_false(a->echoed);
	assert_non_null(strstr(buf_text(&a->body), plan.form));
	r = scene_request(scene_url(s, 0, "/"));
	a = scene_exchange(s, &r);
	assert_false(a->echoed);
}

/* A known credential in the answer to somebody who never sent it: removed by
 * the redactor, though it is no echo. */
static void
test_known_elsewhere(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_request(scene_url(s, 0, "/"));
	struct echo_plan plan = {.form = KEY};
	const struct captured *a;

	s->servers[0].serve = serve_echo;
	s->servers[0].serve_ctx = &plan;
	a = scene_exchange(s, &r);
	assert_no_piece("elsewhere", KEY, &a->body);
	assert_false(a->echoed);
	assert_true(a->leaked);
	plan.in_head = true;
	a = scene_exchange(s, &r);
	assert_no_piece("elsewhere", KEY, &a->head);
	assert_true(a->leaked);
	/* The example key of a documentation is nobody's. */
	plan = (struct echo_plan){.form = "sk-qwertyuiop9876zyxw5432kj"};
	a = scene_exchange(s, &r);
	assert_non_null(strstr(buf_text(&a->body), "\"[redacted]\""));
	assert_false(a->leaked);
	/* Whoever sends one and gets it back: an echo, and no more. */
	r = scene_billable(scene_url(s, 0, "/"), "key");
	plan = (struct echo_plan){.form = KEY};
	a = scene_exchange(s, &r);
	assert_true(a->echoed);
	assert_false(a->leaked);
}

static void
serve_hop(struct server *server, struct peer *peer)
{
	if (strstr(buf_text(&server->last), "token=") != NULL)
		peer_puts(peer, "HTTP/1.1 204 No\r\n\r\n");
	else
		peer_puts(peer, "HTTP/1.1 302 F\r\nContent-Length: 0\r\n"
				"Location: /x?token=" KEY "\r\n\r\n");
}

/* A redirect may carry a credential that we know into the final URL. */
static void
test_final_url(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_request(scene_url(s, 0, "/"));
	const struct captured *a;

	r.max_redirects = 1;
	s->servers[0].serve = serve_hop;
	a = scene_exchange(s, &r);
	assert_int_equal(a->status, 204);
	assert_non_null(strstr(buf_text(&a->final_url), "/x?token="));
	assert_no_piece("final URL", KEY, &a->final_url);
}

/* An answer that was cut at the limit is cleaned like any other. */
static void
test_cut_answer(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_billable(scene_url(s, 0, "/"), "odd");
	struct echo_plan plan = {.form = ODD};
	const struct captured *a;

	r.max_body_bytes = 30;
	s->servers[0].serve = serve_echo;
	s->servers[0].serve_ctx = &plan;
	a = scene_exchange(s, &r);
	assert_int_equal(a->transport, TRANSPORT_TOO_BIG);
	assert_true(a->echoed);
	assert_no_piece("cut", ODD, &a->body);
}

static int
open_scene(void **state)
{
	static struct scene scene;

	scene_open(&scene, NULL);
	*state = &scene;
	return 0;
}

static int
close_scene(void **state)
{
	scene_close(*state);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_scene, close_scene)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_credential),	   TEST(test_odd_credential),
	    TEST(test_invalid_credential), TEST(test_no_echo),
	    TEST(test_known_elsewhere),	   TEST(test_final_url),
	    TEST(test_cut_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
