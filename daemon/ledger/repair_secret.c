/* The key of the HMAC (keys.c) when its file is lost.  The writer cannot begin
 * without one, and nobody but a backup has the old one: where the copy has none
 * either, a person who repairs decides that there is none.  One that is there
 * is left, whatever it holds; what a writer would say of it is told. */
#include "ledger/raw.h"
#include "ledger/repair_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* False: the copy has none that a writer could read. */
static bool
take_from(const struct folder *copy, struct buf *secret)
{
	uint8_t bytes[LEDGER_SECRET_LEN];
	bool good;
	char *text;
	size_t len;

	if (copy == NULL || raw_load(copy->io, copy->dir, LEDGER_SECRET_NAME,
				     LEDGER_SECRET_FILE_LEN, &text, &len) < 0)
		return false;
	good = secret_parse(text, len, bytes) == 0;
	if (good)
		buf_add(secret, text, len);
	explicit_bzero(bytes, sizeof(bytes));
	explicit_bzero(text, len);
	free(text);
	return good;
}

static int
put(const struct folder *f, const struct buf *secret)
{
	static const char new_name[] = LEDGER_SECRET_NAME LEDGER_NEW_SUFFIX;
	int e = secret->failed ? -ENOMEM
			       : raw_put(f->io, f->dir, new_name, secret->data,
					 secret->len, LEDGER_SECRET_MODE);

	if (e == 0)
		e = f->io->rename(f->io->ctx, f->dir, new_name, f->dir,
				  LEDGER_SECRET_NAME);
	return e == 0 ? f->io->fsync_dir(f->io->ctx, f->dir) : e;
}

static int
put_lost(struct repair *r, struct err *err)
{
	struct repair_result *result = &r->result;
	struct buf secret = {0};
	int e;

	result->secret_copied = take_from(r->o->copy, &secret);
	if (!result->secret_copied)
		secret_make(&secret);
	e = put(&r->f, &secret);
	secret_wipe(&secret);
	if (e < 0)
		return raw_error(err, e, "%s/" LEDGER_SECRET_NAME, r->f.path);
	result->secret_put = true;
	return 0;
}

int
repair_secret(struct repair *r, struct err *err)
{
	const struct folder *f = &r->f;
	uint8_t secret[LEDGER_SECRET_LEN];
	int fd = f->io->open_file(f->io->ctx, f->dir, LEDGER_SECRET_NAME,
				  O_RDONLY, 0);

	if (fd == -ENOENT)
		return put_lost(r, err);
	if (fd >= 0)
		f->io->close(f->io->ctx, fd);
	r->result.secret_bad =
	    secret_read(&r->lock, secret, &r->result.secret_err) < 0;
	explicit_bzero(secret, sizeof(secret));
	return 0;
}
