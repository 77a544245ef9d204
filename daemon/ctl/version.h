/* What --version begins with; what the program runs with is io/libraries.h. */
#ifndef CTL_VERSION_H
#define CTL_VERSION_H

#include "base/buf.h"

/* "NAME VERSION", then what this build reads, writes and speaks. */
void version_text(const char *name_and_version, struct buf *out);

#endif
