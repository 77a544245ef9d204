/* Thin over libcrypto.  A context is made once per thread: fetching the
 * algorithm costs more than hashing a row. */
#include "base/digest.h"
#include "base/err.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

static __thread EVP_MD_CTX *thread_ctx;

static EVP_MD_CTX *
context(void)
{
	/* libcrypto without SHA-256, or no memory for a context at the first
	 * hash of a thread: there is nothing sound to return. */
	if (thread_ctx == NULL) {
		thread_ctx = EVP_MD_CTX_new();
		if (thread_ctx == NULL ||
		    EVP_DigestInit_ex(thread_ctx, EVP_sha256(), NULL) != 1)
			abort();
	}
	if (EVP_DigestInit_ex2(thread_ctx, NULL, NULL) != 1)
		abort();
	return thread_ctx;
}

void
digest_thread_end(void)
{
	EVP_MD_CTX_free(thread_ctx);
	thread_ctx = NULL;
}

struct digest
digest_sha256_parts(const struct digest_part *parts, size_t n)
{
	EVP_MD_CTX *ctx = context();
	struct digest d;

	for (size_t i = 0; i < n; i++) {
		if (parts[i].len > 0)
			EVP_DigestUpdate(ctx, parts[i].bytes, parts[i].len);
	}
	EVP_DigestFinal_ex(ctx, d.bytes, NULL);
	return d;
}

struct digest
digest_sha256(const void *bytes, size_t len)
{
	struct digest_part part = {bytes, len};

	return digest_sha256_parts(&part, 1);
}

struct digest
digest_hmac(const void *key, size_t key_len, const void *bytes, size_t len)
{
	struct digest d;
	unsigned int out_len = DIGEST_LEN;

	if (HMAC(EVP_sha256(), key, (int)key_len, bytes, len, d.bytes,
		 &out_len) == NULL)
		abort();
	return d;
}

struct digest_stream {
	EVP_MD_CTX *ctx;
};

struct digest_stream *
digest_stream_new(void)
{
	struct digest_stream *s = malloc(sizeof(*s));

	if (s == NULL)
		return NULL;
	s->ctx = EVP_MD_CTX_new();
	if (s->ctx == NULL ||
	    EVP_DigestInit_ex(s->ctx, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(s->ctx);
		free(s);
		return NULL;
	}
	return s;
}

void
digest_stream_add(struct digest_stream *s, const void *bytes, size_t len)
{
	if (len > 0)
		EVP_DigestUpdate(s->ctx, bytes, len);
}

struct digest
digest_stream_end(struct digest_stream *s)
{
	struct digest d;

	EVP_DigestFinal_ex(s->ctx, d.bytes, NULL);
	EVP_MD_CTX_free(s->ctx);
	free(s);
	return d;
}

bool
digest_equal(const struct digest *a, const struct digest *b)
{
	return memcmp(a->bytes, b->bytes, DIGEST_LEN) == 0;
}

void
hex_encode(const uint8_t *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

char *
digest_hex(const struct digest *d, char out[DIGEST_HEX_LEN + 1])
{
	hex_encode(d->bytes, DIGEST_LEN, out);
	return out;
}

/* The value of a digit with a bit that tells it from what is none. */
enum { HEX_DIGIT = 0x10 };

static const uint8_t hex_values[UINT8_MAX + 1] = {
    ['0'] = HEX_DIGIT | 0,  ['1'] = HEX_DIGIT | 1,  ['2'] = HEX_DIGIT | 2,
    ['3'] = HEX_DIGIT | 3,  ['4'] = HEX_DIGIT | 4,  ['5'] = HEX_DIGIT | 5,
    ['6'] = HEX_DIGIT | 6,  ['7'] = HEX_DIGIT | 7,  ['8'] = HEX_DIGIT | 8,
    ['9'] = HEX_DIGIT | 9,  ['a'] = HEX_DIGIT | 10, ['b'] = HEX_DIGIT | 11,
    ['c'] = HEX_DIGIT | 12, ['d'] = HEX_DIGIT | 13, ['e'] = HEX_DIGIT | 14,
    ['f'] = HEX_DIGIT | 15,
};

int
hex_decode(const char *text, size_t n, uint8_t *ret_bytes)
{
	const unsigned char *p = (const unsigned char *)text;

	/* All of it is looked at before anything is written; a text that is
	 * too short ends at its terminator. */
	for (size_t i = 0; i < 2 * n; i++) {
		if (hex_values[p[i]] == 0)
			return ERR_INVALID;
	}
	for (size_t i = 0; i < n; i++, p += 2)
		ret_bytes[i] =
		    (uint8_t)(hex_values[p[0]] << 4 | (hex_values[p[1]] & 15));
	return 0;
}
