/* The key of the HMAC (keys.c) when its file is lost.  The writer cannot begin
 * without one, and nobody but a backup has the old one: a person who repairs
 * decides that there is none.  One that is there is left, whatever it holds. */
#include "ledger/raw.h"
#include "ledger/repair_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static int
put(const struct folder *f)
{
	static const char new_name[] = LEDGER_SECRET_NAME LEDGER_NEW_SUFFIX;
	struct buf secret = {0};
	int e;

	secret_make(&secret);
	e = secret.failed ? -ENOMEM
			  : raw_put(f->io, f->dir, new_name, secret.data,
				    secret.len, LEDGER_SECRET_MODE);
	if (e == 0)
		e = f->io->rename(f->io->ctx, f->dir, new_name, f->dir,
				  LEDGER_SECRET_NAME);
	secret_wipe(&secret);
	return e == 0 ? f->io->fsync_dir(f->io->ctx, f->dir) : e;
}

int
repair_secret(struct repair *r, struct err *err)
{
	const struct folder *f = &r->f;
	int fd = f->io->open_file(f->io->ctx, f->dir, LEDGER_SECRET_NAME,
				  O_RDONLY, 0);
	int e;

	if (fd != -ENOENT) {
		if (fd >= 0)
			f->io->close(f->io->ctx, fd);
		return 0;
	}
	e = put(f);
	if (e < 0)
		return raw_error(err, e, "%s/" LEDGER_SECRET_NAME, f->path);
	r->result.secret_put = true;
	return 0;
}
