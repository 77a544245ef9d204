#include "cli/found.h"
#include "io/disk.h"
#include "io/index_reader.h"
#include "ledger/ledger.h"

#include <inttypes.h>
#include <stdlib.h>

static const struct row_filter any_row;

static bool
asks_nothing(const struct row_filter *q)
{
	return q->day == NULL && q->workload == NULL && q->owner == NULL &&
	       q->check == NULL && q->kind == NULL && q->kinds == NULL &&
	       q->decision == NULL && q->since.us == 0 && q->until.us == 0;
}

static bool
open_reader(struct found *f, const char *dir, const struct row_filter *filter,
	    struct index_reader **ret)
{
	*f = (struct found){.filter = filter};
	if (fetch_open(&f->fetch, &disk_io, dir, NULL) < 0)
		return false;
	if (index_reader_open(dir, &f->fetch, ret, NULL) == 0)
		return true;
	fetch_close(&f->fetch);
	return false;
}

bool
found_open(struct found *f, const char *dir, const struct row_filter *filter,
	   size_t most)
{
	struct index_reader *reader;
	int r;

	if (!open_reader(f, dir, filter, &reader))
		return false;
	f->newest = *index_reader_newest(reader);
	f->all = asks_nothing(filter);
	r = index_reader_find(reader, filter, most, &f->places, &f->n, NULL);
	index_reader_close(reader);
	if (r < 0)
		fetch_close(&f->fetch);
	return r == 0;
}

bool
found_open_seq(struct found *f, const char *dir, uint64_t seq)
{
	struct index_reader *reader;

	if (!open_reader(f, dir, &any_row, &reader))
		return false;
	f->places = malloc(sizeof(*f->places));
	if (f->places != NULL &&
	    index_reader_place(reader, seq, f->places, NULL) == 0)
		f->n = 1;
	index_reader_close(reader);
	if (f->n == 0)
		found_close(f);
	return f->n == 1;
}

void
found_close(struct found *f)
{
	free(f->places);
	f->places = NULL;
	fetch_close(&f->fetch);
}

/* Of all rows up to the newest. */
static bool
is_in_turn(const struct found *f, size_t i)
{
	return f->places[i].seq + (f->n - 1 - i) == f->newest.seq;
}

static int
pass_over(void *ctx, const struct row *row)
{
	return 0;
}

/* Then the index leads to nothing because there is nothing good; who reads the
 * rows without it is told of that. */
static bool
is_damaged(const struct found *f, uint64_t seq)
{
	return ledger_scan(&disk_io, f->fetch.folder.path, seq, seq + 1,
			   pass_over, NULL, NULL) == ERR_DAMAGED;
}

bool
found_row(struct session *s, struct found *f, size_t i, struct row *ret_row)
{
	if ((!f->all || is_in_turn(f, i)) &&
	    fetch_row(&f->fetch, &f->places[i], ret_row, NULL) == 0 &&
	    row_filter_matches(f->filter, ret_row))
		return true;
	if (is_damaged(f, f->places[i].seq))
		return false;
	session_fail(s, CTL_OK,
		     "index.sqlite leads wrongly about row %" PRIu64
		     ", so the rows were read without it; evidencectl index "
		     "--rebuild makes it anew",
		     f->places[i].seq);
	return false;
}
