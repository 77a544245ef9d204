/* A page is read forward from the cursor, filtered by the journal's own index
 * on EVIDENCED_LEDGER.  A cursor is a position and no promise: when the entry
 * it names is gone (rotated away, wiped), the page begins at the head. */
#include "io/journal_follow.h"
#include "io/journal_entry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MATCH_MAX = 128, DATA_THRESHOLD = 256, REACH_ENTRIES = 64 };

static int
fail(struct err *err, int r, const char *what)
{
	return err_set_errno(err, r == -ENOMEM ? ERR_NOMEM : ERR_IO, -r,
			     "journal: %s", what);
}

static int
match_ledger(sd_journal *j, const struct journal_follow *follow)
{
	char match[MATCH_MAX], hex[DIGEST_HEX_LEN + 1];

	sd_journal_flush_matches(j);
	snprintf(match, sizeof(match), "EVIDENCED_LEDGER=%s",
		 digest_hex(&follow->genesis, hex));
	return sd_journal_add_match(j, match, 0);
}

static int
match_own(sd_journal *j, const struct journal_follow *follow)
{
	char match[MATCH_MAX];
	int r = match_ledger(j, follow);

	snprintf(match, sizeof(match), "_UID=%ju", (uintmax_t)follow->uid);
	return r < 0 ? r : sd_journal_add_match(j, match, 0);
}

/* 1: stands on the entry of the cursor; 0: that is gone. */
static int
go_to(sd_journal *j, const char *cursor)
{
	int r;

	if (cursor[0] == '\0')
		return 0;
	/* What is no cursor is as good as one that is gone. */
	r = sd_journal_seek_cursor(j, cursor);
	if (r < 0)
		return r == -EINVAL ? 0 : r;
	r = sd_journal_next(j);
	return r <= 0 ? r : sd_journal_test_cursor(j, cursor);
}

static int
seek(sd_journal *j, const char *cursor, struct journal_page *page)
{
	int r = go_to(j, cursor);

	page->anew = r == 0;
	return r == 0 ? sd_journal_seek_head(j) : r;
}

static void
take_entry(sd_journal *j, const struct journal_follow *follow,
	   struct journal_page *page)
{
	struct journal_follow_entry *entry = &page->entry[page->n];

	if (!journal_entry_is_of(j, follow->uid))
		page->forged++;
	else if (journal_entry_seq(j, &entry->seq) &&
		 journal_entry_leaf(j, &entry->leaf))
		page->n++; /* others are lines that are no rows */
}

static int
keep_cursor(sd_journal *j, struct journal_page *page)
{
	char *cursor;
	int r = sd_journal_get_cursor(j, &cursor);

	if (r < 0)
		return r;
	snprintf(page->cursor, sizeof(page->cursor), "%s", cursor);
	free(cursor);
	return 0;
}

static int
read_entries(sd_journal *j, const struct journal_follow *follow,
	     struct journal_page *page)
{
	int read, r = 1;

	for (read = 0; read < JOURNAL_FOLLOW_ENTRIES; read++) {
		r = sd_journal_next(j);
		if (r <= 0)
			break;
		take_entry(j, follow, page);
	}
	page->more = r > 0;
	return r >= 0 && read > 0 ? keep_cursor(j, page) : r;
}

static int
find_oldest(sd_journal *j, struct journal_page *page)
{
	uint64_t us;
	int r;

	sd_journal_flush_matches(j);
	r = sd_journal_seek_head(j);
	if (r >= 0)
		r = sd_journal_next(j);
	if (r > 0) {
		r = sd_journal_get_realtime_usec(j, &us);
		page->has_oldest = r >= 0;
		page->oldest.us = (int64_t)us;
	}
	return r;
}

/* Rows go out a little out of order: the lowest of the first ones counts. */
static int
find_reach(sd_journal *j, const struct journal_follow *follow,
	   struct journal_page *page)
{
	const struct journal_reach *before = &follow->reach;
	struct journal_reach *reach = &page->reach;
	int r = match_own(j, follow);

	if (r >= 0)
		r = sd_journal_seek_head(j);
	for (int i = 0; r >= 0 && i < REACH_ENTRIES; i++) {
		uint64_t seq;

		r = sd_journal_next(j);
		if (r <= 0)
			break;
		reach->entries++;
		if (!journal_entry_seq(j, &seq))
			continue;
		if (before->entries == REACH_ENTRIES && !reach->any &&
		    seq == before->first) {
			*reach = *before;
			break;
		}
		if (!reach->any)
			reach->first = seq;
		if (!reach->any || seq < reach->oldest)
			reach->oldest = seq;
		reach->any = true;
	}
	return r;
}

static int
read_page(sd_journal *j, const struct journal_follow *follow,
	  const char *cursor, struct journal_page *page)
{
	int r = find_oldest(j, page);

	if (r >= 0)
		r = match_ledger(j, follow);
	if (r >= 0)
		r = seek(j, cursor, page);
	if (r >= 0)
		r = read_entries(j, follow, page);
	if (r >= 0 && !page->more)
		r = find_reach(j, follow, page);
	return r;
}

int
journal_follow_read(const struct journal_follow *follow, const char *cursor,
		    struct journal_page *ret_page, struct err *err)
{
	struct journal_page page = {0};
	sd_journal *j;
	int r;

	page.entry = calloc(JOURNAL_FOLLOW_ENTRIES, sizeof(*page.entry));
	if (page.entry == NULL)
		return err_set(err, ERR_NOMEM, "journal: out of memory");
	snprintf(page.cursor, sizeof(page.cursor), "%s", cursor);
	r = follow->directory != NULL
		? sd_journal_open_directory(&j, follow->directory, 0)
		: sd_journal_open(&j, SD_JOURNAL_LOCAL_ONLY);
	if (r < 0) {
		journal_page_free(&page);
		return r == -ENOENT ? err_set(err, ERR_NOT_FOUND,
					      "journal: there is none")
				    : fail(err, r, "open");
	}
	sd_journal_set_data_threshold(j, DATA_THRESHOLD);
	r = read_page(j, follow, cursor, &page);
	sd_journal_close(j);
	if (r < 0) {
		journal_page_free(&page);
		return fail(err, r, "read");
	}
	*ret_page = page;
	return 0;
}

void
journal_page_free(struct journal_page *page)
{
	free(page->entry);
	*page = (struct journal_page){0};
}
