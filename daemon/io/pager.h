/* A pager between standard output and a terminal, as journalctl(1) has it. */
#ifndef IO_PAGER_H
#define IO_PAGER_H

#include <stdbool.h>
#include <sys/types.h>

struct pager {
	pid_t pid;    /* 0: none runs */
	int terminal; /* what standard error was; -1: it is that still */
};

/* Starts $SYSTEMD_PAGER, $PAGER, less or more, the first that there is, and
 * leads standard output into it, and standard error too where that is a
 * terminal, so that errors stand behind what was printed before them.  False
 * and nothing done where standard output is no terminal, where the variable is
 * empty or "cat", or where no program can be started.  For somebody who acts
 * for another user, or with $SYSTEMD_PAGERSECURE, only less is started, and it
 * may run nothing else.
 *
 * From then on SIGPIPE is ignored: somebody who has seen enough is no error.
 * So is SIGINT where $SYSTEMD_LESS does without the K of the default, for then
 * it is the pager's. */
bool pager_start(struct pager *pager);
/* Ends standard output, gives standard error back, and waits until the person
 * has read. */
void pager_wait(struct pager *pager);

#endif
