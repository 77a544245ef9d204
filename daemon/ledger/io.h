/* Every file call of the ledger goes through this table, so that a test can
 * fail any of them, or cut the power between any two.
 *
 * All return 0 (or a count, or a descriptor) or a negative errno value.
 * Directories are descriptors too. */
#ifndef LEDGER_IO_H
#define LEDGER_IO_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What open_file() says of anything but a regular file; no file system gives
 * this number. */
#define LEDGER_NOT_A_FILE ENOSTR

struct ledger_stat {
	int64_t size;
	mode_t mode;
	uid_t uid;
	bool directory;
};

struct ledger_io {
	void *ctx;
	int (*open_dir)(void *ctx, int at, const char *name);
	int (*open_file)(void *ctx, int at, const char *name, int flags,
			 mode_t mode);
	int (*close)(void *ctx, int fd);
	ssize_t (*pread)(void *ctx, int fd, void *out, size_t len, int64_t at);
	ssize_t (*pwrite)(void *ctx, int fd, const void *bytes, size_t len,
			  int64_t at);
	int (*ftruncate)(void *ctx, int fd, int64_t len);
	/* a sync of this file follows: it may begin to write; says nothing */
	void (*start_sync)(void *ctx, int fd);
	int (*fdatasync)(void *ctx, int fd);
	int (*fsync_file)(void *ctx, int fd);
	int (*fsync_dir)(void *ctx, int fd);
	int (*fstat)(void *ctx, int fd, struct ledger_stat *ret);
	int (*mkdir)(void *ctx, int at, const char *name, mode_t mode);
	int (*rename)(void *ctx, int at, const char *from, int to_at,
		      const char *to);
	int (*unlink)(void *ctx, int at, const char *name);
	int (*rmdir)(void *ctx, int at, const char *name);
	int (*fchmod)(void *ctx, int fd, mode_t mode);
	int (*lock)(void *ctx, int fd); /* flock LOCK_EX|LOCK_NB */
	int (*pid)(void *ctx);	 /* ours, for whoever finds the lock taken */
	uid_t (*uid)(void *ctx); /* ours: of the files that are made */
	/* names in a directory without . and .., each ended by NUL, one after
	 * the other, malloc'd; order undefined */
	int (*list)(void *ctx, int fd, char **ret_names, size_t *ret_n);
	int (*free_bytes)(void *ctx, int fd, int64_t *ret);
};

#endif
