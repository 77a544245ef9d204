/* A person lowers a workload: every later record of it is capped until the
 * end of a day.
 *
 * Only downwards: a word that would end an earlier one sooner, or make it
 * milder, is refused, as is a correction of it.  What was found stays in the
 * record beside it, and the cap ends by itself. */
#include "base/json.h"
#include "engine/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CAP_MAX_DAYS = 31 };

/* False, and answered, unless the words say how far down and until when. */
static bool
read_cap(struct engine *e, uint64_t client, const struct ctl_request *request,
	 struct cap_fact *ret)
{
	ret->cap = decision_by_name(request->decision);
	if (ret->cap != DECISION_HOLD && ret->cap != DECISION_FAIL) {
		command_answer(e, client, CTL_USAGE,
			       "\"%s\": hold or fail is expected; people lower "
			       "a decision, and never raise one",
			       request->decision);
		return false;
	}
	if (day_parse(request->until, &ret->until) < 0) {
		command_answer(e, client, CTL_USAGE,
			       "--until %s: the last UTC day is expected, as "
			       "2026-07-10",
			       request->until);
		return false;
	}
	if (ret->until < e->today || ret->until > e->today + CAP_MAX_DAYS) {
		command_answer(e, client, CTL_USAGE,
			       "--until %s: a day from today on is expected, "
			       "and at most %d days away",
			       request->until, CAP_MAX_DAYS);
		return false;
	}
	return true;
}

/* False, and answered, when an earlier word says more. */
static bool
lowers(struct engine *e, uint64_t client, const struct view_workload *v,
       const struct cap_fact *cap)
{
	const struct cap_fact *before = v == NULL ? NULL : &v->cap;
	char day[WALL_DAY_LEN + 1];

	if (before == NULL || before->cap == DECISION_NONE ||
	    before->until < e->today ||
	    (cap->cap >= before->cap && cap->until >= before->until))
		return true;
	command_answer(e, client, CTL_REFUSED,
		       "ONLY_LOWERS: row %" PRIu64 " says %s until %s, by %s; "
		       "it cannot be made milder or shorter",
		       before->seq, decision_name(before->cap),
		       day_format(before->until, day), before->role);
	return false;
}

static void
put_body(const struct ctl_request *request, const struct ctl_peer *peer,
	 const char *label, struct buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_string(&w, "decision", request->decision);
	json_put_string(&w, "note", request->note);
	json_put_int(&w, "peer_uid", peer->uid);
	json_put_string(&w, "role", request->role);
	json_put_string(&w, "until", request->until);
	json_put_string(&w, "workload_label", label);
	json_object_close(&w);
}

void
command_decide(struct engine *e, uint64_t client,
	       const struct ctl_request *request, const struct ctl_peer *peer)
{
	const struct workload *w = command_workload(e, client, request);
	char id[ROW_ID_MAX + 1], text[300];
	struct cap_fact cap = {.seq = 0};
	struct buf body = {0};

	if (w == NULL || !read_cap(e, client, request, &cap) ||
	    !command_role_permits(e, client, request, peer, MAY_DECIDE) ||
	    !command_note_ok(e, client, request) ||
	    !lowers(e, client, view_workload(e->view, w->label), &cap))
		return;
	put_body(request, peer, w->label, &body);
	command_row_id(e, request, id);
	snprintf(text, sizeof(text),
		 "decided: %s is at most %s until the end of %s, by %s\n",
		 w->label, request->decision, request->until, request->role);
	command_append(e, client, "decision", id, &body, text);
	buf_free(&body);
}
