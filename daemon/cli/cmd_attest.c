/* `attest`: what a person saw.  A saved page is read here, with the rights of
 * whoever asks and the time that it takes, and the daemon gets a copy. */
#include "cli/cli.h"
#include "io/sealed_file.h"
#include "page/frame.h"

#include <string.h>
#include <unistd.h>

/* Says so and returns a status where an option is missing, or there for the
 * other kind of attestation. */
static int
check_options(struct session *s, bool source)
{
	static const struct {
		enum option_id id;
		bool source;
	} options[] = {
	    {OPTION_FILE, true}, {OPTION_RUN, false}, {OPTION_SURFACE, false}};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		bool wanted = options[i].source == source;

		if (arguments_has(s->args, options[i].id) != wanted)
			return session_fail(
			    s, CTL_USAGE,
			    "attest %s %s --%s; see evidencectl attest --help",
			    s->args->operand[0], wanted ? "needs" : "takes no",
			    option_info(options[i].id)->name);
	}
	return 0;
}

static int
fill(struct session *s, struct ctl_request *request)
{
	int r = session_copy(s, request->name, sizeof(request->name),
			     s->args->operand[1]);

	if (r == 0)
		r = session_copy(s, request->role, sizeof(request->role),
				 s->args->value[OPTION_ROLE]);
	if (r == 0)
		r = session_copy(s, request->note, sizeof(request->note),
				 s->args->value[OPTION_NOTE]);
	return r;
}

static int
attest_source(struct session *s)
{
	struct ctl_request request = {.command = CTL_ATTEST_SOURCE};
	const char *path = s->args->value[OPTION_FILE];
	int r = fill(s, &request), fd = -1;
	struct err err;

	if (r != 0)
		return r;
	r = sealed_file_copy(path, PAGE_BODY_MAX, &fd, &err);
	if (r < 0)
		return session_fail(
		    s, r == ERR_NOT_FOUND ? CTL_NO_OBJECT : CTL_REFUSED,
		    "%s%s: %s; name another file",
		    r == ERR_NOT_FOUND ? "" : "FILE_UNREADABLE: ", path,
		    err.text);
	r = session_ask_with(s, &request, fd);
	close(fd);
	return r;
}

static int
attest_usage(struct session *s)
{
	struct ctl_request request = {.command = CTL_ATTEST_USAGE};
	int r = fill(s, &request);

	if (r == 0)
		r = session_copy(s, request.run, sizeof(request.run),
				 s->args->value[OPTION_RUN]);
	if (r == 0)
		r = session_copy(s, request.surface, sizeof(request.surface),
				 s->args->value[OPTION_SURFACE]);
	return r != 0 ? r : session_ask(s, &request);
}

int
cmd_attest(struct session *s)
{
	bool source = strcmp(s->args->operand[0], "source") == 0;
	int r = check_options(s, source);

	if (r != 0)
		return r;
	return source ? attest_source(s) : attest_usage(s);
}
