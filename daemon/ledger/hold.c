/* What stands beside the rows is made anew by tools, while no writer runs.
 * They may say nothing of a row that a power cut could still take: all rows
 * are durable when the writer before ended well and claims so, else those
 * that the newest row knew to be. */
#include "ledger/inside.h"
#include "ledger/folder.h"
#include "ledger/raw.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct newest {
	uint64_t rows, dur;
	struct digest leaf;
};

static int
note_newest(void *ctx, const struct row *row)
{
	struct newest *n = ctx;
	struct row_parts parts;

	if (row_parse(row->line, row->line_len, &parts) < 0)
		return ERR_INVALID;
	*n = (struct newest){row->seq + 1, parts.dur, row->leaf};
	return 0;
}

/* The claim is believed when it is of the newest row. */
static uint64_t
known_durable(const struct ledger_io *io, int dir, const struct newest *n)
{
	char expected[LEDGER_LOCK_MAX + 1], *text;
	struct ledger l = {.durable = n->rows, .head = n->leaf};
	size_t len;
	bool all;

	if (raw_load(io, dir, LEDGER_LOCK_NAME, LEDGER_LOCK_MAX, &text, &len) <
	    0)
		return n->dur;
	lock_claim(&l, expected);
	all = strcmp(text, expected) == 0;
	free(text);
	return all ? n->rows : n->dur;
}

static int
find_newest(const struct ledger_io *io, const char *dir, struct newest *n,
	    struct err *err)
{
	uint64_t rows;
	int r = ledger_count(io, dir, &rows, err);

	if (r < 0)
		return r;
	*n = (struct newest){0};
	return rows == 0
		   ? 0
		   : ledger_scan(io, dir, rows - 1, rows, note_newest, n, err);
}

/* lock_test() rather than lock_take(): the claim stays what it is. */
static int
hold(struct ledger *l, struct newest *n, struct err *err)
{
	int r;

	l->lock =
	    l->io.open_file(l->io.ctx, l->dir, LEDGER_FILE_NAME, O_RDONLY, 0);
	if (l->lock < 0)
		return raw_error(err, l->lock, "%s/" LEDGER_FILE_NAME, l->path);
	r = lock_test(l, err);
	if (r == 0)
		r = find_newest(&l->io, l->path, n, err);
	if (r < 0)
		l->io.close(l->io.ctx, l->lock);
	return r;
}

int
ledger_hold(const struct ledger_io *io, const char *dir, int *ret_lock,
	    uint64_t *ret_durable, struct err *err)
{
	struct ledger l = {.io = *io, .path = (char *)(uintptr_t)dir};
	struct newest n;
	int r;

	l.dir = io->open_dir(io->ctx, FOLDER_CWD, dir);
	if (l.dir < 0)
		return raw_error(err, l.dir, "%s", dir);
	r = hold(&l, &n, err);
	if (r == 0) {
		*ret_lock = l.lock;
		*ret_durable = known_durable(io, l.dir, &n);
	}
	io->close(io->ctx, l.dir);
	return r;
}
