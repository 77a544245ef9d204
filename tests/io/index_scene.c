#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "index_scene.h"
#include "base/json.h"
#include "leave.h"

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const workloads[] = {"chat", "chat-2", "a\"b\\c", ""};
static const char *const owners[] = {"team-a", "team-b", "(unallocated)", "",
				     "\xc3\xa4\xc3\xb6"};
static const char *const checks[] = {"chat/happy", "chat-2/usage", "pricing",
				     "/x", ""};
static const char *const decisions[] = {"pass", "hold", "fail", ""};
static const char *const kinds[] = {
    "check.happy", "check",	   "check.happy.x", "checker",
    "record",	   "alert.raised", "alert",	    "note",
    "check-",	   "check.",	   "alert.resolved"};
static const char *const some_kinds[] = {"record", "check.happy", "note", NULL};
static const char *const days[] = {"2026-07-01", "2026-07-02", "2026-07-03",
				   "no day", ""};

#define N(list) (sizeof(list) / sizeof((list)[0]))

uint64_t
index_scene_random(struct index_scene *s, uint64_t below)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return s->random % below;
}

#define ANY(s, list) ((list)[index_scene_random(s, N(list))])

void
index_scene_begin(struct index_scene *s, uint64_t seed, int segment_rows)
{
	struct ledger_options options = {.origin = "test.example.com/e",
					 .hostname = "test.example.com",
					 .segment_rows = segment_rows};
	struct ledger_recovery recovery;
	struct err err;

	*s = (struct index_scene){.random = seed * 2654435761u + 1};
	s->at_us = 1782864000 * USEC_PER_SEC; /* 2026-07-01 */
	/* Others are to get there, which they may not under a home. */
	snprintf(s->base, sizeof(s->base), "/tmp/evidenced-index.XXXXXX");
	assert_non_null(mkdtemp(s->base));
	snprintf(s->dir, sizeof(s->dir), "%s/led ger?#%%41", s->base);
	options.dir = s->dir;
	options.now.us = s->at_us;
	if (ledger_open(&disk_io, &options, &s->ledger, &recovery, &err) < 0)
		fail_msg("%s", err.text);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
index_scene_end(struct index_scene *s)
{
	ledger_close(s->ledger);
	assert_int_equal(leave_judge_folder(s->dir), 0);
	nftw(s->base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void
put(struct index_scene *s, struct json_writer *w, const char *key,
    const char *value)
{
	if (index_scene_random(s, 2) == 0)
		json_put_string(w, key, value);
}

static void
append_one(struct index_scene *s)
{
	char id[ROW_ID_MAX + 1];
	struct json_writer w;
	struct buf body = {0};
	struct row_draft draft = {.id = id};
	struct err err;

	json_writer_init(&w, &body);
	json_object_open(&w, NULL);
	put(s, &w, "check", ANY(s, checks));
	put(s, &w, "decision", ANY(s, decisions));
	put(s, &w, "environment", "test");
	if (index_scene_random(s, 4) == 0)
		json_put_int(&w, "n", (int64_t)index_scene_random(s, 99));
	put(s, &w, "owner", ANY(s, owners));
	put(s, &w, "owner_group", ANY(s, owners));
	put(s, &w, "review_date", ANY(s, days));
	put(s, &w, "source", ANY(s, checks));
	put(s, &w, "workload", ANY(s, workloads));
	put(s, &w, "workload_label", ANY(s, workloads));
	json_object_close(&w);
	/* The clock goes on, and back now and then. */
	s->at_us += (int64_t)index_scene_random(s, 1800) * USEC_PER_SEC;
	if (index_scene_random(s, 20) == 0)
		s->at_us -= 40000 * USEC_PER_SEC;
	draft.at.us = s->at_us;
	draft.kind = ANY(s, kinds);
	if (!row_kind_valid(draft.kind, strlen(draft.kind)))
		draft.kind = "note";
	draft.body = buf_text(&body);
	draft.body_len = body.len;
	snprintf(id, sizeof(id), "t.%llu",
		 (unsigned long long)index_scene_random(s, UINT64_MAX));
	if (ledger_append(s->ledger, &draft, NULL, &err) < 0)
		fail_msg("%s: %s", buf_text(&body), err.text);
	buf_free(&body);
}

void
index_scene_append(struct index_scene *s, size_t n)
{
	struct err err;

	for (size_t i = 0; i < n; i++)
		append_one(s);
	if (ledger_flush(s->ledger, NULL, NULL, &err) < 0)
		fail_msg("%s", err.text);
}

static const char *
maybe(struct index_scene *s, const char *text)
{
	return index_scene_random(s, 3) == 0 ? text : NULL;
}

static struct wall_time
maybe_time(struct index_scene *s)
{
	int64_t first = 1782864000, all = s->at_us / USEC_PER_SEC - first + 1;

	if (index_scene_random(s, 3) > 0)
		return (struct wall_time){0};
	return wall_from_s(first - 50000 +
			   (int64_t)index_scene_random(
			       s, (uint64_t)(all > 0 ? all : 1) + 100000));
}

struct row_filter
index_scene_filter(struct index_scene *s)
{
	size_t first = index_scene_random(s, N(some_kinds));
	bool asked = index_scene_random(s, 4) == 0;

	return (struct row_filter){
	    .kinds = asked ? &some_kinds[first] : NULL,
	    .day = maybe(s, ANY(s, days)),
	    .workload = maybe(s, ANY(s, workloads)),
	    .owner = maybe(s, ANY(s, owners)),
	    .check = maybe(s, ANY(s, checks)),
	    .kind = maybe(s, ANY(s, kinds)),
	    .decision = maybe(s, ANY(s, decisions)),
	    .since = maybe_time(s),
	    .until = maybe_time(s),
	};
}

void
index_scene_build(const struct index_scene *s)
{
	struct index_db *index;
	struct err err;

	if (index_open(&disk_io, s->dir, &index, &err) < 0 ||
	    index_update(index, ledger_durable(s->ledger), NULL, NULL, NULL,
			 &err) != 0)
		fail_msg("%s", err.text);
	index_close(index);
}

const char *
index_scene_path(const struct index_scene *s, const char *name)
{
	static char path[sizeof(s->dir) + 32];

	snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	return path;
}

static int
dump_row(void *ctx, int n, char **values, char **names)
{
	(void)names;
	for (int i = 0; i < n; i++)
		buf_printf(ctx, "%s|", values[i] == NULL ? "-" : values[i]);
	buf_putc(ctx, '\n');
	return 0;
}

char *
index_scene_dump(const struct index_scene *s)
{
	static const char *const questions[] = {
	    "SELECT type, name, sql FROM sqlite_schema ORDER BY name",
	    "SELECT * FROM row ORDER BY seq",
	    "SELECT * FROM span ORDER BY seg",
	    "SELECT genesis, next_seq, last_leaf, hex(frontier) FROM meta",
	    "PRAGMA integrity_check",
	};
	struct buf text = {0};
	sqlite3 *sql;

	assert_int_equal(
	    sqlite3_open(index_scene_path(s, "index.sqlite"), &sql), SQLITE_OK);
	for (size_t i = 0; i < N(questions); i++)
		assert_int_equal(
		    sqlite3_exec(sql, questions[i], dump_row, &text, NULL),
		    SQLITE_OK);
	sqlite3_close(sql);
	return buf_steal(&text);
}
