/* Tells texts that look like the value of a credential, so that none is kept
 * in, or printed from, a configuration.  A guess by shape: it errs towards
 * refusing. */
#ifndef CONF_SECRET_H
#define CONF_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Bearer tokens, sk- keys, PEM blocks, and runs of 32 and more characters
 * that no name, label or URL path has.  Words that hold a ${placeholder} are
 * templates, not values. */
bool secret_shaped(const char *text);

enum { SHOW_MAX = 96 };

/* The text in double quotes, cleaned and cut, for a message; or words that
 * say that it is not shown.  Returns out. */
const char *secret_show(const char *text, char out[SHOW_MAX]);

#endif
