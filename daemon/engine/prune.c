/* Rows that are older than ledger.keep go when a person with a role says so:
 * whole sealed segments, the oldest first, up to the first one that must
 * stay.  The ledger has a say (ids that are looked up, checkpoints, tiles),
 * legal holds have one, and so has every row that a fact of today rests on.
 *
 * Here it is decided and recorded; what the row lets go is unlinked by the
 * ledger, once the row is durable. */
#include "base/json.h"
#include "base/text.h"
#include "engine/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What may go, and why no more. */
struct prune_plan {
	uint64_t from, to; /* equal: nothing */
	size_t segments;
	struct wall_time oldest, newest; /* of these rows */
	uint64_t block;			 /* a row behind them that is needed */
	char stop[200];			 /* CODE: words */
	int error;			 /* of the ledger; words in stop */
};

static const char *const ledger_stops[] = {
    [PRUNE_NEWEST] = "RECENT: the newest rows are looked up by their ids",
    [PRUNE_UNSIGNED] = "UNSIGNED: no checkpoint and tiles cover it yet; see "
		       "evidencectl status",
    [PRUNE_UNREAD] = "UNREAD: sealed rows are still being read after the "
		     "start; try again later",
};

static bool
asks_workload(void *ctx, const char *label)
{
	const struct engine *e = ctx;

	return config_workload(engine_conf(e), label) != NULL;
}

static bool
asks_source(void *ctx, const char *name)
{
	const struct engine *e = ctx;

	return config_source(engine_conf(e), name) != NULL;
}

static bool
asks_shared(void *ctx, const struct view_shared_error *shared)
{
	return jobs_share(ctx, shared);
}

static const struct view_hold *
find_hold(const struct view *v, const struct prune_segment *s)
{
	for (size_t i = 0; i < v->n_holds; i++) {
		const struct view_hold *h = &v->holds[i];

		if (h->since.us <= s->newest.us && s->oldest.us < h->until.us)
			return h;
	}
	return NULL;
}

/* False, with words: the segment stays, whatever rests on it. */
static bool
may_age_out(const struct engine *e, uint64_t first, struct prune_segment *s,
	    struct prune_plan *p)
{
	int64_t limit_us =
	    e->now.wall.us - engine_conf(e)->keep_s * USEC_PER_SEC;
	const struct view_hold *hold;
	char at[WALL_RFC3339_LEN + 1];
	struct err err;
	int r = e->ports->prunable(e->ports->ctx, first, s, &err);

	if (r < 0) {
		p->error = r;
		snprintf(p->stop, sizeof(p->stop), "%.*s",
			 (int)sizeof(p->stop) - 1, err.text);
		return false;
	}
	if (r != PRUNE_FREE) {
		snprintf(p->stop, sizeof(p->stop), "%s", ledger_stops[r]);
		return false;
	}
	if (s->newest.us >= limit_us) {
		snprintf(p->stop, sizeof(p->stop),
			 "NOTHING_OLD_ENOUGH: its newest row is of %s",
			 wall_format(s->newest, at));
		return false;
	}
	hold = find_hold(e->view, s);
	if (hold != NULL)
		snprintf(p->stop, sizeof(p->stop),
			 "HELD: the legal hold of row %" PRIu64
			 " keeps it; evidencectl show %" PRIu64,
			 hold->seq, hold->seq);
	return hold == NULL;
}

static void
take_segment(struct prune_plan *p, const struct prune_segment *s,
	     const struct prune_plan *seen)
{
	p->to = s->end;
	p->segments = seen->segments;
	p->oldest = seen->oldest;
	p->newest = seen->newest;
	p->block = UINT64_MAX;
}

static void
see_segment(struct prune_plan *seen, const struct prune_segment *s)
{
	seen->segments++;
	if (s->oldest.us < seen->oldest.us)
		seen->oldest = s->oldest;
	if (s->newest.us > seen->newest.us)
		seen->newest = s->newest;
}

/* Up to the last end before which nothing is needed: what nobody asks for any
 * more may go as a whole only, so a later end may be good again. */
