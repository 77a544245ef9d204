/* Descriptors and files: each call counts for the fault, and each that
 * changes something tells the hook first. */
#include "simdisk_inside.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

struct open_fd *
sim_fd(struct simdisk *d, int fd)
{
	assert(fd >= FD_BASE && fd < FD_BASE + FDS_MAX);
	assert(d->fds[fd - FD_BASE].used);
	return &d->fds[fd - FD_BASE];
}

struct node *
sim_node(struct simdisk *d, int fd)
{
	return &d->nodes[sim_fd(d, fd)->node];
}

static int
sim_fd_new(struct simdisk *d, int node)
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

struct simdisk *
sim_enter(void *ctx, bool changes, int *ret_fault, bool *ret_late,
	  bool *ret_short)
{
	struct simdisk *d = ctx;

	if (changes && d->hook != NULL)
		d->hook(d->hook_ctx, d);
	if (d->guard != NULL)
		d->guard(true);
	pthread_mutex_lock(&d->mutex);
	if (changes && d->late_calls > 0 && --d->late_calls == 0)
		sim_node_sync(&d->nodes[d->late_node]);
	*ret_fault = fault_of(d, ret_late, ret_short);
	if (changes && d->read_only)
		*ret_fault = -EROFS;
	return d;
}

int
sim_leave(struct simdisk *d, int result)
{
	pthread_mutex_unlock(&d->mutex);
	if (d->guard != NULL)
		d->guard(false);
	return result;
}

int
sim_start(struct simdisk *d, int at)
{
	return at == AT_FDCWD ? 0 : sim_fd(d, at)->node;
}

int
sim_open_dir(void *ctx, int at, const char *name)
{
	bool late, half;
	int fault, node;
	struct simdisk *d = sim_enter(ctx, false, &fault, &late, &half);

	if (fault < 0)
		return sim_leave(d, fault);
	node = sim_lookup(d, sim_start(d, at), name, NULL);
	if (node < 0)
		return sim_leave(d, -ENOENT);
	if (!d->nodes[node].dir)
		return sim_leave(d, -ENOTDIR);
	return sim_leave(d, sim_fd_new(d, node));
}

static void
truncate_node(struct node *n, size_t len)
{
	/* Rewritten from the start, every page is dirty again. */
	if (len == 0)
		n->stuck = false;
	if (len < sim_bytes_len(n->seen) &&
	    sim_bytes_len(n->longer) < sim_bytes_len(n->seen))
		sim_bytes_set(&n->longer, sim_bytes_ref(n->seen));
	n->seen = sim_bytes_resize(n->seen, len);
}

int
sim_open_at(struct simdisk *d, int at, const char *name, int flags, mode_t mode)
{
	char last[NAME_SIZE], path[PATH_SIZE];
	int dir = sim_lookup(d, sim_start(d, at), name, last);
	int i, node;

	if (dir < 0 || !d->nodes[dir].dir)
		return -ENOENT;
	i = sim_names_find(d->nodes[dir].names, last);
	if (i < 0) {
		struct change c = {.kind = CHANGE_LINK};

		if ((flags & O_CREAT) == 0)
			return -ENOENT;
		sim_join(path, d->nodes[dir].path, last);
		node = c.node = sim_node_new(d, false, mode, path);
		snprintf(c.name, sizeof(c.name), "%s", last);
		sim_node_change(&d->nodes[dir], &c);
		return sim_fd_new(d, node);
	}
	node = d->nodes[dir].names->entries[i].node;
	if ((flags & O_EXCL) != 0)
		return -EEXIST;
	if (d->nodes[node].dir)
		return -LEDGER_NOT_A_FILE;
	if ((flags & O_ACCMODE) != O_RDONLY &&
	    (d->nodes[node].mode & 0200) == 0)
		return -EACCES;
	if ((flags & O_ACCMODE) != O_WRONLY &&
	    (d->nodes[node].mode & 0400) == 0)
		return -EACCES;
	if ((flags & O_TRUNC) != 0)
		truncate_node(&d->nodes[node], 0);
	return sim_fd_new(d, node);
}

int
sim_open_file(void *ctx, int at, const char *name, int flags, mode_t mode)
{
	bool late, half;
	int fault, r;
	struct simdisk *d = sim_enter(ctx, (flags & (O_CREAT | O_TRUNC)) != 0,
				      &fault, &late, &half);

	if (fault < 0)
		return sim_leave(d, fault);
	r = sim_open_at(d, at, name, flags, mode);
	return sim_leave(d, r);
}

/* Closing never fails here: what it could report was lost before. */
int
sim_close(void *ctx, int fd)
{
	struct simdisk *d = ctx;

	pthread_mutex_lock(&d->mutex);
	*sim_fd(d, fd) = (struct open_fd){0};
	pthread_mutex_unlock(&d->mutex);
	return 0;
}

ssize_t
sim_pread(void *ctx, int fd, void *out, size_t len, int64_t at)
{
	bool late, half;
	int fault;
	struct simdisk *d = sim_enter(ctx, false, &fault, &late, &half);
	const struct bytes *b = sim_node(d, fd)->seen;
	size_t from = (size_t)at, n = 0;

	if (fault < 0)
		return sim_leave(d, fault);
	if (from < sim_bytes_len(b)) {
		n = sim_bytes_len(b) - from < len ? sim_bytes_len(b) - from
						  : len;
		memcpy(out, b->data + from, n);
	}
	return sim_leave(d, (int)n);
}

int64_t
sim_used_bytes(const struct simdisk *d, int node)
{
	const struct node *n = &d->nodes[node];
	int64_t sum = 0;

	if (!n->dir)
		return (int64_t)sim_bytes_len(n->seen);
	for (size_t i = 0; i < n->names->n; i++)
		sum += sim_used_bytes(d, n->names->entries[i].node);
	return sum;
}

