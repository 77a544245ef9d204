/* Making and freeing disks, their settings, and what tests look at. */
#include "simdisk_inside.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
				   sim_start_sync,
				   sim_fdatasync,
				   sim_fsync_file,
				   sim_fsync_dir,
				   sim_fstat,
				   sim_mkdir,
				   sim_rename,
				   sim_unlink,
				   sim_rmdir,
				   sim_fchmod,
				   sim_lock,
				   sim_pid,
				   sim_uid,
				   sim_list,
				   sim_free_bytes};
	return d;
}

struct simdisk *
simdisk_new(void)
{
	struct simdisk *d = disk_alloc();

	sim_node_new(d, true, 0755, "/");
	return d;
}

void
simdisk_free(struct simdisk *d)
{
	if (d == NULL)
		return;
	for (int i = 0; i < d->n_nodes; i++)
		sim_node_fini(&d->nodes[i]);
	pthread_mutex_destroy(&d->mutex);
	free(d);
}

const struct ledger_io *
simdisk_io(struct simdisk *d)
{
	return &d->io;
}

/* Settings only. */
struct simdisk *
sim_like(const struct simdisk *d)
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
	struct simdisk *copy = sim_like(d);

	copy->n_nodes = d->n_nodes;
	for (int i = 0; i < d->n_nodes; i++) {
		const struct node *from = &d->nodes[i];
		struct node *n = &copy->nodes[i];

		*n = *from;
		sim_bytes_ref(n->seen);
		sim_bytes_ref(n->durable);
		sim_bytes_ref(n->longer);
		if (!n->dir)
			continue;
		n->names = sim_names_copy(from->names);
		n->names_durable = sim_names_copy(from->names_durable);
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
simdisk_set_nosync(struct simdisk *d, const char *pattern, int late)
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

void
simdisk_set_read_only(struct simdisk *d, bool on)
{
	pthread_mutex_lock(&d->mutex);
	d->read_only = on;
	pthread_mutex_unlock(&d->mutex);
}

char *
simdisk_read(const struct simdisk *d, const char *path, size_t *ret_len)
{
	int node = sim_lookup(d, 0, path, NULL);
	const struct bytes *b;
	char *copy;

	if (node < 0 || d->nodes[node].dir)
		return NULL;
	b = d->nodes[node].seen;
	copy = calloc(1, sim_bytes_len(b) + 1);
	assert(copy != NULL);
	if (b != NULL)
		memcpy(copy, b->data, b->len);
	if (ret_len != NULL)
		*ret_len = sim_bytes_len(b);
	return copy;
}

void
simdisk_make_dir(struct simdisk *d, const char *path)
{
	char last[NAME_SIZE];
	int dir = sim_lookup(d, 0, path, last);

	assert(dir >= 0);
	sim_make_dir_at(d, 0, path, 0750);
	sim_node_sync(&d->nodes[dir]);
}

void
simdisk_write(struct simdisk *d, const char *path, const void *bytes,
	      size_t len)
{
	char last[NAME_SIZE];
	int dir = sim_lookup(d, 0, path, last);
	int fd =
	    sim_open_at(d, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0640);
	struct node *n;

	assert(dir >= 0 && fd >= 0);
	n = sim_node(d, fd);
	n->seen = sim_bytes_resize(n->seen, len);
	memcpy(n->seen->data, bytes, len);
	sim_node_sync(n);
	sim_node_sync(&d->nodes[dir]);
	sim_close(d, fd);
}

void
simdisk_remove(struct simdisk *d, const char *path)
{
	char last[NAME_SIZE];
	int dir = sim_lookup(d, 0, path, last);

	assert(dir >= 0);
	sim_names_drop(d->nodes[dir].names, last);
	sim_node_sync(&d->nodes[dir]);
}

void
simdisk_chmod(struct simdisk *d, const char *path, mode_t mode)
{
	int node = sim_lookup(d, 0, path, NULL);

	assert(node >= 0);
	d->nodes[node].mode = d->nodes[node].mode_durable = mode;
}

void
simdisk_chown(struct simdisk *d, const char *path, uid_t uid)
{
	int node = sim_lookup(d, 0, path, NULL);

	assert(node >= 0);
	d->nodes[node].uid = uid;
}

int
simdisk_mode(const struct simdisk *d, const char *path)
{
	int node = sim_lookup(d, 0, path, NULL);

	return node < 0 ? -1 : (int)d->nodes[node].mode;
}

static void
each_below(const struct simdisk *d, int node, simdisk_file_fn *fn, void *ctx)
{
	const struct node *n = &d->nodes[node];

	if (!n->dir) {
		fn(ctx, n->path, n->mode,
		   n->seen == NULL ? (const void *)"" : n->seen->data,
		   sim_bytes_len(n->seen));
		return;
	}
	for (size_t i = 0; i < n->names->n; i++)
		each_below(d, n->names->entries[i].node, fn, ctx);
}

void
simdisk_each(const struct simdisk *d, const char *dir, simdisk_file_fn *fn,
	     void *ctx)
{
	int node = sim_lookup(d, 0, dir, NULL);

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
