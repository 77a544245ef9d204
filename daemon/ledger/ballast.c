/* A file of 1 MiB that can be given up: when the disk is full, the results
 * of runs already begun still find room.  It is filled with random bytes,
 * because a file system that compresses would keep nothing for zeros.  It
 * carries no data, so it is never synced. */
#include "base/random.h"
#include "ledger/files.h"
#include "ledger/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

enum { BALLAST_CHUNK = 64 * 1024 };

static bool
is_whole(struct ledger *l, int fd)
{
	struct ledger_stat st;

	return l->io.fstat(l->io.ctx, fd, &st) == 0 &&
	       st.size == LEDGER_BALLAST_BYTES;
}

static int
fill(struct ledger *l, int fd)
{
	char *chunk = malloc(BALLAST_CHUNK);
	int r = chunk == NULL ? -ENOMEM : 0;

	for (int64_t at = 0; r == 0 && at < LEDGER_BALLAST_BYTES;
	     at += BALLAST_CHUNK) {
		random_bytes(chunk, BALLAST_CHUNK);
		r = files_write(&l->io, fd, chunk, BALLAST_CHUNK, at);
	}
	free(chunk);
	return r;
}

void
ballast_keep(struct ledger *l)
{
	int64_t room;
	int fd, r;

	if (l->ballast)
		return;
	fd = l->io.open_file(l->io.ctx, l->dir, LEDGER_BALLAST_NAME,
			     O_RDWR | O_CREAT, LEDGER_FILE_MODE);
	if (fd < 0)
		return;
	r = 0;
	if (!is_whole(l, fd)) {
		r = l->io.free_bytes(l->io.ctx, l->dir, &room);
		if (r == 0 && room < l->min_free_bytes + LEDGER_BALLAST_BYTES)
			r = -ENOSPC;
		if (r == 0)
			r = fill(l, fd);
	}
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
