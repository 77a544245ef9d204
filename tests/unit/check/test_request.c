/* Requests built from a profile, and what must never be built. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "check/request.h"
#include "sample.h"

#include <config.h>
#include <json-c/json.h>

#define NONCE "0123456789abcdef"

/* Everything that a test may change before it builds. */
struct scene {
	struct header_template headers[4];
	struct accept_rule accept[2];
	struct profile profile;
	struct gateway gateway;
	struct environment environment;
	struct workload workload;
};

static void
set_scene(struct scene *s)
{
	*s = (struct scene){0};
	s->profile = sample_profile();
	s->headers[0] = sample_headers[0];
	s->profile.headers = s->headers;
	assert_true(s->profile.n_accept <= COUNT(s->accept));
	memcpy(s->accept, s->profile.accept,
	       s->profile.n_accept * sizeof(s->accept[0]));
	s->profile.accept = s->accept;
	s->gateway = (struct gateway){
	    .name = "sample",
	    .profile = &s->profile,
	    .base_url = "https://api.example.com",
	    .hosts = s->profile.hosts,
	};
	s->workload = (struct workload){
	    .label = "support-chat",
	    .gateway = &s->gateway,
	    .model = "gpt-4o-mini",
	    .environment_name = "test",
	    .credential = "support-chat",
	    .account_surface = SURFACE_COUNTER,
	};
}

static const char *
header(const struct check_request *r, const char *name)
{
	const char *found = NULL;

	for (size_t i = 0; i < r->http.n_headers; i++) {
		if (strcmp(r->http.headers[i].name, name) == 0) {
			assert_null(found); /* once only */
			found = r->http.headers[i].value;
		}
	}
	return found;
}

static void
test_happy(void **state)
{
	struct check_request r;
	struct scene s;

	set_scene(&s);
	assert_int_equal(check_request_happy(&s.workload, &r, NULL), 0);
	assert_string_equal(r.http.method, "POST");
	assert_string_equal(r.http.url,
			    "https://api.example.com/v1/chat/completions");
	assert_string_equal(r.http.body,
			    "{\"model\":\"gpt-4o-mini\",\"max_tokens\":16}");
	assert_int_equal(r.http.body_len, strlen(r.http.body));
	assert_string_equal(header(&r, "Authorization"), "Bearer ${secret}");
	assert_string_equal(header(&r, "Content-Type"), "application/json");
	assert_string_equal(header(&r, "Accept"), "application/json");
	assert_string_equal(header(&r, "User-Agent"),
			    "evidenced/" PACKAGE_VERSION);
	assert_string_equal(r.http.credential, "support-chat");
	assert_null(r.http.invalid_secret);
	assert_int_equal(r.http.max_redirects, 0);
	assert_int_equal(r.http.timeout_ms, 30000);
	assert_int_equal(r.http.max_body_bytes, 262144);
	assert_int_equal(r.http.n_hosts, 1);
	assert_string_equal(r.http.hosts[0], "api.example.com");
	check_request_free(&r);
}

/* Same endpoint, same body, same headers: only the secret differs, and the
 * own credential is not even named. */
static void
test_error_path(void **state)
{
	struct check_request happy, error;
	struct scene s;

	set_scene(&s);
	assert_int_equal(check_request_happy(&s.workload, &happy, NULL), 0);
	assert_int_equal(check_request_error(&s.workload, NONCE, &error, NULL),
			 0);
	assert_string_equal(error.http.url, happy.http.url);
	assert_string_equal(error.http.method, happy.http.method);
	assert_string_equal(error.http.body, happy.http.body);
	assert_int_equal(error.http.n_headers, happy.http.n_headers);
	assert_string_equal(header(&error, "Authorization"),
			    "Bearer ${secret}");
	assert_string_equal(error.http.credential, "");
	assert_string_equal(error.http.invalid_secret,
			    "sk-evidenced-invalid-" NONCE);
	assert_int_equal(error.http.max_redirects, 0);
	check_request_free(&happy);
	check_request_free(&error);
}

static void
test_invalid_configuration(void **state)
{
	struct check_request r;
	struct scene s;

	set_scene(&s);
	s.profile.variant = VARIANT_CONFIGURATION;
	assert_int_equal(check_request_error(&s.workload, NONCE, &r, NULL), 0);
	assert_string_equal(r.http.body, "{\"model\":\"evidenced-invalid-" NONCE
					 "\",\"max_tokens\":16}");
	assert_string_equal(r.http.credential, "support-chat");
	assert_null(r.http.invalid_secret);
	check_request_free(&r);

	s.headers[0].value = "none";
	assert_int_equal(check_request_error(&s.workload, NONCE, &r, NULL), 0);
	assert_string_equal(r.http.credential, "");
	check_request_free(&r);

	s.profile.body = "{\"model\":\"fixed\"}";
	assert_int_equal(check_request_error(&s.workload, NONCE, &r, NULL),
			 ERR_INVALID);
}

