#include "ledger/folder.h"
#include "ledger/raw.h"
#include "ledger/inside.h"
#include "ledger/segment.h"
#include "ledger/walk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int
folder_read_identity(const struct ledger_io *io, int dir, const char *path,
		     struct identity *ret_id, struct err *err)
{
	struct err why;
	char *text;
	size_t len;
	int r;

	r = raw_load(io, dir, LEDGER_FILE_NAME, LEDGER_IDENTITY_MAX, &text,
		     &len);
	if (r == -ENOENT)
		return err_set(
		    err, ERR_NOT_FOUND,
		    "%s: no ledger here (no file LEDGER); name the folder "
		    "that holds it with --ledger DIR, or, where LEDGER was "
		    "lost, run evidencectl repair",
		    path);
	if (r < 0)
		return raw_error(err, r, "%s/" LEDGER_FILE_NAME, path);
	r = identity_parse(text, len, ret_id, &why);
	free(text);
	if (r == ERR_UNSUPPORTED)
		return err_set(err, r,
			       "%s/" LEDGER_FILE_NAME
			       ": %s; install the evidenced that "
			       "wrote it, or a newer one",
			       path, why.text);
	if (r < 0)
		return err_set(err, r,
			       "%s/" LEDGER_FILE_NAME
			       ": %s; evidencectl repair makes it "
			       "anew out of row 0",
			       path, why.text);
	return 0;
}

static int
list_segments(struct folder *f, struct err *err)
{
	int r = pruned_list(f->io, f->dir, (uint64_t)f->id.segment_rows,
			    &f->firsts, &f->n, &f->pruned);

	return r < 0 ? raw_error(err, r, "%s", f->path) : 0;
}

int
folder_open(struct folder *f, const struct ledger_io *io, const char *path,
	    struct err *err)
{
	int r;

	*f = (struct folder){.io = io, .path = path};
	f->dir = io->open_dir(io->ctx, FOLDER_CWD, path);
	if (f->dir < 0)
		return raw_error(err, f->dir, "%s", path);
	r = folder_read_identity(io, f->dir, path, &f->id, err);
	if (r == ERR_INVALID) { /* to a reader, that is a damaged ledger */
		r = ERR_DAMAGED;
		if (err != NULL)
			err->code = r;
	}
	if (r == 0) {
		r = list_segments(f, err);
	}
	if (r < 0)
		io->close(io->ctx, f->dir);
	return r;
}

int
folder_relist(struct folder *f, struct err *err)
{
	uint64_t *before = f->firsts;
	int r = list_segments(f, err);

	if (r == 0)
		free(before);
	return r;
}

void
folder_close(struct folder *f)
{
	free(f->firsts);
	f->io->close(f->io->ctx, f->dir);
}

int
folder_open_segment(const struct folder *f, uint64_t first, struct err *err)
{
	char name[SEGMENT_NAME_SIZE];
	int fd;

	fd = f->io->open_file(f->io->ctx, f->dir, segment_name(first, name),
			      O_RDONLY, 0);
	if (fd < 0)
		return raw_error(err, fd, "%s/%s", f->path, name);
	return fd;
}

/* The newest row of the walk up to seq; framing only, then its sum. */
static int
walk_to(struct walk *w, uint64_t seq, struct walk_row *row)
{
	int r;

	while ((r = walk_next(w, row)) == 1) {
		if (row->parts.seq == seq)
			return row_sum_matches(row->line, row->len)
				   ? 1
				   : ERR_DAMAGED;
	}
	return r == ERR_INVALID ? ERR_DAMAGED : r;
}

static int
read_from(const struct folder *f, int fd, uint64_t first, uint64_t seq,
	  char **ret_line, size_t *ret_len)
{
	struct walk_row row;
	struct walk w;
	char *line;
	int r;

	r = walk_open(&w, f->io, fd, WALK_FRAMES, first, NULL);
	if (r < 0)
		return r;
	r = walk_to(&w, seq, &row);
	if (r == 1) {
		line = malloc(row.len + 1);
		if (line == NULL) {
			walk_close(&w);
			return ERR_NOMEM;
		}
		memcpy(line, row.line, row.len);
		line[row.len] = '\0';
		*ret_line = line;
		*ret_len = row.len;
	}
	walk_close(&w);
	return r == 0 ? ERR_NOT_FOUND : r < 0 ? r : 0;
}

int
folder_say_missing(const struct folder *f, uint64_t seq, struct err *err)
{
	return err_set(err, ERR_DAMAGED,
		       "%s: the segment of row %" PRIu64
		       " is missing; run evidencectl verify",
		       f->path, seq);
}

static int
say_unread(const struct folder *f, uint64_t seq, int r, struct err *err)
{
	if (r != ERR_NOT_FOUND && r != ERR_DAMAGED)
		return err_set(err, r, "%s: row %" PRIu64 ": %s", f->path, seq,
			       err_name(r));
	return err_set(err, ERR_DAMAGED,
		       "%s: row %" PRIu64 " is %s; run evidencectl verify",
		       f->path, seq,
		       r == ERR_NOT_FOUND ? "missing" : "not whole");
}

int
folder_read_row(const struct folder *f, uint64_t seq, char **ret_line,
		size_t *ret_len, struct err *err)
{
	uint64_t rows = (uint64_t)f->id.segment_rows;
	uint64_t first = seq / rows * rows;
	int fd, r;

	if (seq < f->pruned.to)
		return folder_say_pruned(f, seq, err);
	fd = folder_open_segment(f, first, err);
	if (fd < 0)
		return fd == ERR_NOT_FOUND ? folder_say_missing(f, seq, err)
					   : fd;
	r = read_from(f, fd, first, seq, ret_line, ret_len);
	f->io->close(f->io->ctx, fd);
	return r < 0 ? say_unread(f, seq, r, err) : 0;
}

int
folder_say_pruned(const struct folder *f, uint64_t seq, struct err *err)
{
	char *line = NULL, keep[PRUNED_KEEP_SIZE] = "unknown";
	struct row_parts parts;
	size_t len;

	if (f->pruned.seq >= f->pruned.to &&
	    folder_read_row(f, f->pruned.seq, &line, &len, NULL) == 0 &&
	    row_parse(line, len, &parts) == 0)
		pruned_keep(parts.body, parts.body_len, keep);
	free(line);
	return err_set(err, ERR_NOT_FOUND,
		       "%s: row %" PRIu64 " was pruned by row %" PRIu64
		       " (policy: keep %s): evidencectl show %" PRIu64,
		       f->path, seq, f->pruned.seq, keep, f->pruned.seq);
}
