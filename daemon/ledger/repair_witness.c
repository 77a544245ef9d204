/* What else speaks about a row 0 than the row after it, which whoever made the
 * row anew can make, too: the segment that follows the first one names its
 * last row; a checkpoint has the key that signed it, and a root that row 0 is
 * in. */
#include "ledger/raw.h"
#include "ledger/repair_inside.h"
#include "ledger/segment.h"
#include "ledger/walk.h"

#include <fcntl.h>
#include <stdlib.h>

/* The chain from row 0, as far as it goes. */
struct chain {
	struct tree tree;
	struct digest head;
	bool broken; /* a segment does not go on with the one before */
};

int
repair_signed_by(const struct ledger_io *io, int dir, const char *path,
		 const struct identity *id, struct checkpoint *ret,
		 struct err *err)
{
	struct notes *notes;
	int r = notes_new(id->vkey, &notes, err);

	*ret = (struct checkpoint){0};
	if (r < 0)
		return r;
	r = repair_read_notes(io, dir, path, notes, err);
	if (r == 0)
		notes_newest_signed(notes, ret);
	notes_free(notes);
	return r;
}

/* The first row is whole, whatever it goes on with. */
static bool
begins_well(const struct ledger_io *io, int fd, uint64_t first)
{
	struct walk_row row;
	struct walk w;
	bool well = walk_open(&w, io, fd, WALK_SUMS, first, NULL) == 0 &&
		    walk_next(&w, &row) == 1;

	walk_close(&w);
	return well;
}

/* Up to `size` rows, or to the first that is not good. */
static int
follow(struct chain *c, const struct ledger_io *io, int fd, uint64_t first,
       uint64_t size)
{
	struct walk_row row;
	struct walk w;
	int r = walk_open(&w, io, fd, WALK_CHAIN, first,
			  first == 0 ? NULL : &c->head);

	while (r == 0 && c->tree.size < size &&
	       (r = walk_next(&w, &row)) == 1) {
		tree_append(&c->tree, &row.leaf);
		c->head = row.leaf;
		r = 0;
	}
	walk_close(&w);
	if (r == ERR_INVALID && c->tree.size == first && first > 0)
		c->broken = begins_well(io, fd, first);
	return r == ERR_NOMEM || r == ERR_IO ? r : 0;
}

static int
follow_segments(struct chain *c, const struct ledger_io *io, int dir,
		uint64_t rows, uint64_t size)
{
	uint64_t first = 0;
	int r = 0;

	for (; r == 0 && c->tree.size == first && first < size; first += rows) {
		char name[SEGMENT_NAME_SIZE];
		int fd = io->open_file(io->ctx, dir, segment_name(first, name),
				       O_RDONLY, 0);

		if (fd < 0)
			break;
		r = follow(c, io, fd, first,
			   size < first + rows ? size : first + rows);
		io->close(io->ctx, fd);
	}
	return r;
}

int
repair_ask_chain(const struct ledger_io *io, int dir, const struct identity *id,
		 const struct checkpoint *sign, enum witness *ret,
		 struct err *err)
{
	uint64_t rows = (uint64_t)id->segment_rows;
	struct chain c = {.broken = false};
	struct digest root;
	int r;

	*ret = SILENT;
	/* Where nothing was signed, into the second segment. */
	r = follow_segments(&c, io, dir, rows,
			    sign->size > 0 ? sign->size : rows + 1);
	if (r < 0)
		return err_set(err, r, "the rows cannot be read");
	if (c.broken) {
		*ret = CONTRADICTS;
	} else if (sign->size > 0 && c.tree.size == sign->size) {
		root = tree_root(&c.tree);
		*ret = digest_equal(&root, &sign->root) ? AGREES : CONTRADICTS;
	}
	return 0;
}
