/* A pager between standard output and a terminal, as journalctl(1) has it. */
#ifndef IO_PAGER_H
#define IO_PAGER_H

#include <sys/types.h>

struct pager {
	pid_t pid; /* 0: none runs */
};

/* Starts $SYSTEMD_PAGER, $PAGER, less or more, the first that there is, and
 * leads standard output into it.  None where that is no terminal, where the
 * variable is empty or "cat", or where no program can be started.  For
 * somebody who acts for another user, or with $SYSTEMD_PAGERSECURE, only less
 * is started, and it may run nothing else. */
void pager_start(struct pager *pager);
/* Ends standard output, and waits until the person has read. */
void pager_wait(struct pager *pager);

#endif
