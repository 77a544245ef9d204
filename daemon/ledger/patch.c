/* The order that no crash can hurt: every new segment is on the disk under a
 * name of its own; every old one is on the disk in quarantine/; then a new
 * one takes the place of an old one by rename.  Repair after a crash in
 * between finds fewer bad segments, and the copies already there. */
#include "ledger/patch.h"
#include "ledger/inside.h"
#include "ledger/raw.h"
#include "ledger/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATCH_BUFFER = 1024 * 1024, QUARANTINE_NAME_SIZE = 64, ID_DIGITS = 16 };

void
patch_init(struct patch *p, const struct folder *f)
{
	*p = (struct patch){.f = f};
}

static char *
new_name_of(uint64_t first, char out[QUARANTINE_NAME_SIZE])
{
	char name[SEGMENT_NAME_SIZE];

	snprintf(out, QUARANTINE_NAME_SIZE, "%s" LEDGER_NEW_SUFFIX,
		 segment_name(first, name));
	return out;
}

void
patch_fini(struct patch *p)
{
	char name[QUARANTINE_NAME_SIZE];

	for (size_t i = 0; i < p->n; i++)
		p->f->io->unlink(p->f->io->ctx, p->f->dir,
				 new_name_of(p->firsts[i], name));
	free(p->firsts);
	*p = (struct patch){.f = p->f};
}

static int
say(const struct patch *p, int e, const char *name, struct err *err)
{
	return raw_error(err, e, "%s/%s", p->f->path, name);
}

static int
put_rows(const struct patch *p, int fd, const struct salvage *rows,
	 uint64_t first, uint64_t end, struct err *err)
{
	struct buf text = {0};
	int64_t at = 0;
	int r = 0;

	for (uint64_t seq = first; r == 0 && seq < end; seq++) {
		r = salvage_read(rows, seq, &text, err);
		if (r < 0 || (text.len < PATCH_BUFFER && seq + 1 < end))
			continue;
		r = raw_write(p->f->io, fd, buf_text(&text), text.len, at);
		if (r < 0)
			r = say(p, r, "a new segment", err);
		at += (int64_t)text.len;
		buf_reset(&text);
	}
	buf_free(&text);
	return r;
}

static int
note_segment(struct patch *p, uint64_t first, struct err *err)
{
	uint64_t *firsts = reallocarray(p->firsts, p->n + 1, sizeof(*firsts));

	if (firsts == NULL)
		return err_set(err, ERR_NOMEM, "no memory for a segment");
	p->firsts = firsts;
	firsts[p->n++] = first;
	return 0;
}

int
patch_put(struct patch *p, const struct salvage *rows, uint64_t first,
	  uint64_t end, bool sealed, struct err *err)
{
	const struct ledger_io *io = p->f->io;
	char name[QUARANTINE_NAME_SIZE];
	int fd, r = note_segment(p, first, err);

	if (r < 0)
		return r;
	/* One that a crash left may be sealed already. */
	fd = io->unlink(io->ctx, p->f->dir, new_name_of(first, name));
	if (fd == 0 || fd == -ENOENT)
		fd = io->open_file(io->ctx, p->f->dir, name,
				   O_WRONLY | O_CREAT | O_EXCL,
				   LEDGER_FILE_MODE);
	if (fd < 0)
		return say(p, fd, name, err);
	r = put_rows(p, fd, rows, first, end, err);
	if (r == 0) {
		r = sealed ? io->fchmod(io->ctx, fd, LEDGER_SEALED_MODE) : 0;
		if (r == 0)
			r = io->fsync_file(io->ctx, fd);
		if (r < 0)
			r = say(p, r, name, err);
	}
	io->close(io->ctx, fd);
	return r;
}

/* Copies one old segment, if there is one, under its name and what it
 * holds. */
static int
keep_old(const struct patch *p, int quarantine, uint64_t first)
{
	const struct ledger_io *io = p->f->io;
	char name[SEGMENT_NAME_SIZE], kept[QUARANTINE_NAME_SIZE];
	char hex[DIGEST_HEX_LEN + 1];
	struct digest sha256;
	char *text;
	size_t len;
	int r;

	r = raw_load(io, p->f->dir, segment_name(first, name), SIZE_MAX / 2,
		     &text, &len);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	sha256 = digest_sha256(text, len);
	snprintf(kept, sizeof(kept), "%s-%.*s", name, ID_DIGITS,
		 digest_hex(&sha256, hex));
	r = raw_put(io, quarantine, kept, text, len, LEDGER_FILE_MODE);
	free(text);
	return r;
}

static int
keep_all(const struct patch *p)
{
	const struct ledger_io *io = p->f->io;
	int dir, r;

	r = io->mkdir(io->ctx, p->f->dir, LEDGER_QUARANTINE_NAME,
		      LEDGER_DIR_MODE);
	if (r < 0 && r != -EEXIST)
		return r;
	dir = io->open_dir(io->ctx, p->f->dir, LEDGER_QUARANTINE_NAME);
	if (dir < 0)
		return dir;
	r = 0;
	for (size_t i = 0; r == 0 && i < p->n; i++)
		r = keep_old(p, dir, p->firsts[i]);
	if (r == 0)
		r = io->fsync_dir(io->ctx, dir);
	io->close(io->ctx, dir);
	return r == 0 ? io->fsync_dir(io->ctx, p->f->dir) : r;
}

static int
replace_all(struct patch *p)
{
	const struct ledger_io *io = p->f->io;
	char name[SEGMENT_NAME_SIZE], new_name[QUARANTINE_NAME_SIZE];
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n; i++)
		r = io->rename(io->ctx, p->f->dir,
			       new_name_of(p->firsts[i], new_name), p->f->dir,
			       segment_name(p->firsts[i], name));
	return r;
}

int
patch_apply(struct patch *p, uint64_t sealed, struct err *err)
{
	const struct ledger_io *io = p->f->io;
	int r;

	if (p->n == 0)
		return 0;
	r = keep_all(p);
	if (r < 0)
		return say(p, r, LEDGER_QUARANTINE_NAME, err);
	r = replace_all(p);
	if (r == 0)
		r = sums_write(io, p->f->dir, &p->f->id, p->f->pruned.to,
			       sealed);
	if (r == 0)
		r = io->fsync_dir(io->ctx, p->f->dir);
	return r < 0 ? say(p, r, "new segments", err) : 0;
}
