/* The simulated disk from inside; private to tests/fakes/simdisk*.c. */
#ifndef FAKES_SIMDISK_INSIDE_H
#define FAKES_SIMDISK_INSIDE_H

#include "simdisk.h"

#include <pthread.h>

enum {
	NAME_SIZE = 128,
	PATH_SIZE = 512,
	NODES_MAX = 256,
	ENTRIES_MAX = 96,
	FDS_MAX = 64,
	IGNORED_MAX = 4,
	FD_BASE = 1000
};

struct bytes {
	long refs;
	size_t len, room;
	unsigned char data[];
};

struct entry {
	char name[NAME_SIZE];
	int node;
};

struct change {
	enum { CHANGE_LINK, CHANGE_UNLINK, CHANGE_RENAME } kind;
	char name[NAME_SIZE];
	char to[NAME_SIZE];
	int node;
};

struct names {
	struct entry entries[ENTRIES_MAX];
	size_t n;
};

struct node {
	bool dir;
	char path[PATH_SIZE];
	mode_t mode, mode_durable;
	uid_t uid; /* not kept over a crash */
	/* files; NULL = empty */
	struct bytes *seen, *durable, *longer;
	bool stuck; /* a sync failed: what pends will never be durable */
	/* directories */
	struct names *names, *names_durable;
	struct change *changes;
	size_t n_changes;
};

struct open_fd {
	bool used, locked;
	int node;
};

struct simdisk {
	struct ledger_io io;
	pthread_mutex_t mutex;
	struct node nodes[NODES_MAX];
	int n_nodes;
	struct open_fd fds[FDS_MAX];
	char ignored[IGNORED_MAX][NAME_SIZE];
	size_t n_ignored;
	int64_t room;
	bool read_only;
	simdisk_hook_fn *hook;
	void *hook_ctx;
	simdisk_guard_fn *guard;
	long countdown; /* 0: no fault */
	int error;
	enum simdisk_fault fault;
	bool sticky, failed;
	const char *nosync;
	int nosync_late;
	/* its sync takes effect with the late_calls-th changing call from now;
	 * 0: none */
	int late_node, late_calls;
	simdisk_trace_fn *trace;
	void *trace_ctx;
};

/* simdisk_node.c: contents, shared and copied when written */
size_t sim_bytes_len(const struct bytes *b);
struct bytes *sim_bytes_ref(struct bytes *b);
void sim_bytes_unref(struct bytes *b);
struct bytes *sim_bytes_resize(struct bytes *old, size_t len);
void sim_bytes_set(struct bytes **place, struct bytes *value);
/* names */
int sim_names_find(const struct names *n, const char *name);
void sim_names_drop(struct names *n, const char *name);
void sim_names_apply(struct names *n, const struct change *c);
struct names *sim_names_copy(const struct names *n);
/* nodes */
int sim_node_new(struct simdisk *d, bool dir, mode_t mode, const char *path);
void sim_node_change(struct node *dir, const struct change *c);
void sim_node_sync(struct node *n);
void sim_node_fini(struct node *n);
/* dir + "/" + name */
void sim_join(char out[PATH_SIZE], const char *dir, const char *name);
/* Walks a path from a directory; -1 when something is missing.  ret_last not
 * NULL: takes the last component, whose directory is returned instead. */
int sim_lookup(const struct simdisk *d, int from, const char *path,
	       char ret_last[NAME_SIZE]);

/* simdisk_calls.c: descriptors; the way into and out of every call */
struct open_fd *sim_fd(struct simdisk *d, int fd);
struct node *sim_node(struct simdisk *d, int fd);
struct simdisk *sim_enter(void *ctx, bool changes, int *ret_fault,
			  bool *ret_late, bool *ret_short);
int sim_leave(struct simdisk *d, int result);
int sim_start(struct simdisk *d, int at);
int sim_open_at(struct simdisk *d, int at, const char *name, int flags,
		mode_t mode);
int64_t sim_used_bytes(const struct simdisk *d, int node);
/* the functions of the table */
int sim_open_dir(void *ctx, int at, const char *name);
int sim_open_file(void *ctx, int at, const char *name, int flags, mode_t mode);
int sim_close(void *ctx, int fd);
ssize_t sim_pread(void *ctx, int fd, void *out, size_t len, int64_t at);
ssize_t sim_pwrite(void *ctx, int fd, const void *bytes, size_t len,
		   int64_t at);
int sim_ftruncate(void *ctx, int fd, int64_t len);
void sim_start_sync(void *ctx, int fd);
int sim_fdatasync(void *ctx, int fd);
int sim_fsync_file(void *ctx, int fd);
int sim_fsync_dir(void *ctx, int fd);
int sim_fstat(void *ctx, int fd, struct ledger_stat *ret);
int sim_fchmod(void *ctx, int fd, mode_t mode);
int sim_lock(void *ctx, int fd);
int sim_pid(void *ctx);
uid_t sim_uid(void *ctx);
int sim_free_bytes(void *ctx, int fd, int64_t *ret);

/* simdisk_dirs.c */
int sim_make_dir_at(struct simdisk *d, int at, const char *name, mode_t mode);
int sim_mkdir(void *ctx, int at, const char *name, mode_t mode);
int sim_rename(void *ctx, int at, const char *from, int to_at, const char *to);
int sim_unlink(void *ctx, int at, const char *name);
int sim_rmdir(void *ctx, int at, const char *name);
int sim_list(void *ctx, int fd, char **ret_names, size_t *ret_n);

/* simdisk.c: an empty disk with the same settings */
struct simdisk *sim_like(const struct simdisk *d);

#endif
