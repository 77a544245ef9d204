/* Redaction: the registered values by their pieces (base/secrets), and
 * credentials of unknown value by their general shape (base/shape).  Both
 * kinds of find come in order; what overlaps or touches is one hit, and the
 * text between hits is copied as it is.
 *
 * Much of what comes here is JSON, and must still be JSON afterwards: a hit
 * never parts a backslash from the character that it escapes. */
#include "base/redact.h"
#include "base/secrets.h"
#include "base/shape.h"

#include <stdlib.h>
#include <string.h>

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
	     size_t len, struct err *err)
{
	if (len < REDACT_MIN)
		return err_set(
		    err, ERR_INVALID,
		    "credential %s: a value of fewer than %d bytes could not "
		    "be kept out of logs and rows",
		    name, REDACT_MIN);
	if (secrets_add(&r->known, value, len, false) < 0)
		return err_set(err, ERR_NOMEM, "out of memory");
	return 0;
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

bool
redactor_is_weak(const struct redactor *r, const char *value, size_t len)
{
	size_t own = secrets_own(&r->open, value, len);

	return own < len && own < REDACT_OWN;
}

/* A walk over the finds of both kinds in one text, in order. */
struct walk {
	const char *text;
	size_t len;
	struct secrets_walk secrets;
	struct secrets_find known, shape;
};

static void
next_shape(struct walk *w, size_t from)
{
	w->shape.any =
	    shape_find(w->text, w->len, from, &w->shape.start, &w->shape.end);
}

static struct walk
walk_begin(const struct redactor *r, const char *in, size_t len)
{
	struct walk w = {.text = in, .len = len};

	w.secrets = secrets_walk_begin(&r->known, in, len);
	w.known = secrets_walk_next(&w.secrets);
	next_shape(&w, 0);
	return w;
}

/* Which kind of find comes first. */
static bool
known_first(const struct walk *w)
{
	return w->known.any &&
	       (!w->shape.any || w->known.start <= w->shape.start);
}

/* Takes all finds that touch the hit, and widens it by them. */
static void
take_touching(struct walk *w, size_t *end)
{
	while (w->known.any || w->shape.any) {
		bool known = known_first(w);
		struct secrets_find f = known ? w->known : w->shape;

		if (f.start > *end)
			return;
		if (f.end > *end)
			*end = f.end;
		if (known)
			w->known = secrets_walk_next(&w->secrets);
		else
			next_shape(w, f.end);
	}
}

/* The next hit.  A shape that follows it without a gap belongs to it, even
 * where it could not begin in the text itself: otherwise it would begin in
 * the text that is made of it. */
static bool
walk_next(struct walk *w, size_t *ret_start, size_t *ret_end)
{
	if (!w->known.any && !w->shape.any)
		return false;
	*ret_start = known_first(w) ? w->known.start : w->shape.start;
	*ret_end = *ret_start;
	do
		take_touching(w, ret_end);
	while (shape_at(w->text, w->len, *ret_end, ret_end));
	return true;
}

/* An odd number of backslashes before i, none of them before `least`. */
static bool
is_escaped(const char *in, size_t least, size_t i)
{
	size_t n = 0;

	while (i > least + n && in[i - n - 1] == '\\')
		n++;
	return n % 2 == 1;
}

size_t
redact(const struct redactor *r, const char *in, size_t len, struct buf *out)
{
	struct walk w = walk_begin(r, in, len);
	size_t hits = 0, copied = 0, start, end;

	while (walk_next(&w, &start, &end)) {
		if (start < copied)
			start = copied;
		if (is_escaped(in, copied, start))
			start--;
		if (end < len && is_escaped(in, start, end))
			end++;
		if (end <= start)
			continue;
		buf_add(out, in + copied, start - copied);
		buf_puts(out, replacement);
		copied = end;
		hits++;
	}
	buf_add(out, in + copied, len - copied);
	return hits;
}

/* The closing quote of the string that begins behind `from`; len when there
 * is none. */
static size_t
string_end(const char *json, size_t from, size_t len)
{
	while (from < len && json[from] != '"')
		from += json[from] == '\\' ? 2 : 1;
	return from < len ? from : len;
}

size_t
redact_values(const struct redactor *r, const char *json, size_t len,
	      struct buf *out)
{
	size_t hits = 0, at = 0;

	while (at < len) {
		size_t start = string_end(json, at, len), end;

		start += start < len; /* behind the opening quote */
		buf_add(out, json + at, start - at);
		end = start < len ? string_end(json, start, len) : len;
		if (end + 1 < len && json[end + 1] == ':')
			buf_add(out, json + start, end - start); /* a key */
		else
			hits += redact(r, json + start, end - start, out);
		buf_add(out, json + end, end < len);
		at = end + (end < len);
	}
	return hits;
}

bool
redact_known(const struct redactor *r, const char *in, size_t len)
{
	struct secrets_walk w = secrets_walk_begin(&r->known, in, len);

	return secrets_walk_next(&w).any;
}

bool
redact_needed(const struct redactor *r, const char *in, size_t len)
{
	struct walk w = walk_begin(r, in, len);

	return w.known.any || w.shape.any;
}
