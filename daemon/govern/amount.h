/* Amounts of money in a person's words. */
#ifndef GOVERN_AMOUNT_H
#define GOVERN_AMOUNT_H

#include <stddef.h>

/* The currency, or the word of money, of the first amount that is found; or
 * NULL. */
const char *amount_find(const char *text);

/* What the manual lists: the i-th name of a currency; NULL behind the last. */
const char *amount_currency(size_t i);
/* The same of the words of money. */
const char *amount_word(size_t i);

#endif
