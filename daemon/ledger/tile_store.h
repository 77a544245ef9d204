/* The tiles of a ledger on the disk: whole ones only, each written once. */
#ifndef LEDGER_TILE_STORE_H
#define LEDGER_TILE_STORE_H

#include "ledger/io.h"
#include "ledger/tile.h"
#include "ledger/tree.h"

/* A whole tile of the folder `dir`.  Negative errno; -EBADMSG: it has not its
 * length, or is no file. */
int tile_load(const struct ledger_io *io, int dir, const struct tile *t,
	      uint8_t out[TILE_BYTES]);

/* Nodes of a tree out of the whole tiles of its `size` leaves. */
struct tile_reader {
	const struct ledger_io *io;
	int dir; /* of the ledger; the caller's */
	uint64_t size;
	/* private: the tile that was read last */
	bool loaded;
	struct tile tile;
	uint8_t bytes[TILE_BYTES];
};

void tile_reader_init(struct tile_reader *r, const struct ledger_io *io,
		      int dir, uint64_t size);
/* A tree_read_fn over a struct tile_reader; the leaves of the node lie within
 * the whole tiles.  Negative errno; -EBADMSG: a tile has not its length. */
int tile_reader_node(void *reader, unsigned level, uint64_t index,
		     struct digest *ret);

enum { TILE_NEW_MAX = 16 };

/* One that is written, and neither synced nor named. */
struct tile_new {
	int fd;
	char name[TILE_PATH_SIZE];
};

/* Writes tiles one after the other.  Nothing is durable before
 * tile_writer_settle() and tile_writer_end(). */
struct tile_writer {
	const struct ledger_io *io;
	int dir; /* of the ledger; the caller's */
	/* private */
	int at; /* the directory of the newest tile, or -1 */
	char at_path[TILE_PATH_SIZE];
	char *known;
	struct tile_new new[TILE_NEW_MAX]; /* in that directory */
	size_t n_new;
};

/* known: TILE_PATH_SIZE bytes, at first "", that the writers of one process
 * share: the directory that was entered last, whose name is durable. */
void tile_writer_init(struct tile_writer *w, const struct ledger_io *io,
		      int dir, char *known);
/* Puts tile (0, index), and every tile above that it completes.  What stands
 * there already with the same bytes stays.  Negative errno. */
int tile_writer_put(struct tile_writer *w, uint64_t index,
		    const uint8_t bytes[TILE_BYTES]);
/* Whether all that stands there already, as seen. */
bool tile_writer_has(struct tile_writer *w, uint64_t index,
		     const uint8_t bytes[TILE_BYTES]);
/* Syncs what was put and gives it its name.  Negative errno: some of it may
 * have none. */
int tile_writer_settle(struct tile_writer *w);
/* Syncs the names and closes what is open; what was put and not settled is
 * given up.  Negative errno: a sync failed. */
int tile_writer_end(struct tile_writer *w);

#endif
