/* SHA-256, HMAC-SHA-256 and hexadecimal, by libcrypto. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_LEN = 32, DIGEST_HEX_LEN = 64 };

struct digest {
	uint8_t bytes[DIGEST_LEN];
};

/* One piece of a message that is hashed as if it were contiguous. */
struct digest_part {
	const void *bytes;
	size_t len;
};

/* Frees what the hashes of this thread have kept; for a thread that ends
 * before the process. */
void digest_thread_end(void);

struct digest digest_sha256(const void *bytes, size_t len);
struct digest digest_sha256_parts(const struct digest_part *parts, size_t n);
struct digest digest_hmac(const void *key, size_t key_len, const void *bytes,
			  size_t len);

/* A hash over pieces that come one after another.  NULL: no memory. */
struct digest_stream;

struct digest_stream *digest_stream_new(void);
void digest_stream_add(struct digest_stream *s, const void *bytes, size_t len);
/* The digest; frees s. */
struct digest digest_stream_end(struct digest_stream *s);

bool digest_equal(const struct digest *a, const struct digest *b);

/* Lower-case hexadecimal of n bytes; out has room for 2n+1. */
void hex_encode(const uint8_t *bytes, size_t n, char *out);
char *digest_hex(const struct digest *d, char out[DIGEST_HEX_LEN + 1]);

/* Exactly n bytes from 2n lower-case digits; ERR_INVALID otherwise. */
int hex_decode(const char *text, size_t n, uint8_t *ret_bytes);

#endif
