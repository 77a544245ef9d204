/* A seccomp filter that allows what a filter between two pipes needs.
 *
 * Files and sockets are refused with EPERM, so that the filter can be tried
 * out; whatever else is not on the list ends the process, because our own
 * code never calls it.  Reading, writing and memory are allowed only in the
 * form used here: descriptor 0 in, descriptor 1 out, no executable pages.
 *
 * libseccomp loads the filter by seccomp(2), or by prctl(2) where that call
 * is refused, as in a service with SystemCallFilter=@system-service; it sets
 * no_new_privs first. */
#include "page/helper_confine.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const int allowed[] = {
    SCMP_SYS(brk),	   SCMP_SYS(munmap), SCMP_SYS(mremap),
    SCMP_SYS(madvise),	   SCMP_SYS(exit),   SCMP_SYS(exit_group),
#ifdef __SANITIZE_ADDRESS__
    SCMP_SYS(sigaltstack), /* it asks at every longjmp() */
#endif
    SCMP_SYS(rt_sigreturn)};

static const int refused[] = {SCMP_SYS(open), SCMP_SYS(openat),
			      SCMP_SYS(socket), SCMP_SYS(connect),
			      SCMP_SYS(execve)};

static bool
allow_forms(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp from_stdin = SCMP_A0_32(SCMP_CMP_EQ, 0);
	const struct scmp_arg_cmp to_stdout = SCMP_A0_32(SCMP_CMP_EQ, 1);
	const struct scmp_arg_cmp not_executable =
	    SCMP_A2_32(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);

	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1,
				from_stdin) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
				to_stdout) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				not_executable) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				not_executable) == 0;
}

static bool
load_filter(scmp_filter_ctx filter)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) !=
		    0)
			return false;
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i],
				     0) != 0)
			return false;
	}
	return allow_forms(filter) && seccomp_load(filter) == 0;
}

/* Both must be refused by the filter, and by nothing else. */
static bool
is_confined(void)
{
	errno = 0;
	if (open("/", O_RDONLY | O_CLOEXEC) >= 0 || errno != EPERM)
		return false;
	errno = 0;
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0 &&
	       errno == EPERM;
}

bool
helper_confine(void)
{
	scmp_filter_ctx filter;
	bool loaded;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return false;
	/* There is one thread; KILL_PROCESS is not offered by prctl(2). */
	filter = seccomp_init(SCMP_ACT_KILL_THREAD);
	if (filter == NULL)
		return false;
	loaded = load_filter(filter);
	seccomp_release(filter);
	return loaded && is_confined();
}
