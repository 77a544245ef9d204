/* Threads for struct workers (ledger/workers.h): one for each core that this
 * process may use. */
#ifndef IO_THREADS_H
#define IO_THREADS_H

#include "ledger/workers.h"

/* Constant; usable by any number of callers, each of which gets threads of
 * its own.  Where no thread can be started, the caller does all jobs. */
extern const struct workers threads_of_cores;

/* So many threads: for tests.  ctx is a const size_t that is borrowed. */
struct workers threads_of(const size_t *n);

#endif
