/* Short and plain is judged here; what it may not say, in claim.c. */
#include "govern/note.h"
#include "base/text.h"
#include "govern/claim.h"

#include <string.h>

/* Characters, not bytes. */
static size_t
length(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

int
note_check(const char *text, struct err *err)
{
	struct buf clean = {0};
	int same;

	if (text[0] == '\0')
		return err_set(
		    err, ERR_INVALID,
		    "NOTE_EMPTY: a few words on what was looked at are "
		    "needed");
	if (length(text) > NOTE_MAX)
		return err_set(err, ERR_INVALID,
			       "NOTE_TOO_LONG: at most %d characters",
			       NOTE_MAX);
	text_clean(&clean, text, strlen(text), strlen(text) + 1);
	same = strcmp(buf_text(&clean), text) == 0;
	buf_free(&clean);
	if (!same)
		return err_set(
		    err, ERR_INVALID,
		    "NOTE_NOT_TEXT: one line of plain text with single "
		    "blanks is expected");
	return claim_check(text, err);
}
