/* A person's approval; with --new, of one first snapshot after the other.
 *
 * The walk approves nothing by itself: each page is shown, a long one whole
 * when the person asks for the rest, each is asked for, and each yes is an
 * ordinary request for the snapshot that was shown.  Where nobody can be
 * asked it is refused, and so is, before the first question, who may not
 * approve.  With --json standard output has the daemon's answers alone; what a
 * person looks at stands with the questions. */
#include "cli/cli.h"
#include "base/text.h"
#include "cli/prompt.h"
#include "cli/snapshot.h"
#include "cli/words.h"
#include "io/disk.h"
#include "ledger/ledger.h"
#include "page/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_LINES = 24, QUESTION_BYTES = 160 };

/* Under which role, and why. */
static int
fill(struct session *s, struct ctl_request *request)
{
	int r = session_copy(s, request->role, sizeof(request->role),
			     s->args->value[OPTION_ROLE]);

	return r != 0 ? r
		      : session_copy(s, request->note, sizeof(request->note),
				     s->args->value[OPTION_NOTE]);
}

/* The daemon compares the whole digest of the text; the short name is for
 * people. */
static int
approve(struct session *s, const char *name, const char *snapshot)
{
	struct ctl_request request = {.command = CTL_APPROVE};
	int r;

	r = session_copy(s, request.name, sizeof(request.name), name);
	if (r == 0)
		r = snapshot_resolve(s, name, snapshot, request.snapshot,
				     sizeof(request.snapshot));
	if (r == 0)
		r = fill(s, &request);
	return r != 0 ? r : session_ask(s, &request);
}

/* The role and the note are judged before a page is read for them. */
static int
may_approve(struct session *s)
{
	struct ctl_request request = {.command = CTL_APPROVE};
	int r = fill(s, &request);

	return r != 0 ? r : session_ask_first(s, &request);
}

/* Shows what was put out to the person who will be asked. */
static void
show(struct session *s)
{
	if (s->writer.format != WRITER_JSON) {
		session_flush(s);
		return;
	}
	fwrite(s->out.data, 1, s->out.len, stderr);
	buf_reset(&s->out);
}

/* The first lines of a page, and how many more there are; the last one may
 * end without a line feed.  True: there are more. */
static bool
put_head(struct session *s, const char *name, const char *text, size_t len)
{
	size_t shown = 0, lines = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\n' && i + 1 < len)
			continue;
		if (++lines <= HEAD_LINES)
			shown = i + 1;
	}
	writer_verbatim(&s->out, text, shown);
	if (shown > 0 && text[shown - 1] != '\n')
		buf_putc(&s->out, '\n');
	if (lines <= HEAD_LINES)
		return false;
	buf_printf(&s->out,
		   "[%zu more line%s: answer a, or evidencectl diff %s]\n",
		   lines - HEAD_LINES, TEXT_PLURAL(lines - HEAD_LINES), name);
	return true;
}

static void
put_facts(struct session *s, const struct source *source,
	  const struct view_source *v)
{
	char at[WALL_RFC3339_LEN + 1], id[SNAPSHOT_ID_LEN + 1];
	struct writer w = s->writer;

	w.format = WRITER_TEXT;
	buf_printf(&s->out, "\n%s: %s, snapshot %s, read %s\n", source->name,
		   source_kind_name(source->kind),
		   page_snapshot_id(&v->fact.text, id),
		   wall_format(v->fact.read_at, at));
	writer_paragraph(&w, "url    ", source->url);
	writer_paragraph(&w, "title  ", v->title[0] == '\0' ? "-" : v->title);
	buf_putc(&s->out, '\n');
}

/* How far the walk through the first snapshots has come. */
struct walk {
	size_t waiting; /* before the first question */
	size_t asked, approved;
};

/* 'y', 'n', 'q', or 'a' where not all was shown; the end of the input is a
 * q. */
static char
ask(const struct walk *walk, const char *name, const char *snapshot, bool more)
{
	char question[QUESTION_BYTES], answer[PROMPT_MAX];

	snprintf(question, sizeof(question),
		 "\n%zu of %zu: approve %s %s? y: yes, n: not now, %sq: quit "
		 "[y/n/%sq] ",
		 walk->asked, walk->waiting, name, snapshot,
		 more ? "a: show all, " : "", more ? "a/" : "");
	while (prompt_line(question, answer)) {
		if (strlen(answer) == 1 &&
		    strchr(more ? "ynqa" : "ynq", answer[0]) != NULL)
			return answer[0];
	}
	return 'q';
}

