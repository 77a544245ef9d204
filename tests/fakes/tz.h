/* Zones of the host's tzdata, for tests. */
#ifndef FAKES_TZ_H
#define FAKES_TZ_H

#include <stddef.h>

struct zone;

enum { TZ_BYTES_MAX = 65536, TEST_SKIPPED = 77 };

/* Reads a zone's bytes; the process ends as a skipped test (77) when the
 * host has no tzdata, and as a failed one when only this zone is absent. */
size_t tz_read(const char *name, unsigned char bytes[TZ_BYTES_MAX]);

/* The decoded zone; the caller frees it.  NULL for "UTC". */
struct zone *tz_load(const char *name);

#endif
