/* state.json knows only how the newest row left things, so all rows are read.
 * A clock that went back makes later rows of earlier times: they count, and
 * what was written in the future does not. */
#include "cli/view_at.h"
#include "cli/progress.h"
#include "io/disk.h"
#include "ledger/ledger.h"

enum { PROGRESS_ROWS = 65536 };

struct fold {
	struct view *view;
	const struct row_limit *limit;
	struct progress progress;
};

static int
apply(void *ctx, const struct row *row)
{
	struct fold *fold = ctx;
	int r = 0;

	if (row_limit_holds(fold->limit, row))
		r = view_apply(fold->view, row, NULL);
	if (row->seq % PROGRESS_ROWS == 0)
		progress_show(&fold->progress, row->seq);
	/* A row that this build cannot read is a newer daemon's. */
	return r == ERR_NOMEM ? r : 0;
}

int
view_at(struct session *s, const struct row_limit *limit, struct view **ret)
{
	struct fold fold = {.view = view_new(), .limit = limit};
	struct err err = {0};
	const char *dir;
	int r = session_ledger(s, &dir);

	if (r == 0 && fold.view == NULL)
		r = session_fail(s, CTL_CHECK_FAILED, "no memory");
	if (r == 0) {
		fold.progress = progress_begin(s, "rows read");
		r = ledger_scan(&disk_io, dir, 0, limit->seq, apply, &fold,
				&err);
		progress_end(&fold.progress);
		r = session_after_read(s, r, &err);
	}
	if (r != 0)
		view_free(fold.view);
	else
		*ret = fold.view;
	return r;
}
