/* A file of 1 MiB that can be given up: when the disk is full, the results
 * of runs already begun still find room.  It is filled with random bytes,
 * because a file system that compresses would keep nothing for zeros.  It
 * carries no data, so it is never synced. */
#include "base/random.h"
#include "ledger/raw.h"
#include "ledger/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

enum { BALLAST_CHUNK = 64 * 1024 };

static bool
is_there(struct ledger *l)
{
	struct ledger_stat st;
	bool whole;
	int fd;

	fd = l->io.open_file(l->io.ctx, l->dir, LEDGER_BALLAST_NAME, O_RDONLY,
			     0);
	if (fd < 0)
		return false;
	whole = l->io.fstat(l->io.ctx, fd, &st) == 0 &&
		st.size == LEDGER_BALLAST_BYTES;
	l->io.close(l->io.ctx, fd);
	return whole;
}

static bool
has_room(struct ledger *l)
{
	int64_t room;

	return l->io.free_bytes(l->io.ctx, l->dir, &room) == 0 &&
	       room - LEDGER_BALLAST_BYTES >= l->min_free_bytes;
}

static int
fill(struct ledger *l, int fd)
{
	char *chunk = malloc(BALLAST_CHUNK);
	int r = chunk == NULL ? -ENOMEM : 0;

	for (int64_t at = 0; r == 0 && at < LEDGER_BALLAST_BYTES;
	     at += BALLAST_CHUNK) {
		random_bytes(chunk, BALLAST_CHUNK);
		r = raw_write(&l->io, fd, chunk, BALLAST_CHUNK, at);
	}
	free(chunk);
	return r;
}

void
ballast_keep(struct ledger *l)
{
	int fd, r;

	if (!l->ballast)
		l->ballast = is_there(l);
	if (l->ballast || !has_room(l))
		return;
	fd = l->io.open_file(l->io.ctx, l->dir, LEDGER_BALLAST_NAME,
			     O_WRONLY | O_CREAT | O_TRUNC, LEDGER_FILE_MODE);
	if (fd < 0)
		return;
	r = fill(l, fd);
	l->io.close(l->io.ctx, fd);
	l->ballast = r == 0;
	if (r < 0)
		l->io.unlink(l->io.ctx, l->dir, LEDGER_BALLAST_NAME);
}

bool
ballast_drop(struct ledger *l)
{
	if (!l->ballast)
		return false;
	l->ballast = false;
	return l->io.unlink(l->io.ctx, l->dir, LEDGER_BALLAST_NAME) == 0;
}
