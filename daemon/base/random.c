#include "base/random.h"

#include <openssl/rand.h>
#include <stdlib.h>

void
random_bytes(void *out, size_t len)
{
	if (RAND_bytes(out, (int)len) != 1)
		abort();
}
