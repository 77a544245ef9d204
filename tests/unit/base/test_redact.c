/* Secrets are found in every encoding and in pieces, prose keeps its words,
 * and no text takes long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/seed.h"
#include "base/json.h"
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
	assert_int_equal(redactor_add(r, "key", KEY, strlen(KEY), NULL), 0);
	assert_int_equal(redactor_add(r, "odd", ODD, strlen(ODD), NULL), 0);
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
    /* any mixture, any depth */
    {"o\\\"d\\\\d\\/k+e=y\\u0025with:ev~ery.thing", "[redacted]", 1},
    {"o\\\\\\\"d\\\\\\\\d\\\\\\/k+e=y%with:ev~ery", "[redacted]", 1},
    {"\\\\u005am\\\\u0039vYmFy-", "[redacted]", 1},
    {"%5am9vYmF%79-0", "[redacted]", 1},
    {"some words Zm9vYmF\\u0079", "some words [redacted]", 1},
    {"\\u005am9vYmFy", "[redacted]", 1},
    {"\\u005am9vYmFy then words, then \\u005am9vYmFy",
     "[redacted] then words, then [redacted]", 2},
    /* general shapes */
    {"Authorization: Bearer abcdefgh12345678",
     "Authorization: Bearer [redacted]", 1},
    {"bearer   abc.def~1234567+/=, next", "bearer   [redacted], next", 1},
    {"auth=Bearer%20abcdefgh12345678&x", "auth=Bearer%20[redacted]&x", 1},
    {"Bearer abcdefghijklmnopqrstuvwx", "Bearer [redacted]", 1},
    {"\"\\nBearer abcdefgh12345678\"", "\"\\nBearer [redacted]\"", 1},
    {"Bearer abc-defg1234-xy", "Bearer [redacted]", 1},
    {"key sk-abcdEFGH1234 end", "key [redacted] end", 1},
    {"key sk-abcdefghijklmnop end", "key [redacted] end", 1},
    {"use sk-proj-abcdef0123456789 or", "use [redacted] or", 1},
    {"?key=sk-ABCD0123efgh&x", "?key=[redacted]&x", 1},
    {"%3Dsk-ABCD0123efgh&x", "%3D[redacted]&x", 1},
    {"\\u003dsk-ABCD0123efgh\\n", "\\u003d[redacted]\\n", 1},
    {"\"line\\nsk-ABCD0123efgh\"", "\"line\\n[redacted]\"", 1},
    {"sk-evidenced-invalid-9f8e7d6c5b4a3928.", "[redacted].", 1},
    {"t=eyJhbGciOi.eyJzdWIiOi.SflKxwRJSM;", "t=[redacted];", 1},
    {"a\n-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIHsMvt7vLAVz\n"
     "-----END EC PRIVATE KEY-----\nb",
     "a\n[redacted]\nb", 1},
    {"Zm9v%59mFy of %41 and %5am9vYmFy!", "[redacted] of %41 and [redacted]!",
     2},
    {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n"
     "MHcCAQEEIHsMvt7vLAVz+/==\n-----END RSA PRIVATE KEY-----",
     "[redacted]", 1},
    {"a -----BEGIN PRIVATE KEY-----\nMHcCAQEEIHsMvt7vLAVz", "a [redacted]", 1},
    {"{\"a\":\"-----BEGIN PRIVATE KEY-----\\nMHcCAQEEIHsMvt7vLAVz\",\"b\":1}",
     "{\"a\":\"[redacted]\",\"b\":1}", 1},
    /* both at once: overlapping finds are one */
    {"Bearer " KEY, "Bearer [redacted]", 1},
    {"sk-x1" KEY "tail", "[redacted]", 1},
    {KEY "-tail of words", "[redacted]-tail of words", 1},
    /* an escape is kept or goes as a whole */
    {"\\Zm9vYmFy-0", "[redacted]", 1},
    {"\\\\Zm9vYmFy-0", "\\\\[redacted]", 1},
    {"x:ev~ery.thing\\\"", "x[redacted]\\\"", 1},
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
	struct err err;

	assert_int_equal(redactor_add(r, "short", "1234567", 7, &err),
			 ERR_INVALID);
	assert_non_null(strstr(err.text, "credential short"));
	assert_null(strstr(err.text, "1234567"));
	assert_false(redact_needed(r, "1234567 1234567", 15));
	redactor_free(r);
}

