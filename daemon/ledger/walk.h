/* One segment, row by row: the framing scanner behind recovery, reading and
 * verification. */
#ifndef LEDGER_WALK_H
#define LEDGER_WALK_H

#include "base/digest.h"
#include "ledger/io.h"
#include "ledger/row.h"

enum walk_depth {
	WALK_LINES,  /* line ends alone */
	WALK_FRAMES, /* framing and seq */
	WALK_SUMS,   /* and sum */
	WALK_CHAIN   /* and dur, and prev where the row before is known */
};

struct walk_row {
	const char *line; /* valid until the next call */
	size_t len;
	int64_t place;		/* where the line starts in the segment */
	struct row_parts parts; /* not with WALK_LINES */
	struct digest leaf;	/* only with WALK_CHAIN */
};

struct walk {
	/* set by walk_open(); may be read */
	uint64_t seq;  /* of the row that comes next */
	int64_t place; /* where it starts */
	bool head_known;
	struct digest head; /* leaf of the row before */
	uint64_t dur;	    /* of the row before */
	const char *why;    /* after ERR_INVALID: what is wrong with `seq` */
	bool no_line;	    /* after ERR_INVALID: no LF up to the end */
	int errno_value;    /* after ERR_IO: negative errno */
	/* May be set right after walk_open(): gets all bytes that are read; the
	 * whole segment, when walk_next() returned 0. */
	struct digest_stream *digest;
	/* private */
	const struct ledger_io *io;
	int fd;
	enum walk_depth depth;
	char *buf;
	size_t start, end;
	int64_t read_at;
	bool at_end;
};

/* The descriptor stays the caller's.  head NULL: prev of the first row is
 * not checked, unless it is row 0.  ERR_NOMEM. */
int walk_open(struct walk *w, const struct ledger_io *io, int fd,
	      enum walk_depth depth, uint64_t first, const struct digest *head);
void walk_close(struct walk *w);

/* Right after walk_open(): `seq` is the row that starts at this byte. */
void walk_skip(struct walk *w, uint64_t seq, int64_t place);

/* The segment that follows: goes on with the same seq and head. */
void walk_next_segment(struct walk *w, int fd);

/* Right behind walk_next_segment(): row `seq` starts at `place`. */
void walk_seek(struct walk *w, int64_t place);

/* 1: a row; 0: the end, with nothing behind the last LF; ERR_INVALID: what
 * stands at `place` is not row `seq`; ERR_IO. */
int walk_next(struct walk *w, struct walk_row *ret_row);

#endif
