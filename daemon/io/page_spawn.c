/* posix_spawn() with everything taken away that can be before exec; the
 * helper takes the rest away itself (page/helper_confine.c).
 *
 * A pidfd tells of the end, so no SIGCHLD handler is needed and no other
 * child of the program is ever waited for. */
#include "io/page_spawn.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Pipes, from the parent's side. */
struct pipes {
	int child_in, in, child_out, out;
};

static bool
set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
close_pipes(struct pipes *pipes)
{
	close_fd(&pipes->child_in);
	close_fd(&pipes->in);
	close_fd(&pipes->child_out);
	close_fd(&pipes->out);
}

static int
open_pipes(struct pipes *ret)
{
	int to[2], from[2];

	*ret = (struct pipes){-1, -1, -1, -1};
	if (pipe2(to, O_CLOEXEC) != 0)
		return ERR_IO;
	ret->child_in = to[0];
	ret->in = to[1];
	if (pipe2(from, O_CLOEXEC) == 0) {
		ret->out = from[0];
		ret->child_out = from[1];
		if (set_nonblocking(ret->in) && set_nonblocking(ret->out))
			return 0;
	}
	close_pipes(ret);
	return ERR_IO;
}

/* Descriptors 0, 1 and 2, and nothing beyond. */
static bool
plan_descriptors(posix_spawn_file_actions_t *actions, const struct pipes *p)
{
	return posix_spawn_file_actions_adddup2(actions, p->child_in, 0) == 0 &&
	       posix_spawn_file_actions_adddup2(actions, p->child_out, 1) ==
		   0 &&
	       posix_spawn_file_actions_addopen(actions, 2, "/dev/null",
						O_WRONLY, 0) == 0 &&
	       posix_spawn_file_actions_addclosefrom_np(actions, 3) == 0 &&
	       posix_spawn_file_actions_addchdir_np(actions, "/") == 0;
}

static bool
plan_signals(posix_spawnattr_t *attr)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	return posix_spawnattr_setsigmask(attr, &none) == 0 &&
	       posix_spawnattr_setsigdefault(attr, &all) == 0 &&
	       posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK |
						  POSIX_SPAWN_SETSIGDEF) == 0;
}

static int
spawn(const char *program, const struct pipes *pipes, pid_t *ret_pid)
{
	char name[] = "page-text";
	char *const argv[] = {name, NULL};
	char *const environment[] = {NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int r = ERR_IO;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return ERR_NOMEM;
	if (posix_spawnattr_init(&attr) != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return ERR_NOMEM;
	}
	if (plan_descriptors(&actions, pipes) && plan_signals(&attr) &&
	    posix_spawn(ret_pid, program, &actions, &attr, argv, environment) ==
		0)
		r = 0;
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return r;
}

int
page_child_spawn(struct page_child *child, const char *program)
{
	struct pipes pipes;

	if (open_pipes(&pipes) < 0)
		return ERR_IO;
	*child = PAGE_CHILD_NONE;
	if (spawn(program, &pipes, &child->pid) < 0) {
		child->pid = 0;
		close_pipes(&pipes);
		return ERR_IO;
	}
	child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	if (child->pidfd < 0) {
		page_child_end(child);
		close_pipes(&pipes);
		return ERR_IO;
	}
	child->in = pipes.in;
	child->out = pipes.out;
	close_fd(&pipes.child_in);
	close_fd(&pipes.child_out);
	return 0;
}

static bool
limit(pid_t pid, int resource, uint64_t soft, uint64_t hard)
{
	struct rlimit old, new = {(rlim_t)soft, (rlim_t)hard};
	const enum __rlimit_resource what = (enum __rlimit_resource)resource;

	if (prlimit(pid, what, NULL, &old) != 0)
		return false;
	/* Without privilege a limit is only lowered. */
	if (new.rlim_max > old.rlim_max)
		new.rlim_max = old.rlim_max;
	if (new.rlim_cur > new.rlim_max)
		new.rlim_cur = new.rlim_max;
	return prlimit(pid, what, &new, NULL) == 0;
}

int
page_child_limit(const struct page_child *child, uint64_t cpu_s,
		 uint64_t memory_bytes)
{
	const pid_t pid = child->pid;
	bool ok;

	ok = limit(pid, RLIMIT_NOFILE, 0, 0) &&
	     limit(pid, RLIMIT_NPROC, 0, 0) && limit(pid, RLIMIT_FSIZE, 0, 0) &&
	     limit(pid, RLIMIT_CORE, 0, 0);
	if (ok && cpu_s > 0)
		ok = limit(pid, RLIMIT_CPU, cpu_s, cpu_s + 1);
	if (ok && memory_bytes > 0)
		ok = limit(pid, RLIMIT_AS, memory_bytes, memory_bytes);
	return ok ? 0 : ERR_IO;
}

void
page_child_kill(const struct page_child *child)
{
	if (child->pid > 0)
		kill(child->pid, SIGKILL);
}

static struct page_exit
exit_of(const siginfo_t *info)
{
	if (info->si_code == CLD_EXITED)
		return (struct page_exit){PAGE_END_EXIT, info->si_status};
	if (info->si_status == SIGXCPU || info->si_status == SIGKILL)
		return (struct page_exit){PAGE_END_LIMIT, info->si_status};
	return (struct page_exit){PAGE_END_SIGNAL, info->si_status};
}

static bool
reap(struct page_child *child, int options, struct page_exit *ret_exit)
{
	siginfo_t info = {0};
	int r;

	do {
		r = waitid(P_PID, (id_t)child->pid, &info, WEXITED | options);
	} while (r != 0 && errno == EINTR);
	if (r == 0 && info.si_pid == 0)
		return false;
	/* A child that is not ours to wait for any more has ended, too. */
	*ret_exit =
	    r == 0 ? exit_of(&info) : (struct page_exit){PAGE_END_SIGNAL, 0};
	child->pid = 0;
	return true;
}

bool
page_child_reap(struct page_child *child, struct page_exit *ret_exit)
{
	return reap(child, WNOHANG, ret_exit);
}

void
page_child_end(struct page_child *child)
{
	struct page_exit ignored;

	if (child->pid > 0) {
		page_child_kill(child);
		reap(child, 0, &ignored);
	}
	close_fd(&child->pidfd);
}
