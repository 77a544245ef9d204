/* Whether the value of a loaded credential stands in a configuration.
 *
 * Two texts of it are searched: the canonical one, which is kept beside the
 * ledger, and the dump that says where each value was written, for the place.
 * Both escape quotes and backslashes alike.
 *
 * Each text is gone through once, however many values there are: they are
 * sorted by their first eight bytes (no value is shorter), and bits tell
 * where none of them can begin. */
#include "conf/load.h"
#include "io/credentials.h"

#include <stdlib.h>
#include <string.h>

enum { START = 8, BITS = 1 << 16 };

static const char mark[] = "\t# "; /* before an origin in a dump */

struct sought {
	uint64_t start;	 /* its first bytes */
	struct buf text; /* the value, escaped */
	const char *name;
};

struct search {
	struct sought *at;
	size_t n;
	uint64_t bits[BITS / 64];
};

static uint64_t
start_at(const char *p)
{
	uint64_t start;

	memcpy(&start, p, START);
	return start;
}

static size_t
bit_of(uint64_t start)
{
	return (size_t)(start * UINT64_C(0x9e3779b97f4a7c15) >> 48);
}

static void
escape(const char *value, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len; i++) {
		if (value[i] == '"' || value[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, value[i]);
	}
}

static int
by_start(const void *a, const void *b)
{
	const struct sought *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void
search_fini(struct search *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct buf *text = &s->at[i].text;

		if (text->data != NULL)
			explicit_bzero(text->data, text->len);
		buf_free(text);
	}
	if (s->at != NULL)
		explicit_bzero(s->at, s->n * sizeof(*s->at));
	free(s->at);
	explicit_bzero(s->bits, sizeof(s->bits));
}

static int
add(struct search *s, const char *name, const char *value, size_t len)
{
	struct sought *sought = &s->at[s->n++];
	size_t bit;

	sought->name = name;
	escape(value, len, &sought->text);
	if (sought->text.failed)
		return ERR_NOMEM;
	sought->start = start_at(sought->text.data);
	bit = bit_of(sought->start);
	s->bits[bit / 64] |= UINT64_C(1) << bit % 64;
	return 0;
}

static int
search_init(struct search *s, const struct credentials *credentials)
{
	const char *name, *value;
	size_t len, n = 0, cursor = 0;
	int r = 0;

	*s = (struct search){0};
	while (credentials_next(credentials, &cursor, &name, &value, &len))
		n++;
	s->at = calloc(n + 1, sizeof(*s->at));
	if (s->at == NULL)
		return ERR_NOMEM;
	cursor = 0;
	while (r == 0 &&
	       credentials_next(credentials, &cursor, &name, &value, &len))
		r = add(s, name, value, len);
	qsort(s->at, s->n, sizeof(*s->at), by_start);
	return r;
}

/* Which of them stands at p; NULL: none. */
static const struct sought *
sought_at(const struct search *s, const char *p, size_t len)
{
	struct sought key = {.start = start_at(p)};
	size_t bit = bit_of(key.start);
	const struct sought *at;

	if ((s->bits[bit / 64] >> bit % 64 & 1) == 0)
		return NULL;
	at = bsearch(&key, s->at, s->n, sizeof(key), by_start);
	if (at == NULL)
		return NULL;
	while (at > s->at && at[-1].start == key.start)
		at--;
	for (; at < s->at + s->n && at->start == key.start; at++) {
		if (at->text.len <= len &&
		    memcmp(at->text.data, p, at->text.len) == 0)
			return at;
	}
	return NULL;
}

/* The first of them in the text, and where. */
static const struct sought *
find(const struct search *s, const char *text, const char **ret_at)
{
	const struct sought *found = NULL;
	size_t len = strlen(text);

	for (size_t i = 0; found == NULL && i + START <= len; i++) {
		found = sought_at(s, text + i, len - i);
		*ret_at = text + i;
	}
	return found;
}

/* "evidenced.conf:12: ": of the line where it stands, or of the nearest one
 * before it that names its origin. */
static void
put_place(const char *dump, const char *at, struct buf *out)
{
	const char *end = at + strcspn(at, "\n"), *origin = NULL, *p = dump;

	while ((p = strstr(p, mark)) != NULL && p < end)
		origin = p += strlen(mark);
	if (origin != NULL && strncmp(origin, "default\n", 8) != 0)
		buf_printf(out, "%.*s: ", (int)strcspn(origin, "\n"), origin);
}

int
credentials_not_in(const struct credentials *credentials,
		   const struct config *config, struct err *err)
{
	struct buf dump = {0}, place = {0};
	const struct sought *found = NULL;
	struct search search;
	const char *at;
	int r = search_init(&search, credentials);

	conf_dump(config, CONF_DUMP_ORIGIN, &dump);
	if (r == 0)
		found = find(&search, buf_text(&dump), &at);
	if (found != NULL)
		put_place(buf_text(&dump), at, &place);
	else if (r == 0)
		found = find(&search, config->effective, &at);
	if (found != NULL)
		r = err_set(err, ERR_INVALID,
			    "%sthe value of credential %s stands in the "
			    "configuration; take it out, and have the gateway "
			    "replace that key",
			    buf_text(&place), found->name);
	else if (r < 0 || dump.failed)
		r = err_set(err, ERR_NOMEM, "out of memory");
	search_fini(&search);
	buf_free(&dump);
	buf_free(&place);
	return r;
}
