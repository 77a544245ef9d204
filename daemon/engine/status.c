/* STATUS= and the answer to `status`: from the view and the schedule. */
#include "base/json.h"
#include "base/text.h"
#include "engine/state.h"
#include "report/tally.h"

#include <inttypes.h>
#include <string.h>

struct standing_seen
engine_seen(const struct engine *e)
{
	return (struct standing_seen){e->now.wall, e->now.wall,
				      e->present_since};
}

/* The next planned run of anything. */
static struct wall_time
next_run(const struct engine *e, const char **ret_name)
{
	struct wall_time next = WALL_NEVER;

	*ret_name = "";
	for (size_t i = 0; i < e->n_duties; i++) {
		const struct duty *d = &e->duties[i];
		const struct wall_time at[] = {d->run_at, d->error_at,
					       d->reobserve_at};

		for (size_t k = 0; k < 3; k++) {
			if (at[k].us > 0 && at[k].us < next.us) {
				next = at[k];
				*ret_name = d->w->label;
			}
		}
	}
	for (size_t i = 0; i < e->n_sources; i++) {
		const struct source_duty *s = &e->sources[i];

		if (s->run_at.us < next.us) {
			next = s->run_at;
			*ret_name = s->source->name;
		}
	}
	return next;
}

/* Runs and reads that have begun, or wait for their turn. */
static int64_t
under_way(const struct engine *e)
{
	int64_t n = 0;

	for (const struct pair *p = e->pairs; p != NULL; p = p->next)
		n++;
	for (const struct read *r = e->reads; r != NULL; r = r->next)
		n++;
	return n;
}

static const char *
trouble(const struct engine *e)
{
	if (e->ledger_damaged)
		return e->damage_words;
	if (e->ledger_full)
		return e->full_words;
	if (e->stepping)
		return "clock stepped: no probes";
	if (e->mirror.conflicts > 0)
		return "JOURNAL CONTRADICTS: no checkpoint is signed";
	return "";
}

/* Of each gateway whose surface said 429; those that read rows cannot know. */
static void
throttled_json(const struct engine *e, struct json_writer *w)
{
	char when[WALL_RFC3339_LEN + 1];

	json_array_open(w, "throttled");
	for (size_t i = 0; i < e->n_gateways; i++) {
		struct wall_time until;

		if (!throttle_until(e, &e->gateways[i], &until))
			continue;
		json_object_open(w, NULL);
		json_put_string(w, "gateway", e->gateways[i].gateway->name);
		json_put_string(w, "until", wall_format(until, when));
		json_object_close(w);
	}
	json_array_close(w);
}

/* What does not keep anything from being sent is trouble all the same. */
static void
put_throttled(const struct engine *e, struct buf *out)
{
	char words[THROTTLE_WORDS_MAX];

	for (size_t i = 0; i < e->n_gateways; i++) {
		if (throttle_words(e, &e->gateways[i], words)[0] != '\0')
			buf_printf(out, "%s%s", out->len == 0 ? "" : "; ",
				   words);
	}
}

/* The mirror in one word. */
static const char *
mirror_word(const struct engine *e)
{
	if (!e->mirror.followed)
		return "missing";
	if (e->mirror.conflicts > 0)
		return "contradicts";
	if (e->mirror.unconfirmed_since.us != 0)
		return "behind";
	return "followed";
}

static void
mirror_line(const struct engine *e, struct buf *out)
{
	if (!e->mirror.followed)
		buf_puts(out, "; no journal mirror");
	else if (e->mirror.unconfirmed_since.us != 0)
		buf_printf(out, "; journal unconfirmed from row %" PRIu64,
			   e->mirror.confirmed);
}

static void
mirror_json(const struct engine *e, struct json_writer *w)
{
	const struct engine_mirror *m = &e->mirror;

	json_put_string(w, "mirror", mirror_word(e));
	if (m->confirmed > 0)
		json_put_int(w, "mirror_confirmed", (int64_t)m->confirmed - 1);
	else
		json_put_null(w, "mirror_confirmed");
	json_put_int(w, "mirror_expired", (int64_t)m->expired);
	json_put_int(w, "mirror_forged", (int64_t)m->forged);
	if (m->reaches)
		json_put_int(w, "mirror_from", (int64_t)m->oldest_seq);
	else
		json_put_null(w, "mirror_from");
}

