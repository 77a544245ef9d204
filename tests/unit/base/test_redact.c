/* Secrets are found in every encoding and in pieces, prose keeps its words,
 * and no text takes long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/redact.h"
#include "base/secrets.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define KEY	     "Zm9vYmFy-0123456789_abcXYZ"
#define ODD	     "o\"d\\d/k+e=y%with:ev~ery.thing"

static struct redactor *
sample(void)
{
	struct redactor *r = redactor_new();

	assert_non_null(r);
	assert_int_equal(redactor_add(r, "key", KEY, strlen(KEY)), 0);
	assert_int_equal(redactor_add(r, "odd", ODD, strlen(ODD)), 0);
	return r;
}

static const struct {
	const char *in;
	const char *out;
	size_t hits;
} texts[] = {
    /* registered values */
    {"", "", 0},
    {"nothing here", "nothing here", 0},
    {KEY, "[redacted]", 1},
    {"a " KEY " b " KEY, "a [redacted] b [redacted]", 2},
    {KEY KEY, "[redacted]", 1},
    {ODD, "[redacted]", 1},
    {"masked: Zm9vYmFy*****", "masked: [redacted]*****", 1},
    {"tail ...bcXYZ", "tail ...bcXYZ", 0}, /* five bytes only */
    {"tail ...9_abcXYZ!", "tail ...[redacted]!", 1},
    {"pieces Zm9vYmFy and 23456789", "pieces [redacted] and [redacted]", 2},
    {"\"o\\\"d\\\\d/k+e=y%with:ev~ery.thing\"", "\"[redacted]\"", 1},
    {"\"o\\\"d\\\\d\\/k+e=y%with:ev~ery.thing\"", "\"[redacted]\"", 1},
    {"?k=o%22d%5Cd%2Fk%2Be%3Dy%25with%3Aev~ery.thing&x=1", "?k=[redacted]&x=1",
     1},
    {"?k=o%22d%5cd%2fk%2be%3dy%25with%3aev~ery.thing&x=1", "?k=[redacted]&x=1",
     1},
    /* general shapes */
    {"Authorization: Bearer abcdefgh12345678", "Authorization: [redacted]", 1},
    {"bearer   abc.def~1234567+/=, next", "[redacted], next", 1},
    {"Bearer of good news in 2026", "Bearer of good news in 2026", 0},
    {"Bearer authentication", "Bearer authentication", 0},
    {"Bearer", "Bearer", 0},
    {"key sk-abcdEFGH1234 end", "key [redacted] end", 1},
    {"use sk-proj-abc_def-123 or", "use [redacted] or", 1},
    {"sk-short1", "sk-short1", 0},
    {"sk-learn-is-a-fine-library", "sk-learn-is-a-fine-library", 0},
    {"task-management-2026-plan", "task-management-2026-plan", 0},
    {"t=eyJhbGciOi.eyJzdWIiOi.SflKxwRJSM;", "t=[redacted];", 1},
    {"eyJhbGciOi.eyJzdWIiOi", "eyJhbGciOi.eyJzdWIiOi", 0},
    {"eyJhbGciOi.short.SflKxwRJSM", "eyJhbGciOi.short.SflKxwRJSM", 0},
    {"a\n-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\nb",
     "a\n[redacted]\nb", 1},
    {"a -----BEGIN PRIVATE KEY-----\nMHc", "a [redacted]", 1},
    {"-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----",
     "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----", 0},
    {"Zm9v%59mFy of %41 and %5am9vYmFy!", "[redacted] of %41 and [redacted]!",
     2},
    /* both at once: overlapping finds are one */
    {"Bearer " KEY, "[redacted]", 1},
    {"sk-x1" KEY "tail", "[redacted]", 1},
    {KEY "-tail of words", "[redacted]-tail of words", 1},
};

static void
test_texts(void **state)
{
	struct redactor *r = sample();

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct buf out = {0};
		size_t n = strlen(texts[i].in);
		size_t hits = redact(r, texts[i].in, n, &out);

		if (hits != texts[i].hits ||
		    strcmp(buf_text(&out), texts[i].out) != 0)
			fail_msg("%s: %zu %s", texts[i].in, hits,
				 buf_text(&out));
		assert_int_equal(redact_needed(r, texts[i].in, n), hits > 0);
		buf_free(&out);
	}
	redactor_free(r);
}

