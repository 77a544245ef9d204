/* One helper process: start, limits, kill, reap. */
#ifndef IO_PAGE_SPAWN_H
#define IO_PAGE_SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct page_child {
	pid_t pid; /* 0: none, or reaped */
	int pidfd; /* readable when the process has ended */
	int in;	   /* its standard input, non-blocking; closed by the owner */
	int out;   /* its standard output, likewise */
};

#define PAGE_CHILD_NONE ((struct page_child){.pidfd = -1, .in = -1, .out = -1})

enum page_end {
	PAGE_END_EXIT,	/* status is its exit status */
	PAGE_END_LIMIT, /* killed by a limit, or by page_child_kill() */
	PAGE_END_SIGNAL /* another signal */
};

struct page_exit {
	enum page_end kind;
	int status;
};

/* The program is an absolute path.  An empty environment, no argument, working directory "/", no descriptor but
 * two pipes and /dev/null, no signal ignored or blocked.  ERR_IO, with
 * nothing left behind. */
int page_child_spawn(struct page_child *child, const char *program);

/* CPU seconds, address space (0 = no limit each), no files, no processes, no
 * core.  ERR_IO. */
int page_child_limit(const struct page_child *child, uint64_t cpu_s,
		     uint64_t memory_bytes);

void page_child_kill(const struct page_child *child);

/* False while it runs.  Waits for nothing and for nobody else's child. */
bool page_child_reap(struct page_child *child, struct page_exit *ret_exit);

/* Kills and reaps it, if that has not happened, and closes the pidfd; blocks
 * for as long as the kernel takes to kill. */
void page_child_end(struct page_child *child);

#endif