static ssize_t
write_node(struct simdisk *d, struct node *n, const void *bytes, size_t len,
	   size_t at)
{
	size_t end = at + len, old = sim_bytes_len(n->seen);

	if (end > old &&
	    sim_used_bytes(d, 0) + (int64_t)(end - old) > d->room) {
		int64_t fits = d->room - sim_used_bytes(d, 0);

		/* As a real one: what fits, and the error the next time. */
		if (fits <= 0 || old + (size_t)fits <= at)
			return -ENOSPC;
		end = old + (size_t)fits;
		len = end - at;
	}
	n->seen = sim_bytes_resize(n->seen, end > old ? end : old);
	memcpy(n->seen->data + at, bytes, len);
	return (ssize_t)len;
}

ssize_t
sim_pwrite(void *ctx, int fd, const void *bytes, size_t len, int64_t at)
{
	bool late, half;
	int fault;
	struct simdisk *d = sim_enter(ctx, true, &fault, &late, &half);
	ssize_t r;

	if (half)
		return sim_leave(d, (int)write_node(d, sim_node(d, fd), bytes,
						    len / 2 > 0 ? len / 2 : 1,
						    (size_t)at));
	if (fault < 0 && !late)
		return sim_leave(d, fault);
	r = write_node(d, sim_node(d, fd), bytes, len, (size_t)at);
	return sim_leave(d, fault < 0 ? fault : (int)r);
}

int
sim_ftruncate(void *ctx, int fd, int64_t len)
{
	bool late, half;
	int fault;
	struct simdisk *d = sim_enter(ctx, true, &fault, &late, &half);

	if (fault < 0 && !late)
		return sim_leave(d, fault);
	truncate_node(sim_node(d, fd), (size_t)len);
	return sim_leave(d, fault);
}

/* One at a time waits. */
static void
sync_later(struct simdisk *d, int node)
{
	if (d->late_calls > 0)
		sim_node_sync(&d->nodes[d->late_node]);
	d->late_node = node;
	d->late_calls = d->nosync_late;
}

static int
sync_fd(void *ctx, int fd, const char *kind)
{
	bool late, half;
	int fault;
	struct simdisk *d = sim_enter(ctx, true, &fault, &late, &half);
	struct node *n = sim_node(d, fd);
	char sync[PATH_SIZE + 8];

	snprintf(sync, sizeof(sync), "%s %s", kind, n->path);
	if (d->trace != NULL)
		d->trace(d->trace_ctx, sync);
	/* The kernel marks the pages of a failed sync clean: the next sync
	 * succeeds and writes nothing. */
	if (fault < 0 && !late) {
		n->stuck = !n->dir;
		return sim_leave(d, fault);
	}
	if (d->nosync == NULL || fnmatch(d->nosync, sync, 0) != 0)
		sim_node_sync(n);
	else if (d->nosync_late > 0)
		sync_later(d, sim_fd(d, fd)->node);
	if (strcmp(kind, "data") != 0)
		n->mode_durable = n->mode;
	return sim_leave(d, fault);
}

/* Promises nothing, and any of the bytes may be durable without it. */
void
sim_start_sync(void *ctx, int fd)
{
}

int
sim_fdatasync(void *ctx, int fd)
{
	return sync_fd(ctx, fd, "data");
}

int
sim_fsync_file(void *ctx, int fd)
{
	return sync_fd(ctx, fd, "file");
}

int
sim_fsync_dir(void *ctx, int fd)
{
	return sync_fd(ctx, fd, "dir");
}

int
sim_fstat(void *ctx, int fd, struct ledger_stat *ret)
{
	bool late, half;
	int fault;
	struct simdisk *d = sim_enter(ctx, false, &fault, &late, &half);
	const struct node *n = sim_node(d, fd);

	if (fault < 0)
		return sim_leave(d, fault);
	*ret = (struct ledger_stat){
	    .size = (int64_t)sim_bytes_len(n->seen),
	    .mode = n->mode,
	    .uid = n->uid,
	    .directory = n->dir,
	};
	return sim_leave(d, 0);
}

int
sim_fchmod(void *ctx, int fd, mode_t mode)
{
	bool late, half;
	int fault;
	struct simdisk *d = sim_enter(ctx, true, &fault, &late, &half);

	if (fault < 0 && !late)
		return sim_leave(d, fault);
	sim_node(d, fd)->mode = mode;
	return sim_leave(d, fault);
}

int
sim_lock(void *ctx, int fd)
{
	bool late, half;
	int fault;
	struct simdisk *d = sim_enter(ctx, false, &fault, &late, &half);
	struct open_fd *ours = sim_fd(d, fd);

	if (fault < 0)
		return sim_leave(d, fault);
	for (int i = 0; i < FDS_MAX; i++) {
		if (d->fds[i].locked && d->fds[i].node == ours->node &&
		    &d->fds[i] != ours)
			return sim_leave(d, -EWOULDBLOCK);
	}
	ours->locked = true;
	return sim_leave(d, 0);
}

int
sim_pid(void *ctx)
{
	return 4711;
}

/* Of whoever has the files that nobody gave away. */
uid_t
sim_uid(void *ctx)
{
	return 0;
}

int
sim_free_bytes(void *ctx, int fd, int64_t *ret)
{
	bool late, half;
	int fault;
	struct simdisk *d = sim_enter(ctx, false, &fault, &late, &half);

	if (fault < 0)
		return sim_leave(d, fault);
	*ret = d->room - sim_used_bytes(d, 0);
	return sim_leave(d, 0);
}
