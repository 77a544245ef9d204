/* LEDGER repeats row 0, so either can be made of the other.  Which of two that
 * contradict is right, others know: the tile of row 0, row 1, whose prev is its
 * leaf, the segments behind, and whoever signed the checkpoints.  A LEDGER
 * whose key signed them is replaced only where the rows from row 0 on, under
 * the same key, have the root that was signed. */
#include "ledger/inside.h"
#include "ledger/raw.h"
#include "ledger/repair_inside.h"
#include "ledger/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES = 2 * (ROW_LINE_MAX + 1) };

struct label {
	const struct ledger_io *io;
	const char *path;
	int dir;
	bool have_row; /* row 0 is there, and whole */
	struct identity row;
	bool have_file; /* LEDGER can be read */
	struct identity file;
	enum witness witness; /* of row 0 */
	enum witness chain;   /* of row 0, by what follows and was signed */
	bool row_signed, file_signed;
	struct err file_why;
};

static enum witness
compare(const struct digest *a, const struct digest *b)
{
	return digest_equal(a, b) ? AGREES : CONTRADICTS;
}

/* Row 1, if the bytes go on with it. */
static enum witness
ask_next_row(const struct label *l, const char *bytes, size_t len)
{
	const char *lf = memchr(bytes, '\n', len);
	struct row_parts parts;
	struct digest prev;

	if (lf == NULL || row_parse(bytes, (size_t)(lf - bytes), &parts) < 0 ||
	    !row_sum_matches(bytes, (size_t)(lf - bytes)) || parts.seq != 1 ||
	    hex_decode(parts.prev, DIGEST_LEN, prev.bytes) < 0)
		return SILENT;
	return compare(&prev, &l->row.genesis);
}

static void
take_row(struct label *l, const char *bytes, size_t len)
{
	const char *lf = memchr(bytes, '\n', len);
	struct digest leaf;

	if (lf == NULL ||
	    identity_of_genesis(bytes, (size_t)(lf - bytes), &l->row, NULL) < 0)
		return;
	l->have_row = true;
	if (pruned_leaf(l->io, l->dir, 0, &leaf) == 0)
		l->witness = compare(&leaf, &l->row.genesis);
	else
		l->witness =
		    ask_next_row(l, lf + 1, len - (size_t)(lf + 1 - bytes));
}

/* Row 0 where it stands, or where it is kept by itself. */
static int
read_row(struct label *l, struct err *err)
{
	char name[SEGMENT_NAME_SIZE], *bytes = malloc(HEAD_BYTES);
	size_t len = 0;
	int fd, r = 0;

	if (bytes == NULL)
		return err_set(err, ERR_NOMEM, "no memory to read row 0");
	fd = l->io->open_file(l->io->ctx, l->dir, segment_name(0, name),
			      O_RDONLY, 0);
	if (fd == -ENOENT)
		fd = l->io->open_file(l->io->ctx, l->dir, LEDGER_REMNANT_NAME,
				      O_RDONLY, 0);
	if (fd >= 0) {
		r = raw_read(l->io, fd, bytes, HEAD_BYTES, 0, &len);
		l->io->close(l->io->ctx, fd);
	} else if (fd != -ENOENT) {
		r = fd;
	}
	if (r == 0)
		take_row(l, bytes, len);
	free(bytes);
	return r < 0 ? raw_error(err, r, "%s: row 0", l->path) : 0;
}

/* An error only where nothing may be done about it. */
static int
read_file(struct label *l, struct err *err)
{
	int r = folder_read_identity(l->io, l->dir, l->path, &l->file,
				     &l->file_why);

	l->have_file = r == 0;
	if (r == 0 || r == ERR_NOT_FOUND || r == ERR_INVALID)
		return 0;
	if (err != NULL)
		*err = l->file_why;
	return r;
}

static bool
is_same(const struct identity *a, const struct identity *b)
{
	return digest_equal(&a->genesis, &b->genesis) &&
	       strcmp(a->origin, b->origin) == 0 &&
	       strcmp(a->vkey, b->vkey) == 0 &&
	       a->segment_rows == b->segment_rows;
}

static int
say_nothing_left(const struct label *l, struct err *err)
{
	return err_set(
	    err, ERR_DAMAGED,
	    "%s: LEDGER is missing or damaged, and so is row 0: take "
	    "LEDGER from any copy of this ledger, or make the "
	    "ledger again with evidencectl restore --from-journal",
	    l->path);
}

static int
say_two_ledgers(const struct label *l, struct err *err)
{
	return err_set(err, ERR_DAMAGED,
		       "%s: LEDGER and row 0 are of two ledgers, and nothing "
		       "tells which is right: compare them with a copy",
		       l->path);
}

/* LEDGER cannot be read. */
static int
decide_alone(const struct label *l, struct identity *ret, struct err *err)
{
	if (!l->have_row || l->witness == CONTRADICTS ||
	    l->chain == CONTRADICTS)
		return say_nothing_left(l, err);
	*ret = l->row;
	return 1;
}

/* The two are of two ledgers, and the key of LEDGER signed checkpoints. */
static int
decide_signed(const struct label *l, struct identity *ret, struct err *err)
{
	bool same_key = strcmp(l->row.vkey, l->file.vkey) == 0;

	if (same_key && l->chain == AGREES) {
		*ret = l->row;
		return 1;
	}
	if (!l->row_signed || l->chain == CONTRADICTS ||
	    l->witness == CONTRADICTS)
		return 0;
	return say_two_ledgers(l, err);
}