static void
make_plan(struct engine *e, struct prune_plan *p)
{
	const struct view_asked asked = {asks_workload, asks_source,
					 asks_shared, e, wall_day(e->now.wall)};
	struct prune_plan seen = {.oldest = WALL_NEVER};
	struct prune_segment s;
	struct view_need *needs;
	uint64_t at = e->view->pruned_to, block;
	size_t n;

	*p = (struct prune_plan){.from = at, .to = at, .block = UINT64_MAX};
	p->error = view_needs(e->view, &asked, &needs, &n);
	if (p->error < 0) {
		snprintf(p->stop, sizeof(p->stop), "no memory");
		return;
	}
	for (; may_age_out(e, at, &s, p); at = s.end) {
		see_segment(&seen, &s);
		block = view_blocks(needs, n, s.end);
		if (block == UINT64_MAX)
			take_segment(p, &s, &seen);
		else if (p->block == UINT64_MAX)
			p->block = block;
	}
	free(needs);
	if (p->error == 0 && p->block != UINT64_MAX)
		snprintf(p->stop, sizeof(p->stop),
			 "NEEDED: row %" PRIu64
			 " still counts; evidencectl show %" PRIu64,
			 p->block, p->block);
}

static void
plan_text(const struct prune_plan *p, const char *what, char *out, size_t size)
{
	char oldest[WALL_RFC3339_LEN + 1], newest[WALL_RFC3339_LEN + 1];

	snprintf(out, size,
		 "%s: rows %" PRIu64 " to %" PRIu64
		 ", %zu segment%s, written %s to %s\n"
		 "the next segment stays: %s\n",
		 what, p->from, p->to - 1, p->segments,
		 TEXT_PLURAL(p->segments), wall_format(p->oldest, oldest),
		 wall_format(p->newest, newest), p->stop);
}

/* False, and answered, when nothing may go. */
static bool
find_plan(struct engine *e, uint64_t client, struct prune_plan *p)
{
	if (engine_conf(e)->keep_s == 0) {
		command_answer(e, client, CTL_REFUSED,
			       "NO_POLICY: ledger.keep is not set: all rows "
			       "are kept for ever; to change that: man "
			       "evidenced.conf");
		return false;
	}
	make_plan(e, p);
	if (p->error != 0)
		command_answer(e, client,
			       p->error == ERR_NOMEM ? CTL_REFUSED
						     : CTL_LEDGER_DAMAGED,
			       "%s", p->stop);
	else if (p->to == p->from)
		command_answer(e, client, CTL_REFUSED, "%s", p->stop);
	return p->error == 0 && p->to > p->from;
}

static void
prune_body(const struct engine *e, const struct prune_plan *p,
	   const struct digest *sums, const struct ctl_request *request,
	   const struct ctl_peer *peer, struct buf *out)
{
	int64_t keep_s = engine_conf(e)->keep_s;
	char hex[DIGEST_HEX_LEN + 1], keep[24];
	struct json_writer w;

	if (keep_s % SEC_PER_DAY == 0)
		snprintf(keep, sizeof(keep), "%" PRId64 "d",
			 keep_s / SEC_PER_DAY);
	else
		snprintf(keep, sizeof(keep), "%" PRId64 "s", keep_s);
	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_int(&w, "from", (int64_t)p->from);
	json_put_string(&w, "keep", keep);
	json_put_string(&w, "note", request->note);
	json_put_int(&w, "peer_uid", peer->uid);
	json_put_string(&w, "role", request->role);
	json_put_string(&w, "sha256", digest_hex(sums, hex));
	json_put_int(&w, "to", (int64_t)p->to);
	json_object_close(&w);
}

static void
record(struct engine *e, uint64_t client, const struct prune_plan *p,
       const struct ctl_request *request, const struct ctl_peer *peer)
{
	char id[ROW_ID_MAX + 1], text[400];
	struct buf body = {0};
	struct digest sums;
	struct err err;

	if (e->ports->prune_digest(e->ports->ctx, p->from, p->to, &sums, &err) <
	    0) {
		command_answer(e, client, CTL_REFUSED, "UNSEALED: %s",
			       err.text);
		return;
	}
	prune_body(e, p, &sums, request, peer, &body);
	snprintf(id, sizeof(id), "prune.%" PRIu64, p->to);
	plan_text(p, "pruned", text, sizeof(text));
	command_append(e, client, "ledger.prune", id, &body, text);
	buf_free(&body);
}

void
command_prune(struct engine *e, uint64_t client,
	      const struct ctl_request *request, const struct ctl_peer *peer)
{
	struct prune_plan p;
	char text[400];

	/* The ends of every old segment are read for the answer, while checks
	 * wait: not for everybody who may only ask. */
	if (request->dry_run && !command_operator(e, client, peer))
		return;
	if (!request->dry_run &&
	    (!command_role_permits(e, client, request, peer, MAY_DECIDE) ||
	     !command_note_ok(e, client, request)))
		return;
	if (!find_plan(e, client, &p))
		return;
	if (request->dry_run) {
		plan_text(&p, "would go", text, sizeof(text));
		emit_reply(e, client, CTL_OK, text);
	} else {
		record(e, client, &p, request, peer);
	}
}
