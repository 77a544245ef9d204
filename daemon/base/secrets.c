/* All eight-byte pieces of all secrets, plain, in base64 and in hex, as one
 * set of numbers: a text is searched once for each way to read it, whatever the
 * number of secrets.  Escapes are undone in the text, not put into the set:
 * each character may be escaped or not, so there is no end to the forms.
 *
 * The search looks at every fourth byte only.  Any eight bytes in a row hold
 * five that begin at a multiple of four; the set knows as bits which five
 * bytes ("grams") occur at all, and only where a bit is set the pieces
 * themselves are asked.
 *
 * The numbers are the secrets in pieces, so every block that held some is
 * wiped before it goes.  The eight zero bytes that would be the number of a
 * free slot occur in no credential. */
#include "base/secrets.h"
#include "base/escapes.h"
#include "base/err.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum {
	PIECE = 8,
	GRAM = 5,
	STRIDE = PIECE - GRAM + 1,
	CAP_MIN = 64,
	GRAM_BITS_PER_SLOT = 16
};

/* The first byte is the lowest. */
static uint64_t
number_at(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return le64toh(w);
}

/* The upper bits of the product depend on every bit of the number. */
static uint64_t
spread(uint64_t number)
{
	return number * UINT64_C(0x9e3779b97f4a7c15) >> 32;
}

/* The number of the bit of a gram: of the low five bytes of w. */
static size_t
gram_bit(const struct secrets *s, uint64_t w)
{
	return (size_t)spread(w << 8 * (PIECE - GRAM)) &
	       (s->cap * GRAM_BITS_PER_SLOT - 1);
}

static bool
has_gram(const struct secrets *s, uint64_t w)
{
	size_t bit = gram_bit(s, w);

	return s->grams[bit / 64] >> bit % 64 & 1;
}

/* The slot of w, or the free one where it belongs. */
static size_t
slot_of(const struct secrets *s, uint64_t w)
{
	size_t i = (size_t)spread(w) & (s->cap - 1);

	while (s->slots[i] != 0 && s->slots[i] != w)
		i = (i + 1) & (s->cap - 1);
	return i;
}

static bool
contains(const struct secrets *s, uint64_t w)
{
	return w != 0 && s->slots[slot_of(s, w)] == w;
}

