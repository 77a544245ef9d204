/* Nodes are numbered and never freed while the disk lives; node 0 is the
 * root.  Contents are shared between copies of a disk and copied when they
 * are written, so that thousands of images cost little.
 *
 * What a power cut may do (the choices of simdisk_crash()):
 *   directories  each pending change is applied or not, in order;
 *   lengths      between the durable length and the one seen;
 *   contents     each 512-byte piece that differs is new, or old where there
 *                was something, else zeros or foreign bytes; bytes outside
 *                of what was written never change;
 *   truncation   a file that was cut without a sync may have its longer
 *                content;
 *   modes        all new or all old. */
#include "simdisk.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NAME_SIZE = 128,
	PATH_SIZE = 512,
	NODES_MAX = 256,
	ENTRIES_MAX = 96,
	FDS_MAX = 64,
	IGNORED_MAX = 4,
	PIECE = 512,
	PIECES_MAX = 64, /* more are decided together */
	FD_BASE = 1000,
	JUNK = 0xa5
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
	simdisk_hook_fn *hook;
	void *hook_ctx;
	simdisk_guard_fn *guard;
	long countdown; /* 0: no fault */
	int error;
	enum simdisk_fault fault;
	bool sticky, failed;
	const char *nosync;
	bool nosync_late;
	int late_node; /* its sync takes effect with the next call; 0 = none */
	simdisk_trace_fn *trace;
	void *trace_ctx;
};

/* ---- contents ---- */

static size_t
bytes_len(const struct bytes *b)
{
	return b == NULL ? 0 : b->len;
}

static struct bytes *
bytes_ref(struct bytes *b)
{
	if (b != NULL)
		__atomic_add_fetch(&b->refs, 1, __ATOMIC_RELAXED);
	return b;
}

static void
bytes_unref(struct bytes *b)
{
	if (b != NULL && __atomic_sub_fetch(&b->refs, 1, __ATOMIC_RELAXED) == 0)
		free(b);
}

/* One's own, with another length; zeros behind the old end.  Takes the
 * reference over. */
static struct bytes *
bytes_resize(struct bytes *old, size_t len)
{
	size_t keep = bytes_len(old) < len ? bytes_len(old) : len, room;
	struct bytes *b;

	if (old != NULL && len <= old->room &&
	    __atomic_load_n(&old->refs, __ATOMIC_RELAXED) == 1) {
		memset(old->data + keep, 0, len - keep);
		old->len = len;
		return old;
	}
	room = old == NULL ? len : 2 * len;
	b = calloc(1, sizeof(*b) + room + 1);
	assert(b != NULL);
	b->refs = 1;
	b->len = len;
	b->room = room;
	if (keep > 0)
		memcpy(b->data, old->data, keep);
	bytes_unref(old);
	return b;
}

static void
bytes_set(struct bytes **place, struct bytes *value)
{
	bytes_unref(*place);
	*place = value;
}

/* ---- names ---- */

