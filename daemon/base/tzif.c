/* The bytes may come from anywhere.  All counts are checked against the
 * length of the input before anything is read; what RFC 8536 forbids is
 * refused, and so are leap seconds, which Unix time does not count.
 *
 *	header block                            version 1
 *	header block header block footer        later versions
 *
 * In a later version the first block repeats the second with instants of 32
 * bits for old readers, and is skipped. */
#include "base/tzif.h"
#include "base/zone.h"

#include <string.h>

enum {
	FILE_BYTES_MAX = 65536, /* the largest in tzdata has 4 KiB */
	HEADER_BYTES = 44,
	TYPE_BYTES = 6
};

/* The counts of a header, and the size of an instant in its block. */
struct header {
	char version;
	uint32_t n_isut, n_isstd, n_leaps, n_times, n_types, n_chars;
	uint32_t time_bytes;
};

/* What is left of the input. */
struct input {
	const uint8_t *at;
	size_t left;
};

static uint32_t
get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static int64_t
get_time(const uint8_t *p, size_t time_bytes)
{
	if (time_bytes == 4)
		return (int32_t)get_u32(p);
	return (int64_t)((uint64_t)get_u32(p) << 32 | get_u32(p + 4));
}

static const uint8_t *
take(struct input *in, size_t n)
{
	const uint8_t *p = in->at;

	if (n > in->left)
		return NULL;
	in->at += n;
	in->left -= n;
	return p;
}

static int
take_header(struct input *in, struct header *h, struct err *err)
{
	const uint8_t *p = take(in, HEADER_BYTES);

	if (p == NULL || memcmp(p, "TZif", 4) != 0)
		return err_set(err, ERR_INVALID, "not a TZif file");
	h->version = (char)p[4];
	if (h->version != '\0' && (h->version < '2' || h->version > '4'))
		return err_set(err, ERR_UNSUPPORTED,
			       "TZif version byte %u is unknown",
			       (unsigned)p[4]);
	h->n_isut = get_u32(p + 20);
	h->n_isstd = get_u32(p + 24);
	h->n_leaps = get_u32(p + 28);
	h->n_times = get_u32(p + 32);
	h->n_types = get_u32(p + 36);
	h->n_chars = get_u32(p + 40);
	return 0;
}

/* The block that follows a header, or NULL when the input is too short. */
static const uint8_t *
take_block(struct input *in, const struct header *h)
{
	uint64_t bytes = (uint64_t)h->n_times * (h->time_bytes + 1) +
			 (uint64_t)h->n_types * TYPE_BYTES + h->n_chars +
			 (uint64_t)h->n_leaps * (h->time_bytes + 4) +
			 h->n_isstd + h->n_isut;

	return bytes > in->left ? NULL : take(in, (size_t)bytes);
}

static int
check_counts(const struct header *h, struct err *err)
{
	if (h->n_leaps != 0)
		return err_set(
		    err, ERR_UNSUPPORTED,
		    "the zone counts leap seconds; use the one outside right/");
	if (h->n_types == 0 || h->n_chars == 0 ||
	    (h->n_isut != 0 && h->n_isut != h->n_types) ||
	    (h->n_isstd != 0 && h->n_isstd != h->n_types))
		return err_set(
		    err, ERR_INVALID,
		    "the counts of the TZif header contradict each other");
	return 0;
}

int64_t
tzif_time_s(const struct tzif *file, size_t i)
{
	return get_time(file->times + i * file->time_bytes, file->time_bytes);
}

int32_t
tzif_type_offset_s(const struct tzif *file, size_t i)
{
	return (int32_t)get_u32(file->types + i * TYPE_BYTES);
}