/* What honest texts hold: digests, addresses, times, labels, and pages that
 * explain keys. */
static const char *const honest_texts[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "9f86d081884c7d65",
    "{\"prev\":\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f0\"}",
    "2026-07-03T00:00:01.000000Z 2026-07-03 04:30-07:30Z",
    "https://api.cometapi.com/v1/chat/completions?model=gpt-4o-mini&n=1",
    "https://wiki.example.com/finops/allocation#20260703-abcdef0987654321",
    "support-chat/happy record.support-chat.2026-07-03 cost-per-resolved-ticket",
    "evidenced.example.com/ledger+9bc7a8dd+Ad0n7uJYwWDlHHHoZbnVJf8s4xiLtA1d",
    "\xe2\x80\x94 evidenced Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    "eyJhbGciOi.eyJzdWIiOi",
    "eyJhbGciOi.short.SflKxwRJSM",
    "Bearer",
    "Bearer authentication",
    "Bearer of good news in 2026",
    "Bearer OAuth2.0-compatible tokens",
    "Bearer RFC6750-style",
    "Authorization: Bearer $COMETAPI_KEY",
    "Authorization: Bearer <YOUR_API_KEY>",
    "Authorization: Bearer YOUR_COMETAPI_API_KEY",
    "Authorization: Bearer token-based-authentication",
    "-H \"Authorization: Bearer sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"",
    "keys start with sk- and are shown once",
    "sk-",
    "sk-short1",
    "sk-abcdefg1234",
    "pk-live0123ABCD45",
    "sk-your-api-key-here",
    "export OPENAI_API_KEY=sk-...",
    "sk-proj-... and sk-ant-api03-... are other kinds",
    "secret = \"sk-evidenced-invalid-${nonce}\"",
    "Incorrect API key provided: sk-AAAAA***..***ZZZZ.",
    "sk-learn-is-a-fine-library",
    "task-management-2026-plan-for-q3-20260703abc",
    "risk-adjusted-20260703abcdef0123",
    ("-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUF"
     "\n-----END CERTIFICATE-----"),
    "begins with -----BEGIN PRIVATE KEY----- and so on",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    "-----BEGIN ",
    "00000000000000000000 -------------------------------- ================",
    "aHR0cHM6Ly93aWtpLmV4YW1wbGUuY29tL2Zpbm9wcw==",
};

static void
test_honest_texts(void **state)
{
	struct redactor *r = sample();

	/* Keys of the kinds that those pages write about. */
	assert_int_equal(
	    redactor_add(r, "a", "sk-proj-q8Zr5TnLw2XyVb7K", 24, NULL), 0);
	assert_int_equal(redactor_add(r, "b",
				      "sk-ant-api03-q8Zr5TnLw2XyVb7K0000000000",
				      39, NULL),
			 0);
	for (size_t i = 0; i < COUNT(honest_texts); i++) {
		struct buf out = {0};

		if (redact(r, honest_texts[i], strlen(honest_texts[i]), &out) !=
		    0)
			fail_msg("%s: %s", honest_texts[i], buf_text(&out));
		assert_string_equal(buf_text(&out), honest_texts[i]);
		buf_free(&out);
	}
	redactor_free(r);
}

/* A value that is all placeholder is still not shown; registered twice, it
 * does not bring back the pieces that say nothing. */