/* Shows a page and asks for it; what was shown in part is shown whole when
 * the person wants that, and asked for again. */
static int
show_and_ask(struct session *s, const char *dir, const struct walk *walk,
	     const struct source *source, const struct view_source *v,
	     char *ret_answer)
{
	char id[SNAPSHOT_ID_LEN + 1];
	struct err err;
	size_t len;
	char *text;
	bool more;

	if (ledger_blob(&disk_io, dir, &v->fact.text, &text, &len, &err) < 0)
		return session_fail_err(s, &err);
	page_snapshot_id(&v->fact.text, id);
	put_facts(s, source, v);
	more = put_head(s, source->name, text, len);
	show(s);
	*ret_answer = ask(walk, source->name, id, more);
	if (*ret_answer == 'a') {
		writer_verbatim(&s->out, text, len);
		if (text[len - 1] != '\n')
			buf_putc(&s->out, '\n');
		show(s);
		*ret_answer = ask(walk, source->name, id, false);
	}
	free(text);
	return CTL_OK;
}

static bool
is_new(struct session *s, const struct source *source,
       const struct view_source *v)
{
	return words_approval(source, v, s->now.wall) == APPROVAL_UNAPPROVED;
}

static size_t
count_new(struct session *s, const struct config *c, const struct view *view)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_sources; i++)
		n += is_new(s, &c->sources[i],
			    view_source(view, c->sources[i].name));
	return n;
}

static void
say_end(struct session *s, const struct walk *walk)
{
	const size_t left = walk->waiting - walk->approved;

	if (walk->waiting == 0)
		buf_puts(&s->out, "no first snapshot waits\n");
	else if (left == 0)
		buf_printf(&s->out, "%zu approved; none waits any more\n",
			   walk->approved);
	else
		buf_printf(&s->out, "%zu approved; %zu still wait%s\n",
			   walk->approved, left, left == 1 ? "s" : "");
	show(s);
}

static int
walk_new(struct session *s, const struct config *c, const struct view *view,
	 const char *dir)
{
	struct walk walk = {.waiting = count_new(s, c, view)};
	char answer = 'n';
	int r = CTL_OK;

	for (size_t i = 0; r == CTL_OK && answer != 'q' && i < c->n_sources;
	     i++) {
		const struct source *source = &c->sources[i];
		const struct view_source *v = view_source(view, source->name);
		char hex[DIGEST_HEX_LEN + 1];

		if (!is_new(s, source, v))
			continue;
		walk.asked++;
		r = show_and_ask(s, dir, &walk, source, v, &answer);
		if (r != CTL_OK || answer != 'y')
			continue;
		r = approve(s, source->name, digest_hex(&v->fact.text, hex));
		walk.approved += r == CTL_OK;
		session_flush(s);
	}
	say_end(s, &walk);
	return r;
}

static int
approve_new(struct session *s)
{
	const struct config *config;
	const struct view *view;
	const char *dir;
	int r;

	if (s->args->n_operands > 0)
		return session_fail(s, CTL_USAGE,
				    "approve --new takes no name; see "
				    "evidencectl approve --help");
	if (!prompt_possible())
		return session_fail(s, CTL_USAGE,
				    "approve --new asks a person at a "
				    "terminal; see evidencectl list sources, "
				    "and approve SOURCE SNAPSHOT");
	r = may_approve(s);
	if (r == 0)
		r = session_config(s, &config);
	if (r == 0)
		r = session_ledger(s, &dir);
	if (r == 0)
		r = session_view(s, &view);
	return r == 0 ? walk_new(s, config, view, dir) : r;
}

int
cmd_approve(struct session *s)
{
	const struct arguments *args = s->args;

	if (arguments_has(args, OPTION_NEW))
		return approve_new(s);
	if (args->n_operands == 0)
		return session_fail(s, CTL_USAGE,
				    "approve: SOURCE SNAPSHOT, a WORKLOAD or "
				    "--new is needed; see evidencectl approve "
				    "--help");
	return approve(s, args->operand[0],
		       args->n_operands > 1 ? args->operand[1] : "");
}
