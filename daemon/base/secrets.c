/* All eight-byte windows of all secrets, plain and in base64, as one set of
 * numbers: a text is scanned once for each way to read it, whatever the number
 * of secrets.  Escapes are undone in the text, not put into the set: each
 * character may be escaped or not, so there is no end to the forms.
 *
 * The numbers are the secrets in pieces, so every block that held some is
 * wiped before it goes.  The eight zero bytes that would be the number of a
 * free slot occur in no credential. */
#include "base/secrets.h"
#include "base/err.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 8, CAP_MIN = 64 };

/* The first byte is the lowest. */
static uint64_t
window_at(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return le64toh(w);
}

/* The slot of w, or the free one where it belongs. */
static size_t
slot_of(const struct secrets *s, uint64_t w)
{
	size_t i = (size_t)(w * UINT64_C(0x9e3779b97f4a7c15) >> 20);

	for (i &= s->cap - 1; s->slots[i] != 0 && s->slots[i] != w;)
		i = (i + 1) & (s->cap - 1);
	return i;
}

static void
wipe(struct secrets *s)
{
	if (s->slots != NULL)
		explicit_bzero(s->slots, s->cap * sizeof(*s->slots));
	free(s->slots);
}

static int
grow(struct secrets *s)
{
	struct secrets more = {.cap = s->cap == 0 ? CAP_MIN : 2 * s->cap,
			       .n = s->n};

	more.slots = calloc(more.cap, sizeof(*more.slots));
	if (more.slots == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < s->cap; i++) {
		if (s->slots[i] != 0)
			more.slots[slot_of(&more, s->slots[i])] = s->slots[i];
	}
	wipe(s);
	*s = more;
	return 0;
}

static int
add_window(struct secrets *s, uint64_t w)
{
	size_t i;

	if (2 * s->n >= s->cap && grow(s) < 0)
		return ERR_NOMEM;
	i = slot_of(s, w);
	if (s->slots[i] == 0 && w != 0) {
		s->slots[i] = w;
		s->n++;
	}
	return 0;
}

/* Hex digits of both kinds: a decimal number alone, a time stamp say, is
 * not random enough. */
static bool
looks_random(const char *p)
{
	bool digit = false, letter = false;

	for (int i = 0; i < WINDOW; i++) {
		if (p[i] >= '0' && p[i] <= '9')
			digit = true;
		else if (p[i] >= 'a' && p[i] <= 'f')
			letter = true;
		else
			return false;
	}
	return digit && letter;
}

static int
add_form(struct secrets *s, const char *form, size_t len, bool random_only)
{
	for (size_t i = 0; i + WINDOW <= len; i++) {
		if (random_only && !looks_random(form + i))
			continue;
		if (add_window(s, window_at(form + i)) < 0)
			return ERR_NOMEM;
	}
	return 0;
}

/* The characters that depend on the value alone when its byte `skip` starts a
 * group of three. */
static size_t
base64_form(const char *value, size_t len, size_t skip, const char *last,
	    char *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789";
	const unsigned char *v = (const unsigned char *)value;
	size_t n = 0;

	for (size_t i = skip; i + 3 <= len; i += 3) {
		uint32_t group =
		    (uint32_t)v[i] << 16 | (uint32_t)v[i + 1] << 8 | v[i + 2];

		for (int shift = 18; shift >= 0; shift -= 6) {
			uint32_t six = group >> shift & 63;

			out[n++] = six < 62 ? letters[six] : last[six - 62];
		}
	}
	return n;
}

int
secrets_add(struct secrets *s, const char *value, size_t len, bool random_only)
{
	size_t form_max = len * 2;
	char *form = malloc(form_max + 1);
	int r;

	if (form == NULL)
		return ERR_NOMEM;
	r = add_form(s, value, len, random_only);
	for (size_t skip = 0; skip < 3 && r == 0; skip++) {
		r = add_form(s, form, base64_form(value, len, skip, "+/", form),
			     false);
		if (r == 0)
			r = add_form(s, form,
				     base64_form(value, len, skip, "-_", form),
				     false);
	}
	explicit_bzero(form, form_max);
	free(form);
	return r;
}

int
secrets_add_text(struct secrets *s, const char *text, size_t len)
{
	return add_form(s, text, len, false);
}

int
secrets_subtract(struct secrets *s, const struct secrets *open)
{
	struct secrets rest = {0};

	if (s->n == 0 || open->n == 0)
		return 0;
	/* Taking numbers out of the table would break its probe runs. */
	for (size_t i = 0; i < s->cap; i++) {
		uint64_t w = s->slots[i];

		if (w == 0 || open->slots[slot_of(open, w)] == w)
			continue;
		if (add_window(&rest, w) < 0) {
			secrets_fini(&rest);
			return ERR_NOMEM;
		}
	}
	wipe(s);
	*s = rest;
	return 0;
}

void
secrets_fini(struct secrets *s)
{
	wipe(s);
	*s = (struct secrets){0};
}

/* ---- finding ---- */

