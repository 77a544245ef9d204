/* The control protocol, both directions. */
#include "ctl/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
requests_go_through_unchanged(void **state)
{
	const struct ctl_request from = {.command = CTL_APPROVE,
					 .nonce = "00ff",
					 .name = "gw-pricing",
					 .snapshot = "0123456789ab",
					 .role = "pricing-owner",
					 .note = "compared \"all\" \xc3\xa4",
					 .wait = true};
	struct ctl_request to;
	struct buf line = {0};

	assert_int_equal(ctl_request_encode(&from, &line), 0);
	assert_string_equal(
	    buf_text(&line),
	    "{\"args\":{\"name\":\"gw-pricing\",\"nonce\":\"00ff\","
	    "\"note\":\"compared \\\"all\\\" \xc3\xa4\","
	    "\"role\":\"pricing-owner\",\"snapshot\":\"0123456789ab\","
	    "\"wait\":true},\"command\":\"approve\",\"v\":1}");
	assert_int_equal(ctl_request_decode(line.data, line.len, &to, NULL), 0);
	assert_memory_equal(&from, &to, sizeof(to));
	buf_free(&line);
}

static void
a_hold_goes_through_unchanged(void **state)
{
	const struct ctl_request from = {.command = CTL_LEGAL_HOLD,
					 .name = "40",
					 .since = "2026-07-01T00:00:00Z",
					 .until = "2026-08-01T00:00:00Z",
					 .release = true};
	struct ctl_request to;
	struct buf line = {0};

	assert_int_equal(ctl_request_encode(&from, &line), 0);
	assert_string_equal(buf_text(&line),
			    "{\"args\":{\"name\":\"40\",\"release\":true,"
			    "\"since\":\"2026-07-01T00:00:00Z\","
			    "\"until\":\"2026-08-01T00:00:00Z\"},"
			    "\"command\":\"legal-hold\",\"v\":1}");
	assert_int_equal(ctl_request_decode(line.data, line.len, &to, NULL), 0);
	assert_memory_equal(&from, &to, sizeof(to));
	buf_free(&line);
}

static void
what_is_unknown_is_refused(void **state)
{
	static const char *const lines[] = {
	    "",
	    "{}",
	    "null",
	    "{\"args\":{},\"command\":\"run\",\"v\":2}",
	    "{\"args\":{},\"command\":\"dance\",\"v\":1}",
	    "{\"args\":[],\"command\":\"run\",\"v\":1}",
	    "{\"args\":{\"name\":1},\"command\":\"run\",\"v\":1}",
	    "{\"args\":{\"wait\":\"yes\"},\"command\":\"run\",\"v\":1}",
	    "{\"args\":{\"surprise\":\"a\"},\"command\":\"run\",\"v\":1}",
	    "{\"args\":{},\"command\":\"run\",\"v\":1",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct ctl_request request;
		struct err err = {0};

		assert_true(ctl_request_decode(lines[i], strlen(lines[i]),
					       &request, &err) < 0);
		assert_true(err.text[0] != '\0');
	}
}

static void
limits_of_members_and_messages(void **state)
{
	static const char status[] =
	    "{\"args\":{},\"command\":\"status\",\"v\":1}";
	static char line[CTL_MESSAGE_MAX + 64];
	char name[CTL_OBJECT_MAX + 2];
	struct ctl_request request;
	int n;

	for (int extra = 0; extra < 2; extra++) {
		size_t len = (size_t)(CTL_OBJECT_MAX + extra);

		memset(name, 'a', len);
		name[len] = '\0';
		n = snprintf(line, sizeof(line),
			     "{\"args\":{\"name\":\"%s\"},\"command\":\"run\","
			     "\"v\":1}",
			     name);
		assert_int_equal(
		    ctl_request_decode(line, (size_t)n, &request, NULL) == 0,
		    extra == 0);
	}
	memset(line, ' ', sizeof(line));
	memcpy(line, status, strlen(status));
	assert_int_equal(ctl_request_decode(line, 64 * 1024, &request, NULL),
			 0);
	assert_int_equal(
	    ctl_request_decode(line, 64 * 1024 + 1, &request, NULL), ERR_LIMIT);
}

static void
replies_go_through_unchanged(void **state)
{
	struct buf line = {0};
	char *text;
	int status;

	assert_int_equal(ctl_reply_encode(CTL_REFUSED, "BUSY: a\n", &line), 0);
	assert_int_equal(
	    ctl_reply_decode(line.data, line.len, &status, &text, NULL), 0);
	assert_int_equal(status, CTL_REFUSED);
	assert_string_equal(text, "BUSY: a\n");
	free(text);
	buf_free(&line);
	assert_true(ctl_reply_decode("{\"v\":1}", 7, &status, &text, NULL) < 0);
	assert_true(ctl_reply_decode("{\"status\":300,\"text\":\"\",\"v\":1}",
				     31, &status, &text, NULL) < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requests_go_through_unchanged),
	    cmocka_unit_test(a_hold_goes_through_unchanged),
	    cmocka_unit_test(what_is_unknown_is_refused),
	    cmocka_unit_test(limits_of_members_and_messages),
	    cmocka_unit_test(replies_go_through_unchanged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
