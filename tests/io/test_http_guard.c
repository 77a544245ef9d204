/* Which URLs may be contacted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/http_guard.h"

#include <stdbool.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const hosts[] = {"api.example.com", "127.0.0.1", "localhost",
				    "[::1]", "10.0.0.1"};

static const struct {
	const char *url;
	enum transport open;   /* without a secret, asked for from elsewhere */
	enum transport secret; /* with one */
} urls[] = {
    {"https://api.example.com/v1", TRANSPORT_OK, TRANSPORT_OK},
    {"https://API.Example.COM:8443/v1", TRANSPORT_OK, TRANSPORT_OK},
    {"http://api.example.com/v1", TRANSPORT_OK, TRANSPORT_INSECURE},
    {"http://10.0.0.1/", TRANSPORT_OK, TRANSPORT_INSECURE},
    {"http://127.0.0.1:8080/", TRANSPORT_OK, TRANSPORT_OK},
    {"http://localhost:8080/", TRANSPORT_OK, TRANSPORT_OK},
    {"http://[::1]:8080/", TRANSPORT_OK, TRANSPORT_OK},
    /* other spellings of 127.0.0.1 are that address */
    {"http://0x7f000001/", TRANSPORT_OK, TRANSPORT_OK},
    {"http://2130706433/", TRANSPORT_OK, TRANSPORT_OK},
    {"https://example.com/", TRANSPORT_HOST, TRANSPORT_HOST},
    {"https://api.example.com.evil.test/", TRANSPORT_HOST, TRANSPORT_HOST},
    {"https://evil.test/api.example.com", TRANSPORT_HOST, TRANSPORT_HOST},
    {"https://evil.test?api.example.com", TRANSPORT_HOST, TRANSPORT_HOST},
    {"https://sub.api.example.com/", TRANSPORT_HOST, TRANSPORT_HOST},
    {"https://api.example.com./", TRANSPORT_HOST, TRANSPORT_HOST},
    {"ftp://api.example.com/", TRANSPORT_HOST, TRANSPORT_HOST},
    {"file:///etc/passwd", TRANSPORT_HOST, TRANSPORT_HOST},
    {"gopher://127.0.0.1/", TRANSPORT_HOST, TRANSPORT_HOST},
};

static CURLU *
parse(const char *text)
{
	CURLU *url = curl_url();

	assert_non_null(url);
	assert_int_equal(curl_url_set(url, CURLUPART_URL, text, 0), CURLUE_OK);
	return url;
}

static void
test_urls(void **state)
{
	CURLU *origin = parse("https://docs.example.org/");

	for (size_t i = 0; i < COUNT(urls); i++) {
		CURLU *url = parse(urls[i].url);

		if (http_guard(url, origin, hosts, COUNT(hosts), false) !=
			urls[i].open ||
		    http_guard(url, origin, hosts, COUNT(hosts), true) !=
			urls[i].secret)
			fail_msg("%s", urls[i].url);
		curl_url_cleanup(url);
	}
	curl_url_cleanup(origin);
}

static void
test_origin(void **state)
{
	CURLU *origin = parse("https://docs.example.org/a");
	CURLU *there = parse("https://docs.example.org/b");

	assert_int_equal(http_guard(there, origin, hosts, COUNT(hosts), false),
			 TRANSPORT_OK);
	assert_int_equal(http_guard(there, origin, NULL, 0, false),
			 TRANSPORT_OK);
	assert_int_equal(http_guard(there, origin, hosts, COUNT(hosts), true),
			 TRANSPORT_HOST);
	curl_url_cleanup(there);
	curl_url_cleanup(origin);
}

static void
test_hops(void **state)
{
	CURLU *plain = parse("http://api.example.com/");
	CURLU *tls = parse("https://api.example.com/");

	assert_int_equal(http_guard_hop(tls, plain), TRANSPORT_INSECURE);
	assert_int_equal(http_guard_hop(plain, tls), TRANSPORT_OK);
	assert_int_equal(http_guard_hop(plain, plain), TRANSPORT_OK);
	assert_int_equal(http_guard_hop(tls, tls), TRANSPORT_OK);
	curl_url_cleanup(plain);
	curl_url_cleanup(tls);
}

static void
test_loopback(void **state)
{
	static const struct {
		const char *address;
		bool loopback;
	} addresses[] = {
	    {"127.0.0.1", true},
	    {"127.255.255.254", true},
	    {"::1", true},
	    {"[::1]", true},
	    {"0:0:0:0:0:0:0:1", true},
	    {"128.0.0.1", false},
	    {"10.127.0.1", false},
	    {"::2", false},
	    {"::ffff:127.0.0.1", false},
	    {"127.0.0.1.evil.test", false},
	    {"localhost", false},
	    {"", false},
	    {"[", false},
	    {"[]", false},
	};

	for (size_t i = 0; i < COUNT(addresses); i++) {
		if (http_guard_is_loopback(addresses[i].address) !=
		    addresses[i].loopback)
			fail_msg("%s", addresses[i].address);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_urls),
	    cmocka_unit_test(test_origin),
	    cmocka_unit_test(test_hops),
	    cmocka_unit_test(test_loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
