/* Texts by digest: pages/sha256/ab/<hex>.
 *
 * A blob is durable before any byte of the row that rests on it is written:
 * otherwise a crash could leave a row whose text is missing.  The file is
 * synced under another name and renamed, so the name never stands for a part
 * of the text.  A directory whose making this process has not synced may be
 * a dead process's, known to the cache and not to the disk: its parent is
 * synced once. */
#include "ledger/raw.h"
#include "ledger/folder.h"
#include "ledger/inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
sync_dir(struct ledger *l, int dir, const char *name)
{
	int r = l->io.fsync_dir(l->io.ctx, dir);

	if (r < 0)
		return err_set_errno(
		    &l->batch.err, ERR_POISONED, -r,
		    "%s/pages: sync of the directory of %s failed", l->path,
		    name);
	return 0;
}

/* Opens name in parent; makes it, durably, unless it is known to be. */
static int
enter(struct ledger *l, int parent, const char *name, bool known, int *ret_dir)
{
	int fd, r;

	if (!known) {
		r = l->io.mkdir(l->io.ctx, parent, name, LEDGER_DIR_MODE);
		if (r < 0 && r != -EEXIST)
			return raw_error(&l->batch.err, r, "%s/pages: %s",
					 l->path, name);
		r = sync_dir(l, parent, name);
		if (r < 0)
			return r;
	}
	fd = l->io.open_dir(l->io.ctx, parent, name);
	if (fd < 0)
		return raw_error(&l->batch.err, fd, "%s/pages: %s", l->path,
				 name);
	*ret_dir = fd;
	return 0;
}

static bool
is_kept(struct ledger *l, int dir, const char *hex, const struct row_blob *blob)
{
	char *text;
	size_t len;
	bool same;

	if (raw_load(&l->io, dir, hex, blob->len, &text, &len) < 0)
		return false;
	same = len == blob->len && memcmp(text, blob->text, len) == 0;
	free(text);
	return same;
}

static int
put_in(struct ledger *l, int dir, const char *hex, const struct row_blob *blob)
{
	char new_name[DIGEST_HEX_LEN + sizeof(LEDGER_NEW_SUFFIX)];
	int r = 0;

	if (!is_kept(l, dir, hex, blob)) {
		snprintf(new_name, sizeof(new_name), "%s" LEDGER_NEW_SUFFIX,
			 hex);
		r = raw_put(&l->io, dir, new_name, blob->text, blob->len,
			    LEDGER_FILE_MODE);
		if (r == 0)
			r = l->io.rename(l->io.ctx, dir, new_name, dir, hex);
	}
	if (r < 0)
		return raw_error(&l->batch.err, r, "%s/pages: %s", l->path,
				 hex);
	return sync_dir(l, dir, hex);
}

static int
put_below(struct ledger *l, int sha256, const struct row_blob *blob)
{
	uint8_t byte = blob->sha256.bytes[0], bit = (uint8_t)(1 << byte % 8);
	uint8_t *known = &l->blob_dirs.known[byte / 8];
	char hex[DIGEST_HEX_LEN + 1], ab[3];
	int dir, r;

	digest_hex(&blob->sha256, hex);
	snprintf(ab, sizeof(ab), "%.2s", hex);
	r = enter(l, sha256, ab, (*known & bit) != 0, &dir);
	if (r < 0)
		return r;
	*known |= bit;
	r = put_in(l, dir, hex, blob);
	l->io.close(l->io.ctx, dir);
	return r;
}

static int
put_below_pages(struct ledger *l, int pages, const struct row_blob *blob)
{
	int sha256, r;

	r = enter(l, pages, "sha256", l->blob_dirs.root, &sha256);
	if (r < 0)
		return r;
	l->blob_dirs.root = true;
	r = put_below(l, sha256, blob);
	l->io.close(l->io.ctx, sha256);
	return r;
}

static int
put(struct ledger *l, const struct row_blob *blob)
{
	int pages, r;

	r = enter(l, l->dir, "pages", l->blob_dirs.root, &pages);
	if (r < 0)
		return r;
	r = put_below_pages(l, pages, blob);
	l->io.close(l->io.ctx, pages);
	return r;
}

int
blob_put(struct ledger *l, const struct row_blob *blob)
{
	int r = put(l, blob);

	/* Somebody may have removed a directory: make it the next time. */
	if (r < 0)
		l->blob_dirs = (struct blob_dirs){0};
	return r;
}

int
ledger_blob(const struct ledger_io *io, const char *dir,
	    const struct digest *sha256, char **ret_text, size_t *ret_len,
	    struct err *err)
{
	char hex[DIGEST_HEX_LEN + 1], name[96], *text;
	struct digest found;
	size_t len;
	int fd, r;

	fd = io->open_dir(io->ctx, FOLDER_CWD, dir);
	if (fd < 0)
		return raw_error(err, fd, "%s", dir);
	digest_hex(sha256, hex);
	snprintf(name, sizeof(name), "pages/sha256/%.2s/%s", hex, hex);
	r = raw_load(io, fd, name, LEDGER_BLOB_MAX, &text, &len);
	io->close(io->ctx, fd);
	/* What no kept row names goes with the rows; this one is asked for by
	 * a row. */
	if (r == -ENOENT)
		return err_set(err, ERR_NOT_FOUND,
			       "%s/%s: the text was erased by hand, no row let "
			       "it go; the rows keep its digest",
			       dir, name);
	if (r < 0)
		return raw_error(err, r, "%s/%s", dir, name);
	found = digest_sha256(text, len);
	if (!digest_equal(&found, sha256)) {
		free(text);
		return err_set(
		    err, ERR_DAMAGED,
		    "%s/%s: the text does not have the digest that names it",
		    dir, name);
	}
	*ret_text = text;
	*ret_len = len;
	return 0;
}
