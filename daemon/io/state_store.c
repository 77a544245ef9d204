/* The saved rows end one row before the newest one: the rest is always read
 * from the segments, so that the newest row's leaf comes from its line. */
#include "io/state_store.h"

#include "base/json.h"
#include "ledger/ledger.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

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

static int
apply_saved_row(struct view *view, struct json_object *saved)
{
	struct json_object *body = json_get(saved, "body");
	struct row row = {
	    .seq = (uint64_t)json_get_int(saved, "seq", 0),
	    .id = json_get_string(saved, "id", ""),
	    .kind = json_get_string(saved, "kind", ""),
	};

	if (body == NULL ||
	    wall_parse(json_get_string(saved, "at", ""), &row.at) < 0)
		return ERR_INVALID;
	row.body = json_object_to_json_string_ext(
	    body, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	row.body_len = strlen(row.body);
	row.line = row.body;
	row.line_len = row.body_len;
	return view_apply(view, &row, NULL);
}

static int
apply_saved(struct view *view, const char *json, size_t len)
{
	struct json_limits limits = JSON_FOREIGN_LIMITS;
	struct json_object *state, *rows;
	int r;

	limits.elements = SIZE_MAX;
	r = json_parse(json, len, &limits, &state, NULL);
	if (r < 0)
		return r;
	rows = json_get(state, "rows");
	if (!json_object_is_type(rows, json_type_array))
		r = ERR_INVALID;
	for (size_t i = 0; r == 0 && i < json_object_array_length(rows); i++)
		r = apply_saved_row(view, json_object_array_get_idx(rows, i));
	json_object_put(state);
	return r;
}

int
state_store_load(const struct ledger_io *io, const char *dir, struct view *view,
		 state_progress_fn *progress, void *ctx, struct err *err)
{
	struct replay replay = {view, progress, ctx, err};
	uint64_t from = 0;
	char *json;
	size_t len;

	if (ledger_state_load(io, dir, &json, &len, &from, NULL) == 0) {
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
		 const struct view *view, struct err *err)
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
	buf_puts(&json, "{\"rows\":[");
	r = pick_rows(io, dir, &pick, err);
	buf_puts(&json, "]}");
	if (r == 0 && json.failed)
		r = err_set(err, ERR_NOMEM, "no memory to save the state");
	if (r == 0)
		r = ledger_state_save(io, dir, view->rows - 1, &pick.leaf,
				      json.data, json.len, err);
	buf_free(&json);
	free(seqs);
	return r < 0 ? r : 0;
}
