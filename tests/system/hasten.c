/* A week that does not take a week: preloaded into a daemon, it lets time pass
 * where the daemon would only wait.
 *
 * All clocks of the process are those of the host plus an offset, which lies
 * in a file that whoever drives the test maps, too ($HASTEN).  Where the loop
 * of the one that leads ($HASTEN_LEAD) would sleep in epoll_wait(), and nothing
 * is under way, the offset grows instead, up to what the loop waits for, to what the driver allows, and by no
 * more than STEP_US: others, whose time is that of the host, get along.  Under
 * way is: an exchange over the network, a client whose request has not come,
 * a child process, a thread that does
 * not wait for work, a datagram that the journal has not taken.  So nothing is
 * ever late for what the daemon awaits, and no line of the daemon knows that
 * it is being tested. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <linux/sockios.h>

enum {
	JOURNAL_US = 100 * 1000, /* for the journal to write what it took */
	BUSY_MS = 1,		 /* between two looks whether all is quiet */
	HELD_MS = 20, /* between two looks at what the driver allows */
	STEP_US = 60 * 1000 * 1000,
	FILES = 1024
};

/* The file. */
struct shared {
	_Atomic int64_t offset_us;
	_Atomic int64_t until_us; /* time of day up to which it may grow */
};

static struct shared alone, *shared = &alone;
static bool leads;
static bool awaited[FILES]; /* by epoll, and it is not for ever */
static bool fresh[FILES];   /* accepted, and not yet awaited */
static int n_awaited;
static int journal_fd = -1;
static int64_t sent_us; /* to the journal; time of the host */
static _Atomic int threads, idle_threads;

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_epoll_wait)(int, struct epoll_event *, int, int);
static int (*real_epoll_ctl)(int, int, int, struct epoll_event *);
static int (*real_accept4)(int, struct sockaddr *, socklen_t *, int);
static int (*real_connect)(int, const struct sockaddr *, socklen_t);
static ssize_t (*real_send)(int, const void *, size_t, int);
static ssize_t (*real_sendmsg)(int, const struct msghdr *, int);
static int (*real_cond_wait)(pthread_cond_t *, pthread_mutex_t *);
static int (*real_cond_timedwait)(pthread_cond_t *, pthread_mutex_t *,
				  const struct timespec *);
static int (*real_create)(pthread_t *, const pthread_attr_t *,
			  void *(*)(void *), void *);

static void *
find(const char *name)
{
	void *symbol = NULL;

	/* Of condition variables there is an older kind beside. */
	if (strncmp(name, "pthread_cond_", 13) == 0)
		symbol = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
	return symbol == NULL ? dlsym(RTLD_NEXT, name) : symbol;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("HASTEN");
	int fd;

	real_clock_gettime = find("clock_gettime");
	real_epoll_wait = find("epoll_wait");
	real_epoll_ctl = find("epoll_ctl");
	real_accept4 = find("accept4");
	real_connect = find("connect");
	real_send = find("send");
	real_sendmsg = find("sendmsg");
	real_cond_wait = find("pthread_cond_wait");
	real_cond_timedwait = find("pthread_cond_timedwait");
	real_create = find("pthread_create");
	leads = path != NULL && getenv("HASTEN_LEAD") != NULL;
	fd = path == NULL ? -1
			  : open(path, (leads ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (fd < 0)
		return;
	shared =
	    mmap(NULL, sizeof(*shared),
		 leads ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (shared == MAP_FAILED)
		abort();
}

/* ---- clocks ---- */

static bool
passes(clockid_t id)
{
	return id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE ||
	       id == CLOCK_MONOTONIC || id == CLOCK_MONOTONIC_COARSE ||
	       id == CLOCK_MONOTONIC_RAW || id == CLOCK_BOOTTIME;
}

int
clock_gettime(clockid_t id, struct timespec *ret)
{
	int64_t offset_us, us;
	int r;

	if (real_clock_gettime == NULL)
		begin();
	r = real_clock_gettime(id, ret);
	if (r != 0 || !passes(id))
		return r;
	offset_us = atomic_load(&shared->offset_us);
	us = ret->tv_nsec / 1000 + offset_us % 1000000;
	ret->tv_sec += offset_us / 1000000 + us / 1000000;
	ret->tv_nsec = us % 1000000 * 1000 + ret->tv_nsec % 1000;
	return 0;
}

int
gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
	struct timespec t;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &t);
	*ret = (struct timeval){t.tv_sec, t.tv_nsec / 1000};
	return 0;
}

time_t
time(time_t *ret)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (ret != NULL)
		*ret = t.tv_sec;
	return t.tv_sec;
}

static int64_t
now_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

/* ---- what is under way ---- */

/* An exchange over the network, or a child's end. */
static bool
ends_by_itself(int fd)
{
	char path[40], target[40];
	socklen_t len = sizeof(int);
	int domain, listening = 0;
	ssize_t n;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0) {
		len = sizeof(int);
		getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len);
		return (domain == AF_INET || domain == AF_INET6) && !listening;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, target, sizeof(target) - 1);
	target[n < 0 ? 0 : n] = '\0';
	return strstr(target, "pidfd") != NULL;
}

/* The daemon waits for a client's request for some seconds only, and a client
 * may run as slowly as the host's load has it.  Once the request is there the
 * socket is given to another event. */
int
accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict len,
	int flags)
{
	int r = real_accept4(fd, address, len, flags);

	if (r >= 0 && r < FILES)
		fresh[r] = true;
	return r;
}