static bool
contains(const struct secrets *s, uint64_t w)
{
	return w != 0 && s->slots[slot_of(s, w)] == w;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* n hex digits at p, or -1. */
static int
hex_number(const char *p, size_t n)
{
	int number = 0;

	for (size_t i = 0; i < n; i++) {
		int v = hex_value(p[i]);

		if (v < 0)
			return -1;
		number = number << 4 | v;
	}
	return number;
}

/* The character at p, whose text is `left` long; returns how much of the text
 * it takes.  What is no escape is itself. */
static size_t
read_json(const char *p, size_t left, unsigned char *ret_c)
{
	int number;

	*ret_c = (unsigned char)p[0];
	if (p[0] != '\\' || left < 2)
		return 1;
	if (p[1] == 'u' && left >= 6 && (number = hex_number(p + 2, 4)) >= 0) {
		*ret_c = number < 256 ? (unsigned char)number : 0;
		return 6;
	}
	if (p[1] != '"' && p[1] != '\\' && p[1] != '/')
		return 1;
	*ret_c = (unsigned char)p[1];
	return 2;
}

static size_t
read_percent(const char *p, size_t left, unsigned char *ret_c)
{
	int number;

	*ret_c = (unsigned char)p[0];
	if (p[0] != '%' || left < 3 || (number = hex_number(p + 1, 2)) < 0)
		return 1;
	*ret_c = (unsigned char)number;
	return 3;
}

/* The next find at or after `start` in a view with escapes: the last eight
 * characters as one number, and where each of them began. */
static struct secrets_find
find_escaped(const struct secrets_walk *walk, size_t start,
	     size_t (*read)(const char *, size_t, unsigned char *))
{
	struct secrets_find find = {false, 0, 0};
	size_t began[WINDOW] = {0}, n = 0, i = start;
	uint64_t w = 0;

	while (i < walk->len) {
		unsigned char c;
		size_t used = read(walk->text + i, walk->len - i, &c);

		w = w >> 8 | (uint64_t)c << 56;
		began[n++ % WINDOW] = i;
		i += used;
		if (n < WINDOW || !contains(walk->secrets, w)) {
			if (find.any && began[n % WINDOW] > find.end)
				break;
			continue;
		}
		if (!find.any)
			find.start = began[n % WINDOW];
		find.any = true;
		find.end = i;
	}
	return find;
}

static struct secrets_find
find_plain(const struct secrets_walk *walk, size_t start)
{
	struct secrets_find find = {false, 0, 0};
	const char *text = walk->text;
	size_t i = start;

	while (i + WINDOW <= walk->len &&
	       !contains(walk->secrets, window_at(text + i)))
		i++;
	if (i + WINDOW > walk->len)
		return find;
	find = (struct secrets_find){true, i, i + WINDOW};
	for (i++; i <= find.end && i + WINDOW <= walk->len; i++) {
		if (contains(walk->secrets, window_at(text + i)))
			find.end = i + WINDOW;
	}
	return find;
}

static struct secrets_find
find_view(const struct secrets_walk *walk, enum secrets_view view, size_t start)
{
	switch (view) {
	case SECRETS_JSON:
		return find_escaped(walk, start, read_json);
	case SECRETS_PERCENT:
		return find_escaped(walk, start, read_percent);
	default:
		return find_plain(walk, start);
	}
}

/* A text without the character that starts an escape reads the same. */
static bool
has_view(const char *text, size_t len, enum secrets_view view)
{
	static const char marks[SECRETS_VIEWS] = {
	    [SECRETS_JSON] = '\\',
	    [SECRETS_PERCENT] = '%',
	};

	return view == SECRETS_PLAIN ||
	       (len > 0 && memchr(text, marks[view], len) != NULL);
}

struct secrets_walk
secrets_walk_begin(const struct secrets *secrets, const char *text, size_t len)
{
	struct secrets_walk walk = {
	    .secrets = secrets, .text = text, .len = len};

	for (int v = 0; v < SECRETS_VIEWS && secrets->n > 0; v++) {
		if (has_view(text, len, (enum secrets_view)v))
			walk.next[v] =
			    find_view(&walk, (enum secrets_view)v, 0);
	}
	return walk;
}

static struct secrets_find *
first_of(struct secrets_walk *walk)
{
	struct secrets_find *first = NULL;

	for (int v = 0; v < SECRETS_VIEWS; v++) {
		struct secrets_find *f = &walk->next[v];

		if (f->any && (first == NULL || f->start < first->start))
			first = f;
	}
	return first;
}

struct secrets_find
secrets_walk_next(struct secrets_walk *walk)
{
	struct secrets_find *first = first_of(walk);
	struct secrets_find whole;

	if (first == NULL)
		return (struct secrets_find){false, 0, 0};
	whole = *first;
	while ((first = first_of(walk)) != NULL && first->start <= whole.end) {
		if (first->end > whole.end)
			whole.end = first->end;
		*first = find_view(
		    walk, (enum secrets_view)(first - walk->next), first->end);
	}
	return whole;
}
