/* A ledger on the real disk with rows of every kind, for tests of its index:
 * few names, so that questions meet rows, odd ones among them. */
#ifndef TESTS_IO_INDEX_SCENE_H
#define TESTS_IO_INDEX_SCENE_H

#include "io/disk.h"
#include "io/index.h"
#include "ledger/ledger.h"
#include "report/row_filter.h"

enum { SCENE_SEGMENT_ROWS = 16 };

struct index_scene {
	char base[4096]; /* a new folder */
	char dir[4096 + 16];
	struct ledger *ledger; /* open for writing */
	uint64_t random;
	int64_t at_us;
};

void index_scene_begin(struct index_scene *s, uint64_t seed, int segment_rows);
/* Closes the ledger, has it judged, and removes all of it. */
void index_scene_end(struct index_scene *s);

uint64_t index_scene_random(struct index_scene *s, uint64_t below);
/* Rows that are durable when it returns. */
void index_scene_append(struct index_scene *s, size_t n);
/* Any question; its texts are constant. */
struct row_filter index_scene_filter(struct index_scene *s);

/* Opened, up to date, closed; asserts that it works. */
void index_scene_build(const struct index_scene *s);
/* All that an index says, as text; malloc'd. */
char *index_scene_dump(const struct index_scene *s);
/* "DIR/NAME" in a static buffer. */
const char *index_scene_path(const struct index_scene *s, const char *name);

#endif
