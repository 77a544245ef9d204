/* A new file beside others: written under another name, synced, and linked
 * to its own, so that it is there whole or not at all, and never in the place
 * of one that was there before. */
#include "io/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES = 4096 };

static int
failed(struct err *err, const char *path)
{
	return err_set_errno(err, errno == EEXIST ? ERR_EXISTS : ERR_IO, errno,
			     "%s", path);
}

/* Whoever can read the other can read this one, and nobody else. */
static int
make_like(int fd, const char *like)
{
	struct stat st;

	if (stat(like, &st) < 0)
		return -1;
	/* Only root can give it away; others make files of their own. */
	if (geteuid() == 0 && fchown(fd, st.st_uid, st.st_gid) < 0)
		return -1;
	return fchmod(fd, st.st_mode & 0666);
}

static int
write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return fsync(fd);
}

static int
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -1 : fsync(fd);

	if (fd >= 0)
		close(fd);
	return r;
}

int
files_put_new(const char *path, const char *text, size_t len, const char *like,
	      struct err *err)
{
	char folder[NAME_BYTES], aside[NAME_BYTES + 16];
	const char *slash = strrchr(path, '/');
	int fd, r;

	snprintf(folder, sizeof(folder), "%.*s",
		 slash == NULL ? 1 : (int)(slash - path),
		 slash == NULL ? "." : path);
	snprintf(aside, sizeof(aside), "%s/.new-XXXXXX", folder);
	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		return failed(err, folder);
	fd = mkostemp(aside, O_CLOEXEC);
	if (fd < 0)
		return failed(err, folder);
	r = make_like(fd, like) < 0 || write_all(fd, text, len) < 0 ||
		    link(aside, path) < 0
		? failed(err, path)
		: 0;
	close(fd);
	unlink(aside);
	if (r == 0 && sync_folder(folder) < 0)
		r = failed(err, folder);
	return r;
}
