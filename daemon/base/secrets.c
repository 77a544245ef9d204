/* All eight-byte windows of all encoded forms of all secrets, as one set of
 * numbers: a text is scanned once, whatever the number of secrets and forms.
 *
 * The numbers are the secrets in pieces, so every block that held some is
 * wiped before it goes.  The eight zero bytes that would be the number of a
 * free slot occur in no credential. */
#include "base/secrets.h"
#include "base/err.h"

#include <stdlib.h>
#include <string.h>

enum {
	WINDOW = 8,
	CAP_MIN = 64,
	FORM_GROWTH = 6 /* a byte is at most \u00XX */
};

static uint64_t
window_at(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
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

static size_t
put_hex(char *out, const char *prefix, unsigned char c, const char *digits)
{
	size_t n = strlen(prefix);

	memcpy(out, prefix, n);
	out[n] = digits[c >> 4];
	out[n + 1] = digits[c & 15];
	return n + 2;
}

/* As the inside of a JSON string; the solidus may be escaped. */
static size_t
json_form(const char *value, size_t len, bool solidus, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)value[i];

		if (c < 0x20) {
			n += put_hex(out + n, "\\u00", c, "0123456789abcdef");
			continue;
		}
		if (c == '"' || c == '\\' || (solidus && c == '/'))
			out[n++] = '\\';
		out[n++] = (char)c;
	}
	return n;
}

static bool
is_unreserved(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') ||
	       (c != '\0' && strchr("-._~", c) != NULL);
}

static size_t
percent_form(const char *value, size_t len, const char *digits, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)value[i];

		if (is_unreserved(c))
			out[n++] = (char)c;
		else
			n += put_hex(out + n, "%", c, digits);
	}
	return n;
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

static int
add_forms(struct secrets *s, const char *value, size_t len, bool random_only,
	  char *form)
{
	int r = add_form(s, value, len, random_only);

	for (int solidus = 0; solidus < 2 && r == 0; solidus++)
		r = add_form(s, form, json_form(value, len, solidus != 0, form),
			     random_only);
	if (r == 0)
		r = add_form(s, form,
			     percent_form(value, len, "0123456789abcdef", form),
			     random_only);
	if (r == 0)
		r = add_form(s, form,
			     percent_form(value, len, "0123456789ABCDEF", form),
			     random_only);
	for (size_t skip = 0; skip < 3 && r == 0; skip++) {
		r = add_form(s, form, base64_form(value, len, skip, "+/", form),
			     false);
		if (r == 0)
			r = add_form(s, form,
				     base64_form(value, len, skip, "-_", form),
				     false);
	}
	return r;
}

int
secrets_add(struct secrets *s, const char *value, size_t len, bool random_only)
{
	size_t form_max = len * FORM_GROWTH + 1;
	char *form = malloc(form_max);
	int r;

	if (form == NULL)
		return ERR_NOMEM;
	r = add_forms(s, value, len, random_only, form);
	explicit_bzero(form, form_max);
	free(form);
	return r;
}

void
secrets_fini(struct secrets *s)
{
	wipe(s);
	*s = (struct secrets){0};
}

static bool
hits(const struct secrets *s, const char *p)
{
	uint64_t w = window_at(p);

	return w != 0 && s->slots[slot_of(s, w)] == w;
}

bool
secrets_find(const struct secrets *s, const char *text, size_t len,
	     size_t *start, size_t *ret_end)
{
	size_t i = *start, end;

	if (s->n == 0)
		return false;
	while (i + WINDOW <= len && !hits(s, text + i))
		i++;
	if (i + WINDOW > len)
		return false;
	*start = i;
	end = i + WINDOW;
	for (i++; i <= end && i + WINDOW <= len; i++) {
		if (hits(s, text + i))
			end = i + WINDOW;
	}
	*ret_end = end;
	return true;
}
