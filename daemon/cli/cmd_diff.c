/* What changed on a page: two kept texts by the names of their snapshots.
 *
 * Without a name: the approved snapshot and the newest good read.  With one:
 * that snapshot and the newest good read.  With two: these.  Where nothing is
 * approved yet, the whole text of the newest read is shown as new. */
#include "cli/snapshot.h"
#include "cli/unknown.h"
#include "io/disk.h"
#include "ledger/folder.h"
#include "ledger/ledger.h"
#include "page/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One side of the comparison. */
struct side {
	bool given; /* by a name on the command line */
	struct snapshot_search search;
	char id[SNAPSHOT_ID_LEN + 1]; /* "": nothing was approved */
	char *text;
	size_t len;
};

static int
choose_given(struct session *s, const char *word, struct side *side)
{
	if (!snapshot_is_name(word))
		return session_fail(s, CTL_USAGE,
				    "%s: a snapshot is named by %d or more "
				    "digits of its text's digest; see "
				    "evidencectl show %s",
				    word, SNAPSHOT_ID_LEN, s->args->operand[0]);
	side->given = true;
	memcpy(side->search.wanted, word, strlen(word) + 1);
	return 0;
}

static int
choose(struct session *s, const struct source_fact *fact, struct side *old,
       struct side *new)
{
	int r = 0;

	if (s->args->n_operands > 1)
		r = choose_given(s, s->args->operand[1], old);
	else if (fact->approved)
		digest_hex(&fact->approved_text, old->search.wanted);
	if (r == 0 && s->args->n_operands > 2)
		r = choose_given(s, s->args->operand[2], new);
	else
		digest_hex(&fact->text, new->search.wanted);
	memcpy(old->id, old->search.wanted, SNAPSHOT_ID_LEN);
	memcpy(new->id, new->search.wanted, SNAPSHOT_ID_LEN);
	return r;
}

/* A read that was pruned is none that could be found. */
static int
say_no_read(struct session *s, const char *dir, const struct side *side)
{
	const char *name = s->args->operand[0];
	struct pruned pruned = {0};
	struct folder f;

	if (folder_open(&f, &disk_io, dir, NULL) == 0) {
		pruned = f.pruned;
		folder_close(&f);
	}
	if (pruned.to == 0)
		return session_fail(s, CTL_NO_OBJECT,
				    "no read of %s has snapshot %s; see "
				    "evidencectl history --check %s",
				    name, side->search.wanted, name);
	return session_fail(s, CTL_NO_OBJECT,
			    "no read of %s that is kept has snapshot %s; rows "
			    "before %" PRIu64 " were pruned by row %" PRIu64
			    ", and texts that no other row names",
			    name, side->search.wanted, pruned.to, pruned.seq);
}

static int
fetch(struct session *s, const char *dir, struct side *side)
{
	struct err err;
	int r;

	if (side->id[0] == '\0') {
		side->text = strdup("");
		return side->text == NULL
			   ? session_fail(s, CTL_CHECK_FAILED, "no memory")
			   : 0;
	}
	if (!side->search.found)
		return say_no_read(s, dir, side);
	r = ledger_blob(&disk_io, dir, &side->search.text, &side->text,
			&side->len, &err);
	return r < 0 ? session_fail_err(s, &err) : 0;
}

/* "cometapi-pricing 1a2b3c4d5e6f 2026-07-03T05:20:00Z" */
static void
name_side(struct session *s, const struct side *side, char *out, size_t size)
{
	char at[WALL_RFC3339_LEN + 1];

	if (side->id[0] == '\0')
		snprintf(out, size, "%s (nothing approved)",
			 s->args->operand[0]);
	else
		snprintf(out, size, "%s %s %s", s->args->operand[0], side->id,
			 wall_format(side->search.read_at, at));
}

static bool
is_equal(const struct side *old, const struct side *new)
{
	return old->search.found &&
	       digest_equal(&old->search.text, &new->search.text);
}

static const struct column columns[] = {
    {"source", "source", 0}, {"old", "old", 0},	  {"new", "new", 0},
    {"equal", "equal", 0},   {"diff", "diff", 0},
};

static void
print_json(struct session *s, const struct side *old, const struct side *new,
	   const struct buf *diff)
{
	struct writer *w = &s->writer;

	writer_card(w, "diff", columns, sizeof(columns) / sizeof(columns[0]));
	writer_text(w, s->args->operand[0]);
	writer_text(w, old->id[0] == '\0' ? NULL : old->id);
	writer_text(w, new->id);
	writer_bool(w, is_equal(old, new));
	writer_lines(w, buf_text(diff));
	writer_close(w);
}

static int
print_diff(struct session *s, const struct side *old, const struct side *new)
{
	char old_name[160], new_name[160];
	struct buf diff = {0};
	int r;

	name_side(s, old, old_name, sizeof(old_name));
	name_side(s, new, new_name, sizeof(new_name));
	r = page_diff(old_name, old->text, old->len, new_name, new->text,
		      new->len, &diff);
	if (r < 0)
		r = session_fail(s, CTL_CHECK_FAILED, "%s: %s",
				 s->args->operand[0], err_name(r));
	else if (s->writer.format == WRITER_JSON)
		print_json(s, old, new, &diff);
	else if (is_equal(old, new))
		buf_printf(&s->out, "%s: snapshot %s: no difference\n",
			   s->args->operand[0], new->id);
	else
		writer_verbatim(&s->out, buf_text(&diff), diff.len);
	buf_free(&diff);
	return r;
}

static int
compare(struct session *s, const char *dir, const struct source_fact *fact)
{
	struct side old = {0}, new = {0};
	int r = choose(s, fact, &old, &new);

	if (r == 0)
		r = snapshot_find(s, dir, s->args->operand[0], &old.search,
				  &new.search);
	if (r == 0)
		r = fetch(s, dir, &old);
	if (r == 0)
		r = fetch(s, dir, &new);
	if (r == 0)
		r = print_diff(s, &old, &new);
	if (r == 0 && s->writer.format == WRITER_TEXT &&
	    !is_equal(&old, &new) && !new.given && !old.given) {
		session_flush(s);
		fprintf(stderr,
			"next: evidencectl approve %s %s --role ROLE --note "
			"TEXT\n",
			s->args->operand[0], new.search.wanted);
	}
	free(old.text);
	free(new.text);
	return r;
}

int
cmd_diff(struct session *s)
{
	const struct config *config;
	const struct view_source *v;
	const struct view *view;
	const char *dir;
	int r = session_config_if_any(s, &config);

	if (r == 0)
		r = session_ledger(s, &dir);
	if (r == 0)
		r = session_view(s, &view);
	if (r != 0)
		return r;
	v = view_source(view, s->args->operand[0]);
	if (v == NULL && (config == NULL ||
			  config_source(config, s->args->operand[0]) == NULL))
		return unknown_thing(s, config, NEAREST_SOURCE, "no source",
				     s->args->operand[0],
				     "evidencectl list sources");
	if (v == NULL || !v->fact.read)
		return session_fail(s, CTL_NO_OBJECT,
				    "%s has no good read yet; evidencectl run "
				    "%s --wait",
				    s->args->operand[0], s->args->operand[0]);
	return compare(s, dir, &v->fact);
}