int
epoll_ctl(int epfd, int what, int fd, struct epoll_event *event)
{
	int r = real_epoll_ctl(epfd, what, fd, event);

	if (r != 0 || fd < 0 || fd >= FILES)
		return r;
	if (what == EPOLL_CTL_ADD && !awaited[fd] &&
	    (fresh[fd] || ends_by_itself(fd))) {
		awaited[fd] = true;
		fresh[fd] = false;
		n_awaited++;
	} else if (what == EPOLL_CTL_DEL && awaited[fd]) {
		awaited[fd] = false;
		n_awaited--;
	}
	return r;
}

int
connect(int fd, const struct sockaddr *address, socklen_t len)
{
	const struct sockaddr_un *local = (const struct sockaddr_un *)address;

	if (address->sa_family == AF_UNIX &&
	    strcmp(local->sun_path, "/run/systemd/journal/socket") == 0)
		journal_fd = fd;
	return real_connect(fd, address, len);
}

static int64_t
host_us(void)
{
	struct timespec t;

	real_clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

ssize_t
send(int fd, const void *bytes, size_t n, int flags)
{
	if (fd == journal_fd)
		sent_us = host_us();
	return real_send(fd, bytes, n, flags);
}

ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
	if (fd == journal_fd)
		sent_us = host_us();
	return real_sendmsg(fd, message, flags);
}

struct start {
	void *(*run)(void *);
	void *arg;
};

static void *
run_thread(void *arg)
{
	struct start start = *(struct start *)arg;
	void *result;

	free(arg);
	result = start.run(start.arg);
	atomic_fetch_sub(&threads, 1);
	return result;
}

int
pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
	       void *(*run)(void *), void *arg)
{
	struct start *start = malloc(sizeof(*start));
	int r;

	if (start == NULL)
		return EAGAIN;
	*start = (struct start){run, arg};
	atomic_fetch_add(&threads, 1);
	r = real_create(thread, attributes, run_thread, start);
	if (r != 0) {
		atomic_fetch_sub(&threads, 1);
		free(start);
	}
	return r;
}

int
pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	int r;

	atomic_fetch_add(&idle_threads, 1);
	r = real_cond_wait(cond, mutex);
	atomic_fetch_sub(&idle_threads, 1);
	return r;
}

/* A time of these clocks is another one of the host's.  What is skipped
 * meanwhile is waited for all the same: it is the pause of a thread that has
 * nothing to do yet. */
int
pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
		       const struct timespec *until)
{
	int64_t us = until->tv_sec * INT64_C(1000000) + until->tv_nsec / 1000 -
		     atomic_load(&shared->offset_us);
	const struct timespec host = {us / 1000000, us % 1000000 * 1000};
	int r;

	atomic_fetch_add(&idle_threads, 1);
	r = real_cond_timedwait(cond, mutex, &host);
	atomic_fetch_sub(&idle_threads, 1);
	return r;
}

/* A thread that was woken and did not run yet is none that sleeps. */
static bool
others_sleep(void)
{
	DIR *dir = opendir("/proc/self/task");
	char self[16];
	bool asleep = dir != NULL;
	struct dirent *entry;

	snprintf(self, sizeof(self), "%d", getpid());
	while (asleep && (entry = readdir(dir)) != NULL) {
		char path[300], text[200], *state;
		ssize_t n;
		int fd;

		if (entry->d_name[0] == '.' || strcmp(entry->d_name, self) == 0)
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%s/stat",
			 entry->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
		if (fd >= 0)
			close(fd);
		text[n < 0 ? 0 : n] = '\0';
		state = strrchr(text, ')');
		asleep = state == NULL || state[2] == 'S';
	}
	if (dir != NULL)
		closedir(dir);
	return asleep;
}

static bool
is_quiet(void)
{
	int waiting = 0;

	return n_awaited == 0 &&
	       atomic_load(&threads) == atomic_load(&idle_threads) &&
	       host_us() - sent_us > JOURNAL_US &&
	       (journal_fd < 0 || ioctl(journal_fd, SIOCOUTQ, &waiting) != 0 ||
		waiting == 0) &&
	       others_sleep();
}

/* ---- the loop ---- */

/* Lets time pass, at most so much; false: it may not. */
static bool
skip(int64_t left_us)
{
	int64_t room_us =
	    atomic_load(&shared->until_us) - now_us(CLOCK_REALTIME);

	if (room_us <= 0)
		return false;
	if (left_us > room_us)
		left_us = room_us;
	if (left_us > STEP_US)
		left_us = STEP_US;
	atomic_fetch_add(&shared->offset_us, left_us);
	return true;
}

int
epoll_wait(int epfd, struct epoll_event *events, int max, int timeout)
{
	int64_t end_us =
	    timeout < 0 ? INT64_MAX
			: now_us(CLOCK_MONOTONIC) + timeout * INT64_C(1000);
	int wait_ms = 0;

	if (!leads)
		return real_epoll_wait(epfd, events, max, timeout);
	for (;;) {
		int64_t left_us = end_us == INT64_MAX
				      ? INT64_MAX
				      : end_us - now_us(CLOCK_MONOTONIC);
		int n;

		if (left_us < 0)
			left_us = 0;
		if (left_us < wait_ms * INT64_C(1000))
			wait_ms = (int)(left_us / 1000);
		n = real_epoll_wait(epfd, events, max, wait_ms);
		if (n != 0 || left_us == 0)
			return n;
		if (!is_quiet())
			wait_ms = BUSY_MS;
		else if (!skip(left_us))
			wait_ms = HELD_MS;
		else
			wait_ms = 0;
	}
}
