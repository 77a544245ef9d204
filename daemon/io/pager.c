/* The pager is a child whose standard input is a pipe that takes the place of
 * our standard output and standard error.  When the person ends it first,
 * writing fails, and whoever writes may stop; the exit status stays that of
 * what was asked. */
#include "io/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 16, COMMAND_BYTES = 512 };

extern char **environ;

static bool
is_secure(void)
{
	const char *asked = getenv("SYSTEMD_PAGERSECURE");

	if (asked != NULL && asked[0] != '\0')
		return strcmp(asked, "0") != 0 && strcmp(asked, "no") != 0 &&
		       strcmp(asked, "false") != 0;
	return getenv("SUDO_UID") != NULL || geteuid() != getuid();
}

/* NULL: what is usual; "": none. */
static const char *
wanted(void)
{
	const char *pager = getenv("SYSTEMD_PAGER");

	return pager != NULL ? pager : getenv("PAGER");
}

static void
set_environment(bool secure)
{
	const char *less = getenv("SYSTEMD_LESS");
	const char *charset = getenv("SYSTEMD_LESSCHARSET");

	/* Quit when it fits, keep colours, and let long lines go on to the
	 * right. */
	setenv("LESS", less != NULL ? less : "FRSXMK", 1);
	if (charset != NULL)
		setenv("LESSCHARSET", charset, 1);
	if (secure)
		setenv("LESSSECURE", "1", 1);
}

/* The words of a command, split at spaces, without a shell. */
static bool
spawn(const char *command, int in, pid_t *ret_pid)
{
	char copy[COMMAND_BYTES], *words[WORDS_MAX + 1], *rest = copy, *word;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t set;
	size_t n = 0;
	int r;

	if (strlen(command) >= sizeof(copy))
		return false;
	memcpy(copy, command, strlen(command) + 1);
	while ((word = strsep(&rest, " \t")) != NULL && n < WORDS_MAX) {
		if (word[0] != '\0')
			words[n++] = word;
	}
	words[n] = NULL;
	if (n == 0 || posix_spawn_file_actions_init(&actions) != 0)
		return false;
	/* It shall not inherit what is ignored here. */
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigaddset(&set, SIGINT);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &set);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	r = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (r == 0)
		r = posix_spawnp(ret_pid, words[0], &actions, &attr, words,
				 environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return r == 0;
}

static bool
spawn_any(int in, pid_t *ret_pid)
{
	bool secure = is_secure();
	const char *command = wanted();

	set_environment(secure);
	if (secure)
		return spawn("less", in, ret_pid);
	if (command != NULL && spawn(command, in, ret_pid))
		return true;
	return spawn("less", in, ret_pid) || spawn("more", in, ret_pid);
}

/* Before the child is there, which may end, or be interrupted, at once. */
static bool
start(struct pager *pager, int in)
{
	const char *less = getenv("SYSTEMD_LESS");
	bool keeps = less != NULL && strchr(less, 'K') == NULL;
	void (*on_pipe)(int) = signal(SIGPIPE, SIG_IGN);
	void (*on_interrupt)(int) = keeps ? signal(SIGINT, SIG_IGN) : NULL;

	if (spawn_any(in, &pager->pid))
		return true;
	signal(SIGPIPE, on_pipe);
	if (keeps)
		signal(SIGINT, on_interrupt);
	pager->pid = 0;
	return false;
}

static void
lead_output(struct pager *pager, int pipe)
{
	dup2(pipe, STDOUT_FILENO);
	if (!isatty(STDERR_FILENO))
		return;
	pager->terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (pager->terminal >= 0)
		dup2(pipe, STDERR_FILENO);
}

bool
pager_start(struct pager *pager)
{
	const char *command = wanted();
	int ends[2];

	*pager = (struct pager){.terminal = -1};
	if (!isatty(STDOUT_FILENO) ||
	    (command != NULL &&
	     (command[0] == '\0' || strcmp(command, "cat") == 0)))
		return false;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	if (start(pager, ends[0]))
		lead_output(pager, ends[1]);
	close(ends[0]);
	close(ends[1]);
	return pager->pid != 0;
}

void
pager_wait(struct pager *pager)
{
	if (pager->pid == 0)
		return;
	signal(SIGINT, SIG_IGN); /* the pager's, until it has ended */
	fflush(stdout);
	close(STDOUT_FILENO);
	if (pager->terminal >= 0) {
		dup2(pager->terminal, STDERR_FILENO);
		close(pager->terminal);
	}
	while (waitpid(pager->pid, NULL, 0) < 0 && errno == EINTR)
		;
	pager->pid = 0;
}
