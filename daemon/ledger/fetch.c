/* The segment of the row before stays open, because rows that are asked for
 * together often stand together. */
#include "ledger/fetch.h"
#include "ledger/raw.h"

#include <inttypes.h>
#include <stdlib.h>

int
fetch_open(struct fetch *f, const struct ledger_io *io, const char *dir,
	   struct err *err)
{
	int r;

	*f = (struct fetch){.fd = -1};
	f->line = malloc(ROW_LINE_MAX + 1);
	if (f->line == NULL)
		return err_set(err, ERR_NOMEM, "no memory to read %s", dir);
	r = folder_open(&f->folder, io, dir, err);
	if (r < 0)
		free(f->line);
	return r;
}

static void
close_segment(struct fetch *f)
{
	if (f->fd >= 0)
		f->folder.io->close(f->folder.io->ctx, f->fd);
	f->fd = -1;
}

void
fetch_close(struct fetch *f)
{
	close_segment(f);
	free(f->line);
	folder_close(&f->folder);
}

static int
open_segment(struct fetch *f, uint64_t seg, struct err *err)
{
	if (f->fd >= 0 && f->seg == seg)
		return 0;
	close_segment(f);
	f->fd = folder_open_segment(&f->folder, seg, err);
	f->seg = seg;
	return f->fd < 0 ? f->fd : 0;
}

static bool
is_row(const struct row_place *place, const char *line, size_t got,
       struct row_parts *parts)
{
	return got == place->len + 1 && line[place->len] == '\n' &&
	       place->len >= ROW_TRAILER_LEN &&
	       row_parse(line, place->len, parts) == 0 &&
	       parts->seq == place->seq && row_sum_matches(line, place->len);
}

int
fetch_row(struct fetch *f, const struct row_place *place, struct row *ret_row,
	  struct err *err)
{
	struct row_parts parts;
	struct digest leaf;
	size_t got = 0;
	int r;

	r = open_segment(f, place->seg, err);
	if (r < 0)
		return r;
	if (place->len <= ROW_LINE_MAX && place->off >= 0) {
		r = raw_read(f->folder.io, f->fd, f->line, place->len + 1,
			     place->off, &got);
		if (r < 0)
			return raw_error(err, r, "%s", f->folder.path);
	}
	if (!is_row(place, f->line, got, &parts))
		return err_set(err, ERR_DAMAGED,
			       "%s: row %" PRIu64 " does not stand at byte "
			       "%" PRId64 " of segment %" PRIu64,
			       f->folder.path, place->seq, place->off,
			       place->seg);
	leaf = row_leaf(f->line, place->len);
	row_from_parts(ret_row, &f->names, f->line, place->len, &parts, &leaf);
	return 0;
}
