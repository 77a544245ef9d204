/* The ledger's file calls, for real. */
#ifndef IO_DISK_H
#define IO_DISK_H

#include "ledger/io.h"

/* Constant; its functions need no context. */
extern const struct ledger_io disk_io;

#endif
