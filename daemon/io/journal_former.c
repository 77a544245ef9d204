/* Both kinds of entries are found by the journal's own index, the newest
 * first.  A row 0 says its origin in its body, a checkpoint in its first
 * line. */
#include "io/journal_former.h"
#include "base/json.h"
#include "io/journal_entry.h"
#include "ledger/mirror.h"
#include "ledger/row.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MAX = 4096, MATCH_MAX = 128 };

#define DEFAULT_MIDDLE "/evidenced/"

struct search {
	sd_journal *journal;
	uid_t uid;
	const char *origin, *hostname;
};

/* A long field as text, malloc'd; NULL: absent, or no memory. */
static char *
text_of(sd_journal *j, const char *name)
{
	size_t len, skip = strlen(name) + 1;
	const void *data;

	if (sd_journal_get_data(j, name, &data, &len) < 0 || len < skip)
		return NULL;
	return strndup((const char *)data + skip, len - skip);
}

static void
origin_of_row(const char *line, char out[JOURNAL_ORIGIN_MAX + 1])
{
	struct row_parts parts;
	struct json_object *body;

	if (row_parse(line, strlen(line), &parts) < 0 ||
	    json_parse(parts.body, parts.body_len, &JSON_LEDGER_LIMITS, &body,
		       NULL) < 0)
		return;
	snprintf(out, JOURNAL_ORIGIN_MAX + 1, "%s",
		 json_get_string(body, "origin", ""));
	json_object_put(body);
}

static void
origin_of_entry(sd_journal *j, char out[JOURNAL_ORIGIN_MAX + 1])
{
	char *row = text_of(j, "EVIDENCED_ROW");
	char *note = text_of(j, "EVIDENCED_CHECKPOINT");

	out[0] = '\0';
	if (row != NULL)
		origin_of_row(row, out);
	else if (note != NULL)
		snprintf(out, JOURNAL_ORIGIN_MAX + 1, "%.*s",
			 (int)strcspn(note, "\n"), note);
	free(row);
	free(note);
}

static bool
is_meant(const struct search *s, const char *origin)
{
	size_t len = strlen(s->hostname);

	if (s->origin[0] != '\0')
		return strcmp(origin, s->origin) == 0;
	return strncmp(origin, s->hostname, len) == 0 &&
	       strncmp(origin + len, DEFAULT_MIDDLE, strlen(DEFAULT_MIDDLE)) ==
		   0;
}

/* 1: found; 0: none among these entries. */
static int
search(const struct search *s, const char *match, struct journal_former *ret)
{
	char uid[MATCH_MAX], ledger[JOURNAL_FIELD_MAX];
	char origin[JOURNAL_ORIGIN_MAX + 1];
	sd_journal *j = s->journal;
	int r;

	snprintf(uid, sizeof(uid), "_UID=%ju", (uintmax_t)s->uid);
	sd_journal_flush_matches(j);
	r = sd_journal_add_match(j, match, 0);
	if (r >= 0)
		r = sd_journal_add_match(j, uid, 0);
	if (r >= 0)
		r = sd_journal_seek_tail(j);
	for (int i = 0; r >= 0 && i < ENTRIES_MAX; i++) {
		r = sd_journal_previous(j);
		if (r <= 0)
			return r;
		origin_of_entry(j, origin);
		if (!is_meant(s, origin) ||
		    !journal_entry_field(j, "EVIDENCED_LEDGER", ledger))
			continue;
		memcpy(ret->origin, origin, sizeof(origin));
		snprintf(ret->genesis, sizeof(ret->genesis), "%.*s",
			 DIGEST_HEX_LEN, ledger);
		return 1;
	}
	return r < 0 ? r : 0;
}

int
journal_former_find(const char *directory, uid_t uid, const char *origin,
		    const char *hostname, struct journal_former *ret,
		    struct err *err)
{
	struct search s = {.uid = uid, .origin = origin, .hostname = hostname};
	int r = directory != NULL
		    ? sd_journal_open_directory(&s.journal, directory, 0)
		    : sd_journal_open(&s.journal, SD_JOURNAL_LOCAL_ONLY);

	if (r >= 0) {
		sd_journal_set_data_threshold(s.journal, 0);
		r = search(&s, "EVIDENCED_KIND=ledger.genesis", ret);
		if (r == 0)
			r = search(&s,
				   "MESSAGE_ID=" MIRROR_CHECKPOINT_MESSAGE_ID,
				   ret);
		sd_journal_close(s.journal);
	}
	if (r < 0 && r != -ENOENT)
		return err_set_errno(err, r == -ENOMEM ? ERR_NOMEM : ERR_IO, -r,
				     "journal: looking for former ledgers");
	return r == 1 ? 0
		      : err_set(err, ERR_NOT_FOUND,
				"journal: no ledger of this origin");
}
