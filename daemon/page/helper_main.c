/* page-text: reads one request on standard input, writes one answer on
 * standard output (page/frame.h), and can do nothing else.
 *
 * It is started by evidenced for every page, so that hostile markup meets a
 * parser that holds no credential, no file and no network, and whose time and
 * memory end.  The limits are set from outside, before the request is sent.
 * Nothing is worth cleaning up at its end. */
#include "page/extract.h"
#include "page/helper_confine.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The bare call, because what a sanitizer does in _exit() is not allowed any
 * more. */
static _Noreturn void
leave(int status)
{
	for (;;)
		syscall(SYS_exit_group, status);
}

static bool
read_all(struct buf *in)
{
	char chunk[65536];

	for (;;) {
		ssize_t n = read(STDIN_FILENO, chunk, sizeof(chunk));

		if (n <= 0)
			return n == 0;
		if (in->len + (size_t)n > PAGE_REQUEST_MAX)
			return false;
		buf_add(in, chunk, (size_t)n);
		if (in->failed)
			leave(PAGE_EXIT_MEMORY);
	}
}

static bool
write_all(const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes, len);

		if (n < 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

int
main(void)
{
	char pointer[PAGE_POINTER_MAX + 1];
	struct buf in = {0}, out = {0};
	struct page_request request;
	struct page_text text;

	if (!helper_confine())
		leave(PAGE_EXIT_UNCONFINED);
	if (!write_all(PAGE_GREETING, strlen(PAGE_GREETING)) ||
	    !read_all(&in) ||
	    page_request_parse(buf_text(&in), in.len, pointer, &request) < 0)
		leave(PAGE_EXIT_INPUT);
	page_extract(&request, &text);
	page_answer_render(&text, &out);
	if (out.failed)
		leave(PAGE_EXIT_MEMORY);
	leave(write_all(out.data, out.len) ? 0 : PAGE_EXIT_INPUT);
}
