/* People take a word back, or keep rows from being pruned.
 *
 * A correction names one row by seq and leaf and says why; the row itself
 * stays as it is.  An approval or attestation that is corrected no longer
 * counts: the next record holds until there is another.  What was observed,
 * judged or lowered keeps its effect whatever is said of it afterwards,
 * because only new evidence raises a decision: there a correction is a
 * remark, shown beside the row.
 *
 * A legal hold keeps every row of a stretch of time until it is released. */
#include "base/json.h"
#include "engine/state.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

/* What a correction of a kind needs and does; the last row is all others. */
static const struct effect {
	const char *kind;
	enum role_right right;
	const char *words;
} effects[] = {
    {"source.approved", MAY_APPROVE, "this approval counts no longer"},
    {"scope.approved", MAY_APPROVE, "this approval counts no longer"},
    {"attest.source", MAY_ATTEST, "this attestation counts no longer"},
    {"attest.usage", MAY_ATTEST, "this attestation counts no longer"},
    {NULL, MAY_OPERATE,
     "shown beside the row; what follows from it stays as it is"},
};

/* The row that is corrected, as far as its correction repeats it. */
struct corrected {
	bool found;
	struct digest leaf;
	char kind[ROW_KIND_MAX + 1];
	char label[LABEL_MAX + 1]; /* of the workload, or "" */
};

static void
take_corrected(void *arg, const struct row *row)
{
	struct corrected *c = arg;
	struct json_object *body;

	c->found = true;
	c->leaf = row->leaf;
	snprintf(c->kind, sizeof(c->kind), "%s", row->kind);
	if (json_parse(row->body, row->body_len, &JSON_LEDGER_LIMITS, &body,
		       NULL) < 0)
		return;
	snprintf(c->label, sizeof(c->label), "%s",
		 json_get_string(body, "workload_label", ""));
	json_object_put(body);
}

static const struct effect *
effect_of(const char *kind)
{
	const struct effect *effect = effects;

	while (effect->kind != NULL && strcmp(effect->kind, kind) != 0)
		effect++;
	return effect;
}

/* False, and answered, when the request names no row that is there. */
static bool
find_corrected(struct engine *e, uint64_t client, const char *name,
	       uint64_t *ret_seq, struct corrected *ret)
{
	int r;

	if (row_seq_parse(name, ret_seq) < 0) {
		command_answer(e, client, CTL_USAGE,
			       "%s: the seq of a row is expected; see "
			       "evidencectl history",
			       name);
		return false;
	}
	if (*ret_seq < e->view->pruned_to) {
		command_answer(e, client, CTL_NO_OBJECT,
			       "row %" PRIu64 " was pruned by row %" PRIu64,
			       *ret_seq, e->view->pruned_seq);
		return false;
	}
	*ret = (struct corrected){0};
	r = e->ports->read_row(e->ports->ctx, *ret_seq, take_corrected, ret);
	if (r == 0 && ret->found)
		return true;
	if (r == 0 || r == ERR_NOT_FOUND)
		command_answer(e, client, CTL_NO_OBJECT,
			       "there is no row %" PRIu64
			       "; the newest: evidencectl history -n 1",
			       *ret_seq);
	else
		command_answer(e, client, CTL_LEDGER_DAMAGED,
			       "row %" PRIu64
			       " cannot be read (%s); evidencectl verify",
			       *ret_seq, err_name(r));
	return false;
}

static void
put_who(struct json_writer *w, const struct ctl_request *request,
	const struct ctl_peer *peer)
{
	json_put_string(w, "note", request->note);
	json_put_int(w, "peer_uid", peer->uid);
}

static void
correction_body(const struct corrected *c, uint64_t seq,
		const struct ctl_request *request, const struct ctl_peer *peer,
		struct buf *out)
{
	char hex[DIGEST_HEX_LEN + 1];
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_object_open(&w, "corrects");
	json_put_string(&w, "kind", c->kind);
	json_put_string(&w, "leaf", digest_hex(&c->leaf, hex));
	json_put_int(&w, "seq", (int64_t)seq);
	json_object_close(&w);
	put_who(&w, request, peer);
	json_put_string(&w, "role", request->role);
	if (c->label[0] != '\0')
		json_put_string(&w, "workload_label", c->label);
	json_object_close(&w);
}