static void
test_poor_values(void **state)
{
	static const char poor[] = "xxxxxxxxxxxxxxxx";
	static const char key[] = "sk-proj-q8Zr5TnLw2XyVb7K";
	struct redactor *r = redactor_new();

	assert_int_equal(redactor_add(r, "a", key, strlen(key), NULL), 0);
	assert_int_equal(redactor_add(r, "b", key, strlen(key), NULL), 0);
	assert_false(redact_needed(r, "sk-proj-...", 11));
	assert_false(redact_needed(r, "sk-proj-q8Z", 11));
	assert_true(redact_needed(r, "roj-q8Zr", 8));
	assert_true(redact_needed(r, "q8Zr5TnL", 8));
	assert_int_equal(redactor_add(r, "d", "q1w2e3r4", 8, NULL), 0);
	assert_true(redact_needed(r, "q1w2e3r4", 8));
	assert_false(redact_needed(r, poor, 8));
	assert_int_equal(redactor_add(r, "c", poor, strlen(poor), NULL), 0);
	assert_true(redact_needed(r, poor, 8));
	redactor_free(r);
}

/* Of a row only the string values; and what comes out is a row again. */
static void
test_values(void **state)
{
	static const struct {
		const char *in, *out;
		size_t hits;
	} rows[] = {
	    {"{\"" KEY "\":1,\"note\":\"" KEY "\"}",
	     "{\"" KEY "\":1,\"note\":\"[redacted]\"}", 1},
	    {"{\"a\":[\"x " KEY "\",\"" KEY "\"],\"b\":{\"c\":\"\"}}",
	     "{\"a\":[\"x [redacted]\",\"[redacted]\"],\"b\":{\"c\":\"\"}}", 2},
	    /* neither quotes nor colons within a string begin another */
	    {"{\"a\":\"\\\":\\\\\",\"b\":\":" KEY "\\\"\"}",
	     "{\"a\":\"\\\":\\\\\",\"b\":\":[redacted]\\\"\"}", 1},
	    {"{\"n\":23456789,\"t\":\"23456789\"}",
	     "{\"n\":23456789,\"t\":\"[redacted]\"}", 1},
	    {"\"" KEY "\"", "\"[redacted]\"", 1},
	    {"{}", "{}", 0},
	    {"", "", 0},
	};
	struct redactor *r = sample();

	assert_int_equal(redactor_add(r, "digits", "k-23456789", 10, NULL), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = {0};

		assert_int_equal(
		    redact_values(r, rows[i].in, strlen(rows[i].in), &out),
		    rows[i].hits);
		assert_string_equal(buf_text(&out), rows[i].out);
		buf_free(&out);
	}
	redactor_free(r);
}

/* Pieces of a time and of forgiven texts are found nowhere; a value is weak
 * when little of it is left beside them. */
static void
test_weak(void **state)
{
	static const char open[] = "endpoint of support-chat";
	static const struct {
		const char *value;
		bool weak;
	} values[] = {
	    {"sk-prod-endpoint-77f3a1", true},
	    {"support-2026-07-03-k3y9", true},
	    {"2026-07-03", true},
	    {"T05:20:00", true},
	    {"endpoint-12345678", false}, /* "ndpoint-12345678" */
	    {"endpoint-1234567", true},
	    {"endpoint-9f8e7d6c5b4a3928", false},
	    {"9f8e7d6c5b4a3928-support-chat", false},
	    {"2026-073", false}, /* no time */
	    {"k3y9", false},
	    {KEY, false},
	};
	struct redactor *r = redactor_new();

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		size_t len = strlen(values[i].value);

		if (len >= REDACT_MIN)
			assert_int_equal(
			    redactor_add(r, "k", values[i].value, len, NULL),
			    0);
	}
	assert_int_equal(redactor_forgive(r, open, strlen(open)), 0);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		assert_int_equal(redactor_is_weak(r, values[i].value,
						  strlen(values[i].value)),
				 values[i].weak);
	assert_false(redact_needed(r, "2026-07-03T05:20:00Z", 20));
	assert_false(redact_needed(r, open, strlen(open)));
	assert_true(redact_needed(r, "support-2026-07-03-k", 20));
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
	/* A nonce that is not random leaves nothing to look for. */
	assert_int_equal(secrets_add(&s, "sk-evidenced-invalid-0001", 25, true),
			 0);
	w = secrets_walk_begin(&s, honest, strlen(honest));
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