/* Whatever stands before and after it, eight bytes of the secret never stay
 * in base64 that was made of the whole. */
static void
test_base64(void **state)
{
	static const char *const before[] = {"", "a", "ab", "abc", "user:"};
	struct redactor *r = sample();

	for (size_t i = 0; i < COUNT(before); i++) {
		char plain[128], packed[256];
		struct buf out = {0};
		int n;

		snprintf(plain, sizeof(plain), "%s%s%s", before[i], ODD,
			 "tail");
		n = EVP_EncodeBlock((unsigned char *)packed,
				    (unsigned char *)plain, (int)strlen(plain));
		assert_int_equal(redact(r, packed, (size_t)n, &out), 1);
		/* What is left is the surroundings and an edge. */
		assert_true(out.len < (strlen(before[i]) + 4 + 4) * 4 / 3 + 8 +
					  strlen("[redacted]"));
		buf_reset(&out);
		for (int k = 0; k < n; k++) {
			if (packed[k] == '+')
				packed[k] = '-';
			else if (packed[k] == '/')
				packed[k] = '_';
		}
		assert_int_equal(redact(r, packed, (size_t)n, &out), 1);
		buf_free(&out);
	}
	redactor_free(r);
}

static void
test_short_value(void **state)
{
	struct redactor *r = redactor_new();

	assert_int_equal(redactor_add(r, "x", "1234567", 7), ERR_INVALID);
	assert_false(redact_needed(r, "1234567 1234567", 15));
	redactor_free(r);
}

/* A NUL or a broken character hides nothing. */
static void
test_any_bytes(void **state)
{
	static const char in[] = "\xff\0" KEY "\0\xc3" KEY "\x80";
	struct redactor *r = sample();
	struct buf out = {0};

	assert_int_equal(redact(r, in, sizeof(in) - 1, &out), 2);
	assert_int_equal(out.len, 2 + 10 + 2 + 10 + 1);
	assert_memory_equal(out.data, "\xff\0[redacted]\0\xc3[redacted]\x80",
			    out.len);
	buf_free(&out);
	redactor_free(r);
}

/* The words around a nonce occur in honest texts; the nonce does not. */
static void
test_random_only(void **state)
{
	static const char secret[] = "sk-evidenced-invalid-9f8e7d6c5b4a3928";
	static const char honest[] = "code: invalid-argument, key-invalid-x; "
				     "at 20260703 sk-evidenced-invalid-";
	static const char echo[] = "key 9f8e7d6c and sk-evidenced-invalid-"
				   "9f8e7d6c5b4a3928.";
	struct secrets s = {0};
	struct secrets_walk w;
	struct secrets_find f;

	assert_int_equal(secrets_add(&s, secret, strlen(secret), true), 0);
	w = secrets_walk_begin(&s, honest, strlen(honest));
	assert_false(secrets_walk_next(&w).any);
	w = secrets_walk_begin(&s, echo, strlen(echo));
	f = secrets_walk_next(&w);
	assert_true(f.any && f.start == 4 && f.end == 12);
	f = secrets_walk_next(&w);
	assert_true(f.any && f.start == 38 && f.end == 54);
	assert_false(secrets_walk_next(&w).any);
	secrets_fini(&s);
	w = secrets_walk_begin(&s, echo, strlen(echo));
	assert_false(secrets_walk_next(&w).any);
}

/* Every character may be escaped or not, but for those that must be. */
static void
escape_some(const char *from, const char *form, unsigned int which, char *to)
{
	for (; *from != '\0'; from++, which = which >> 1 | which << 31) {
		if ((which & 1) && strchr("\\\"%", *from) == NULL)
			*to++ = *from;
		else if (form[0] == '%')
			to += snprintf(to, 7,
				       form[1] == 'x' ? "%%%02x" : "%%%02X",
				       (unsigned char)*from);
		else
			to += snprintf(to, 7,
				       form[1] == 'x' ? "\\u%04x" : "\\u%04X",
				       (unsigned char)*from);
	}
	*to = '\0';
}

