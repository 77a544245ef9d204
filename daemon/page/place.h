/* Where a page lives: scheme, host, port and path of its URL. */
#ifndef PAGE_PLACE_H
#define PAGE_PLACE_H

#include <stdbool.h>

/* True when both URLs name the same page: host (any case), port and path are
 * equal.  Query and fragment do not count, nor does one slash at the end of
 * the path, nor a step from plain HTTP to HTTPS on the usual ports; the step
 * back does.  False when either is no URL with a host. */
bool page_same_place(const char *configured, const char *final);

/* True when the path of the URL ends with the suffix (".md"). */
bool page_path_ends(const char *url, const char *suffix);

#endif
