/* Opening and closing, and what can be asked about an open ledger. */
#include "ledger/ledger.h"
#include "ledger/raw.h"
#include "ledger/folder.h"
#include "ledger/inside.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
place_split(const char *path, struct place *ret, struct err *err)
{
	const char *slash = strrchr(path, '/');
	int n;

	if (slash == NULL)
		n = snprintf(ret->parent, sizeof(ret->parent), ".");
	else
		n = snprintf(ret->parent, sizeof(ret->parent), "%.*s",
			     slash == path ? 1 : (int)(slash - path), path);
	ret->name = slash == NULL ? path : slash + 1;
	if (n >= (int)sizeof(ret->parent) || ret->name[0] == '\0')
		return err_set(err, ERR_INVALID,
			       "\"%.200s\" is not the path of a ledger folder",
			       path);
	return 0;
}

/* What root makes in a folder of another user, that user can not use. */
static int
check_parent(const struct ledger_io *io, int parent, const struct place *place,
	     struct err *err)
{
	struct ledger_stat st;
	int r = io->fstat(io->ctx, parent, &st);

	if (r < 0)
		return raw_error(err, r, "%s", place->parent);
	if (st.uid == 0 || io->uid(io->ctx) != 0)
		return 0;
	return err_set(err, ERR_DENIED,
		       "%s belongs to uid %ju, who could not use a ledger that "
		       "root makes there; begin it as that user, as systemctl "
		       "start evidenced does",
		       place->parent, (uintmax_t)st.uid);
}

static int
create(const struct ledger_io *io, int parent, const struct place *place,
       const struct ledger_options *o, struct ledger_recovery *rec,
       struct err *err)
{
	int r = check_parent(io, parent, place, err);

	if (r < 0)
		return r;
	r = io->lock(io->ctx, parent);
	if (r == -EWOULDBLOCK)
		return err_set(err, ERR_BUSY,
			       "%s: another process is creating this ledger",
			       o->dir);
	if (r < 0)
		return raw_error(err, r, "%s: lock", place->parent);
	if (o->may_begin != NULL) {
		r = o->may_begin(o->witness_ctx, err);
		if (r < 0)
			return r;
	}
	r = create_ledger(io, parent, place->name, o, &rec->key_created, err);
	if (r == 0)
		rec->created = true;
	return r;
}

/* `fresh`: a file system on which nobody has written yet. */
static int
is_empty(const struct ledger_io *io, int dir, bool *ret, bool *ret_fresh)
{
	char *names;
	size_t n;
	int r = io->list(io->ctx, dir, &names, &n);

	if (r < 0)
		return r;
	*ret = n == 0;
	*ret_fresh = n == 1 && strcmp(names, "lost+found") == 0;
	free(names);
	return 0;
}

/* ENOENT: there is neither a folder, nor anything in it. */
static int
enter(struct ledger *l, int parent, const struct place *place, struct err *err)
{
	bool empty, fresh;
	int r;

	l->dir = l->io.open_dir(l->io.ctx, parent, place->name);
	if (l->dir == -ENOENT)
		return -ENOENT;
	if (l->dir < 0)
		return raw_error(
		    err, l->dir,
		    "%s: the ledger cannot be opened; run as its owner "
		    "(ls -ld %s)",
		    l->path, l->path);
	l->lock =
	    l->io.open_file(l->io.ctx, l->dir, LEDGER_FILE_NAME, O_RDONLY, 0);
	if (l->lock >= 0)
		return 0;
	if (l->lock != -ENOENT)
		return raw_error(err, l->lock,
				 "%s/" LEDGER_FILE_NAME
				 ": run as its owner (ls -l)",
				 l->path);
	r = is_empty(&l->io, l->dir, &empty, &fresh);
	if (r < 0)
		return raw_error(err, r, "%s", l->path);
	l->io.close(l->io.ctx, l->dir);
	l->dir = -1;
	if (empty)
		return -ENOENT;
	if (fresh)
		return refuse_place(l->path, "a mount point", err);
	return err_set(
	    err, ERR_DAMAGED,
	    "%s: the file LEDGER is missing but the folder is not empty; no "
	    "new ledger is begun over it: evidencectl repair makes LEDGER "
	    "anew out of row 0; or move the folder away",
	    l->path);
}

static int
read_identity(struct ledger *l, const struct ledger_options *o, struct err *err)
{
	struct err why;
	int r = folder_read_identity(&l->io, l->dir, l->path, &l->id, err);

	if (r < 0)
		return r;
	if (o->origin[0] != '\0' && strcmp(o->origin, l->id.origin) != 0)
		return err_set(
		    err, ERR_INVALID,
		    "%s: this is the ledger of \"%s\"; the configuration "
		    "says ledger.origin = \"%.80s\": change it, or name "
		    "another folder",
		    l->path, l->id.origin, o->origin);
	r = keys_read(l, o, &why);
	if (r == ERR_DAMAGED) {
		snprintf(l->bad_checkpoints, sizeof(l->bad_checkpoints), "%.*s",
			 (int)sizeof(l->bad_checkpoints) - 1, why.text);
		return 0;
	}
	if (r < 0 && err != NULL)
		*err = why;
	return r;
}

