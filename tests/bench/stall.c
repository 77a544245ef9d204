/* Loaded before a program (LD_PRELOAD): how long its event loop stays away.
 *
 * A turn is what the main thread does between the return of one
 * epoll_wait(2) and its next call: while it lasts, nothing else is served.
 * $BENCH_STALL names a file of three 64-bit numbers: turns, and the longest
 * one in microseconds, by the thread's CPU time and by the clock.  It is
 * mapped, so whoever reads it need not ask the program; whoever writes zeros
 * begins anew.  By the clock a turn is longer than its CPU time when it waits
 * for something, or when others use the CPU. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct seen {
	uint64_t turns, cpu_us, wall_us;
};

typedef int wait_fn(int fd, struct epoll_event *events, int max, int timeout);

static uint64_t
now_us(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static struct seen *
map_seen(void)
{
	const char *path = getenv("BENCH_STALL");
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
	void *at;

	if (fd < 0)
		return NULL;
	at = mmap(NULL, sizeof(struct seen), PROT_READ | PROT_WRITE, MAP_SHARED,
		  fd, 0);
	close(fd);
	return at == MAP_FAILED ? NULL : at;
}

static void
note(struct seen *seen, uint64_t cpu_us, uint64_t wall_us)
{
	seen->turns++;
	if (cpu_us > seen->cpu_us)
		seen->cpu_us = cpu_us;
	if (wall_us > seen->wall_us)
		seen->wall_us = wall_us;
}

int
epoll_wait(int fd, struct epoll_event *events, int max, int timeout)
{
	static wait_fn *next;
	static struct seen *seen;
	static uint64_t cpu_us, wall_us; /* when the last wait returned */
	int n;

	if (next == NULL) {
		next = (wait_fn *)dlsym(RTLD_NEXT, "epoll_wait");
		seen = map_seen();
	}
	if (seen == NULL || getpid() != gettid())
		return next(fd, events, max, timeout);
	if (wall_us != 0)
		note(seen, now_us(CLOCK_THREAD_CPUTIME_ID) - cpu_us,
		     now_us(CLOCK_MONOTONIC) - wall_us);
	n = next(fd, events, max, timeout);
	cpu_us = now_us(CLOCK_THREAD_CPUTIME_ID);
	wall_us = now_us(CLOCK_MONOTONIC);
	return n;
}
