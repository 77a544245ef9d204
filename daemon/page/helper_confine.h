/* The confinement of the page-text helper. */
#ifndef PAGE_HELPER_CONFINE_H
#define PAGE_HELPER_CONFINE_H

#include <stdbool.h>

/* Gives up everything but reading descriptor 0, writing descriptor 1 and
 * memory, for good, and tries whether it is so.  False when it is not: the
 * process must not read a page then. */
bool helper_confine(void);

#endif
