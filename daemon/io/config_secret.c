/* Whether the value of a loaded credential stands in a configuration.
 *
 * Two texts of it are searched: the canonical one, which is kept beside the
 * ledger, and the dump that says where each value was written, for the place.
 * Both escape quotes and backslashes alike. */
#include "conf/load.h"
#include "io/credentials.h"

#include <string.h>

static const char mark[] = "\t# "; /* before an origin in a dump */

static void
escape(const char *value, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len; i++) {
		if (value[i] == '"' || value[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, value[i]);
	}
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
	struct buf dump = {0}, place = {0}, text = {0};
	const char *name, *value, *at;
	size_t len;
	int r = 0;

	conf_dump(config, CONF_DUMP_ORIGIN, &dump);
	for (size_t i = 0;
	     r == 0 && credentials_at(credentials, i, &name, &value, &len);
	     i++) {
		escape(value, len, &text);
		at = strstr(buf_text(&dump), buf_text(&text));
		if (at != NULL)
			put_place(buf_text(&dump), at, &place);
		if (at != NULL ||
		    strstr(config->effective, buf_text(&text)) != NULL)
			r = err_set(err, ERR_INVALID,
				    "%sthe value of credential %s stands in "
				    "the configuration; take it out, and have "
				    "the gateway replace that key",
				    buf_text(&place), name);
		if (text.data != NULL)
			explicit_bzero(text.data, text.len);
		buf_free(&text);
	}
	if (r == 0 && (dump.failed || place.failed))
		r = err_set(err, ERR_NOMEM, "out of memory");
	buf_free(&dump);
	buf_free(&place);
	return r;
}
