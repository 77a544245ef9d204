/* Interrupted calls are repeated a limited number of times: a disk that only
 * ever says EINTR must not hold the caller for ever. */
#include "ledger/raw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGEST_CHUNK = 256 * 1024 };

enum { INTERRUPTS_MAX = 16 };

int
raw_read(const struct ledger_io *io, int fd, void *out, size_t len, int64_t at,
	 size_t *ret_len)
{
	size_t done = 0;
	int interrupts = 0;

	while (done < len) {
		ssize_t n = io->pread(io->ctx, fd, (char *)out + done,
				      len - done, at + (int64_t)done);

		if (n == 0)
			break;
		if (n == -EINTR && ++interrupts < INTERRUPTS_MAX)
			continue;
		if (n < 0)
			return (int)n;
		done += (size_t)n;
	}
	*ret_len = done;
	return 0;
}

int
raw_write(const struct ledger_io *io, int fd, const void *bytes, size_t len,
	  int64_t at)
{
	size_t done = 0;
	int interrupts = 0;

	while (done < len) {
		ssize_t n = io->pwrite(io->ctx, fd, (const char *)bytes + done,
				       len - done, at + (int64_t)done);

		if (n == 0)
			return -EIO;
		if (n == -EINTR && ++interrupts < INTERRUPTS_MAX)
			continue;
		if (n < 0)
			return (int)n;
		done += (size_t)n;
	}
	return 0;
}

static int
load_fd(const struct ledger_io *io, int fd, size_t max, char **ret_text,
	size_t *ret_len)
{
	struct ledger_stat st;
	size_t len;
	char *text;
	int r;

	r = io->fstat(io->ctx, fd, &st);
	if (r < 0)
		return r;
	if (st.size < 0 || (uint64_t)st.size > max)
		return -EFBIG;
	text = malloc((size_t)st.size + 1);
	if (text == NULL)
		return -ENOMEM;
	r = raw_read(io, fd, text, (size_t)st.size, 0, &len);
	if (r < 0) {
		free(text);
		return r;
	}
	text[len] = '\0';
	*ret_text = text;
	*ret_len = len;
	return 0;
}

int
raw_digest(const struct ledger_io *io, int fd, struct digest_stream *s)
{
	char *chunk = malloc(DIGEST_CHUNK);
	int64_t at = 0;
	size_t n;
	int r;

	if (chunk == NULL)
		return -ENOMEM;
	do {
		r = raw_read(io, fd, chunk, DIGEST_CHUNK, at, &n);
		if (r < 0)
			break;
		digest_stream_add(s, chunk, n);
		at += (int64_t)n;
	} while (n == DIGEST_CHUNK);
	free(chunk);
	return r;
}

int
raw_load(const struct ledger_io *io, int dir, const char *name, size_t max,
	 char **ret_text, size_t *ret_len)
{
	int fd, r;

	fd = io->open_file(io->ctx, dir, name, O_RDONLY, 0);
	if (fd < 0)
		return fd;
	r = load_fd(io, fd, max, ret_text, ret_len);
	io->close(io->ctx, fd);
	return r;
}

int
raw_put(const struct ledger_io *io, int dir, const char *name,
	const void *bytes, size_t len, mode_t mode)
{
	int fd, r;

	fd = io->open_file(io->ctx, dir, name, O_WRONLY | O_CREAT | O_TRUNC,
			   mode);
	if (fd < 0)
		return fd;
	r = raw_write(io, fd, bytes, len, 0);
	if (r == 0)
		r = io->fsync_file(io->ctx, fd);
	io->close(io->ctx, fd);
	return r;
}

int
raw_clear_dir(const struct ledger_io *io, int dir)
{
	char *names;
	size_t n;
	int r;

	r = io->list(io->ctx, dir, &names, &n);
	if (r < 0)
		return r;
	for (const char *p = names; r == 0 && n > 0; p += strlen(p) + 1, n--)
		r = io->unlink(io->ctx, dir, p);
	free(names);
	return r;
}

bool
raw_is_full(int e)
{
	return e == -ENOSPC || e == -EDQUOT;
}

int
raw_error(struct err *err, int e, const char *fmt, ...)
{
	char words[sizeof(err->text)];
	va_list ap;
	int code = ERR_IO;

	if (raw_is_full(e))
		code = ERR_FULL;
	else if (e == -ENOMEM)
		code = ERR_NOMEM;
	else if (e == -EACCES || e == -EPERM)
		code = ERR_DENIED;
	else if (e == -ENOENT)
		code = ERR_NOT_FOUND;
	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	if (e == -LEDGER_NOT_A_FILE)
		return err_set(err, ERR_DAMAGED,
			       "%s: not a regular file but a folder, a link, a "
			       "pipe, a socket or a device; move it away, "
			       "then run evidencectl repair, or put the file "
			       "back from a copy",
			       words);
	return err_set_errno(err, code, -e, "%s", words);
}
