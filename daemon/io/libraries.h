/* What a program was linked with and finds at run time, for --version. */
#ifndef IO_LIBRARIES_H
#define IO_LIBRARIES_H

#include "base/buf.h"

/* One line each of what both programs have: their libraries, by their own word
 * at run time where they give one; how they were built. */
void libraries_text(struct buf *out);
/* And of what the daemon has alone: its event loop, and what HTTP can do. */
void libraries_daemon_text(struct buf *out);

#endif
