/* A part is read by one thread and knows nothing of its neighbours: what
 * joins them (prev, dur, the tree up to here) is noted for whoever puts the
 * parts together in order. */
#include "ledger/verify_part.h"
#include "ledger/lint.h"
#include "ledger/raw.h"
#include "ledger/rekey.h"
#include "ledger/segment.h"
#include "ledger/spans.h"
#include "ledger/walk.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 3, 4))) static void
set_fault(struct part_fault *f, uint64_t seq, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->why, sizeof(f->why), fmt, ap);
	va_end(ap);
	f->bad = true;
	f->seq = seq;
}

size_t
part_first_size(const struct part_plan *plan, uint64_t rows)
{
	size_t low = 0, high = plan->n_sizes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (plan->sizes[middle] > rows)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct part_rotation *
part_rotation_new(const struct row_parts *parts)
{
	struct part_rotation *r = malloc(sizeof(*r) + parts->body_len);

	if (r == NULL)
		return NULL;
	*r = (struct part_rotation){.seq = parts->seq, .len = parts->body_len};
	memcpy(r->body, parts->body, parts->body_len);
	return r;
}

static int
note_rotation(struct part *p, const struct walk_row *row)
{
	struct part_rotation *r = part_rotation_new(&row->parts);

	if (r == NULL)
		return err_set(&p->err, ERR_NOMEM, "no memory to verify");
	*p->rotations_end = r;
	p->rotations_end = &r->next;
	return 0;
}

static int
add_to_tree(struct part *p, const struct part_plan *plan,
	    const struct walk_row *row, size_t *next_size)
{
	const struct row_parts *parts = &row->parts;

	tree_span_append(&p->span, &row->leaf);
	if (lost_parse(parts, &p->losses.newest)) {
		p->losses.seq = parts->seq;
		p->losses.n++;
	}
	if (*next_size < plan->n_sizes &&
	    plan->sizes[*next_size] == p->span.next) {
		buf_add(&p->marks, p->span.nodes,
			p->span.n * sizeof(p->span.nodes[0]));
		buf_putc(&p->mark_lengths, (char)p->span.n);
		++*next_size;
	}
	if (parts->kind_len == strlen(REKEY_KIND) &&
	    memcmp(parts->kind, REKEY_KIND, parts->kind_len) == 0)
		return note_rotation(p, row);
	return 0;
}

static void
lint(struct part *p, const struct walk_row *row)
{
	char why[LINT_WHY_SIZE];
	bool fits = lint_row(row->line, row->len, &row->parts, why);

	rests_take(&p->rests, &row->parts, fits);
	if (!fits && p->findings++ == 0)
		set_fault(&p->lint, row->parts.seq, "%s", why);
}

static int
take_row(struct part *p, const struct part_plan *plan,
	 const struct walk_row *row, size_t *next_size)
{
	int r = 1;

	if (p->next == p->first) {
		memcpy(p->prev, row->parts.prev, DIGEST_HEX_LEN);
		p->first_dur = row->parts.dur;
		p->first_leaf = row->leaf;
		if (p->first == 0)
			r = identity_is_of_genesis(&plan->folder->id,
						   row->parts.body,
						   row->parts.body_len);
		if (r < 0)
			return r;
		p->other_genesis = r == 0;
	}
	p->next = row->parts.seq + 1;
	p->dur = row->parts.dur;
	p->head = row->leaf;
	if (plan->lint)
		lint(p, row);
	return plan->tree ? add_to_tree(p, plan, row, next_size) : 0;
}

/* At the first bad row.  Behind a line without its end there is nothing, but
 * for what a live writer adds meanwhile.  Negative errno. */
static int
judge_bad_row(struct part *p, const struct part_plan *plan, const char *name,
	      const struct walk *w, bool newest)
{
	struct spans spans = {0};
	int r = 0;

	if (newest && !w->no_line)
		r = spans_read(w->io, w->fd, w->place, w->seq, &spans);
	if (r < 0)
		return r;
	if (newest && spans_are_torn(&spans, w->seq, plan->witness))
		snprintf(p->torn, sizeof(p->torn),
			 "%s: what stands behind row %" PRIu64
			 " was never known to be durable (%s): being written, "
			 "or torn by a crash",
			 name, p->next - 1, w->why);
	else
		set_fault(&p->fault, w->seq, "%s, byte %" PRId64 ": %s", name,
			  w->place, w->why);
	return 0;
}

static void
judge_early_end(struct part *p, const struct folder *f, size_t i,
		const char *name)
{
	char next[SEGMENT_NAME_SIZE];

	if (i + 2 == f->n && segment_is_empty(f->io, f->dir, f->firsts[i + 1]))
		set_fault(&p->fault, p->next, "%s: " SEGMENT_STRAY_WORDS, name,
			  segment_name(f->firsts[i + 1], next));
	else
		set_fault(&p->fault, p->next, "%s: the segment ends too early",
			  name);
}

/* What stands behind the good rows.  Negative errno. */
static int
judge_end(struct part *p, const struct part_plan *plan, size_t i,
	  const struct walk *w, int r)
{
	const struct folder *f = plan->folder;
	uint64_t end = p->first + (uint64_t)f->id.segment_rows;
	bool newest = i == f->n - 1;
	char name[SEGMENT_NAME_SIZE];

	segment_name(p->first, name);
	if (r == ERR_INVALID)
		return judge_bad_row(p, plan, name, w, newest);
	if (r == 1)
		set_fault(&p->fault, end, "%s: more rows than a segment holds",
			  name);
	else if (!newest && p->next < end)
		judge_early_end(p, f, i, name);
	return 0;
}

static int
read_rows(struct part *p, const struct part_plan *plan, size_t i,
	  struct walk *w)
{
	uint64_t end = p->first + (uint64_t)plan->folder->id.segment_rows;
	size_t next_size = part_first_size(plan, p->first);
	struct walk_row row;
	int r, e = 0;

	while (e == 0 && (r = walk_next(w, &row)) == 1 && row.parts.seq < end)
		e = take_row(p, plan, &row, &next_size);
	if (e < 0)
		return err_set(&p->err, e, "no memory to verify");
	if (r == ERR_IO)
		return err_set_errno(&p->err, ERR_IO, -w->errno_value, "%s",
				     plan->folder->path);
	e = judge_end(p, plan, i, w, r);
	if (e < 0)
		return raw_error(&p->err, e, "%s", plan->folder->path);
	if (p->marks.failed || p->mark_lengths.failed)
		return err_set(&p->err, ERR_NOMEM, "no memory to verify");
	return 0;
}

/* With its SHA-256, so that nothing is read twice. */
static int
read_summed(struct part *p, const struct part_plan *plan, size_t i,
	    struct walk *w)
{
	int e;

	w->digest = digest_stream_new();
	if (w->digest == NULL)
		return err_set(&p->err, ERR_NOMEM, "no memory to verify");
	e = read_rows(p, plan, i, w);
	p->sha256 = digest_stream_end(w->digest);
	return e;
}

void
part_read(struct part *ret, const struct part_plan *plan, size_t i)
{
	const struct folder *f = plan->folder;
	struct walk w;
	int fd;

	*ret = (struct part){.first = f->firsts[i], .next = f->firsts[i]};
	ret->rotations_end = &ret->rotations;
	tree_span_init(&ret->span, ret->first);
	fd = folder_open_segment(f, ret->first, &ret->err);
	if (fd == ERR_DAMAGED) {
		set_fault(&ret->fault, ret->first,
			  "the segment is not a regular file");
		return;
	}
	if (fd < 0) {
		ret->error = fd;
		return;
	}
	/* The row before the first of all is known: there is none. */
	ret->error =
	    walk_open(&w, f->io, fd, plan->chain ? WALK_CHAIN : WALK_SUMS,
		      ret->first, NULL);
	if (ret->error < 0)
		err_set(&ret->err, ret->error, "no memory to verify");
	else
		ret->error = plan->sums ? read_summed(ret, plan, i, &w)
					: read_rows(ret, plan, i, &w);
	walk_close(&w);
	f->io->close(f->io->ctx, fd);
}

void
part_free(struct part *p)
{
	while (p->rotations != NULL) {
		struct part_rotation *r = p->rotations;

		p->rotations = r->next;
		free(r);
	}
	buf_free(&p->marks);
	buf_free(&p->mark_lengths);
	rests_part_free(&p->rests);
}