static void
put(struct secrets *s, size_t slot, uint64_t w)
{
	s->slots[slot] = w;
	for (int i = 0; i < STRIDE; i++) {
		size_t bit = gram_bit(s, w >> 8 * i);

		s->grams[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

static size_t
gram_words(const struct secrets *s)
{
	return s->cap * GRAM_BITS_PER_SLOT / 64;
}

static void
wipe(struct secrets *s)
{
	if (s->slots != NULL) {
		explicit_bzero(s->slots, s->cap * sizeof(*s->slots));
		explicit_bzero(s->grams, gram_words(s) * sizeof(*s->grams));
	}
	free(s->slots);
	free(s->grams);
}

static int
grow(struct secrets *s)
{
	struct secrets more = {.cap = s->cap == 0 ? CAP_MIN : 2 * s->cap,
			       .n = s->n};

	more.slots = calloc(more.cap, sizeof(*more.slots));
	more.grams = calloc(gram_words(&more), sizeof(*more.grams));
	if (more.slots == NULL || more.grams == NULL) {
		free(more.slots);
		free(more.grams);
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < s->cap; i++) {
		if (s->slots[i] != 0)
			put(&more, slot_of(&more, s->slots[i]), s->slots[i]);
	}
	wipe(s);
	*s = more;
	return 0;
}

static int
add_piece(struct secrets *s, uint64_t w)
{
	size_t i;

	if (2 * s->n >= s->cap && grow(s) < 0)
		return ERR_NOMEM;
	i = slot_of(s, w);
	if (s->slots[i] == 0 && w != 0) {
		put(s, i, w);
		s->n++;
	}
	return 0;
}

/* ---- which pieces count ---- */

/* Hex digits of both kinds: a decimal number alone, a time stamp say, is
 * not random enough. */
static bool
looks_random(const char *p)
{
	bool digit = false, letter = false;

	for (int i = 0; i < PIECE; i++) {
		if (p[i] >= '0' && p[i] <= '9')
			digit = true;
		else if (p[i] >= 'a' && p[i] <= 'f')
			letter = true;
		else
			return false;
	}
	return digit && letter;
}

/* More than two different bytes. */
static bool
looks_varied(const char *p)
{
	char other = p[0];

	for (int i = 1; i < PIECE; i++) {
		if (p[i] == p[0] || p[i] == other)
			continue;
		if (other != p[0])
			return true;
		other = p[i];
	}
	return false;
}

/* A stretch of "2026-07-03T05:20:00Z": a key that is made of a date does not
 * own the time of every row. */
static bool
looks_like_time(const char *p)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	bool fits = false;

	/* What most texts are made of can begin no stretch of it. */
	if (p[0] > '9' && p[0] != 'T')
		return false;
	for (size_t at = 0; !fits && at + PIECE < sizeof(form); at++) {
		fits = true;
		for (size_t i = 0; fits && i < PIECE; i++)
			fits = form[at + i] == 'd' ? p[i] >= '0' && p[i] <= '9'
						   : p[i] == form[at + i];
	}
	return fits;
}

/* How much of a key is the same in all keys of its kind. */
static size_t
public_start(const char *value, size_t len)
{
	static const char *const starts[] = {
	    "sk-ant-admin01-", "sk-ant-api03-", "sk-litellm-", "sk-or-v1-",
	    "sk-proj-",	       "sk-svcacct-",	"sk-admin-"};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		size_t n = strlen(starts[i]);

		if (len >= n && memcmp(value, starts[i], n) == 0)
			return n;
	}
	return 0;
}

enum choice { CHOOSE_ALL, CHOOSE_VARIED, CHOOSE_RANDOM };

static bool
is_chosen(const char *p, enum choice choice)
{
	switch (choice) {
	case CHOOSE_VARIED:
		return looks_varied(p);
	case CHOOSE_RANDOM:
		return looks_random(p);
	default:
		return true;
	}
}

/* Adds the pieces that the choice allows; *any is set when there is one. */
static int
add_form(struct secrets *s, const char *form, size_t len, enum choice choice,
	 bool *any)
{
	for (size_t i = 0; i + PIECE <= len; i++) {
		if (!is_chosen(form + i, choice) || looks_like_time(form + i))
			continue;
		*any = true;
		if (add_piece(s, number_at(form + i)) < 0)
			return ERR_NOMEM;
	}
	return 0;
}

/* The first piece holds no more of the public start than of the rest. */
static int
add_plain(struct secrets *s, const char *value, size_t len, bool random_only)
{
	size_t start = public_start(value, len);
	size_t from = start < PIECE / 2 ? 0 : start - PIECE / 2;
	bool any = false;
	int r = add_form(s, value + from, len - from,
			 random_only ? CHOOSE_RANDOM : CHOOSE_VARIED, &any);

	if (r < 0 || random_only || any)
		return r;
	return add_form(s, value, len, CHOOSE_ALL, &any);
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
add_hex(struct secrets *s, const char *value, size_t len, const char *digits,
	char *form)
{
	size_t start = public_start(value, len), n = 0;
	bool any;

	for (size_t i = start; i < len; i++) {
		form[n++] = digits[(unsigned char)value[i] >> 4];
		form[n++] = digits[(unsigned char)value[i] & 15];
	}
	return add_form(s, form, n, CHOOSE_VARIED, &any);
}

int
secrets_add(struct secrets *s, const char *value, size_t len, bool random_only)
{
	static const char *const last[] = {"+/", "-_"};
	size_t form_max = len * 2;
	char *form = malloc(form_max + 1);
	bool any;
	int r;

	if (form == NULL)
		return ERR_NOMEM;
	r = add_plain(s, value, len, random_only);
	for (size_t i = 0; i < 6 && r == 0; i++) {
		size_t n = base64_form(value, len, i / 2, last[i % 2], form);

		r = add_form(s, form, n, CHOOSE_VARIED, &any);
	}
	if (r == 0)
		r = add_hex(s, value, len, "0123456789abcdef", form);
	if (r == 0)
		r = add_hex(s, value, len, "0123456789ABCDEF", form);
	explicit_bzero(form, form_max);
	free(form);
	return r;
}

int
secrets_add_text(struct secrets *s, const char *text, size_t len)
{
	bool any;

	return add_form(s, text, len, CHOOSE_ALL, &any);
}

int
secrets_subtract(struct secrets *s, const struct secrets *open)
{
	struct secrets rest = {0};

	if (s->n == 0 || open->n == 0)
		return 0;
	/* Taking numbers out of the table would break its probe runs. */
	for (size_t i = 0; i < s->cap; i++) {
		if (s->slots[i] == 0 || contains(open, s->slots[i]))
			continue;
		if (add_piece(&rest, s->slots[i]) < 0) {
			secrets_fini(&rest);
			return ERR_NOMEM;
		}
	}
	wipe(s);
	*s = rest;
	return 0;
}

size_t
secrets_own(const struct secrets *open, const char *value, size_t len)
{
	size_t longest = 0, start = 0;

	for (size_t i = 0; i + PIECE <= len; i++) {
		if (!looks_like_time(value + i) &&
		    (open->n == 0 || !contains(open, number_at(value + i))))
			continue;
		if (i + PIECE - 1 - start > longest)
			longest = i + PIECE - 1 - start;
		start = i + 1;
	}
	return len - start > longest ? len - start : longest;
}

void
secrets_fini(struct secrets *s)
{
	wipe(s);
	*s = (struct secrets){0};
}

/* ---- finding ---- */

/* The first five bytes at p as the low ones of a number. */
static uint64_t
gram_at(const char *p)
{
	char bytes[PIECE] = {0};

	memcpy(bytes, p, GRAM);
	return number_at(bytes);
}

/* The first piece at or after `start`; `len` when there is none. */
static size_t
find_piece(const struct secrets *s, const char *text, size_t start, size_t len)
{
	size_t at = start;

	for (;;) {
		while (at + PIECE <= len && !has_gram(s, number_at(text + at)))
			at += STRIDE;
		if (at + GRAM > len ||
		    (at + PIECE > len && !has_gram(s, gram_at(text + at))))
			return len;
		/* The gram may be any but the first three of a piece. */
		for (size_t i = at < start + STRIDE ? start : at - STRIDE + 1;
		     i <= at && i + PIECE <= len; i++) {
			if (contains(s, number_at(text + i)))
				return i;
		}
		at += STRIDE;
	}
}

static struct secrets_find
find_plain(const struct secrets_walk *walk, size_t start)
{
	size_t i = find_piece(walk->secrets, walk->text, start, walk->len);
	struct secrets_find find = {true, i, i + PIECE};

	if (i >= walk->len)
		return (struct secrets_find){false, 0, 0};
	for (i++; i <= find.end && i + PIECE <= walk->len; i++) {
		if (contains(walk->secrets, number_at(walk->text + i)))
			find.end = i + PIECE;
	}
	return find;
}

/* The last eight bytes of a view with escapes, and where each began. */
struct roll {
	uint64_t w;
	size_t n;
	size_t began[PIECE];
};

static void
roll_in(struct roll *r, unsigned char byte, size_t began)
{
	r->w = r->w >> 8 | (uint64_t)byte << 56;
	r->began[r->n++ % PIECE] = began;
}

static size_t
roll_start(const struct roll *r)
{
	return r->began[r->n % PIECE];
}

/* Whether the eight bytes rolled in last are a piece. */
static bool
roll_hits(const struct secrets *s, const struct roll *r)
{
	return r->n >= PIECE && has_gram(s, r->w) && contains(s, r->w);
}

/* The first find in the stretch around the escape at `mark`: eight bytes with
 * an escape among them.  Where none is left, *ret_end tells how far it went. */
static struct secrets_find
find_around(const struct secrets_walk *walk, size_t start, size_t mark,
	    escapes_read_fn *read_char, size_t *ret_end)
{
	const char *text = walk->text, first = text[mark];
	struct secrets_find find = {false, 0, 0};
	size_t i = mark < start + PIECE ? start : mark - PIECE + 1;
	struct roll roll = {0};
	size_t plain = 0;

	while (i < walk->len && (i <= mark || find.any || plain < PIECE - 1)) {
		struct escapes_char c = {{(unsigned char)text[i]}, 1, 1};

		if (text[i] == first)
			read_char(text + i, walk->len - i, &c);
		plain = c.used > 1 ? 0 : plain + 1;
		for (size_t k = 0; k < c.n; k++) {
			roll_in(&roll, c.bytes[k], i);
			if (!roll_hits(walk->secrets, &roll))
				continue;
			if (!find.any)
				find.start = roll_start(&roll);
			find.any = true;
			find.end = i + c.used;
		}
		i += c.used;
		if (find.any && roll_start(&roll) > find.end)
			break;
	}
	*ret_end = i;
	return find;
}

static const struct {
	escapes_read_fn *read;
	char mark[3]; /* how an escape begins that makes the view worth it */
} views[SECRETS_VIEWS] = {
    [SECRETS_JSON] = {escapes_read_json, "\\"},
    [SECRETS_NESTED] = {escapes_read_nested, "\\\\"},
    [SECRETS_PERCENT] = {escapes_read_percent, "%"},
};

/* The next place where the escape mark stands; NULL when there is none. */
static const char *
find_mark(const char *text, const char *end, const char mark[3])
{
	const char *p = text;

	while (p < end && (p = memchr(p, mark[0], (size_t)(end - p))) != NULL) {
		if (mark[1] == '\0' || (p + 1 < end && p[1] == mark[1]))
			return p;
		p++;
	}
	return NULL;
}

static struct secrets_find
find_view(const struct secrets_walk *walk, enum secrets_view view, size_t start)
{
	struct secrets_find find = {false, 0, 0};
	size_t i = start;

	if (view == SECRETS_PLAIN)
		return find_plain(walk, start);
	while (!find.any && i < walk->len) {
		const char *mark = find_mark(
		    walk->text + i, walk->text + walk->len, views[view].mark);

		if (mark == NULL)
			break;
		find = find_around(walk, start, (size_t)(mark - walk->text),
				   views[view].read, &i);
	}
	return find;
}

struct secrets_walk
secrets_walk_begin(const struct secrets *secrets, const char *text, size_t len)
{
	struct secrets_walk walk = {
	    .secrets = secrets, .text = text, .len = len};

	for (int v = 0; v < SECRETS_VIEWS && secrets->n > 0; v++)
		walk.next[v] = find_view(&walk, (enum secrets_view)v, 0);
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