/* `parent` is open. */
static int
open_in(struct ledger *l, int parent, const struct place *place,
	const struct ledger_options *o, struct ledger_recovery *rec,
	struct err *err)
{
	int r = enter(l, parent, place, err);

	if (r == -ENOENT) {
		r = create(&l->io, parent, place, o, rec, err);
		if (r < 0)
			return r;
		r = enter(l, parent, place, err);
		if (r == -ENOENT)
			return err_set(err, ERR_IO, "%s: vanished", l->path);
	}
	if (r == 0)
		r = access_check(l, err);
	if (r == 0) /* it overwrites what the process before said */
		r = lock_take(l, err);
	if (r == 0)
		r = read_identity(l, o, err);
	return r < 0 ? r : recover_ledger(l, o, parent, rec, err);
}

int
ledger_open(const struct ledger_io *io, const struct ledger_options *o,
	    struct ledger **ret_ledger, struct ledger_recovery *ret_recovery,
	    struct err *err)
{
	struct ledger_recovery rec = {0};
	struct place place;
	struct ledger *l;
	int parent, r;

	r = place_split(o->dir, &place, err);
	if (r < 0)
		return r;
	l = calloc(1, sizeof(*l));
	if (l != NULL)
		l->path = calloc(1, strlen(o->dir) + 1);
	if (l == NULL || l->path == NULL) {
		free(l);
		return err_set(err, ERR_NOMEM, "no memory for the ledger");
	}
	memcpy(l->path, o->dir, strlen(o->dir));
	l->io = *io;
	l->dir = l->lock = l->seg = -1;
	l->rotated = UINT64_MAX;
	l->min_free_bytes = o->min_free_bytes;
	l->id_window = o->id_window > 0 ? (uint64_t)o->id_window
					: (uint64_t)LEDGER_ID_WINDOW;
	parent = io->open_dir(io->ctx, FOLDER_CWD, place.parent);
	if (parent < 0) {
		r = raw_error(err, parent, "%s", place.parent);
	} else {
		r = open_in(l, parent, &place, o, &rec, err);
		io->close(io->ctx, parent);
	}
	if (r < 0) {
		ledger_close(l);
		return r;
	}
	*ret_ledger = l;
	*ret_recovery = rec;
	return 0;
}

static void
close_fd(struct ledger *l, int fd)
{
	if (fd >= 0)
		l->io.close(l->io.ctx, fd);
}

void
ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	lock_tell_durable(l);
	while (l->queue.n > 0)
		queue_pop(&l->queue);
	close_fd(l, l->seg);
	close_fd(l, l->lock);
	close_fd(l, l->dir);
	window_free(l->window);
	buf_free(&l->batch.text);
	buf_free(&l->signer.note);
	buf_free(&l->checkpoint_note);
	buf_free(&l->rekey.body);
	sweep_end(&l->sweep);
	written_fini(&l->signer.written);
	explicit_bzero(l->signer.seed, sizeof(l->signer.seed));
	explicit_bzero(l->secret, sizeof(l->secret));
	free(l->path);
	free(l);
}

const struct digest *
ledger_genesis(const struct ledger *l)
{
	return &l->id.genesis;
}

const char *
ledger_origin(const struct ledger *l)
{
	return l->id.origin;
}

uint64_t
ledger_durable(const struct ledger *l)
{
	return l->durable;
}

uint64_t
ledger_kept_from(const struct ledger *l)
{
	return l->kept_from;
}

const struct digest *
ledger_head(const struct ledger *l)
{
	return &l->head;
}

struct wall_time
ledger_newest_at(const struct ledger *l)
{
	return l->newest_at;
}

size_t
ledger_queued(const struct ledger *l)
{
	return l->queue.n;
}

bool
ledger_poisoned(const struct ledger *l)
{
	return l->poisoned;
}

void
ledger_stop_signing(struct ledger *l, const char *why)
{
	if (l->unsigned_why[0] == '\0')
		snprintf(l->unsigned_why, sizeof(l->unsigned_why), "%s", why);
}

const char *
ledger_unsigned_why(const struct ledger *l)
{
	return l->unsigned_why[0] == '\0' ? NULL : l->unsigned_why;
}

void
ledger_want_checkpoint(struct ledger *l)
{
	l->want_sign = true;
}

const char *
ledger_checkpoint_note(const struct ledger *l)
{
	return buf_text(&l->checkpoint_note);
}

uint64_t
ledger_checkpoint(const struct ledger *l, struct digest *ret_root)
{
	if (ret_root != NULL)
		*ret_root = l->checkpoint_root;
	return l->checkpoint_size;
}

void
ledger_inspected(const struct ledger *l, uint64_t *ret_done, uint64_t *ret_rows)
{
	*ret_done = l->inspected;
	*ret_rows = l->to_inspect;
}

struct digest
ledger_hmac(const struct ledger *l, const void *bytes, size_t len)
{
	return digest_hmac(l->secret, sizeof(l->secret), bytes, len);
}

bool
ledger_log_unread(const struct ledger *l)
{
	return l->log_unread;
}

bool
ledger_has_room(struct ledger *l)
{
	int64_t room;

	return !l->damaged && !l->poisoned && !l->stalled && !l->log_unread &&
	       l->io.free_bytes(l->io.ctx, l->dir, &room) == 0 &&
	       room >= l->min_free_bytes;
}
