/* One process at a time writes: it holds a lock on LEDGER.  The lock is the
 * kernel's, so it ends with the process.  The file `lock` says what the lock
 * cannot: while it is held, the process id for whoever comes second; after
 * it was given back in good order, up to which row everything is durable.
 * That claim stays true for ever, so the file is never synced and may be
 * lost: without the claim the next start does more than it needs.  "damaged"
 * makes the next start read every row instead of trusting sealed ones. */
#include "ledger/inside.h"
#include "ledger/raw.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAMAGED_LINE "damaged\n"

static int
say_busy(struct ledger *l, struct err *err)
{
	char *text;
	size_t len;
	int pid;

	if (raw_load(&l->io, l->dir, LEDGER_LOCK_NAME, LEDGER_LOCK_MAX, &text,
		     &len) < 0)
		return err_set(err, ERR_BUSY,
			       "%s: another process writes this ledger",
			       l->path);
	if (sscanf(text, "pid %d\n", &pid) == 1)
		err_set(
		    err, ERR_BUSY,
		    "%s: another process writes this ledger: pid %d; stop it "
		    "first",
		    l->path, pid);
	else
		err_set(err, ERR_BUSY, "%s: another process writes this ledger",
			l->path);
	free(text);
	return ERR_BUSY;
}

static void
put_lock_text(struct ledger *l, const char *text)
{
	int fd =
	    l->io.open_file(l->io.ctx, l->dir, LEDGER_LOCK_NAME,
			    O_WRONLY | O_CREAT | O_TRUNC, LEDGER_FILE_MODE);

	if (fd < 0)
		return;
	raw_write(&l->io, fd, text, strlen(text), 0);
	l->io.close(l->io.ctx, fd);
}

static void
read_claim(struct ledger *l)
{
	char *text;
	size_t len;

	if (raw_load(&l->io, l->dir, LEDGER_LOCK_NAME, LEDGER_LOCK_MAX, &text,
		     &len) < 0)
		return;
	snprintf(l->claim, sizeof(l->claim), "%s", text);
	free(text);
}

/* Words for others: that they cannot be written stops nothing. */
static void
tell_pid(struct ledger *l)
{
	char text[LEDGER_LOCK_MAX + 1];

	snprintf(text, sizeof(text), "pid %d\n", l->io.pid(l->io.ctx));
	put_lock_text(l, text);
}

void
lock_claim(const struct ledger *l, char out[LEDGER_LOCK_MAX + 1])
{
	char hex[DIGEST_HEX_LEN + 1];

	snprintf(out, LEDGER_LOCK_MAX + 1, "durable %" PRIu64 " %s\n",
		 l->durable, digest_hex(&l->head, hex));
}

void
lock_tell_durable(struct ledger *l)
{
	char text[LEDGER_LOCK_MAX + 1];

	if (l->seg < 0 || l->poisoned || l->damaged || l->batch.open)
		return;
	/* A start that was broken off has not come to its first checkpoint,
	 * and whoever stops in good order has. */
	if (l->want_sign)
		return;
	lock_claim(l, text);
	put_lock_text(l, text);
}

void
lock_tell_damaged(struct ledger *l)
{
	char text[LEDGER_LOCK_MAX + 1];

	snprintf(text, sizeof(text), "pid %d\n" DAMAGED_LINE,
		 l->io.pid(l->io.ctx));
	put_lock_text(l, text);
}

bool
lock_claims_damage(const struct ledger *l)
{
	return strstr(l->claim, DAMAGED_LINE) != NULL;
}

int
lock_test(struct ledger *l, struct err *err)
{
	int r = l->io.lock(l->io.ctx, l->lock);

	if (r == -EWOULDBLOCK)
		return say_busy(l, err);
	if (r < 0)
		return raw_error(err, r, "%s/" LEDGER_FILE_NAME ": lock",
				 l->path);
	return 0;
}

int
lock_take(struct ledger *l, struct err *err)
{
	int r = lock_test(l, err);

	if (r < 0)
		return r;
	read_claim(l);
	tell_pid(l);
	return 0;
}