static int
names_find(const struct names *n, const char *name)
{
	for (size_t i = 0; i < n->n; i++) {
		if (strcmp(n->entries[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

static void
names_drop(struct names *n, const char *name)
{
	int i = names_find(n, name);

	if (i >= 0)
		n->entries[i] = n->entries[--n->n];
}

static void
names_put(struct names *n, const char *name, int node)
{
	names_drop(n, name);
	assert(n->n < ENTRIES_MAX);
	snprintf(n->entries[n->n].name, NAME_SIZE, "%s", name);
	n->entries[n->n++].node = node;
}

static void
names_apply(struct names *n, const struct change *c)
{
	switch (c->kind) {
	case CHANGE_LINK:
		names_put(n, c->name, c->node);
		break;
	case CHANGE_UNLINK:
		names_drop(n, c->name);
		break;
	case CHANGE_RENAME:
		names_drop(n, c->name);
		names_put(n, c->to, c->node);
		break;
	}
}

/* ---- nodes ---- */

static int
node_new(struct simdisk *d, bool dir, mode_t mode, const char *path)
{
	struct node *n = &d->nodes[d->n_nodes];

	assert(d->n_nodes < NODES_MAX);
	*n = (struct node){.dir = dir, .mode = mode, .mode_durable = mode};
	snprintf(n->path, sizeof(n->path), "%s", path);
	if (dir) {
		n->names = calloc(1, sizeof(*n->names));
		n->names_durable = calloc(1, sizeof(*n->names));
		assert(n->names != NULL && n->names_durable != NULL);
	}
	return d->n_nodes++;
}

static void
node_change(struct node *dir, const struct change *c)
{
	dir->changes =
	    realloc(dir->changes, (dir->n_changes + 1) * sizeof(*dir->changes));
	assert(dir->changes != NULL);
	dir->changes[dir->n_changes++] = *c;
	names_apply(dir->names, c);
}

static void
node_sync(struct node *n)
{
	if (n->dir) {
		*n->names_durable = *n->names;
		n->n_changes = 0;
		return;
	}
	if (n->stuck)
		return;
	bytes_set(&n->durable, bytes_ref(n->seen));
	bytes_set(&n->longer, NULL);
}

static void
node_fini(struct node *n)
{
	bytes_unref(n->seen);
	bytes_unref(n->durable);
	bytes_unref(n->longer);
	free(n->names);
	free(n->names_durable);
	free(n->changes);
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static void
join(char out[PATH_SIZE], const char *dir, const char *name)
{
	int n = snprintf(out, PATH_SIZE, "%s/%s",
			 strcmp(dir, "/") == 0 ? "" : dir, name);

	assert(n < PATH_SIZE);
}

/* Walks a path from a directory; -1 when something is missing.  ret_last:
 * the last component, whose directory is returned instead. */
static int
lookup(const struct simdisk *d, int from, const char *path,
       char ret_last[NAME_SIZE])
{
	int at = path[0] == '/' ? 0 : from;

	while (*path == '/')
		path++;
	while (*path != '\0') {
		size_t n = strcspn(path, "/");
		char name[NAME_SIZE];
		int i;

		assert(n < NAME_SIZE);
		memcpy(name, path, n);
		name[n] = '\0';
		path += n;
		while (*path == '/')
			path++;
		if (ret_last != NULL && *path == '\0') {
			memcpy(ret_last, name, n + 1);
			return at;
		}
		if (!d->nodes[at].dir)
			return -1;
		i = names_find(d->nodes[at].names, name);
		if (i < 0)
			return -1;
		at = d->nodes[at].names->entries[i].node;
	}
	return at;
}

/* ---- the table ---- */

static struct open_fd *
fd_of(struct simdisk *d, int fd)
{
	assert(fd >= FD_BASE && fd < FD_BASE + FDS_MAX);
	assert(d->fds[fd - FD_BASE].used);
	return &d->fds[fd - FD_BASE];
}

static struct node *
node_of(struct simdisk *d, int fd)
{
	return &d->nodes[fd_of(d, fd)->node];
}

static int
fd_new(struct simdisk *d, int node)
{
	for (int i = 0; i < FDS_MAX; i++) {
		if (!d->fds[i].used) {
			d->fds[i] =
			    (struct open_fd){.used = true, .node = node};
			return FD_BASE + i;
		}
	}
	return -EMFILE;
}

/* What the fault says about this call: 0, or a negative error.  *ret_late:
 * do the work first. */
static int
fault_of(struct simdisk *d, bool *ret_late, bool *ret_short)
{
	*ret_late = *ret_short = false;
	if (d->countdown == 0)
		return 0;
	if (d->countdown > 1) {
		d->countdown--;
		return 0;
	}
	d->failed = true;
	if (!d->sticky)
		d->countdown = 0;
	*ret_late = d->fault == SIMDISK_LATE;
	*ret_short = d->fault == SIMDISK_SHORT;
	return d->error;
}

static struct simdisk *
enter(void *ctx, bool changes, int *ret_fault, bool *ret_late, bool *ret_short)
{
	struct simdisk *d = ctx;

	if (changes && d->hook != NULL)
		d->hook(d->hook_ctx, d);
	if (d->guard != NULL)
		d->guard(true);
	pthread_mutex_lock(&d->mutex);
	if (changes && d->late_node > 0) {
		node_sync(&d->nodes[d->late_node]);
		d->late_node = 0;
	}
	*ret_fault = fault_of(d, ret_late, ret_short);
	return d;
}

static int
leave(struct simdisk *d, int result)
{
	pthread_mutex_unlock(&d->mutex);
	if (d->guard != NULL)
		d->guard(false);
	return result;
}

static int
start_of(struct simdisk *d, int at)
{
	return at == AT_FDCWD ? 0 : fd_of(d, at)->node;
}

static int
sim_open_dir(void *ctx, int at, const char *name)
{
	bool late, half;
	int fault, node;
	struct simdisk *d = enter(ctx, false, &fault, &late, &half);

	if (fault < 0)
		return leave(d, fault);
	node = lookup(d, start_of(d, at), name, NULL);
	if (node < 0)
		return leave(d, -ENOENT);
	if (!d->nodes[node].dir)
		return leave(d, -ENOTDIR);
	return leave(d, fd_new(d, node));
}

static void
truncate_node(struct node *n, size_t len)
{
	/* Rewritten from the start, every page is dirty again. */
	if (len == 0)
		n->stuck = false;
	if (len < bytes_len(n->seen) &&
	    bytes_len(n->longer) < bytes_len(n->seen))
		bytes_set(&n->longer, bytes_ref(n->seen));
	n->seen = bytes_resize(n->seen, len);
}

static int
open_file(struct simdisk *d, int at, const char *name, int flags, mode_t mode)
{
	char last[NAME_SIZE], path[PATH_SIZE];
	int dir = lookup(d, start_of(d, at), name, last);
	int i, node;

	if (dir < 0 || !d->nodes[dir].dir)
		return -ENOENT;
	i = names_find(d->nodes[dir].names, last);
	if (i < 0) {
		struct change c = {.kind = CHANGE_LINK};

		if ((flags & O_CREAT) == 0)
			return -ENOENT;
		join(path, d->nodes[dir].path, last);
		node = c.node = node_new(d, false, mode, path);
		snprintf(c.name, sizeof(c.name), "%s", last);
		node_change(&d->nodes[dir], &c);
		return fd_new(d, node);
	}
	node = d->nodes[dir].names->entries[i].node;
	if ((flags & O_EXCL) != 0)
		return -EEXIST;
	if (d->nodes[node].dir)
		return -EISDIR;
	if ((flags & O_ACCMODE) != O_RDONLY &&
	    (d->nodes[node].mode & 0200) == 0)
		return -EACCES;
	if ((flags & O_ACCMODE) != O_WRONLY &&
	    (d->nodes[node].mode & 0400) == 0)
		return -EACCES;
	if ((flags & O_TRUNC) != 0)
		truncate_node(&d->nodes[node], 0);
	return fd_new(d, node);
}

static int
sim_open_file(void *ctx, int at, const char *name, int flags, mode_t mode)
{
	bool late, half;
	int fault, r;
	struct simdisk *d = enter(ctx, (flags & (O_CREAT | O_TRUNC)) != 0,
				  &fault, &late, &half);

	if (fault < 0)
		return leave(d, fault);
	r = open_file(d, at, name, flags, mode);
	return leave(d, r);
}

/* Closing never fails here: what it could report was lost before. */
static int
sim_close(void *ctx, int fd)
{
	struct simdisk *d = ctx;

	pthread_mutex_lock(&d->mutex);
	*fd_of(d, fd) = (struct open_fd){0};
	pthread_mutex_unlock(&d->mutex);
	return 0;
}

static ssize_t
sim_pread(void *ctx, int fd, void *out, size_t len, int64_t at)
{
	bool late, half;
	int fault;
	struct simdisk *d = enter(ctx, false, &fault, &late, &half);
	const struct bytes *b = node_of(d, fd)->seen;
	size_t from = (size_t)at, n = 0;

	if (fault < 0)
		return leave(d, fault);
	if (from < bytes_len(b)) {
		n = bytes_len(b) - from < len ? bytes_len(b) - from : len;
		memcpy(out, b->data + from, n);
	}
	return leave(d, (int)n);
}

static int64_t
used_bytes(const struct simdisk *d, int node)
{
	const struct node *n = &d->nodes[node];
	int64_t sum = 0;

	if (!n->dir)
		return (int64_t)bytes_len(n->seen);
	for (size_t i = 0; i < n->names->n; i++)
		sum += used_bytes(d, n->names->entries[i].node);
	return sum;
}

static ssize_t
write_node(struct simdisk *d, struct node *n, const void *bytes, size_t len,
	   size_t at)
{
	size_t end = at + len, old = bytes_len(n->seen);

	if (end > old && used_bytes(d, 0) + (int64_t)(end - old) > d->room) {
		int64_t fits = d->room - used_bytes(d, 0);

		/* As a real one: what fits, and the error the next time. */
		if (fits <= 0 || old + (size_t)fits <= at)
			return -ENOSPC;
		end = old + (size_t)fits;
		len = end - at;
	}
	n->seen = bytes_resize(n->seen, end > old ? end : old);
	memcpy(n->seen->data + at, bytes, len);
	return (ssize_t)len;
}

static ssize_t
sim_pwrite(void *ctx, int fd, const void *bytes, size_t len, int64_t at)
{
	bool late, half;
	int fault;
	struct simdisk *d = enter(ctx, true, &fault, &late, &half);
	ssize_t r;

	if (half)
		return leave(d, (int)write_node(d, node_of(d, fd), bytes,
						len / 2 > 0 ? len / 2 : 1,
						(size_t)at));
	if (fault < 0 && !late)
		return leave(d, fault);
	r = write_node(d, node_of(d, fd), bytes, len, (size_t)at);
	return leave(d, fault < 0 ? fault : (int)r);
}

static int
sim_ftruncate(void *ctx, int fd, int64_t len)
{
	bool late, half;
	int fault;
	struct simdisk *d = enter(ctx, true, &fault, &late, &half);

	if (fault < 0 && !late)
		return leave(d, fault);
	truncate_node(node_of(d, fd), (size_t)len);
	return leave(d, fault);
}

static int
sync_fd(void *ctx, int fd, const char *kind)
{
	bool late, half;
	int fault;
	struct simdisk *d = enter(ctx, true, &fault, &late, &half);
	struct node *n = node_of(d, fd);
	char sync[PATH_SIZE + 8];

	snprintf(sync, sizeof(sync), "%s %s", kind, n->path);
	if (d->trace != NULL)
		d->trace(d->trace_ctx, sync);
	/* The kernel marks the pages of a failed sync clean: the next sync
	 * succeeds and writes nothing. */
	if (fault < 0 && !late) {
		n->stuck = !n->dir;
		return leave(d, fault);
	}
	if (d->nosync == NULL || fnmatch(d->nosync, sync, 0) != 0)
		node_sync(n);
	else if (d->nosync_late)
		d->late_node = fd_of(d, fd)->node;
	if (strcmp(kind, "data") != 0)
		n->mode_durable = n->mode;
	return leave(d, fault);
}

static int
sim_fdatasync(void *ctx, int fd)
{
	return sync_fd(ctx, fd, "data");
}

static int
sim_fsync_file(void *ctx, int fd)
{
	return sync_fd(ctx, fd, "file");
}

static int
sim_fsync_dir(void *ctx, int fd)
{
	return sync_fd(ctx, fd, "dir");
}

static int
sim_fstat(void *ctx, int fd, struct ledger_stat *ret)
{
	bool late, half;
	int fault;
	struct simdisk *d = enter(ctx, false, &fault, &late, &half);
	const struct node *n = node_of(d, fd);

	if (fault < 0)
		return leave(d, fault);
	*ret = (struct ledger_stat){
	    .size = (int64_t)bytes_len(n->seen),
	    .mode = n->mode,
	    .directory = n->dir,
	};
	return leave(d, 0);
}

static int
make_dir(struct simdisk *d, int at, const char *name, mode_t mode)
{
	char last[NAME_SIZE], path[PATH_SIZE];
	int dir = lookup(d, at, name, last);
	struct change c = {.kind = CHANGE_LINK};

	if (dir < 0)
		return -ENOENT;
	if (names_find(d->nodes[dir].names, last) >= 0)
		return -EEXIST;
	join(path, d->nodes[dir].path, last);
	c.node = node_new(d, true, mode, path);
	snprintf(c.name, sizeof(c.name), "%s", last);
	node_change(&d->nodes[dir], &c);
	return 0;
}

static int
sim_mkdir(void *ctx, int at, const char *name, mode_t mode)
{
	bool late, half;
	int fault, r;
	struct simdisk *d = enter(ctx, true, &fault, &late, &half);

	if (fault < 0 && !late)
		return leave(d, fault);
	r = make_dir(d, start_of(d, at), name, mode);
	return leave(d, fault < 0 ? fault : r);
}

static void
move_paths(struct simdisk *d, int node, const char *path)
{
	struct node *n = &d->nodes[node];

	snprintf(n->path, sizeof(n->path), "%s", path);
	for (size_t i = 0; n->dir && i < n->names->n; i++) {
		char below[PATH_SIZE];

		join(below, path, n->names->entries[i].name);
		move_paths(d, n->names->entries[i].node, below);
	}
}

/* Within one directory: the ledger renames nowhere else. */
static int
rename_in(struct simdisk *d, int dir, const char *from, const char *to)
{
	struct names *names = d->nodes[dir].names;
	struct change c = {.kind = CHANGE_RENAME};
	char path[PATH_SIZE];
	int i = names_find(names, from), j = names_find(names, to);

	if (i < 0)
		return -ENOENT;
	c.node = names->entries[i].node;
	if (j >= 0) {
		const struct node *target = &d->nodes[names->entries[j].node];

		if (target->dir != d->nodes[c.node].dir)
			return target->dir ? -EISDIR : -ENOTDIR;
		if (target->dir && target->names->n > 0)
			return -ENOTEMPTY;
	}
	snprintf(c.name, sizeof(c.name), "%s", from);
	snprintf(c.to, sizeof(c.to), "%s", to);
	node_change(&d->nodes[dir], &c);
	join(path, d->nodes[dir].path, to);
	move_paths(d, c.node, path);
	return 0;
}

static int
sim_rename(void *ctx, int at, const char *from, int to_at, const char *to)
{
	bool late, half;
	int fault, r;
	struct simdisk *d = enter(ctx, true, &fault, &late, &half);

	assert(start_of(d, at) == start_of(d, to_at));
	if (fault < 0 && !late)
		return leave(d, fault);
	r = rename_in(d, start_of(d, at), from, to);
	return leave(d, fault < 0 ? fault : r);
}

static int
unlink_in(struct simdisk *d, int dir, const char *name)
{
	struct change c = {.kind = CHANGE_UNLINK};
	int i = names_find(d->nodes[dir].names, name);

	if (i < 0)
		return -ENOENT;
	if (d->nodes[d->nodes[dir].names->entries[i].node].dir)
		return -EISDIR;
	snprintf(c.name, sizeof(c.name), "%s", name);
	node_change(&d->nodes[dir], &c);
	return 0;
}

static int
sim_unlink(void *ctx, int at, const char *name)
{
	bool late, half;
	int fault, r;
	struct simdisk *d = enter(ctx, true, &fault, &late, &half);

	if (fault < 0 && !late)
		return leave(d, fault);
	r = unlink_in(d, start_of(d, at), name);
	return leave(d, fault < 0 ? fault : r);
}

static int
sim_fchmod(void *ctx, int fd, mode_t mode)
{
	bool late, half;
	int fault;
	struct simdisk *d = enter(ctx, true, &fault, &late, &half);

	if (fault < 0 && !late)
		return leave(d, fault);
	node_of(d, fd)->mode = mode;
	return leave(d, fault);
}

static int
sim_lock(void *ctx, int fd)
{
	bool late, half;
	int fault;
	struct simdisk *d = enter(ctx, false, &fault, &late, &half);
	struct open_fd *ours = fd_of(d, fd);

	if (fault < 0)
		return leave(d, fault);
	for (int i = 0; i < FDS_MAX; i++) {
		if (d->fds[i].locked && d->fds[i].node == ours->node &&
		    &d->fds[i] != ours)
			return leave(d, -EWOULDBLOCK);
	}
	ours->locked = true;
	return leave(d, 0);
}

static int
sim_pid(void *ctx)
{
	return 4711;
}

static int
sim_list(void *ctx, int fd, char **ret_names, size_t *ret_n)
{
	bool late, half;
	int fault;
	struct simdisk *d = enter(ctx, false, &fault, &late, &half);
	const struct names *names = node_of(d, fd)->names;
	char *out, *p;

	if (fault < 0)
		return leave(d, fault);
	out = p = calloc(names->n + 1, NAME_SIZE);
	if (out == NULL)
		return leave(d, -ENOMEM);
	/* From the end: the order is nobody's to rely on. */
	for (size_t i = names->n; i > 0; i--)
		p = stpcpy(p, names->entries[i - 1].name) + 1;
	*ret_names = out;
	*ret_n = names->n;
	return leave(d, 0);
}

static int
sim_free_bytes(void *ctx, int fd, int64_t *ret)
{
	bool late, half;
	int fault;
	struct simdisk *d = enter(ctx, false, &fault, &late, &half);

	if (fault < 0)
		return leave(d, fault);
	*ret = d->room - used_bytes(d, 0);
	return leave(d, 0);
}

/* ---- life ---- */

static struct simdisk *
disk_alloc(void)
{
	struct simdisk *d = calloc(1, sizeof(*d));

	assert(d != NULL);
	pthread_mutex_init(&d->mutex, NULL);
	d->room = INT64_C(1) << 30;
	d->io = (struct ledger_io){d,
				   sim_open_dir,
				   sim_open_file,
				   sim_close,
				   sim_pread,
				   sim_pwrite,
				   sim_ftruncate,
				   sim_fdatasync,
				   sim_fsync_file,
				   sim_fsync_dir,
				   sim_fstat,
				   sim_mkdir,
				   sim_rename,
				   sim_unlink,
				   sim_fchmod,
				   sim_lock,
				   sim_pid,
				   sim_list,
				   sim_free_bytes};
	return d;
}

struct simdisk *
simdisk_new(void)
{
	struct simdisk *d = disk_alloc();

	node_new(d, true, 0755, "/");
	return d;
}

void
simdisk_free(struct simdisk *d)
{
	if (d == NULL)
		return;
	for (int i = 0; i < d->n_nodes; i++)
		node_fini(&d->nodes[i]);
	pthread_mutex_destroy(&d->mutex);
	free(d);
}

const struct ledger_io *
simdisk_io(struct simdisk *d)
{
	return &d->io;
}

static struct names *
names_copy(const struct names *n)
{
	struct names *copy = malloc(sizeof(*copy));

	assert(copy != NULL);
	*copy = *n;
	return copy;
}

/* Settings only. */
static struct simdisk *
disk_like(const struct simdisk *d)
{
	struct simdisk *copy = disk_alloc();

	copy->room = d->room;
	copy->nosync = d->nosync;
	copy->nosync_late = d->nosync_late;
	copy->trace = d->trace;
	copy->trace_ctx = d->trace_ctx;
	memcpy(copy->ignored, d->ignored, sizeof(d->ignored));
	copy->n_ignored = d->n_ignored;
	return copy;
}

struct simdisk *
simdisk_kill(const struct simdisk *d)
{
	struct simdisk *copy = disk_like(d);

	copy->n_nodes = d->n_nodes;
	for (int i = 0; i < d->n_nodes; i++) {
		const struct node *from = &d->nodes[i];
		struct node *n = &copy->nodes[i];

		*n = *from;
		bytes_ref(n->seen);
		bytes_ref(n->durable);
		bytes_ref(n->longer);
		if (!n->dir)
			continue;
		n->names = names_copy(from->names);
		n->names_durable = names_copy(from->names_durable);
		n->changes = NULL;
		if (n->n_changes > 0) {
			n->changes = malloc(n->n_changes * sizeof(*n->changes));
			assert(n->changes != NULL);
			memcpy(n->changes, from->changes,
			       n->n_changes * sizeof(*n->changes));
		}
	}
	return copy;
}

/* ---- the power cut ---- */

struct cut {
	const struct simdisk *from;
	struct simdisk *to;
	simdisk_choose_fn *choose;
	void *ctx;
	bool modes_asked, modes_old;
};

static bool
is_ignored(const struct simdisk *d, const struct node *n)
{
	for (size_t i = 0; i < d->n_ignored; i++) {
		if (strcmp(base_name(n->path), d->ignored[i]) == 0)
			return true;
	}
	return false;
}

static bool
piece_differs(const struct bytes *a, const struct bytes *b, size_t at,
	      size_t end)
{
	size_t have_a = bytes_len(a) < end ? bytes_len(a) : end;
	size_t have_b = bytes_len(b) < end ? bytes_len(b) : end;

	if (have_a != have_b)
		return true;
	return have_a > at &&
	       memcmp(a->data + at, b->data + at, have_a - at) != 0;
}

static bool
is_same(const struct bytes *a, const struct bytes *b)
{
	return a == b || (bytes_len(a) == bytes_len(b) &&
			  !piece_differs(a, b, 0, bytes_len(a)));
}

/* One piece of an image: what was written is there, or is not. */
static void
decide_piece(struct cut *c, struct bytes *image, const struct bytes *durable,
	     size_t at, size_t end, unsigned answer)
{
	size_t old = bytes_len(durable);

	if (answer == 0)
		return;
	for (size_t i = at; i < end && i < image->len; i++) {
		if (i < old)
			image->data[i] = durable->data[i];
		else
			image->data[i] = answer == 1 ? 0 : JUNK;
	}
}

static size_t
choose_length(struct cut *c, size_t old, size_t now)
{
	size_t low = old < now ? old : now, high = old < now ? now : old;
	size_t options[8] = {now}, n = 1, span = high - low;

	if (span == 0)
		return now;
	options[n++] = old;
	for (size_t eighth = 1; eighth < 8 && n < 7; eighth += 2) {
		size_t at = low + span * eighth / 8;

		if (at != low && at != high)
			options[n++] = at;
	}
	if (span > 1)
		options[n++] = high - 1;
	return options[c->choose(c->ctx, (unsigned)n)];
}

static struct bytes *
cut_content(struct cut *c, const struct node *n)
{
	const struct bytes *durable = n->durable;
	struct bytes *seen = n->seen;
	size_t pieces, len, old = bytes_len(durable);
	struct bytes *image;

	if (is_ignored(c->from, n))
		return bytes_ref(seen);
	if (n->longer != NULL && c->choose(c->ctx, 2) == 1)
		seen = n->longer;
	if (is_same(seen, durable))
		return bytes_ref(seen);
	len = choose_length(c, old, bytes_len(seen));
	image = bytes_resize(bytes_ref(seen), len);
	/* Where nothing was written, what was durable stays. */
	for (size_t i = bytes_len(seen); i < len && i < old; i++)
		image->data[i] = durable->data[i];
	pieces = (len + PIECE - 1) / PIECE;
	if (pieces > PIECES_MAX) {
		decide_piece(c, image, durable, 0, len, c->choose(c->ctx, 3));
		return image;
	}
	for (size_t i = 0; i < pieces; i++) {
		size_t at = i * PIECE;

		if (piece_differs(image, durable, at, at + PIECE))
			decide_piece(
			    c, image, durable, at, at + PIECE,
			    c->choose(c->ctx, at + PIECE <= old ? 2 : 3));
	}
	return image;
}

static mode_t
cut_mode(struct cut *c, const struct node *n)
{
	if (n->mode == n->mode_durable)
		return n->mode;
	if (!c->modes_asked) {
		c->modes_asked = true;
		c->modes_old = c->choose(c->ctx, 2) == 1;
	}
	return c->modes_old ? n->mode_durable : n->mode;
}

static int cut_node(struct cut *c, int from, const char *path);

static void
cut_names(struct cut *c, const struct node *from, int to)
{
	struct names *names = names_copy(from->names_durable);
	char path[PATH_SIZE];

	for (size_t i = 0; i < from->n_changes; i++) {
		if (c->choose(c->ctx, 2) == 0)
			names_apply(names, &from->changes[i]);
	}
	for (size_t i = 0; i < names->n; i++) {
		join(path, c->to->nodes[to].path, names->entries[i].name);
		names->entries[i].node =
		    cut_node(c, names->entries[i].node, path);
	}
	*c->to->nodes[to].names = *names;
	*c->to->nodes[to].names_durable = *names;
	free(names);
}

static int
cut_node(struct cut *c, int from, const char *path)
{
	const struct node *n = &c->from->nodes[from];
	int to = node_new(c->to, n->dir, cut_mode(c, n), path);

	if (n->dir) {
		cut_names(c, n, to);
	} else {
		c->to->nodes[to].seen = cut_content(c, n);
		c->to->nodes[to].durable = bytes_ref(c->to->nodes[to].seen);
	}
	return to;
}

struct simdisk *
simdisk_crash(const struct simdisk *d, simdisk_choose_fn *choose, void *ctx)
{
	struct cut c = {
	    .from = d, .to = disk_like(d), .choose = choose, .ctx = ctx};

	cut_node(&c, 0, "/");
	return c.to;
}

bool
simdisk_is_pending(const struct simdisk *d)
{
	for (int i = 0; i < d->n_nodes; i++) {
		const struct node *n = &d->nodes[i];

		if (n->dir
			? n->n_changes > 0
			: !is_ignored(d, n) && (!is_same(n->seen, n->durable) ||
						n->longer != NULL))
			return true;
	}
	return false;
}

/* ---- settings ---- */

void
simdisk_ignore(struct simdisk *d, const char *name)
{
	assert(d->n_ignored < IGNORED_MAX);
	snprintf(d->ignored[d->n_ignored++], NAME_SIZE, "%s", name);
}

void
simdisk_set_hook(struct simdisk *d, simdisk_hook_fn *hook, void *ctx)
{
	d->hook = hook;
	d->hook_ctx = ctx;
}

void
simdisk_set_guard(struct simdisk *d, simdisk_guard_fn *guard)
{
	d->guard = guard;
}

void
simdisk_fail(struct simdisk *d, long k, int error, enum simdisk_fault fault,
	     bool sticky)
{
	pthread_mutex_lock(&d->mutex);
	d->countdown = k;
	d->error = -error;
	d->fault = fault;
	d->sticky = sticky;
	d->failed = false;
	pthread_mutex_unlock(&d->mutex);
}

bool
simdisk_failed(const struct simdisk *d)
{
	return d->failed;
}

void
simdisk_set_nosync(struct simdisk *d, const char *pattern, bool late)
{
	d->nosync = pattern;
	d->nosync_late = late;
}

void
simdisk_set_trace(struct simdisk *d, simdisk_trace_fn *trace, void *ctx)
{
	d->trace = trace;
	d->trace_ctx = ctx;
}

void
simdisk_set_room(struct simdisk *d, int64_t bytes)
{
	pthread_mutex_lock(&d->mutex);
	d->room = bytes;
	pthread_mutex_unlock(&d->mutex);
}

/* ---- direct access ---- */

char *
simdisk_read(const struct simdisk *d, const char *path, size_t *ret_len)
{
	int node = lookup(d, 0, path, NULL);
	const struct bytes *b;
	char *copy;

	if (node < 0 || d->nodes[node].dir)
		return NULL;
	b = d->nodes[node].seen;
	copy = calloc(1, bytes_len(b) + 1);
	assert(copy != NULL);
	if (b != NULL)
		memcpy(copy, b->data, b->len);
	if (ret_len != NULL)
		*ret_len = bytes_len(b);
	return copy;
}

void
simdisk_make_dir(struct simdisk *d, const char *path)
{
	char last[NAME_SIZE];
	int dir = lookup(d, 0, path, last);

	assert(dir >= 0);
	make_dir(d, 0, path, 0750);
	node_sync(&d->nodes[dir]);
}

void
simdisk_write(struct simdisk *d, const char *path, const void *bytes,
	      size_t len)
{
	char last[NAME_SIZE];
	int dir = lookup(d, 0, path, last);
	int fd =
	    open_file(d, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0640);
	struct node *n;

	assert(dir >= 0 && fd >= 0);
	n = node_of(d, fd);
	n->seen = bytes_resize(n->seen, len);
	memcpy(n->seen->data, bytes, len);
	node_sync(n);
	node_sync(&d->nodes[dir]);
	sim_close(d, fd);
}

void
simdisk_remove(struct simdisk *d, const char *path)
{
	char last[NAME_SIZE];
	int dir = lookup(d, 0, path, last);

	assert(dir >= 0);
	names_drop(d->nodes[dir].names, last);
	node_sync(&d->nodes[dir]);
}

void
simdisk_chmod(struct simdisk *d, const char *path, mode_t mode)
{
	int node = lookup(d, 0, path, NULL);

	assert(node >= 0);
	d->nodes[node].mode = d->nodes[node].mode_durable = mode;
}

int
simdisk_mode(const struct simdisk *d, const char *path)
{
	int node = lookup(d, 0, path, NULL);

	return node < 0 ? -1 : (int)d->nodes[node].mode;
}

static void
each_below(const struct simdisk *d, int node, simdisk_file_fn *fn, void *ctx)
{
	const struct node *n = &d->nodes[node];

	if (!n->dir) {
		fn(ctx, n->path, n->mode,
		   n->seen == NULL ? (const void *)"" : n->seen->data,
		   bytes_len(n->seen));
		return;
	}
	for (size_t i = 0; i < n->names->n; i++)
		each_below(d, n->names->entries[i].node, fn, ctx);
}

void
simdisk_each(const struct simdisk *d, const char *dir, simdisk_file_fn *fn,
	     void *ctx)
{
	int node = lookup(d, 0, dir, NULL);

	if (node >= 0)
		each_below(d, node, fn, ctx);
}

int
simdisk_open_count(const struct simdisk *d)
{
	int n = 0;

	for (int i = 0; i < FDS_MAX; i++)
		n += d->fds[i].used;
	return n;
}
