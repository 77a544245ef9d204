/* Verification needs the folder alone; the levels above 3 a journal too. */
#include "cli/cli.h"
#include "base/text.h"
#include "cli/progress.h"
#include "cli/verify_mirror.h"
#include "io/disk.h"
#include "io/index_check.h"
#include "io/threads.h"
#include "ledger/texts.h"
#include "ledger/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct column columns[] = {
    {"level", "strongest level", 0},
    {"rows", "rows", 0},
    {"ok", "ok", 0},
    {"first_bad_seq", "first bad row", 0},
    {"reason", "reason", 0},
};

static const char *const proves[] = {
    "every row is whole (framing and sum)",
    "every row is whole, and the rows are an unbroken chain from the first",
    "the rows are a chain, and the newest checkpoint is signed and tells "
    "their root",
    "the rows are a chain, and every checkpoint is signed and tells their "
    "root",
    "and the local journal holds the same rows, as far as it reaches back",
    "and the remote journal holds the same rows, as far as it reaches back",
};

static void
print_json(struct session *s, const struct ledger_verdict *v,
	   const struct err *texts)
{
	struct writer *w = &s->writer;
	const char *reason = texts->code != 0 ? texts->text : v->reason;

	writer_card(w, "verdict", columns,
		    sizeof(columns) / sizeof(columns[0]));
	if (v->level == LEDGER_LEVEL_NONE)
		writer_none(w);
	else
		writer_int(w, v->level);
	writer_int(w, (int64_t)v->rows);
	writer_bool(w, v->ok && texts->code == 0);
	if (v->ok)
		writer_none(w);
	else
		writer_int(w, (int64_t)v->first_bad_seq);
	writer_text(w, reason[0] == '\0' ? NULL : reason);
	writer_close(w);
}

/* The rows before the bad one, or what holds in spite of it. */
static int
print_bad(struct session *s, const char *dir, const struct ledger_verdict *v)
{
	char holds[80] = "no level holds for all rows";

	if (v->level != LEDGER_LEVEL_NONE)
		snprintf(holds, sizeof(holds), "level %d holds for all rows",
			 v->level);
	return session_fail(
	    s, v->only_lint ? CTL_CHECK_FAILED : CTL_LEDGER_DAMAGED,
	    "%s: row %" PRIu64 ": %s; %" PRIu64 " row%s read; %s", dir,
	    v->first_bad_seq, v->reason, v->rows,
	    v->rows == 1 ? " was" : "s were", holds);
}

static void
print_good(struct session *s, const char *dir, const struct ledger_verdict *v)
{
	buf_printf(&s->out, "%s: level %d: %" PRIu64 " row%s: ok: %s\n", dir,
		   v->level, v->rows, TEXT_PLURAL(v->rows), proves[v->level]);
	if (v->level >= 2 && v->covered < v->rows)
		buf_printf(&s->out,
			   "the newest checkpoint covers %" PRIu64 " row%s; "
			   "nothing signed vouches for those behind\n",
			   v->covered, TEXT_PLURAL(v->covered));
	if (v->reason[0] != '\0')
		buf_printf(&s->out, "%s\n", v->reason);
}

static int
print_verdict(struct session *s, const char *dir, int wanted,
	      const struct ledger_verdict *v, const struct err *texts)
{
	bool asked = arguments_has(s->args, OPTION_LEVEL) ||
		     arguments_has(s->args, OPTION_KEY);
	bool lacking = v->ok && v->level < wanted && (asked || v->lacks);

	if (s->writer.format != WRITER_TEXT)
		print_json(s, v, texts);
	else if (v->ok)
		print_good(s, dir, v);
	else
		return print_bad(s, dir, v);
	if (texts->code != 0)
		return session_fail_err(s, texts);
	if (lacking)
		return session_fail(s, CTL_CHECK_FAILED,
				    "%s: level %d is not reached: %s", dir,
				    wanted, v->reason);
	if (v->ok)
		return CTL_OK;
	return v->only_lint ? CTL_CHECK_FAILED : CTL_LEDGER_DAMAGED;
}

