/* Nodes are numbered and never freed while the disk lives; node 0 is the
 * root.  Contents are shared between copies of a disk and copied when they
 * are written, so that thousands of images cost little. */
#include "simdisk_inside.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t
sim_bytes_len(const struct bytes *b)
{
	return b == NULL ? 0 : b->len;
}

struct bytes *
sim_bytes_ref(struct bytes *b)
{
	if (b != NULL)
		__atomic_add_fetch(&b->refs, 1, __ATOMIC_RELAXED);
	return b;
}

void
sim_bytes_unref(struct bytes *b)
{
	if (b != NULL && __atomic_sub_fetch(&b->refs, 1, __ATOMIC_RELAXED) == 0)
		free(b);
}

/* One's own, with another length; zeros behind the old end.  Takes the
 * reference over. */
struct bytes *
sim_bytes_resize(struct bytes *old, size_t len)
{
	size_t keep = sim_bytes_len(old) < len ? sim_bytes_len(old) : len, room;
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
	sim_bytes_unref(old);
	return b;
}

void
sim_bytes_set(struct bytes **place, struct bytes *value)
{
	sim_bytes_unref(*place);
	*place = value;
}

int
sim_names_find(const struct names *n, const char *name)
{
	for (size_t i = 0; i < n->n; i++) {
		if (strcmp(n->entries[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

void
sim_names_drop(struct names *n, const char *name)
{
	int i = sim_names_find(n, name);

	if (i >= 0)
		n->entries[i] = n->entries[--n->n];
}

static void
names_put(struct names *n, const char *name, int node)
{
	sim_names_drop(n, name);
	assert(n->n < ENTRIES_MAX);
	snprintf(n->entries[n->n].name, NAME_SIZE, "%s", name);
	n->entries[n->n++].node = node;
}

void
sim_names_apply(struct names *n, const struct change *c)
{
	switch (c->kind) {
	case CHANGE_LINK:
		names_put(n, c->name, c->node);
		break;
	case CHANGE_UNLINK:
		sim_names_drop(n, c->name);
		break;
	case CHANGE_RENAME:
		sim_names_drop(n, c->name);
		names_put(n, c->to, c->node);
		break;
	}
}

struct names *
sim_names_copy(const struct names *n)
{
	struct names *copy = malloc(sizeof(*copy));

	assert(copy != NULL);
	*copy = *n;
	return copy;
}

int
sim_node_new(struct simdisk *d, bool dir, mode_t mode, const char *path)
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

void
sim_node_change(struct node *dir, const struct change *c)
{
	dir->changes =
	    realloc(dir->changes, (dir->n_changes + 1) * sizeof(*dir->changes));
	assert(dir->changes != NULL);
	dir->changes[dir->n_changes++] = *c;
	sim_names_apply(dir->names, c);
}

void
sim_node_sync(struct node *n)
{
	if (n->dir) {
		*n->names_durable = *n->names;
		n->n_changes = 0;
		return;
	}
	if (n->stuck)
		return;
	sim_bytes_set(&n->durable, sim_bytes_ref(n->seen));
	sim_bytes_set(&n->longer, NULL);
}

void
sim_node_fini(struct node *n)
{
	sim_bytes_unref(n->seen);
	sim_bytes_unref(n->durable);
	sim_bytes_unref(n->longer);
	free(n->names);
	free(n->names_durable);
	free(n->changes);
}

void
sim_join(char out[PATH_SIZE], const char *dir, const char *name)
{
	int n = snprintf(out, PATH_SIZE, "%s/%s",
			 strcmp(dir, "/") == 0 ? "" : dir, name);

	assert(n < PATH_SIZE);
}

/* Walks a path from a directory; -1 when something is missing.  ret_last:
 * the last component, whose directory is returned instead. */
int
sim_lookup(const struct simdisk *d, int from, const char *path,
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
		i = sim_names_find(d->nodes[at].names, name);
		if (i < 0)
			return -1;
		at = d->nodes[at].names->entries[i].node;
	}
	return at;
}
