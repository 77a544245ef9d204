/* The saved rows end one row before the newest one: the rest is always read
 * from the segments, so that the newest row's leaf comes from its line. */
#include "io/state_store.h"

#include <stdlib.h>
#include <string.h>

#define STATE_ROWS "{\"rows\":["
#define STATE_END  "]}"

enum { PROGRESS_ROWS = 65536, NEAR_ROWS = 4096 };

struct replay {
	struct view *view;
	state_progress_fn *progress;
	void *ctx;
	struct err *err;
};

static int
apply(void *ctx, const struct row *row)
{
	struct replay *replay = ctx;
	int r = view_apply(replay->view, row, replay->err);

	if (replay->progress != NULL && row->seq % PROGRESS_ROWS == 0)
		replay->progress(replay->ctx, row->seq);
	/* A row that this build cannot read is a newer daemon's. */
	return r == ERR_NOMEM ? r : 0;
}

/* A row as it stood in its segment: the fold reads its body, no more. */
static int
apply_saved_row(struct view *view, const char *line, size_t len)
{
	struct row_parts parts;
	struct row_names names;
	const struct digest leaf = {0}; /* not asked for */
	struct row row;

	if (row_parse(line, len, &parts) < 0)
		return ERR_INVALID;
	row_from_parts(&row, &names, line, len, &parts, &leaf);
	return view_apply(view, &row, NULL);
}

/* The rows stand between the brackets, a line each, with commas. */
static int
apply_saved(struct view *view, const char *json, size_t len)
{
	const size_t head = strlen(STATE_ROWS), tail = strlen(STATE_END);
	const char *p = json + head, *end = json + len - tail;
	int r = 0;

	if (len < head + tail || memcmp(json, STATE_ROWS, head) != 0 ||
	    memcmp(end, STATE_END, tail) != 0)
		return ERR_INVALID;
	while (r == 0 && p < end) {
		const char *line = p + 1;
		const char *next =
		    *p != '\n' ? NULL
			       : memchr(line, '\n', (size_t)(end - line));
		size_t n = (size_t)((next == NULL ? end : next - 1) - line);

		if (*p != '\n' || (next != NULL && next[-1] != ','))
			return ERR_INVALID;
		r = apply_saved_row(view, line, n);
		p = next == NULL ? end : next;
	}
	return r;
}

int
state_store_load(const struct ledger_io *io, const char *dir,
		 const struct ledger *l, struct view *view,
		 state_progress_fn *progress, void *ctx, struct err *err)
{
	struct replay replay = {view, progress, ctx, err};
	uint64_t from = 0;
	char *json;
	size_t len;

	if (ledger_state_load(io, dir, l, &json, &len, &from, NULL) == 0) {
		int r = apply_saved(view, json, len);

		free(json);
		if (r < 0) {
			/* Half a state is worse than none. */
			if (view_reset(view) < 0)
				return err_set(err, ERR_NOMEM, "no memory");
			from = 0;
		}
	} else {
		from = 0;
	}
	return ledger_scan(io, dir, from, UINT64_MAX, apply, &replay, err);
}

struct pick {
	const uint64_t *seqs;
	size_t n, next;
	struct buf *out;
	uint64_t bound_seq; /* whose leaf binds the state */
	struct digest leaf;
};

static int
pick_row(void *ctx, const struct row *row)
{
	struct pick *pick = ctx;

	if (row->seq == pick->bound_seq)
		pick->leaf = row->leaf;
	if (pick->next < pick->n && pick->seqs[pick->next] == row->seq) {
		buf_puts(pick->out, pick->next == 0 ? "\n" : ",\n");
		buf_add(pick->out, row->line, row->line_len);
		pick->next++;
	}
	return pick->next == pick->n && row->seq >= pick->bound_seq;
}

/* Neighbouring seqs are read in one scan. */
static int
pick_rows(const struct ledger_io *io, const char *dir, struct pick *pick,
	  struct err *err)
{
	while (pick->next < pick->n) {
		struct pick part = *pick;
		uint64_t from = pick->seqs[pick->next];
		int r;

		part.n = part.next;
		while (part.n < pick->n &&
		       pick->seqs[part.n] < from + NEAR_ROWS)
			part.n++;
		r = ledger_scan(io, dir, from, pick->seqs[part.n - 1] + 1,
				pick_row, &part, err);
		if (r < 0)
			return r;
		if (part.next != part.n)
			return err_set(err, ERR_DAMAGED,
				       "row %llu cannot be read back",
				       (unsigned long long)from);
		pick->next = part.next;
	}
	return ledger_scan(io, dir, pick->bound_seq, pick->bound_seq + 1,
			   pick_row, pick, err);
}

int
state_store_save(const struct ledger_io *io, const char *dir,
		 const struct ledger *l, const struct view *view,
		 struct err *err)
{
	struct buf json = {0};
	struct pick pick = {.out = &json};
	uint64_t *seqs;
	int r;

	if (view->rows < 2)
		return 0;
	r = view_needed(view, &seqs, &pick.n);
	if (r < 0)
		return err_set(err, r, "no memory to save the state");
	while (pick.n > 0 && seqs[pick.n - 1] >= view->rows - 1)
		pick.n--;
	pick.seqs = seqs;
	pick.bound_seq = view->rows - 2;
	buf_puts(&json, STATE_ROWS);
	r = pick_rows(io, dir, &pick, err);
	buf_puts(&json, STATE_END);
	if (r == 0 && json.failed)
		r = err_set(err, ERR_NOMEM, "no memory to save the state");
	if (r == 0)
		r = ledger_state_save(l, view->rows - 1, &pick.leaf, json.data,
				      json.len, err);
	buf_free(&json);
	free(seqs);
	return r < 0 ? r : 0;
}
