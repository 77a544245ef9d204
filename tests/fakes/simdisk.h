/* A disk in memory, behind struct ledger_io, that can be cut off between any
 * two calls.
 *
 * Every file has what the programs see and what is durable; every directory
 * has its names as seen, its durable names, and the changes between them in
 * order.  simdisk_crash() makes one of the disks that a power cut may leave:
 * a chooser is asked, for every pending change, what became of it. */
#ifndef FAKES_SIMDISK_H
#define FAKES_SIMDISK_H

#include "ledger/io.h"

struct simdisk;

/* An empty disk whose root directory is "/". */
struct simdisk *simdisk_new(void);
void simdisk_free(struct simdisk *d);
/* The table; its functions may be used from several threads. */
const struct ledger_io *simdisk_io(struct simdisk *d);

/* The same disk with everything that pends, but no open descriptor and no
 * lock: the process was killed, the kernel lives. */
struct simdisk *simdisk_kill(const struct simdisk *d);

/* Answers 0..n-1; 0 always means "as if it had been synced". */
typedef unsigned simdisk_choose_fn(void *ctx, unsigned n);
struct simdisk *simdisk_crash(const struct simdisk *d,
			      simdisk_choose_fn *choose, void *ctx);
/* Anything pending that a crash could lose? */
bool simdisk_is_pending(const struct simdisk *d);

/* Files of this name carry nothing that must survive: a crash leaves them
 * as they are seen, so that they do not multiply the images. */
void simdisk_ignore(struct simdisk *d, const char *name);

/* Called before each call that changes something. */
typedef void simdisk_hook_fn(void *ctx, struct simdisk *d);
void simdisk_set_hook(struct simdisk *d, simdisk_hook_fn *hook, void *ctx);

/* Called with true when a call enters the fake and with false when it
 * leaves: what the fake allocates is not the product's doing. */
typedef void simdisk_guard_fn(bool inside);
void simdisk_set_guard(struct simdisk *d, simdisk_guard_fn *guard);

enum simdisk_fault {
	SIMDISK_FAIL,  /* the call returns the error and does nothing */
	SIMDISK_SHORT, /* a pwrite does half of its work; others fail */
	SIMDISK_LATE   /* the call does its work and returns the error */
};

/* The k-th call from now (1 = the next) fails; sticky: all after it too.
 * k = 0 takes the fault away. */
void simdisk_fail(struct simdisk *d, long k, int error,
		  enum simdisk_fault fault, bool sticky);
/* True when the fault was met. */
bool simdisk_failed(const struct simdisk *d);

/* Syncs whose "kind path" matches this fnmatch pattern do nothing and
 * succeed; kinds are "data", "file" and "dir".  late > 0: they take effect
 * with that many changing calls later, as if nobody had waited for them.
 * NULL: none.  The pattern is borrowed; copies of the disk inherit it. */
void simdisk_set_nosync(struct simdisk *d, const char *pattern, int late);
/* Called for every sync with "kind path"; copies inherit it. */
typedef void simdisk_trace_fn(void *ctx, const char *sync);
void simdisk_set_trace(struct simdisk *d, simdisk_trace_fn *trace, void *ctx);

/* Total room in bytes; files that do not fit get ENOSPC.  Default 1 GiB. */
void simdisk_set_room(struct simdisk *d, int64_t bytes);
/* Whatever would change something gets EROFS. */
void simdisk_set_read_only(struct simdisk *d, bool on);

/* Direct access for tests, by absolute path; as seen, and already durable
 * what is put.  simdisk_read(): malloc'd with a terminator, NULL: no file. */
char *simdisk_read(const struct simdisk *d, const char *path, size_t *ret_len);
void simdisk_write(struct simdisk *d, const char *path, const void *bytes,
		   size_t len);
void simdisk_remove(struct simdisk *d, const char *path);
void simdisk_chmod(struct simdisk *d, const char *path, mode_t mode);
void simdisk_chown(struct simdisk *d, const char *path, uid_t uid);
/* -1: no such file. */
int simdisk_mode(const struct simdisk *d, const char *path);
void simdisk_make_dir(struct simdisk *d, const char *path);

/* Every file below a directory, as seen. */
typedef void simdisk_file_fn(void *ctx, const char *path, mode_t mode,
			     const void *bytes, size_t len);
void simdisk_each(const struct simdisk *d, const char *dir, simdisk_file_fn *fn,
		  void *ctx);

/* Descriptors that are open: a leak shows here. */
int simdisk_open_count(const struct simdisk *d);

#endif