static void
test_model_is_escaped(void **state)
{
	const char *model = "a\"b\\c\xc3\xa9${secret}${model}";
	struct json_object *o;
	struct check_request r;
	struct scene s;

	set_scene(&s);
	s.workload.model = model;
	assert_int_equal(check_request_happy(&s.workload, &r, NULL), 0);
	o = json_tokener_parse(r.http.body);
	assert_non_null(o);
	assert_string_equal(
	    json_object_get_string(json_object_object_get(o, "model")), model);
	json_object_put(o);
	check_request_free(&r);
}

static void
test_nonce(void **state)
{
	static const char *const bad[] = {
	    "",
	    "0123456",
	    "0123456G",
	    "01 34567",
	    "01\r\n5678",
	    "00000000000000000000000000000000000000000000000000000000000000000"};
	struct check_request r;
	struct scene s;

	set_scene(&s);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(
		    check_request_error(&s.workload, bad[i], &r, NULL),
		    ERR_INVALID);
}

/* Each change alone must stop the request from being built. */
static void
change_path(struct scene *s)
{
	s->profile.path = "/v1/${secret}";
}

static void
change_base(struct scene *s)
{
	s->gateway.base_url = "https://api.example.com/?key=${secret}";
}

static void
change_body(struct scene *s)
{
	s->profile.body = "{\"key\":\"${secret}\"}";
}

static void
change_body_place(struct scene *s)
{
	s->profile.body = "{\"user\":\"${workload}\"}";
}

static void
change_model(struct scene *s)
{
	s->workload.model = "a\r\nb";
}

static void
change_model_bytes(struct scene *s)
{
	s->workload.model = "a\xff";
}

static void
change_header_value(struct scene *s)
{
	s->headers[0].value = "Bearer ${secret}\r\nX-Evil: 1";
}

static void
change_header_place(struct scene *s)
{
	s->headers[0].value = "Bearer ${token}";
}

static void
change_header_name(struct scene *s)
{
	s->headers[0].name = "Author ization:";
}

static void
change_url_control(struct scene *s)
{
	s->profile.path = "/v1\r\nHost: evil";
}

static void
change_url_length(struct scene *s)
{
	static char path[4096];

	memset(path, 'a', sizeof(path) - 1);
	path[0] = '/';
	s->profile.path = path;
}

static void (*const changes[])(struct scene *) = {
    change_path,	 change_base,	      change_body,
    change_body_place,	 change_model,	      change_model_bytes,
    change_header_value, change_header_place, change_header_name,
    change_url_control,	 change_url_length,
};

static void
test_refused(void **state)
{
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct check_request r;
		struct scene s;
		struct err err = {0};

		set_scene(&s);
		changes[i](&s);
		if (check_request_happy(&s.workload, &r, &err) != ERR_INVALID)
			fail_msg("change %zu was accepted", i);
		assert_true(err.text[0] != '\0');
		assert_int_equal(
		    check_request_error(&s.workload, NONCE, &r, NULL),
		    ERR_INVALID);
	}
}

/* An error path that cannot differ from the happy path is none. */
static void
test_error_path_must_differ(void **state)
{
	struct check_request r;
	struct scene s;

	set_scene(&s);
	s.profile.invalid_secret = "sk-always-the-same";
	assert_int_equal(check_request_error(&s.workload, NONCE, &r, NULL),
			 ERR_INVALID);
	s.profile.invalid_secret = "${secret}${nonce}";
	assert_int_equal(check_request_error(&s.workload, NONCE, &r, NULL),
			 ERR_INVALID);
	s.profile.invalid_secret = "a\n${nonce}";
	assert_int_equal(check_request_error(&s.workload, NONCE, &r, NULL),
			 ERR_INVALID);
	set_scene(&s);
	s.headers[0].value = "none";
	assert_int_equal(check_request_error(&s.workload, NONCE, &r, NULL),
			 ERR_INVALID);
	assert_int_equal(check_request_happy(&s.workload, &r, NULL), 0);
	assert_string_equal(r.http.credential, "");
	check_request_free(&r);
}

