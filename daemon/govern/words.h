/* Words of a note: what they are, and whether they stand alone. */
#ifndef GOVERN_WORDS_H
#define GOVERN_WORDS_H

#include <stdbool.h>
#include <stddef.h>

bool word_part(char c); /* a letter or a digit */
bool word_letter(char c);
/* How many letters stand there. */
size_t word_letters(const char *text);

/* Whether the word is in the list, in any case of letters. */
bool word_is_one_of(const char *const *list, size_t n, const char *word,
		    size_t len);
/* The same for a word that may have an s behind it. */
bool word_is_some_of(const char *const *list, size_t n, const char *word,
		     size_t len);

/* "row", "pages": what a person can have looked at. */
bool word_is_thing(const char *word, size_t len);
/* What the manual lists: the i-th of them; NULL behind the last. */
const char *word_thing(size_t i);
/* The next word is such a thing. */
bool word_is_of_thing(const char *behind);

/* Of the text, the len bytes from hit on (at least one) are no part of a
 * longer word, of which `part` says what it is made of.  What is no word at
 * all, as a sign, may touch everything. */
bool word_is_whole(const char *text, const char *hit, size_t len,
		   bool (*part)(char c));

#endif
