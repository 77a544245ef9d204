/* Redaction: the registered values by their pieces (base/secrets), and
 * credentials of unknown value by their general shape.
 *
 * Shapes are drawn narrowly enough that prose keeps its words: a key needs a
 * start that does not lie inside a word, a length, and a digit.  Both kinds
 * of find are looked for from the same position, the one that starts first
 * is replaced, and the text before it is copied as it is. */
#include "base/redact.h"
#include "base/secrets.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	SECRET_MIN = 8,	  /* bytes of a registered value */
	BEARER_MIN = 12,  /* characters of a token */
	KEY_MIN = 12,	  /* behind "sk-" */
	JWT_PART_MIN = 8, /* of each of the three parts */
};

static const char replacement[] = "[redacted]";

struct redactor {
	struct secrets known;
	struct secrets open; /* forgiven pieces */
};

struct redactor *
redactor_new(void)
{
	return calloc(1, sizeof(struct redactor));
}

void
redactor_free(struct redactor *r)
{
	if (r == NULL)
		return;
	secrets_fini(&r->known);
	secrets_fini(&r->open);
	free(r);
}

int
redactor_add(struct redactor *r, const char *name, const void *value,
	     size_t len)
{
	if (len < SECRET_MIN)
		return ERR_INVALID;
	return secrets_add(&r->known, value, len, false);
}

int
redactor_forgive(struct redactor *r, const char *text, size_t len)
{
	int result = secrets_add_text(&r->open, text, len);

	return result < 0 ? result : secrets_subtract(&r->known, &r->open);
}

int
redactor_spare(const struct redactor *r, struct secrets *own)
{
	return secrets_subtract(own, &r->open);
}

/* ---- shapes ---- */

/* A text being searched.  What was found out about a run of token characters
 * is kept while the search is inside it, so that no text, however made up,
 * is walked more than a few times. */