void
engine_status_line(const struct engine *e, struct buf *out)
{
	char when[WALL_RFC3339_LEN + 1];
	const char *name;
	struct wall_time next = next_run(e, &name);
	const struct standing_seen seen = engine_seen(e);
	struct tally t;

	if (trouble(e)[0] != '\0') {
		buf_printf(out, "%s; evidencectl status", trouble(e));
		return;
	}
	tally_records(engine_conf(e), e->view, e->today, &seen, &t);
	buf_printf(out, "%zu workload%s", e->n_duties,
		   TEXT_PLURAL(e->n_duties));
	if (next.us != INT64_MAX)
		buf_printf(out, "; next %s %s", name, wall_format(next, when));
	buf_printf(out, "; today %d pass", t.pass);
	tally_put_corrected(t.pass_corrected, out);
	if (t.response_only > 0)
		buf_printf(out, ", %d pass (response only)", t.response_only);
	tally_put_corrected(t.response_corrected, out);
	if (t.no_record > 0)
		buf_printf(out, ", %d no record", t.no_record);
	buf_printf(out,
		   ", %d pending, %d hold, %d inconclusive, %d fail; "
		   "%zu alert%s",
		   t.pending, t.hold, t.inconclusive, t.fail,
		   alert_machine_count(e->view->alerts),
		   TEXT_PLURAL(alert_machine_count(e->view->alerts)));
	mirror_line(e, out);
	put_throttled(e, out);
}

void
engine_status_json(const struct engine *e, struct buf *out)
{
	char when[WALL_RFC3339_LEN + 1], hex[DIGEST_HEX_LEN + 1];
	const char *name;
	struct wall_time next = next_run(e, &name);
	struct buf troubles = {0};
	struct json_writer w;
	const struct standing_seen seen = engine_seen(e);
	struct tally t;

	tally_records(engine_conf(e), e->view, e->today, &seen, &t);
	buf_puts(&troubles, trouble(e));
	put_throttled(e, &troubles);
	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_int(&w, "alerts",
		     (int64_t)alert_machine_count(e->view->alerts));
	json_put_string(&w, "config_digest",
			digest_hex(&engine_conf(e)->digest, hex));
	json_put_int(&w, "corrected", t.pass_corrected + t.response_corrected);
	json_put_bool(&w, "damaged", e->ledger_damaged);
	json_put_int(&w, "fail", t.fail);
	json_put_int(&w, "hold", t.hold);
	json_put_int(&w, "inconclusive", t.inconclusive);
	json_put_string(&w, "ledger_head", digest_hex(&e->view->head, hex));
	json_put_int(&w, "ledger_rows", (int64_t)e->view->rows);
	mirror_json(e, &w);
	if (next.us == INT64_MAX) {
		json_put_null(&w, "next_at");
		json_put_null(&w, "next_check");
	} else {
		json_put_string(&w, "next_at", wall_format(next, when));
		json_put_string(&w, "next_check", name);
	}
	json_put_int(&w, "no_record", t.no_record);
	json_put_int(&w, "not_due", t.not_due);
	json_put_int(&w, "not_known", t.not_known);
	json_put_int(&w, "pass", t.pass);
	json_put_int(&w, "pending", t.pending);
	json_put_int(&w, "response_only", t.response_only);
	json_put_int(&w, "schema", 1);
	json_put_string(&w, "since", wall_format(e->started_at, when));
	throttled_json(e, &w);
	json_put_string(&w, "trouble", buf_text(&troubles));
	json_put_int(&w, "under_way", under_way(e));
	json_put_string(&w, "version", e->options.version);
	json_put_int(&w, "workloads", (int64_t)e->n_duties);
	json_object_close(&w);
	buf_free(&troubles);
}
