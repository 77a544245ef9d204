/* The entries of a page are sorted by seq; the rows beside them are then read
 * in as few scans as there are neighbourhoods.  Of rows that were pruned the
 * tiles have the leaves. */
#include "io/mirror_look.h"
#include "ledger/folder.h"
#include "ledger/ledger.h"

#include <stdlib.h>

enum { NEAR_ROWS = 4096 };

static int
by_seq(const void *left, const void *right)
{
	const struct journal_follow_entry *a = left, *b = right;

	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static enum mirror_verdict
judge_leaf(const struct journal_follow_entry *e, const struct digest *leaf)
{
	return digest_equal(&e->leaf, leaf) ? MIRROR_SEEN : MIRROR_CONFLICT;
}

struct compare {
	struct mirror_look *look;
	size_t next; /* entry */
};

static int
compare_row(void *ctx, const struct row *row)
{
	struct compare *c = ctx;
	const struct journal_page *page = &c->look->page;

	while (c->next < page->n && page->entry[c->next].seq < row->seq)
		c->next++;
	if (row->seq >= c->look->near.seq)
		c->look->near = row->place;
	while (c->next < page->n && page->entry[c->next].seq == row->seq) {
		c->look->verdict[c->next] =
		    judge_leaf(&page->entry[c->next], &row->leaf);
		c->next++;
	}
	return atomic_load(c->look->stop) ? 1 : 0;
}

/* Entries [i, end) whose rows lie near to each other. */
static size_t
neighbours(const struct journal_page *page, size_t i, size_t n)
{
	size_t end = i + 1;

	while (end < n &&
	       page->entry[end].seq - page->entry[end - 1].seq < NEAR_ROWS)
		end++;
	return end;
}

/* The entries whose rows were pruned: so many. */
static size_t
compare_pruned(struct mirror_look *look)
{
	const struct journal_page *page = &look->page;
	struct digest leaf;
	struct folder f;
	size_t i;

	if (page->n == 0 ||
	    folder_open(&f, look->disk, look->ledger_dir, NULL) < 0)
		return 0;
	for (i = 0; i < page->n && page->entry[i].seq < f.pruned.to; i++) {
		if (pruned_leaf(f.io, f.dir, page->entry[i].seq, &leaf) == 0)
			look->verdict[i] = judge_leaf(&page->entry[i], &leaf);
	}
	folder_close(&f);
	return i;
}

/* Entries that follow those of the look before need no row read twice. */
static void
compare_rows(struct mirror_look *look, uint64_t from, uint64_t to,
	     struct compare *c)
{
	const struct row_place *near = &look->near;

	/* What cannot be read is for recovery and verify to find. */
	if (near->len > 0 && near->seq < from && from - near->seq < NEAR_ROWS)
		ledger_scan_after(look->disk, look->ledger_dir, near, to,
				  compare_row, c, NULL);
	else
		ledger_scan(look->disk, look->ledger_dir, from, to, compare_row,
			    c, NULL);
}

static void
compare_entries(struct mirror_look *look)
{
	const struct journal_page *page = &look->page;
	uint64_t durable = atomic_load(look->durable);
	size_t i, end, n = page->n;

	while (n > 0 && page->entry[n - 1].seq >= durable)
		look->verdict[--n] = MIRROR_CONFLICT;
	for (i = compare_pruned(look); i < n; i = end) {
		struct compare c = {look, i};

		end = neighbours(page, i, n);
		compare_rows(look, page->entry[i].seq,
			     page->entry[end - 1].seq + 1, &c);
	}
}

static int
expire_row(void *ctx, const struct row *row)
{
	struct mirror_look *look = ctx;

	/* What lacks in front of the first kept row was pruned. */
	if (row->seq > look->expired_to)
		look->expired_to = row->seq;
	if (row->at.us >= look->page.oldest.us || atomic_load(look->stop))
		return 1;
	look->expired_to = row->seq + 1;
	return 0;
}

/* Rows follow each other in time, so that the first one that is young enough
 * ends the search. */
static void
find_expired(struct mirror_look *look)
{
	const struct journal_page *page = &look->page;

	look->expired_to = look->confirmed;
	if (look->confirmed >= look->overdue || page->more ||
	    !page->has_oldest ||
	    (page->n > 0 && page->entry[0].seq <= look->confirmed))
		return;
	ledger_scan(look->disk, look->ledger_dir, look->confirmed,
		    look->overdue, expire_row, look, NULL);
}

void
mirror_look_run(struct mirror_look *look)
{
	look->result = journal_follow_read(&look->follow, look->cursor,
					   &look->page, &look->err);
	look->expired_to = look->confirmed;
	if (look->result < 0)
		return;
	look->verdict = calloc(look->page.n + 1, sizeof(*look->verdict));
	if (look->verdict == NULL) {
		look->result = err_set(&look->err, ERR_NOMEM,
				       "no memory to look at the journal");
		return;
	}
	qsort(look->page.entry, look->page.n, sizeof(look->page.entry[0]),
	      by_seq);
	compare_entries(look);
	find_expired(look);
}

void
mirror_look_free(struct mirror_look *look)
{
	journal_page_free(&look->page);
	free(look->verdict);
	look->verdict = NULL;
}
