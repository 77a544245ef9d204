/* The two clocks, read together; and whether the wall clock is known to be
 * synchronised. */
#ifndef IO_CLOCK_H
#define IO_CLOCK_H

#include "base/wall.h"

struct now clock_read(void);

enum clock_state { CLOCK_UNKNOWN, CLOCK_SYNCHRONISED, CLOCK_NOT_SYNCHRONISED };

/* The kernel's word where it may be asked, else that of systemd-timesyncd;
 * unknown where neither speaks (another time service under a sandbox). */
enum clock_state clock_synchronised(void);

#endif