/* Characters beyond ASCII, as UTF-8 and as escapes. */
static void
test_utf8_value(void **state)
{
	static const char secret[] = "p\xc3\xa9s\xf0\x9f\x94\x91wort";
	static const char *const forms[] = {
	    secret,
	    "p\\u00e9s\\ud83d\\udd11wort",
	    "p\\u00E9s\\uD83D\\uDD11wort",
	    "p\\\\u00e9s\\\\ud83d\\\\udd11wort",
	    "p%C3%A9s%f0%9f%94%91wort",
	};
	struct redactor *r = redactor_new();

	assert_int_equal(redactor_add(r, "x", secret, strlen(secret), NULL), 0);
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct buf out = {0};

		redact(r, forms[i], strlen(forms[i]), &out);
		assert_string_equal(buf_text(&out), "[redacted]");
		buf_free(&out);
	}
	redactor_free(r);
}

/* The whole key in base64 within any other encoding. */
static void
test_base64_escaped(void **state)
{
	static const char *const forms[] = {"%x", "%X", "ux", "uX"};
	struct redactor *r = sample();

	for (unsigned int i = 0; i < 64; i++) {
		char plain[64], packed[128], text[1024];
		struct buf out = {0};

		snprintf(plain, sizeof(plain), "%.*s%s", (int)(i % 3), "abc",
			 KEY);
		EVP_EncodeBlock((unsigned char *)packed, (unsigned char *)plain,
				(int)strlen(plain));
		escape_some(packed, forms[i % COUNT(forms)], i * 2654435761u,
			    text);
		assert_int_equal(redact(r, text, strlen(text), &out), 1);
		assert_true(out.len < strlen("[redacted]") + 2 * 4 * 6);
		buf_free(&out);
	}
	redactor_free(r);
}

/* Eight bytes at every place of the key, at several distances from the start
 * and the end of a text, in each view. */
static void
check_piece(const struct redactor *r, const char *piece, const char *form,
	    unsigned int which)
{
	static const char dots[] = "...";
	char escaped[64], text[80];

	if (form[0] == '\0')
		snprintf(escaped, sizeof(escaped), "%s", piece);
	else
		escape_some(piece, form, which * 2654435761u, escaped);
	for (int before = 0; before < 4; before++) {
		for (int after = 0; after < 4; after++) {
			snprintf(text, sizeof(text), "%.*s%s%.*s", before, dots,
				 escaped, after, dots);
			if (!redact_needed(r, text, strlen(text)))
				fail_msg("%s", text);
		}
	}
}

static void
test_every_piece(void **state)
{
	static const char *const forms[] = {"", "%x", "uX"};
	struct redactor *r = sample();

	for (unsigned int i = 0; i + 8 <= strlen(KEY); i++) {
		char piece[9] = {0};

		memcpy(piece, &KEY[i], 8);
		for (size_t f = 0; f < COUNT(forms); f++)
			check_piece(r, piece, forms[f], i);
	}
	redactor_free(r);
}

/* Fragments of keys among noise: no eight bytes of a key are left, and the
 * noise between two finds stays. */
