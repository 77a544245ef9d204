/* The calls that change and list names. */
#include "simdisk_inside.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
sim_make_dir_at(struct simdisk *d, int at, const char *name, mode_t mode)
{
	char last[NAME_SIZE], path[PATH_SIZE];
	int dir = sim_lookup(d, at, name, last);
	struct change c = {.kind = CHANGE_LINK};

	if (dir < 0)
		return -ENOENT;
	if (sim_names_find(d->nodes[dir].names, last) >= 0)
		return -EEXIST;
	sim_join(path, d->nodes[dir].path, last);
	c.node = sim_node_new(d, true, mode, path);
	snprintf(c.name, sizeof(c.name), "%s", last);
	sim_node_change(&d->nodes[dir], &c);
	return 0;
}

int
sim_mkdir(void *ctx, int at, const char *name, mode_t mode)
{
	bool late, half;
	int fault, r;
	struct simdisk *d = sim_enter(ctx, true, &fault, &late, &half);

	if (fault < 0 && !late)
		return sim_leave(d, fault);
	r = sim_make_dir_at(d, sim_start(d, at), name, mode);
	return sim_leave(d, fault < 0 ? fault : r);
}

static void
move_paths(struct simdisk *d, int node, const char *path)
{
	struct node *n = &d->nodes[node];

	snprintf(n->path, sizeof(n->path), "%s", path);
	for (size_t i = 0; n->dir && i < n->names->n; i++) {
		char below[PATH_SIZE];

		sim_join(below, path, n->names->entries[i].name);
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
	int i = sim_names_find(names, from), j = sim_names_find(names, to);

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
	sim_node_change(&d->nodes[dir], &c);
	sim_join(path, d->nodes[dir].path, to);
	move_paths(d, c.node, path);
	return 0;
}

int
sim_rename(void *ctx, int at, const char *from, int to_at, const char *to)
{
	bool late, half;
	int fault, r;
	struct simdisk *d = sim_enter(ctx, true, &fault, &late, &half);

	assert(sim_start(d, at) == sim_start(d, to_at));
	if (fault < 0 && !late)
		return sim_leave(d, fault);
	r = rename_in(d, sim_start(d, at), from, to);
	return sim_leave(d, fault < 0 ? fault : r);
}

static int
unlink_in(struct simdisk *d, int dir, const char *name)
{
	struct change c = {.kind = CHANGE_UNLINK};
	int i = sim_names_find(d->nodes[dir].names, name);

	if (i < 0)
		return -ENOENT;
	if (d->nodes[d->nodes[dir].names->entries[i].node].dir)
		return -EISDIR;
	snprintf(c.name, sizeof(c.name), "%s", name);
	sim_node_change(&d->nodes[dir], &c);
	return 0;
}

int
sim_unlink(void *ctx, int at, const char *name)
{
	bool late, half;
	int fault, r;
	struct simdisk *d = sim_enter(ctx, true, &fault, &late, &half);

	if (fault < 0 && !late)
		return sim_leave(d, fault);
	r = unlink_in(d, sim_start(d, at), name);
	return sim_leave(d, fault < 0 ? fault : r);
}

static int
rmdir_in(struct simdisk *d, int dir, const char *name)
{
	struct change c = {.kind = CHANGE_UNLINK};
	int i = sim_names_find(d->nodes[dir].names, name);
	const struct node *n;

	if (i < 0)
		return -ENOENT;
	n = &d->nodes[d->nodes[dir].names->entries[i].node];
	if (!n->dir)
		return -ENOTDIR;
	if (n->names->n > 0)
		return -ENOTEMPTY;
	snprintf(c.name, sizeof(c.name), "%s", name);
	sim_node_change(&d->nodes[dir], &c);
	return 0;
}

int
sim_rmdir(void *ctx, int at, const char *name)
{
	bool late, half;
	int fault, r;
	struct simdisk *d = sim_enter(ctx, true, &fault, &late, &half);

	if (fault < 0 && !late)
		return sim_leave(d, fault);
	r = rmdir_in(d, sim_start(d, at), name);
	return sim_leave(d, fault < 0 ? fault : r);
}

int
sim_list(void *ctx, int fd, char **ret_names, size_t *ret_n)
{
	bool late, half;
	int fault;
	struct simdisk *d = sim_enter(ctx, false, &fault, &late, &half);
	const struct names *names = sim_node(d, fd)->names;
	char *out, *p;

	if (fault < 0)
		return sim_leave(d, fault);
	out = p = calloc(names->n + 1, NAME_SIZE);
	if (out == NULL)
		return sim_leave(d, -ENOMEM);
	/* From the end: the order is nobody's to rely on. */
	for (size_t i = names->n; i > 0; i--)
		p = stpcpy(p, names->entries[i - 1].name) + 1;
	*ret_names = out;
	*ret_n = names->n;
	return sim_leave(d, 0);
}