struct text {
	const char *at;
	size_t len;
	size_t token_end; /* of the run of [A-Za-z0-9_-] last asked for */
	size_t digit;	  /* the first digit at or after the last asked */
	size_t no_token;  /* a run that ends here starts no web token */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The end of the run from i of letters, digits or one of `more`. */
static size_t
run_end(const struct text *t, size_t i, const char *more)
{
	while (i < t->len &&
	       (is_alnum(t->at[i]) ||
		(t->at[i] != '\0' && strchr(more, t->at[i]) != NULL)))
		i++;
	return i;
}

static size_t
token_end(struct text *t, size_t i)
{
	if (i >= t->token_end)
		t->token_end = run_end(t, i, "-_");
	return t->token_end;
}

static bool
has_digit(struct text *t, size_t i, size_t end)
{
	if (t->digit < i)
		t->digit = i;
	while (t->digit < t->len && !is_digit(t->at[t->digit]))
		t->digit++;
	return t->digit < end;
}

static bool
starts(const struct text *t, size_t i, const char *word)
{
	size_t n = strlen(word);

	return t->len - i >= n && memcmp(t->at + i, word, n) == 0;
}

/* Each shape: the end of one that starts at i, or 0. */

static size_t
bearer(struct text *t, size_t i)
{
	static const char word[] = "bearer";
	size_t from = i + sizeof(word) - 1, end;

	if (t->len - i <= sizeof(word) - 1 ||
	    strncasecmp(t->at + i, word, sizeof(word) - 1) != 0 ||
	    t->at[from] != ' ')
		return 0;
	while (from < t->len && t->at[from] == ' ')
		from++;
	end = run_end(t, from, "-._~+/=");
	return end - from >= BEARER_MIN && has_digit(t, from, end) ? end : 0;
}

static size_t
api_key(struct text *t, size_t i)
{
	size_t end;

	if (!starts(t, i, "sk-"))
		return 0;
	end = token_end(t, i);
	return end - i >= 3 + KEY_MIN && has_digit(t, i + 3, end) ? end : 0;
}

static size_t
web_token(struct text *t, size_t i)
{
	size_t end, from;

	if (!starts(t, i, "eyJ"))
		return 0;
	end = token_end(t, i);
	if (end == t->no_token || end - i < JWT_PART_MIN)
		return 0;
	t->no_token = end;
	for (int part = 1; part < 3; part++) {
		if (end >= t->len || t->at[end] != '.')
			return 0;
		from = end + 1;
		end = run_end(t, from, "-_");
		if (end - from < JWT_PART_MIN)
			return 0;
	}
	return end;
}

/* To its end line, or to the end of the text when it was cut. */
static size_t
pem_block(struct text *t, size_t i)
{
	static const char begin[] = "-----BEGIN ", end[] = "-----END ";
	const char *stop = t->at + t->len;
	const char *p = t->at + i + sizeof(begin) - 1;
	const char *line;

	if (!starts(t, i, begin))
		return 0;
	line = memmem(p, (size_t)(stop - p), "-----", 5);
	if (line == NULL ||
	    memmem(p, (size_t)(line - p), "PRIVATE KEY", 11) == NULL)
		return 0;
	p = memmem(line, (size_t)(stop - line), end, sizeof(end) - 1);
	if (p != NULL) {
		p += sizeof(end) - 1;
		p = memmem(p, (size_t)(stop - p), "-----", 5);
	}
	return p == NULL ? t->len : (size_t)(p + 5 - t->at);
}

/* The end of the shape that starts at i, told by its first letter. */
static size_t
shape_at(struct text *t, size_t i)
{
	switch (t->at[i]) {
	case 'b':
	case 'B':
		return bearer(t, i);
	case 's':
		return api_key(t, i);
	case 'e':
		return web_token(t, i);
	case '-':
		return pem_block(t, i);
	default:
		return 0;
	}
}

static bool
find_shape(struct text *t, size_t *start, size_t *ret_end)
{
	for (size_t i = *start; i < t->len; i++) {
		size_t end;

		if (i > 0 && is_alnum(t->at[i - 1]))
			continue;
		end = shape_at(t, i);
		if (end > 0) {
			*start = i;
			*ret_end = end;
			return true;
		}
	}
	return false;
}

/* ---- both ---- */

/* A walk over the finds of both kinds in one text, in order. */
struct walk {
	struct secrets_walk secrets;
	struct text t;
	size_t at; /* everything before is done */
	struct secrets_find known, shape;
};

static struct walk
walk_begin(const struct redactor *r, const char *in, size_t len)
{
	struct walk w = {.t = {.at = in, .len = len}};

	w.secrets = secrets_walk_begin(&r->known, in, len);
	w.known = secrets_walk_next(&w.secrets);
	w.shape.any = find_shape(&w.t, &w.shape.start, &w.shape.end);
	return w;
}

/* What lies before w->at was covered by another find; what reaches across
 * it goes on from there. */
static void
refresh(struct walk *w)
{
	while (w->known.any && w->known.end <= w->at)
		w->known = secrets_walk_next(&w->secrets);
	if (w->known.any && w->known.start < w->at)
		w->known.start = w->at;
	if (w->shape.any && w->shape.start < w->at) {
		w->shape.start = w->at;
		w->shape.any =
		    find_shape(&w->t, &w->shape.start, &w->shape.end);
	}
}

/* The next find; overlapping ones are one. */
static bool
walk_next(struct walk *w, size_t *ret_start)
{
	const struct secrets_find *first, *other;

	refresh(w);
	if (!w->known.any && !w->shape.any)
		return false;
	first = &w->known;
	other = &w->shape;
	if (!first->any || (other->any && other->start < first->start)) {
		first = &w->shape;
		other = &w->known;
	}
	*ret_start = first->start;
	w->at = first->end;
	if (other->any && other->start < w->at && other->end > w->at)
		w->at = other->end;
	return true;
}

size_t
redact(const struct redactor *r, const char *in, size_t len, struct buf *out)
{
	struct walk w = walk_begin(r, in, len);
	size_t hits = 0, copied = 0, start;

	while (walk_next(&w, &start)) {
		buf_add(out, in + copied, start - copied);
		buf_puts(out, replacement);
		copied = w.at;
		hits++;
	}
	buf_add(out, in + copied, len - copied);
	return hits;
}

bool
redact_needed(const struct redactor *r, const char *in, size_t len)
{
	struct walk w = walk_begin(r, in, len);

	return w.known.any || w.shape.any;
}