static void
show_progress(void *progress, uint64_t rows)
{
	progress_show(progress, rows);
}

/* Nothing rests on it, so it makes no ledger bad; but who asks it must not
 * believe that no more is there than it names. */
static void
verify_index(struct session *s, const char *dir, struct ledger_verdict *v)
{
	struct progress progress =
	    progress_begin(s, "rows of the index compared");
	size_t have = strlen(v->reason);
	struct err err;

	if (index_check(dir, show_progress, &progress, &err) == ERR_DAMAGED)
		snprintf(v->reason + have, sizeof(v->reason) - have,
			 "%s%s; evidencectl index --rebuild makes it anew",
			 have > 0 ? "; " : "", err.text);
	progress_end(&progress);
}

static void
verify_texts(struct session *s, const char *dir, struct err *err)
{
	struct progress progress = progress_begin(s, "texts of pages read");

	texts_check(&disk_io, dir, show_progress, &progress, err);
	progress_end(&progress);
}

/* 0, or the exit status of what was said. */
static int
trusted_key(struct session *s, int level, struct note_key *key,
	    const struct note_key **ret)
{
	const char *text = s->args->value[OPTION_KEY];
	struct err err;

	*ret = NULL;
	if (text == NULL)
		return 0;
	if (level < 2)
		return session_fail(s, CTL_USAGE,
				    "verify --key goes with --level 2 and "
				    "above");
	if (note_key_parse(text, key, &err) < 0)
		return session_fail(s, CTL_USAGE, "--key: %s", err.text);
	*ret = key;
	return 0;
}

int
session_verify(struct session *s, const char *dir, int level)
{
	struct progress progress = progress_begin(s, "rows verified");
	struct verify_options options = {
	    .level = level < VERIFY_LEVEL_MAX ? level : VERIFY_LEVEL_MAX,
	    .lint = arguments_has(s->args, OPTION_LINT),
	    .workers = &threads_of_cores,
	    .progress = show_progress,
	    .progress_ctx = &progress,
	};
	struct err texts = {0}, err;
	struct ledger_verdict verdict;
	struct note_key key;
	int r = trusted_key(s, level, &key, &options.key);

	if (r != 0)
		return r;
	r = verify_ledger(&disk_io, dir, &options, &verdict, &err);
	progress_end(&progress);
	if (r < 0)
		return session_fail_err(s, &err);
	if (level >= VERIFY_LEVEL_MAX && verdict.ok) {
		verify_index(s, dir, &verdict);
		verify_texts(s, dir, &texts);
	}
	if (level > VERIFY_LEVEL_MAX && verdict.ok) {
		r = verify_mirror(s, dir, level, &verdict);
		if (r != 0)
			return r;
	}
	return print_verdict(s, dir, level, &verdict, &texts);
}

/* Which journal belongs to which level. */
static int
check_journal(struct session *s, int level)
{
	bool named = arguments_has(s->args, OPTION_DIRECTORY);

	if (level == VERIFY_LEVEL_REMOTE && !named)
		return session_fail(s, CTL_USAGE,
				    "verify --level 5 needs --directory DIR: "
				    "the files of the remote journal");
	if (level != VERIFY_LEVEL_REMOTE && named)
		return session_fail(s, CTL_USAGE,
				    "verify --directory goes with --level 5");
	if (level <= VERIFY_LEVEL_MAX && arguments_has(s->args, OPTION_UID))
		return session_fail(s, CTL_USAGE,
				    "verify --uid goes with --level 4 or 5");
	return 0;
}

int
cmd_verify(struct session *s)
{
	const char *dir;
	struct err err;
	int level, r;

	if (arguments_number(s->args, OPTION_LEVEL, 0, VERIFY_LEVEL_REMOTE,
			     VERIFY_LEVEL_MAX, &level, &err) < 0)
		return session_fail_err(s, &err);
	r = check_journal(s, level);
	if (r == 0)
		r = session_ledger(s, &dir);
	return r != 0 ? r : session_verify(s, dir, level);
}
