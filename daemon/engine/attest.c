/* A person looked where evidenced cannot: in an account surface that is a
 * dashboard only.
 *
 * That is new evidence, so it may raise a decision; it is of the same day,
 * only where the workload allows it, and every record that rests on it says
 * so.  What a counter already shows needs no word of anybody. */
#include "base/json.h"
#include "engine/state.h"
#include "govern/note.h"
#include "verdict/runs.h"

#include <stdio.h>
#include <string.h>

/* What was seen so far of the usage of the run that is meant; NULL, and
 * answered, when it is not to be attested. */
static const struct day_evidence *
find_run(struct engine *e, uint64_t client, const struct workload *w,
	 const char *run)
{
	struct view_workload *v = view_workload(e->view, w->label);
	const struct view_day *day = v == NULL ? NULL : view_day(v, e->today);
	const struct usage_fact *usage;

	if (day == NULL || run[0] == '\0' ||
	    strcmp(day->evidence.happy.run, run) != 0) {
		command_answer(e, client, CTL_REFUSED,
			       "NOT_SAME_DAY: %s is not the newest conclusive "
			       "run of %s today; see evidencectl history "
			       "--workload %s --kind check.happy",
			       run, w->label, w->label);
		return NULL;
	}
	/* What the surface shows is no word about the answer. */
	if (runs_lack_usage(w, &day->evidence.happy)) {
		command_answer(
		    e, client, CTL_REFUSED,
		    "USAGE_ABSENT: row %llu shows that run %s was answered "
		    "without usage, which no look at the surface mends; "
		    "evidencectl explain USAGE_ABSENT",
		    (unsigned long long)day->evidence.happy.seq, run);
		return NULL;
	}
	usage = &day->evidence.usage;
	/* That the key is another workload's, no word of a person mends. */
	if (usage->seen && usage->outcome == LOOK_LABEL_MISMATCH) {
		command_answer(e, client, CTL_REFUSED,
			       "LABEL_MISMATCH: row %llu shows the key under "
			       "another name than %s; evidencectl why %s",
			       (unsigned long long)usage->seq, w->label,
			       w->label);
		return NULL;
	}
	if (usage->seen && usage->outcome == LOOK_VISIBLE &&
	    strcmp(usage->run, run) == 0) {
		command_answer(e, client, CTL_REFUSED,
			       "ALREADY_VISIBLE: row %llu shows the usage of "
			       "%s (tier %s)",
			       (unsigned long long)usage->seq, run,
			       usage->tier);
		return NULL;
	}
	return &day->evidence;
}

static bool
allows(struct engine *e, uint64_t client, const struct workload *w)
{
	if (w->allow_attestation)
		return true;
	command_answer(e, client, CTL_REFUSED,
		       "ATTESTATION_NOT_ALLOWED: workload %s does not say "
		       "allow_attestation = true (%s:%d); where it may, add "
		       "that, then: evidencectl reload",
		       w->label, w->origin.file, w->origin.line);
	return false;
}

/* The name of a surface is a person's words, too. */
static bool
surface_ok(struct engine *e, uint64_t client, const char *surface)
{
	struct err err;

	if (note_check(surface, &err) == 0)
		return true;
	command_answer(e, client, CTL_REFUSED, "--surface: %s", err.text);
	return false;
}

static void
put_usage_body(const struct ctl_request *request, const struct ctl_peer *peer,
	       const char *label, struct buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_string(&w, "note", request->note);
	json_put_int(&w, "peer_uid", peer->uid);
	json_put_string(&w, "role", request->role);
	json_put_string(&w, "run", request->run);
	json_put_string(&w, "surface", request->surface);
	json_put_string(&w, "tier", "attested");
	json_put_string(&w, "workload_label", label);
	json_object_close(&w);
}

void
command_attest_usage(struct engine *e, uint64_t client,
		     const struct ctl_request *request,
		     const struct ctl_peer *peer)
{
	const struct workload *w = command_workload(e, client, request);
	const struct day_evidence *seen;
	char id[ROW_ID_MAX + 1], text[400];
	uint64_t since;
	struct buf body = {0};

	if (w == NULL ||
	    !command_role_permits(e, client, request, peer, MAY_ATTEST) ||
	    !command_note_ok(e, client, request) ||
	    !surface_ok(e, client, request->surface) || !allows(e, client, w))
		return;
	seen = find_run(e, client, w, request->run);
	if (seen == NULL)
		return;
	since = seen->usage_taken_back_by > seen->usage.seq
		    ? seen->usage_taken_back_by
		    : seen->usage.seq;
	put_usage_body(request, peer, w->label, &body);
	/* Two at once get the same id: the ledger takes one. */
	snprintf(id, sizeof(id), "attest.%s.%llu", request->run,
		 (unsigned long long)since);
	snprintf(text, sizeof(text),
		 "attested: usage of run %s of %s was seen in %s, by %s\n",
		 request->run, w->label, request->surface, request->role);
	command_append(e, client, "attest.usage", id, &body, text);
	buf_free(&body);
}