/* `names` are the n_chars bytes that hold the designations. */
static int
check_types(const struct tzif *f, const uint8_t *names, size_t n_chars,
	    struct err *err)
{
	for (size_t i = 0; i < f->n_types; i++) {
		const uint8_t *type = f->types + i * TYPE_BYTES;
		int32_t offset = tzif_type_offset_s(f, i);

		if (offset < ZONE_OFFSET_MIN_S || offset > ZONE_OFFSET_MAX_S)
			return err_set(
			    err, ERR_INVALID,
			    "local time type %zu is %d s away from UTC", i,
			    offset);
		if (type[4] > 1 || type[5] >= n_chars ||
		    memchr(names + type[5], '\0', n_chars - type[5]) == NULL)
			return err_set(err, ERR_INVALID,
				       "local time type %zu is malformed", i);
	}
	return 0;
}

static int
check_indicators(const uint8_t *isstd, const struct header *h, struct err *err)
{
	const uint8_t *isut = isstd + h->n_isstd;

	for (size_t i = 0; i < h->n_types; i++) {
		unsigned int std = h->n_isstd > 0 ? isstd[i] : 0;
		unsigned int ut = h->n_isut > 0 ? isut[i] : 0;

		if (std > 1 || ut > std)
			return err_set(
			    err, ERR_INVALID,
			    "the indicators of type %zu are malformed", i);
	}
	return 0;
}

static int
check_times(const struct tzif *f, struct err *err)
{
	for (size_t i = 0; i < f->n_times; i++) {
		if (f->index[i] >= f->n_types ||
		    (i > 0 && tzif_time_s(f, i) <= tzif_time_s(f, i - 1)))
			return err_set(
			    err, ERR_INVALID,
			    "transition %zu is out of order or of no type", i);
	}
	return 0;
}

static int
read_block(struct input *in, const struct header *h, struct tzif *f,
	   struct err *err)
{
	const uint8_t *block = take_block(in, h), *names;
	int r;

	if (block == NULL)
		return err_set(err, ERR_INVALID, "the TZif file is cut");
	f->n_times = h->n_times;
	f->n_types = h->n_types;
	f->time_bytes = h->time_bytes;
	f->times = block;
	f->index = f->times + f->n_times * f->time_bytes;
	f->types = f->index + f->n_times;
	names = f->types + f->n_types * TYPE_BYTES;
	r = check_types(f, names, h->n_chars, err);
	if (r == 0)
		r = check_indicators(names + h->n_chars, h, err);
	if (r == 0)
		r = check_times(f, err);
	return r;
}

/* "\n" TZ string "\n", and nothing after it. */
static int
read_footer(const struct input *in, struct tzif *f, struct err *err)
{
	if (in->left < 2 || in->at[0] != '\n' || in->at[in->left - 1] != '\n')
		return err_set(err, ERR_INVALID,
			       "the TZif footer is malformed");
	f->footer = (const char *)in->at + 1;
	f->footer_len = in->left - 2;
	return 0;
}

/* Past the block of 32-bit instants, to the header of the 64-bit one. */
static int
skip_first_block(struct input *in, struct header *h, struct err *err)
{
	char version = h->version;
	int r;

	if (take_block(in, h) == NULL)
		return err_set(err, ERR_INVALID, "the TZif file is cut");
	r = take_header(in, h, err);
	if (r == 0 && h->version != version)
		r = err_set(err, ERR_INVALID,
			    "the two TZif headers contradict each other");
	h->time_bytes = 8;
	return r;
}

int
tzif_decode(const void *bytes, size_t len, struct tzif *ret_file,
	    struct err *err)
{
	struct header h = {.time_bytes = 4};
	struct input in = {bytes, len};
	struct tzif f = {0};
	int r;

	if (len > FILE_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d bytes",
			       FILE_BYTES_MAX);
	r = take_header(&in, &h, err);
	if (r == 0 && h.version != '\0')
		r = skip_first_block(&in, &h, err);
	if (r == 0)
		r = check_counts(&h, err);
	if (r == 0)
		r = read_block(&in, &h, &f, err);
	if (r == 0 && h.version != '\0')
		r = read_footer(&in, &f, err);
	if (r == 0)
		*ret_file = f;
	return r;
}