static int
decide(const struct label *l, struct identity *ret, struct err *err)
{
	if (!l->have_file)
		return decide_alone(l, ret, err);
	*ret = l->file;
	if (!l->have_row || is_same(&l->row, &l->file))
		return 0;
	if (digest_equal(&l->row.genesis, &l->file.genesis)) {
		*ret = l->row;
		return 1;
	}
	if (l->file_signed)
		return decide_signed(l, ret, err);
	if (l->witness == CONTRADICTS || l->chain == CONTRADICTS)
		return 0;
	if (l->witness == SILENT && l->chain == SILENT)
		return say_two_ledgers(l, err);
	*ret = l->row;
	return 1;
}

/* Only where LEDGER does not say what row 0 says. */
static int
hear_others(struct label *l, struct err *err)
{
	struct checkpoint sign;
	int r = 0;

	if (!l->have_row || (l->have_file && is_same(&l->row, &l->file)))
		return 0;
	if (l->have_file)
		r = repair_signed_by(l->io, l->dir, l->path, &l->file, &sign,
				     err);
	if (r == 0 && l->have_file)
		l->file_signed = sign.size > 0;
	if (r == 0)
		r = repair_signed_by(l->io, l->dir, l->path, &l->row, &sign,
				     err);
	if (r < 0)
		return r;
	l->row_signed = sign.size > 0;
	return repair_ask_chain(l->io, l->dir, &l->row, &sign, &l->chain, err);
}

/* A folder of something else, whose name was mistyped. */
static int
check_any(const struct label *l, struct err *err)
{
	uint64_t *firsts;
	size_t n;
	int r;

	if (l->have_row || l->have_file || l->file_why.code != ERR_NOT_FOUND)
		return 0;
	r = segment_list(l->io, l->dir, &firsts, &n);
	if (r < 0)
		return raw_error(err, r, "%s", l->path);
	free(firsts);
	if (n == 0 && err != NULL)
		*err = l->file_why;
	return n == 0 ? ERR_NOT_FOUND : 0;
}

int
repair_find_identity(const struct ledger_io *io, const char *path,
		     struct identity *ret_id, struct err *err)
{
	struct label l = {.io = io, .path = path};
	int r;

	l.dir = io->open_dir(io->ctx, FOLDER_CWD, path);
	if (l.dir < 0)
		return raw_error(err, l.dir, "%s", path);
	r = read_file(&l, err);
	if (r == 0)
		r = read_row(&l, err);
	if (r == 0)
		r = check_any(&l, err);
	if (r == 0)
		r = hear_others(&l, err);
	if (r == 0)
		r = decide(&l, ret_id, err);
	if (r == 1 && !l.row_signed)
		r = 2;
	io->close(io->ctx, l.dir);
	return r;
}

static int
put_in_quarantine(const struct ledger_io *io, int dir, const char *name,
		  const char *text, size_t len)
{
	int quarantine, r;

	r = io->mkdir(io->ctx, dir, LEDGER_QUARANTINE_NAME, LEDGER_DIR_MODE);
	if (r < 0 && r != -EEXIST)
		return r;
	quarantine = io->open_dir(io->ctx, dir, LEDGER_QUARANTINE_NAME);
	if (quarantine < 0)
		return quarantine;
	r = raw_put(io, quarantine, name, text, len, LEDGER_FILE_MODE);
	if (r == 0)
		r = io->fsync_dir(io->ctx, quarantine);
	io->close(io->ctx, quarantine);
	/* Its own name, too, before the old file loses its. */
	return r == 0 ? io->fsync_dir(io->ctx, dir) : r;
}

int
repair_keep_old(const struct ledger_io *io, int dir, const char *name)
{
	char hex[DIGEST_HEX_LEN + 1], kept[TILE_PATH_SIZE + 20];
	struct digest sha256;
	char *text;
	size_t len;
	int r;

	r = raw_load(io, dir, name, SIZE_MAX / 2, &text, &len);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	sha256 = digest_sha256(text, len);
	snprintf(kept, sizeof(kept), "%s-%.16s", name,
		 digest_hex(&sha256, hex));
	for (char *p = kept; *p != '\0'; p++)
		*p = *p == '/' ? '-' : *p;
	r = put_in_quarantine(io, dir, kept, text, len);
	free(text);
	return r;
}

static int
put(const struct ledger_io *io, int dir, const struct identity *id)
{
	static const char new_name[] = LEDGER_FILE_NAME LEDGER_NEW_SUFFIX;
	struct buf line = {0};
	int r = repair_keep_old(io, dir, LEDGER_FILE_NAME);

	identity_render(&line, id);
	if (r == 0)
		r = line.failed ? -ENOMEM
				: raw_put(io, dir, new_name, line.data,
					  line.len, LEDGER_FILE_MODE);
	if (r == 0)
		r = io->rename(io->ctx, dir, new_name, dir, LEDGER_FILE_NAME);
	if (r == 0)
		r = io->fsync_dir(io->ctx, dir);
	buf_free(&line);
	return r;
}

int
repair_put_identity(const struct ledger_io *io, const char *path,
		    const struct identity *id, struct err *err)
{
	struct ledger l = {.io = *io, .path = (char *)(uintptr_t)path};
	int r = 0;

	l.dir = io->open_dir(io->ctx, FOLDER_CWD, path);
	if (l.dir < 0)
		return raw_error(err, l.dir, "%s", path);
	l.lock = io->open_file(io->ctx, l.dir, LEDGER_FILE_NAME, O_RDONLY, 0);
	if (l.lock >= 0)
		r = lock_test(&l, err);
	if (r == 0) {
		r = put(io, l.dir, id);
		if (r < 0)
			r = raw_error(err, r, "%s/" LEDGER_FILE_NAME, path);
	}
	if (l.lock >= 0)
		io->close(io->ctx, l.lock);
	io->close(io->ctx, l.dir);
	return r;
}