static void
test_dangling(void **state)
{
	struct check_request r;
	char endpoint[64] = "x";
	struct scene s;

	set_scene(&s);
	s.gateway.profile = NULL;
	assert_int_equal(check_request_happy(&s.workload, &r, NULL),
			 ERR_NOT_FOUND);
	s.workload.gateway = NULL;
	assert_int_equal(check_request_happy(&s.workload, &r, NULL),
			 ERR_NOT_FOUND);
	assert_int_equal(check_request_error(&s.workload, NONCE, &r, NULL),
			 ERR_NOT_FOUND);
	assert_int_equal(check_request_counter(&s.workload, &r, NULL),
			 ERR_NOT_FOUND);
	check_endpoint(&s.workload, endpoint, sizeof(endpoint));
	assert_string_equal(endpoint, "");
	check_scope_digest(&s.workload);
}

static void
test_environment_hosts(void **state)
{
	static const char *const hosts[] = {"a.example", "b.example"};
	struct check_request r;
	struct scene s;

	set_scene(&s);
	s.workload.environment = &s.environment;
	assert_int_equal(check_request_happy(&s.workload, &r, NULL), 0);
	assert_int_equal(r.http.n_hosts, 1);
	check_request_free(&r);
	s.environment.hosts = (struct string_list){hosts, 2};
	assert_int_equal(check_request_happy(&s.workload, &r, NULL), 0);
	assert_int_equal(r.http.n_hosts, 2);
	assert_string_equal(r.http.hosts[1], "b.example");
	check_request_free(&r);
}

static void
test_own_header_wins(void **state)
{
	struct check_request r;
	struct scene s;

	set_scene(&s);
	s.headers[1] = (struct header_template){"user-agent", "other/1"};
	s.profile.n_headers = 2;
	assert_int_equal(check_request_happy(&s.workload, &r, NULL), 0);
	assert_string_equal(header(&r, "user-agent"), "other/1");
	assert_null(header(&r, "User-Agent"));
	check_request_free(&r);
}

static void
test_counter(void **state)
{
	struct check_request r;
	struct scene s;

	set_scene(&s);
	s.gateway.base_url = "https://api.example.com/";
	assert_int_equal(check_request_counter(&s.workload, &r, NULL), 0);
	assert_string_equal(r.http.method, "GET");
	assert_string_equal(r.http.url,
			    "https://api.example.com/api/usage/token/");
	assert_null(r.http.body);
	assert_string_equal(r.http.credential, "support-chat");
	assert_null(r.http.invalid_secret);
	assert_int_equal(r.http.max_redirects, 0);
	assert_null(header(&r, "Content-Type"));
	check_request_free(&r);
	s.profile.surface.present = false;
	assert_int_equal(check_request_counter(&s.workload, &r, NULL),
			 ERR_NOT_FOUND);
	set_scene(&s);
	s.profile.surface.path = "/quota?key=${secret}";
	assert_int_equal(check_request_counter(&s.workload, &r, NULL),
			 ERR_INVALID);
}

static void
test_source(void **state)
{
	static const char *const hosts[] = {"www.example.com"};
	struct source source = {
	    .name = "pricing",
	    .url = "https://www.example.com/pricing/",
	    .hosts = {hosts, 1},
	    .timeout_ms = 20000,
	    .max_bytes = 1048576,
	};
	struct check_request r;

	assert_int_equal(check_request_source(&source, &r, NULL), 0);
	assert_string_equal(r.http.method, "GET");
	assert_string_equal(r.http.url, "https://www.example.com/pricing/");
	assert_string_equal(r.http.credential, "");
	assert_null(r.http.invalid_secret);
	assert_null(r.http.body);
	assert_int_equal(r.http.max_redirects, 5);
	assert_int_equal(r.http.timeout_ms, 20000);
	assert_int_equal(r.http.max_body_bytes, 1048576);
	assert_ptr_equal(r.http.hosts, hosts);
	assert_string_equal(header(&r, "Accept-Language"), "en");
	assert_string_equal(header(&r, "User-Agent"),
			    "evidenced/" PACKAGE_VERSION);
	assert_non_null(strstr(header(&r, "Accept"), "text/markdown"));
	for (size_t i = 0; i < r.http.n_headers; i++)
		assert_null(strstr(r.http.headers[i].value, "${"));
	check_request_free(&r);
}

static const struct {
	const char *base, *path, *endpoint;
} endpoints[] = {
    {"https://a.example", "/v1/x", "https://a.example/v1/x"},
    {"https://a.example/", "/v1/x", "https://a.example/v1/x"},
    {"https://a.example/api//", "v1/x", "https://a.example/api/v1/x"},
    {"https://a.example", "/v1/x?version=1#y", "https://a.example/v1/x"},
    {"https://a.example", "", "https://a.example"},
};