void
command_correct(struct engine *e, uint64_t client,
		const struct ctl_request *request, const struct ctl_peer *peer)
{
	const struct view_correction *before;
	const struct effect *effect;
	struct corrected c;
	struct buf body = {0};
	char id[ROW_ID_MAX + 1], text[200];
	uint64_t seq;

	if (!find_corrected(e, client, request->name, &seq, &c))
		return;
	effect = effect_of(c.kind);
	if (!command_role_permits(e, client, request, peer, effect->right) ||
	    !command_note_ok(e, client, request))
		return;
	before = view_correction(e->view, seq);
	if (before != NULL) {
		command_answer(e, client, CTL_REFUSED,
			       "ALREADY_CORRECTED: row %" PRIu64
			       " is corrected by row %" PRIu64
			       "; evidencectl show %" PRIu64,
			       seq, before->by, before->by);
		return;
	}
	correction_body(&c, seq, request, peer, &body);
	/* Two at once get the same id: the ledger takes one. */
	snprintf(id, sizeof(id), "correction.%" PRIu64, seq);
	snprintf(text, sizeof(text), "corrected: row %" PRIu64 " (%s): %s\n",
		 seq, c.kind, effect->words);
	command_append(e, client, "correction", id, &body, text);
	buf_free(&body);
}

/* False, and answered, when a limit of the hold is no time. */
static bool
read_limit(struct engine *e, uint64_t client, const char *name,
	   const char *text, struct wall_time open, struct wall_time *ret)
{
	*ret = open;
	if (text[0] == '\0' || wall_parse(text, ret) == 0)
		return true;
	command_answer(e, client, CTL_USAGE,
		       "--%s %s: an RFC 3339 time is expected", name, text);
	return false;
}

static void
hold(struct engine *e, uint64_t client, const struct ctl_request *request,
     const struct ctl_peer *peer)
{
	struct wall_time since, until;
	struct buf body = {0};
	char id[ROW_ID_MAX + 1];
	struct json_writer w;

	if (!read_limit(e, client, "since", request->since,
			(struct wall_time){0}, &since) ||
	    !read_limit(e, client, "until", request->until, WALL_NEVER, &until))
		return;
	if (since.us >= until.us) {
		command_answer(e, client, CTL_USAGE,
			       "--until %s is not after --since %s",
			       request->until, request->since);
		return;
	}
	json_writer_init(&w, &body);
	json_object_open(&w, NULL);
	put_who(&w, request, peer);
	json_put_string(&w, "role", request->role);
	json_put_string(&w, "since", request->since);
	json_put_string(&w, "until", request->until);
	json_object_close(&w);
	command_row_id(e, request, id);
	command_append(
	    e, client, "legal_hold", id, &body,
	    "held: rows of this time are kept until somebody releases the hold of this row: evidencectl history --kind legal_hold\n");
	buf_free(&body);
}

static void
release(struct engine *e, uint64_t client, const struct ctl_request *request,
	const struct ctl_peer *peer)
{
	struct buf body = {0};
	char id[ROW_ID_MAX + 1], text[100];
	struct json_writer w;
	uint64_t seq;

	if (row_seq_parse(request->name, &seq) < 0 ||
	    view_hold(e->view, seq) == NULL) {
		command_answer(e, client, CTL_NO_OBJECT,
			       "no legal hold %s is in force; see evidencectl "
			       "history --kind legal_hold",
			       request->name);
		return;
	}
	json_writer_init(&w, &body);
	json_object_open(&w, NULL);
	put_who(&w, request, peer);
	json_put_int(&w, "releases", (int64_t)seq);
	json_put_string(&w, "role", request->role);
	json_object_close(&w);
	snprintf(id, sizeof(id), "release.%" PRIu64, seq);
	snprintf(text, sizeof(text), "released: the hold of row %" PRIu64 "\n",
		 seq);
	command_append(e, client, "legal_hold", id, &body, text);
	buf_free(&body);
}

void
command_legal_hold(struct engine *e, uint64_t client,
		   const struct ctl_request *request,
		   const struct ctl_peer *peer)
{
	if (!command_role_permits(e, client, request, peer, MAY_DECIDE) ||
	    !command_note_ok(e, client, request))
		return;
	if (request->release)
		release(e, client, request, peer);
	else
		hold(e, client, request, peer);
}
