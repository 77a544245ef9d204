/* One system call per function, and a negative errno value when it fails.
 * Descriptors are close-on-exec, names are never followed through a symbolic
 * link in the last place. */
#include "io/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int
result(int r)
{
	return r < 0 ? -errno : r;
}

static int
disk_open_dir(void *ctx, int at, const char *name)
{
	return result(openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/* A folder, a link, a socket or a pipe that nobody reads. */
static bool
is_other_kind(int e)
{
	return e == EISDIR || e == ELOOP || e == ENXIO;
}

/* Nobody is waited for at the other end of a pipe; but who holds a lease on a
 * file, as a file server does, is given the time to let it go. */
static int
open_no_pipe(int at, const char *name, int flags, mode_t mode)
{
	struct stat st;
	int fd = openat(at, name, flags | O_NONBLOCK, mode);

	if (fd < 0 && errno == EAGAIN &&
	    fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode))
		fd = openat(at, name, flags, mode);
	return fd;
}

static int
disk_open_file(void *ctx, int at, const char *name, int flags, mode_t mode)
{
	struct stat st;
	int fd, r = 0;

	fd = open_no_pipe(at, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY,
			  mode);
	if (fd < 0)
		return is_other_kind(errno) ? -LEDGER_NOT_A_FILE : -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode))
		r = -LEDGER_NOT_A_FILE;
	if (r < 0)
		close(fd);
	return r < 0 ? r : fd;
}

static int
disk_close(void *ctx, int fd)
{
	return result(close(fd));
}

static ssize_t
disk_pread(void *ctx, int fd, void *out, size_t len, int64_t at)
{
	ssize_t n = pread(fd, out, len, at);

	return n < 0 ? -errno : n;
}

static ssize_t
disk_pwrite(void *ctx, int fd, const void *bytes, size_t len, int64_t at)
{
	ssize_t n = pwrite(fd, bytes, len, at);

	return n < 0 ? -errno : n;
}

static int
disk_ftruncate(void *ctx, int fd, int64_t len)
{
	return result(ftruncate(fd, len));
}

/* Blocks are allocated here, so the syncs of several files that were begun
 * together wait for one commit of the journal instead of one each. */
static void
disk_start_sync(void *ctx, int fd)
{
	sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

static int
disk_fdatasync(void *ctx, int fd)
{
	return result(fdatasync(fd));
}

static int
disk_fsync(void *ctx, int fd)
{
	return result(fsync(fd));
}

static int
disk_fstat(void *ctx, int fd, struct ledger_stat *ret)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	*ret = (struct ledger_stat){
	    .size = st.st_size,
	    .mode = st.st_mode & 07777,
	    .uid = st.st_uid,
	    .directory = S_ISDIR(st.st_mode),
	};
	return 0;
}

static int
disk_mkdir(void *ctx, int at, const char *name, mode_t mode)
{
	return result(mkdirat(at, name, mode));
}

static int
disk_rename(void *ctx, int at, const char *from, int to_at, const char *to)
{
	return result(renameat(at, from, to_at, to));
}

static int
disk_unlink(void *ctx, int at, const char *name)
{
	return result(unlinkat(at, name, 0));
}

static int
disk_rmdir(void *ctx, int at, const char *name)
{
	return result(unlinkat(at, name, AT_REMOVEDIR));
}

static int
disk_fchmod(void *ctx, int fd, mode_t mode)
{
	return result(fchmod(fd, mode));
}

static int
disk_lock(void *ctx, int fd)
{
	return result(flock(fd, LOCK_EX | LOCK_NB));
}

static int
disk_pid(void *ctx)
{
	return (int)getpid();
}

static uid_t
disk_uid(void *ctx)
{
	return geteuid();
}

static bool
is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int
read_names(DIR *dir, FILE *out, size_t *ret_n)
{
	struct dirent *entry;
	size_t n = 0;

	for (;;) {
		errno = 0;
		entry = readdir(dir);
		if (entry == NULL)
			break;
		if (is_dot(entry->d_name))
			continue;
		fwrite(entry->d_name, 1, strlen(entry->d_name) + 1, out);
		n++;
	}
	*ret_n = n;
	return -errno;
}

static int
disk_list(void *ctx, int fd, char **ret_names, size_t *ret_n)
{
	char *names = NULL;
	size_t size, n = 0;
	FILE *out;
	DIR *dir;
	int copy, r;

	/* A descriptor of its own: closedir() closes it, and the position
	 * in the directory is not shared. */
	copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (copy < 0)
		return -errno;
	dir = fdopendir(copy);
	if (dir == NULL) {
		r = -errno;
		close(copy);
		return r;
	}
	out = open_memstream(&names, &size);
	r = out == NULL ? -ENOMEM : read_names(dir, out, &n);
	closedir(dir);
	if (out != NULL && fclose(out) != 0 && r == 0)
		r = -ENOMEM;
	if (r < 0) {
		free(names);
		return r;
	}
	*ret_names = names;
	*ret_n = n;
	return 0;
}

static int
disk_free_bytes(void *ctx, int fd, int64_t *ret)
{
	struct statvfs st;

	if (fstatvfs(fd, &st) < 0)
		return -errno;
	*ret = (int64_t)st.f_bavail * (int64_t)st.f_frsize;
	return 0;
}

const struct ledger_io disk_io = {
    .open_dir = disk_open_dir,
    .open_file = disk_open_file,
    .close = disk_close,
    .pread = disk_pread,
    .pwrite = disk_pwrite,
    .ftruncate = disk_ftruncate,
    .start_sync = disk_start_sync,
    .fdatasync = disk_fdatasync,
    .fsync_file = disk_fsync,
    .fsync_dir = disk_fsync,
    .fstat = disk_fstat,
    .mkdir = disk_mkdir,
    .rename = disk_rename,
    .unlink = disk_unlink,
    .rmdir = disk_rmdir,
    .fchmod = disk_fchmod,
    .lock = disk_lock,
    .pid = disk_pid,
    .uid = disk_uid,
    .list = disk_list,
    .free_bytes = disk_free_bytes,
};