static void
test_endpoint(void **state)
{
	for (size_t i = 0; i < COUNT(endpoints); i++) {
		char out[128], tiny[9];
		struct scene s;

		set_scene(&s);
		s.gateway.base_url = endpoints[i].base;
		s.profile.path = endpoints[i].path;
		check_endpoint(&s.workload, out, sizeof(out));
		assert_string_equal(out, endpoints[i].endpoint);
		check_endpoint(&s.workload, tiny, sizeof(tiny));
		assert_string_equal(tiny, "https://");
	}
}

static bool
same_scope(const struct scene *a, const struct scene *b)
{
	struct digest x = check_scope_digest(&a->workload);
	struct digest y = check_scope_digest(&b->workload);

	return digest_equal(&x, &y);
}

/* What an approval of the scope covers changes the digest; what it does not
 * cover leaves it alone. */
static void
test_scope_digest(void **state)
{
	struct scene a, b;

	set_scene(&a);
	set_scene(&b);
	assert_true(same_scope(&a, &b));
	b.workload.label = "another";
	b.profile.timeout_ms = 1;
	assert_true(same_scope(&a, &b));
#define DIFFERS(assignment)                          \
	do {                                         \
		set_scene(&b);                       \
		assignment;                          \
		if (same_scope(&a, &b))              \
			fail_msg("%s", #assignment); \
	} while (0)
	DIFFERS(b.workload.model = "gpt-4o");
	DIFFERS(b.workload.environment_name = "another");
	DIFFERS(b.workload.credential = "other");
	DIFFERS(b.workload.account_surface = SURFACE_RESPONSE);
	DIFFERS(b.gateway.base_url = "https://b.example");
	DIFFERS(b.profile.path = "/v1/responses");
	DIFFERS(b.profile.method = "PUT");
	DIFFERS(b.profile.content_type = "text/plain");
	DIFFERS(b.profile.body = "{\"model\":\"${model}\"}");
	DIFFERS(b.headers[0].value = "${secret}");
	DIFFERS(b.headers[0].name = "x-api-key");
	DIFFERS(b.profile.n_headers = 0);
	DIFFERS(b.profile.variant = VARIANT_CONFIGURATION);
	DIFFERS(b.profile.surface.path = "/other");
	DIFFERS(b.profile.surface.present = false);
	DIFFERS(b.workload.gateway = NULL);
	/* what counts as an answer */
	DIFFERS(b.profile.expect_status.n = 0);
	DIFFERS(b.profile.expect_type = "");
	DIFFERS(b.profile.require.n = 0);
	DIFFERS(b.profile.forbid.n = 0);
	DIFFERS(b.profile.usage_input = "/tokens");
	DIFFERS(b.profile.usage_output = "");
	DIFFERS(b.profile.usage_total = "");
	DIFFERS(b.profile.model_pointer = "");
	DIFFERS(b.profile.n_accept--);
	DIFFERS(b.accept[0].status = 0);
	DIFFERS(b.accept[0].json = !b.accept[0].json);
	DIFFERS(b.accept[0].pointer = "/error");
	DIFFERS(b.accept[0].equals = "x");
	DIFFERS(b.profile.surface.ok_pointer = "");
	/* The texts are kept apart, not run together. */
	set_scene(&a);
	a.workload.model = "ab";
	a.workload.credential = "c";
	DIFFERS((b.workload.model = "a", b.workload.credential = "bc"));
#undef DIFFERS
}

/* The form of the digest is a promise to the approvals in old ledgers. */
static void
test_scope_digest_form(void **state)
{
	char hex[DIGEST_HEX_LEN + 1];
	struct digest digest;
	struct scene s;

	set_scene(&s);
	digest = check_scope_digest(&s.workload);
	assert_string_equal(
	    digest_hex(&digest, hex),
	    "d4977cc559aaee3b09156545e1dfc4b671b1661315dc14d17b41115bf42eb257");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_happy),
	    cmocka_unit_test(test_error_path),
	    cmocka_unit_test(test_invalid_configuration),
	    cmocka_unit_test(test_model_is_escaped),
	    cmocka_unit_test(test_nonce),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_error_path_must_differ),
	    cmocka_unit_test(test_dangling),
	    cmocka_unit_test(test_environment_hosts),
	    cmocka_unit_test(test_own_header_wins),
	    cmocka_unit_test(test_counter),
	    cmocka_unit_test(test_source),
	    cmocka_unit_test(test_endpoint),
	    cmocka_unit_test(test_scope_digest),
	    cmocka_unit_test(test_scope_digest_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