static void
test_random_fragments(void **state)
{
	static const char *const keys[] = {KEY, ODD};
	struct seed seed = seed_start();
	struct redactor *r = sample();

	for (int i = 0; i < 3000; i++) {
		struct buf text = {0}, out = {0};

		for (uint32_t n = seed_next(&seed, 12); n > 0; n--) {
			const char *key = keys[seed_next(&seed, 2)];
			size_t at = seed_next(&seed, (uint32_t)strlen(key));
			size_t len =
			    seed_next(&seed, (uint32_t)(strlen(key) - at) + 1);

			buf_add(&text, key + at, len);
			buf_printf(&text, "%.*s", (int)seed_next(&seed, 4),
				   "!?&");
		}
		redact(r, buf_text(&text), text.len, &out);
		for (size_t k = 0; k < 2; k++) {
			for (size_t at = 0; at + 8 <= strlen(keys[k]); at++) {
				if (memmem(buf_text(&out), out.len,
					   keys[k] + at, 8) != NULL)
					fail_msg("%s: %s", buf_text(&text),
						 buf_text(&out));
			}
		}
		buf_free(&text);
		buf_free(&out);
	}
	redactor_free(r);
}

/* Whatever a string holds, the JSON text around it stays whole. */
static void
test_json_stays_json(void **state)
{
	static const char *const pieces[] = {KEY,
					     ODD,
					     "Zm9vYmFy",
					     "\\",
					     "\"",
					     "\\\\",
					     "sk-ABCD0123efgh",
					     "bearer qwertyui98765432",
					     "Bearer abcdefgh12345678",
					     "-----BEGIN PRIVATE KEY-----",
					     "MHcCAQEEIHsMvt7vLAVz",
					     "-----END PRIVATE KEY-----",
					     "eyJhbGciOi.eyJzdWIiOi.SflKxwRJSM",
					     " ",
					     "%",
					     "u00",
					     "ev~ery.thing"};
	struct seed seed = seed_start();
	struct redactor *r = sample();

	for (int i = 0; i < 3000; i++) {
		struct buf value = {0}, text = {0}, out = {0};

		buf_puts(&text, "{\"a\":");
		for (int field = 0; field < 2; field++) {
			buf_reset(&value);
			for (uint32_t n = seed_next(&seed, 8); n > 0; n--)
				buf_puts(
				    &value,
				    pieces[seed_next(&seed, COUNT(pieces))]);
			json_quote(&text, buf_text(&value), value.len);
			buf_puts(&text, field == 0 ? ",\"b\":" : "}");
		}
		redact(r, text.data, text.len, &out);
		if (json_check(out.data, out.len, &JSON_FOREIGN_LIMITS, NULL) <
		    0)
			fail_msg("%s: %s", text.data, out.data);
		if (redact_needed(r, out.data, out.len))
			fail_msg("%s: %s", text.data, out.data);
		buf_free(&value);
		buf_free(&text);
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
		assert_int_equal(
		    redactor_add(r, "x", value, strlen(value), NULL), 0);
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
	    "sk-",
	    "eyJ-",
	    "bearer ",
	    "Bearer",
	    "-----BEGIN ",
	    "-----BEGIN PRIVATE KEY",
	    "eyJa.",
	    "eyJaaaaaaaa.",
	    "-eyJaaaaaaaa",
	    "sk-eyJ-",
	    "\\",
	    "\\u00",
	    "%",
	    "%4",
	    "%41",
	    "\\\"",
	    "-----BEGIN PRIVATE KEY-----\nMHcCAQEEIHsMvt7vLAV"};
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

	assert_int_equal(redactor_add(r, "k", value, strlen(value), NULL), 0);
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
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_weak),
	    cmocka_unit_test(test_random_only),
	    cmocka_unit_test(test_escapes),
	    cmocka_unit_test(test_utf8_value),
	    cmocka_unit_test(test_base64_escaped),
	    cmocka_unit_test(test_every_piece),
	    cmocka_unit_test(test_random_fragments),
	    cmocka_unit_test(test_json_stays_json),
	    cmocka_unit_test(test_honest_texts),
	    cmocka_unit_test(test_poor_values),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_hostile_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
