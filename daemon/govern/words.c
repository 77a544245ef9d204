/* A word is looked at where it stands; nothing is copied.  Letters and digits
 * are those of ASCII: a byte of another character ends a word. */
#include "govern/words.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* What a person can have looked at; each may have an s. */
static const char *const things[] = {
    "row",   "column",	  "line",    "field",  "entry",	   "entries",
    "table", "page",	  "section", "list",   "document", "export",
    "file",  "record",	  "sheet",   "report", "snapshot", "tab",
    "tag",   "dashboard", "center",  "centre"};

bool
word_part(char c)
{
	return isalnum((unsigned char)c);
}

bool
word_letter(char c)
{
	return isalpha((unsigned char)c);
}

bool
word_is_one_of(const char *const *list, size_t n, const char *word, size_t len)
{
	for (size_t i = 0; i < n; i++) {
		if (strlen(list[i]) == len &&
		    strncasecmp(list[i], word, len) == 0)
			return true;
	}
	return false;
}

bool
word_is_some_of(const char *const *list, size_t n, const char *word, size_t len)
{
	return word_is_one_of(list, n, word, len) ||
	       (len > 1 && tolower((unsigned char)word[len - 1]) == 's' &&
		word_is_one_of(list, n, word, len - 1));
}

size_t
word_letters(const char *word)
{
	size_t n = 0;

	while (word_letter(word[n]))
		n++;
	return n;
}

const char *
word_thing(size_t i)
{
	return i < sizeof(things) / sizeof(things[0]) ? things[i] : NULL;
}

bool
word_is_thing(const char *word, size_t len)
{
	return word_is_some_of(things, sizeof(things) / sizeof(things[0]), word,
			       len);
}

bool
word_is_of_thing(const char *behind)
{
	behind += strspn(behind, " '\")");
	return word_is_thing(behind, word_letters(behind));
}

bool
word_is_whole(const char *text, const char *hit, size_t len,
	      bool (*part)(char c))
{
	if (part(hit[0]) && hit > text && part(hit[-1]))
		return false;
	return !word_part(hit[len - 1]) || !part(hit[len]);
}