static void
test_escapes(void **state)
{
	static const char *const forms[] = {"%x", "%X", "ux", "uX"};
	static const char *const keys[] = {KEY, ODD};
	struct redactor *r = sample();

	for (unsigned int i = 0; i < 64; i++) {
		const char *key = keys[i % 2];
		struct buf out = {0};
		char text[512] = "<";

		escape_some(key, forms[i / 2 % COUNT(forms)],
			    i < 8 ? 0 : i * 2654435761u, text + 1);
		memcpy(text + strlen(text), ">", 2);
		redact(r, text, strlen(text), &out);
		if (strcmp(buf_text(&out), "<[redacted]>") != 0)
			fail_msg("%s: %s", text, buf_text(&out));
		buf_free(&out);
	}
	redactor_free(r);
}

/* A thousand secrets: each is found, none of the others' neighbours. */
static void
test_many(void **state)
{
	struct redactor *r = redactor_new();
	char value[64];

	for (unsigned i = 0; i < 1000; i++) {
		snprintf(value, sizeof(value), "k%08x%08x", i * 2654435761u,
			 ~i * 2246822519u);
		assert_int_equal(redactor_add(r, "x", value, strlen(value)), 0);
	}
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(value, sizeof(value), "k%08x%08x", i * 2654435761u,
			 ~i * 2246822519u);
		assert_true(redact_needed(r, value, strlen(value)));
		snprintf(value, sizeof(value), "v-%u-%u-other", i, i + 1);
		assert_false(redact_needed(r, value, strlen(value)));
	}
	redactor_free(r);
}

/* Texts made of the starts of shapes; were any of them walked anew at each
 * start, this test would run for minutes. */
static void
test_hostile_texts(void **state)
{
	static const char *const pieces[] = {
	    "sk-",    "eyJ-",	      "bearer ",
	    "Bearer", "-----BEGIN ",  "-----BEGIN PRIVATE KEY",
	    "eyJa.",  "eyJaaaaaaaa.", "-eyJaaaaaaaa",
	    "sk-eyJ-"};
	enum { SIZE = 2 * 1024 * 1024 };
	struct redactor *r = sample();
	char *text = malloc(SIZE);

	assert_non_null(text);
	for (size_t i = 0; i < COUNT(pieces); i++) {
		size_t n = strlen(pieces[i]);
		struct buf out = {0};

		for (size_t at = 0; at < SIZE; at++)
			text[at] = pieces[i][at % n];
		redact(r, text, SIZE, &out);
		assert_false(out.failed);
		buf_free(&out);
	}
	/* Many starts in one run, and a long second part without a third. */
	memset(text, 'a', SIZE);
	for (size_t at = 0; at < SIZE / 2; at++)
		text[at] = "-eyJaaaa"[at % 8];
	text[SIZE / 2] = '.';
	assert_false(redact_needed(r, text, SIZE));
	free(text);
	redactor_free(r);
}

/* Names that the configuration holds stay readable in rows; the rest of the
 * credential does not. */
static void
test_forgive(void **state)
{
	static const char value[] = "sk_chat-2026-w1_81f2c4d7";
	static const char config[] = "{\"label\":\"chat-2026-w1\"}";
	struct redactor *r = redactor_new();
	struct buf out = {0};

	assert_int_equal(redactor_add(r, "k", value, strlen(value)), 0);
	assert_true(redact_needed(r, "chat-2026-w1", 12));
	assert_int_equal(redactor_forgive(r, config, strlen(config)), 0);
	assert_false(redact_needed(r, "chat-2026-w1", 12));
	assert_int_equal(redact(r, value, strlen(value), &out), 1);
	assert_null(strstr(out.data, "81f2c4d7"));
	assert_null(strstr(out.data, "sk_chat"));
	buf_free(&out);
	redactor_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_forgive),
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_base64),
	    cmocka_unit_test(test_short_value),
	    cmocka_unit_test(test_any_bytes),
	    cmocka_unit_test(test_random_only),
	    cmocka_unit_test(test_escapes),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_hostile_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
