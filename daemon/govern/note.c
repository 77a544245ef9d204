/* The deny list is about claims, not about topics: it names the words with
 * which somebody would state a total, an uptime or a discount in passing. */
#include "govern/note.h"
#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *word;
	const char *claim;
} claims[] = {
    {"invoice total", "R1 a final invoice total"},
    {"final invoice", "R1 a final invoice total"},
    {"total cost", "R1 a final invoice total"},
    {"is available", "R2 model availability"},
    {"discount", "R3 a discount"},
    {"uptime", "R4 uptime"},
    {"latency", "R4 latency"},
    {"rate limit", "R5 quota or rate limits"},
    {"quota is", "R5 quota or rate limits"},
    {"no cost", "R8 absent as zero"},
    {"zero cost", "R8 absent as zero"},
    {"forecast", "R13 a spend forecast"},
};

static bool
is_letter(char c)
{
	return isalpha((unsigned char)c) || ((unsigned char)c & 0x80) != 0;
}

/* A word of letters stands alone: no part of "European". */
static bool
stands_alone(const char *text, const char *hit, const char *mark)
{
	if (!is_letter(mark[0]) || ((unsigned char)mark[0] & 0x80) != 0)
		return true;
	return (hit == text || !is_letter(hit[-1])) &&
	       !is_letter(hit[strlen(mark)]);
}

/* Beside a digit, on either side, over blanks. */
static bool
is_beside_digit(const char *text, const char *hit, const char *mark)
{
	const char *after = hit + strlen(mark);

	after += strspn(after, " ");
	while (hit > text && hit[-1] == ' ')
		hit--;
	return isdigit((unsigned char)*after) ||
	       (hit > text && isdigit((unsigned char)hit[-1]));
}

/* An amount of money: the name of a currency beside a digit. */
static bool
has_amount(const char *text)
{
	static const char *const marks[] = {
	    "$",      "\xe2\x82\xac", "\xc2\xa3", "usd",   "eur",  "gbp",
	    "dollar", "dollars",      "euro",	  "euros", "cents"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const char *hit = text;

		for (; (hit = strcasestr(hit, marks[i])) != NULL; hit++) {
			if (stands_alone(text, hit, marks[i]) &&
			    is_beside_digit(text, hit, marks[i]))
				return true;
		}
	}
	return false;
}

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
		return err_set(err, ERR_INVALID,
			       "NOTE_NOT_TEXT: one line of plain text, please");
	if (has_amount(text))
		return err_set(
		    err, ERR_INVALID,
		    "NOTE_CLAIM: an amount of money comes only from an "
		    "account export (R1)");
	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
		if (strcasestr(text, claims[i].word) != NULL)
			return err_set(
			    err, ERR_INVALID,
			    "NOTE_CLAIM: \"%s\" would claim what was not "
			    "seen (%s)",
			    claims[i].word, claims[i].claim);
	}
	return 0;
}
