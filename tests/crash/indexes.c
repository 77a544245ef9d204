/* SQLite knows no simulated disk, so the ledgers are looked at in the folders
 * that they were left in.  An index may be behind its ledger or ahead of it
 * after a crash, never in the middle of a transaction: what SQLite promises is
 * not tested here, but what is done with an index that it found whole. */
#include "indexes.h"

#include "io/disk.h"
#include "io/index.h"
#include "io/index_check.h"
#include "ledger/ledger.h"

#include <stdio.h>
#include <unistd.h>

enum { PATH_SIZE = 800 };

struct chain {
	char before[PATH_SIZE]; /* an index; "": none yet */
	int n;
	bool failed;
};

/* As a daemon does it (io/index_keeper.c). */
static int
bring_up(const char *dir, struct err *err)
{
	struct ledger_verdict v;
	struct index_db *index;
	int r = ledger_verify(&disk_io, dir, 0, &v, err);

	if (r == 0)
		r = index_open(&disk_io, dir, &index, err);
	if (r == ERR_DAMAGED && index_remove(dir, err) == 0)
		r = index_open(&disk_io, dir, &index, err);
	if (r < 0)
		return r;
	r = index_update(index, v.rows, NULL, NULL, NULL, err);
	index_close(index);
	return r;
}

static void
check_one(void *ctx, const char *dir)
{
	struct chain *c = ctx;
	char path[PATH_SIZE];
	struct err err = {0};
	int r;

	if (c->failed)
		return;
	snprintf(path, sizeof(path), "%s/index.sqlite", dir);
	if (c->before[0] != '\0' && rename(c->before, path) < 0)
		perror(path);
	r = bring_up(dir, &err);
	if (r == 0)
		r = index_check(dir, NULL, NULL, &err);
	if (r < 0) {
		printf("I7: %s: %s\n", dir, err.text);
		c->failed = true;
	}
	snprintf(c->before, sizeof(c->before), "%s", path);
	c->n++;
}

int
indexes_check(const struct leave *leave)
{
	struct chain c = {.n = 0};

	leave_each(leave, check_one, &c);
	return c.failed ? -1 : c.n;
}
