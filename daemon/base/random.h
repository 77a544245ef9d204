/* Random bytes from libcrypto; aborts when there are none, because a
 * predictable nonce would be worse than no daemon. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>

void random_bytes(void *out, size_t len);

#endif
