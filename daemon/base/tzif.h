/* A TZif file (RFC 8536, versions 1 to 4) as a checked view of its bytes.
 * Private to base/zone.c. */
#ifndef BASE_TZIF_H
#define BASE_TZIF_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Everything is borrowed from the bytes. */
struct tzif {
	size_t n_times;
	size_t n_types;
	size_t time_bytes;    /* 4 or 8 */
	const uint8_t *times; /* n_times instants, ascending */
	const uint8_t *index; /* n_times types, each below n_types */
	const uint8_t *types;
	const char *footer; /* the TZ string, not terminated */
	size_t footer_len;  /* 0: there is none */
};

/* ERR_INVALID, ERR_UNSUPPORTED (leap seconds, a newer version), ERR_LIMIT. */
int tzif_decode(const void *bytes, size_t len, struct tzif *ret_file,
		struct err *err);

/* The instant of transition i, in seconds since the epoch. */
int64_t tzif_time_s(const struct tzif *file, size_t i);

/* Seconds east of UTC of local time type i, within the limits of zone.h. */
int32_t tzif_type_offset_s(const struct tzif *file, size_t i);

#endif
