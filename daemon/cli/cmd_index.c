/* The index of the ledger: how far it goes, whether it says what the rows say,
 * and making it anew.
 *
 * Whoever makes it anew holds the lock of the ledger, as its owner: beside a
 * daemon, the daemon keeps it. */
#include "cli/cli.h"
#include "cli/progress.h"
#include "io/disk.h"
#include "io/index.h"
#include "io/index_check.h"
#include "io/index_reader.h"
#include "io/owner.h"
#include "ledger/ledger.h"

static const struct column columns[] = {
    {"rows", "rows", 0},     {"indexed", "in the index", 0},
    {"lag", "newer", 0},     {"bytes", "bytes", 0},
    {"opened", "opened", 0}, {"reason", "not used", 0},
};

struct state {
	uint64_t rows, indexed;
	const char *opened; /* NULL: not used */
	struct err why;
};

static void
look(const char *dir, struct state *state)
{
	struct index_reader *reader;
	struct fetch fetch;

	if (fetch_open(&fetch, &disk_io, dir, &state->why) < 0)
		return;
	if (index_reader_open(dir, &fetch, &reader, &state->why) == 0) {
		state->indexed = index_reader_rows(reader);
		state->opened = index_reader_mode(reader) == INDEX_IMMUTABLE
				    ? "immutable"
				    : "read-only";
		index_reader_close(reader);
	}
	fetch_close(&fetch);
}

static void
show_progress(void *ctx, uint64_t rows)
{
	progress_show(ctx, rows);
}

static int
compare(struct session *s, const char *dir)
{
	struct progress progress = progress_begin(s, "rows compared");
	struct err err;
	int r = index_check(dir, show_progress, &progress, &err);

	progress_end(&progress);
	/* There is nothing to compare, or it moves. */
	if (r == 0 || r == ERR_NOT_FOUND || r == ERR_BUSY)
		return CTL_OK;
	return session_fail(s, CTL_CHECK_FAILED,
			    "%s; evidencectl index --rebuild makes it anew",
			    err.text);
}

/* How far one goes that is not used is not known. */
static void
put_index(struct writer *w, const char *dir, const struct state *state)
{
	int64_t bytes = index_bytes(dir);

	if (state->opened == NULL) {
		writer_none(w);
		writer_none(w);
	} else {
		writer_int(w, (int64_t)state->indexed);
		writer_int(w, state->rows > state->indexed
				  ? (int64_t)(state->rows - state->indexed)
				  : 0);
	}
	if (bytes == 0)
		writer_none(w);
	else
		writer_int(w, bytes);
	writer_text(w, state->opened);
	writer_text(w, state->opened == NULL ? state->why.text : NULL);
}

static int
print_state(struct session *s, const char *dir)
{
	struct writer *w = &s->writer;
	struct state state = {.rows = 0};
	struct err err;
	int r = session_after_read(
	    s, ledger_count(&disk_io, dir, &state.rows, &err), &err);

	if (r != 0)
		return r;
	look(dir, &state);
	writer_card(w, "index", columns, sizeof(columns) / sizeof(columns[0]));
	writer_int(w, (int64_t)state.rows);
	put_index(w, dir, &state);
	writer_close(w);
	return compare(s, dir);
}

static int
make_anew(struct session *s, const char *dir, uint64_t rows, struct err *err)
{
	struct progress progress = progress_begin(s, "rows indexed");
	struct index_db *index;
	int r = index_remove(dir, err);

	if (r == 0)
		r = index_open(&disk_io, dir, &index, err);
	if (r < 0)
		return r;
	r = index_update(index, rows, NULL, show_progress, &progress, err);
	index_close(index);
	progress_end(&progress);
	return r;
}

static int
rebuild(struct session *s, const char *dir)
{
	struct err err;
	uint64_t rows;
	int lock, r;

	r = owner_become(dir, &err);
	if (r == 0)
		r = ledger_hold(&disk_io, dir, &lock, &rows, &err);
	if (r < 0)
		return session_fail_err(s, &err);
	r = make_anew(s, dir, rows, &err);
	disk_io.close(disk_io.ctx, lock);
	return r < 0 ? session_fail_err(s, &err) : 0;
}

int
cmd_index(struct session *s)
{
	const char *dir;
	int r = session_ledger(s, &dir);

	if (r == 0 && arguments_has(s->args, OPTION_REBUILD))
		r = rebuild(s, dir);
	return r == 0 ? print_state(s, dir) : r;
}
