/* Only a memfd can be sealed, so the seals prove both: that the bytes are in
 * memory, and that they stay. */
#include "io/sealed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
	MIB = 1024 * 1024
};

static int
say_too_big(struct err *err, size_t max_bytes)
{
	return err_set(err, ERR_LIMIT, "it is bigger than %zu MiB",
		       max_bytes / MIB);
}

static int
write_all(int fd, const char *bytes, size_t len, struct err *err)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set_errno(err, ERR_IO, errno,
					     "copying it into memory");
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* All that is there now; one that grows meanwhile ends at max_bytes. */
static int
copy(int from, int to, size_t max_bytes, struct err *err)
{
	char chunk[65536];
	size_t total = 0;
	int r = 0;

	while (r == 0) {
		ssize_t n = read(from, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set_errno(err, ERR_IO, errno, "reading it");
		if (n == 0)
			break;
		total += (size_t)n;
		r = total > max_bytes ? say_too_big(err, max_bytes)
				      : write_all(to, chunk, (size_t)n, err);
	}
	if (r == 0 && total == 0)
		return err_set(err, ERR_INVALID, "it is empty");
	return r;
}

static int
copy_and_seal(int from, size_t max_bytes, int *ret_fd, struct err *err)
{
	struct stat st;
	int to, r;

	/* Anything else might keep whoever asks waiting for ever. */
	if (fstat(from, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(err, ERR_INVALID, "it is no regular file");
	to = memfd_create("evidencectl", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (to < 0)
		return err_set_errno(err, ERR_IO, errno,
				     "making a copy in memory");
	r = copy(from, to, max_bytes, err);
	if (r == 0 && fcntl(to, F_ADD_SEALS, SEALS) < 0)
		r = err_set_errno(err, ERR_IO, errno, "sealing the copy");
	if (r < 0)
		close(to);
	else
		*ret_fd = to;
	return r;
}

int
sealed_file_copy(const char *path, size_t max_bytes, int *ret_fd,
		 struct err *err)
{
	int from = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), r;

	if (from < 0)
		return err_set(err, ERR_NOT_FOUND, "%s", strerror(errno));
	r = copy_and_seal(from, max_bytes, ret_fd, err);
	close(from);
	return r;
}

int
sealed_file_read(int fd, size_t max_bytes, struct buf *out, struct err *err)
{
	int seals = fcntl(fd, F_GET_SEALS);
	size_t begin = out->len, len;
	char chunk[65536];
	struct stat st;

	if (seals < 0 || (seals & SEALS) != SEALS || fstat(fd, &st) < 0)
		return err_set(err, ERR_INVALID,
			       "it does not come as a sealed copy in memory; "
			       "use the evidencectl of this release");
	len = (size_t)st.st_size;
	if (len == 0)
		return err_set(err, ERR_INVALID, "it is empty");
	if (len > max_bytes)
		return say_too_big(err, max_bytes);
	while (out->len - begin < len) {
		ssize_t n =
		    pread(fd, chunk, sizeof(chunk), (off_t)(out->len - begin));

		if (n <= 0)
			return err_set_errno(err, ERR_IO, errno, "reading it");
		buf_add(out, chunk, (size_t)n);
		if (out->failed)
			return err_set(err, ERR_NOMEM, "no memory");
	}
	return 0;
}
