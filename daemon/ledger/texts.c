/* The texts of pages/, each named by its SHA-256.
 *
 * Rows name a text by its digest, so one that was altered is no other row's
 * text: it is nobody's.  The rows stay good without it, but what was approved
 * can no longer be read. */
#include "ledger/texts.h"
#include "ledger/folder.h"
#include "ledger/ledger.h"
#include "ledger/raw.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
each_name(const char *names, size_t n, texts_fn *fn, void *ctx)
{
	int r = 0;

	for (; r == 0 && n > 0; names += strlen(names) + 1, n--) {
		struct digest sha256;

		if (strlen(names) == DIGEST_HEX_LEN &&
		    hex_decode(names, DIGEST_LEN, sha256.bytes) == 0)
			r = fn(ctx, &sha256);
	}
	return r;
}

static int
each_below(const struct ledger_io *io, int texts, const char *name,
	   texts_fn *fn, void *ctx)
{
	char *names;
	size_t n;
	int dir, r;

	dir = io->open_dir(io->ctx, texts, name);
	if (dir < 0)
		return dir;
	r = io->list(io->ctx, dir, &names, &n);
	io->close(io->ctx, dir);
	if (r < 0)
		return r;
	r = each_name(names, n, fn, ctx);
	free(names);
	return r;
}

int
texts_each(const struct ledger_io *io, int dir, texts_fn *fn, void *ctx)
{
	const char *p;
	char *names;
	size_t n;
	int texts, r;

	texts = io->open_dir(io->ctx, dir, TEXTS_PATH);
	if (texts < 0)
		return texts == -ENOENT ? 0 : texts;
	r = io->list(io->ctx, texts, &names, &n);
	if (r == 0) {
		for (p = names; r == 0 && n > 0; p += strlen(p) + 1, n--)
			r = each_below(io, texts, p, fn, ctx);
		free(names);
	}
	io->close(io->ctx, texts);
	return r;
}

struct check {
	const struct ledger_io *io;
	const char *dir;
	texts_progress_fn *progress; /* or NULL */
	void *progress_ctx;
	uint64_t n; /* that were read */
	size_t bad;
	struct err first; /* of the first bad one */
	struct err err;	  /* of the newest text that could not be had */
};

static int
check_text(void *ctx, const struct digest *sha256)
{
	struct check *c = ctx;
	char *text;
	size_t len;
	int r = ledger_blob(c->io, c->dir, sha256, &text, &len, &c->err);

	if (r == 0) {
		free(text);
	} else if (r == ERR_DAMAGED) {
		if (c->bad++ == 0)
			c->first = c->err;
	} else if (r != ERR_NOT_FOUND) { /* a writer let that one go */
		return 1;
	}
	c->n++;
	if (c->progress != NULL)
		c->progress(c->progress_ctx, c->n);
	return 0;
}

int
texts_check(const struct ledger_io *io, const char *dir,
	    texts_progress_fn *progress, void *ctx, struct err *err)
{
	struct check c = {
	    .io = io, .dir = dir, .progress = progress, .progress_ctx = ctx};
	int fd = io->open_dir(io->ctx, FOLDER_CWD, dir), r;

	if (fd < 0)
		return raw_error(err, fd, "%s", dir);
	r = texts_each(io, fd, check_text, &c);
	io->close(io->ctx, fd);
	if (r > 0)
		return err_set(err, c.err.code, "%s", c.err.text);
	if (r < 0)
		return raw_error(err, r, "%s/" TEXTS_PATH, dir);
	if (c.bad == 1)
		return err_set(err, ERR_DAMAGED, "%s", c.first.text);
	if (c.bad > 1)
		return err_set(err, ERR_DAMAGED,
			       "%s, and so it is with %zu more", c.first.text,
			       c.bad - 1);
	return 0;
}
