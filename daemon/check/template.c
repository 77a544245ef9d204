/* One pass over the text; a filled-in value is never looked at again, so
 * that it cannot name a place of its own. */
#include "check/template.h"

#include <string.h>

/* The name in "${name}" at p, or NULL. */
static const char *
place_at(const char *p, size_t *ret_len)
{
	size_t n;

	if (p[0] != '$' || p[1] != '{')
		return NULL;
	n = strcspn(p + 2, "}");
	if (p[2 + n] != '}')
		return NULL;
	*ret_len = n;
	return p + 2;
}

int
template_fill(const char *text, const char *name, const char *value,
	      struct buf *out, bool *ret_used, struct err *err)
{
	bool used = false;

	while (*text != '\0') {
		const char *dollar = strchrnul(text, '$');
		const char *place;
		size_t n;

		buf_add(out, text, (size_t)(dollar - text));
		text = dollar;
		if (*text == '\0')
			break;
		place = place_at(text, &n);
		if (place == NULL) {
			buf_putc(out, *text++);
			continue;
		}
		if (n != strlen(name) || memcmp(place, name, n) != 0)
			return err_set(err, ERR_INVALID,
				       "${%.*s} cannot stand here",
				       (int)(n < 40 ? n : 40), place);
		buf_puts(out, value);
		used = true;
		text = place + n + 1;
	}
	if (ret_used != NULL)
		*ret_used = used;
	return 0;
}

bool
template_uses(const char *text, const char *name)
{
	const char *place;
	size_t n;

	for (; (text = strchr(text, '$')) != NULL; text++) {
		place = place_at(text, &n);
		if (place != NULL && n == strlen(name) &&
		    memcmp(place, name, n) == 0)
			return true;
	}
	return false;
}

bool
template_is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	}
	return true;
}
