/* Both configurations are asked the same questions, by the functions that
 * judge a record: what is missing on paper today, which credential is not
 * loaded, which page has no approval that holds for its address, whether the
 * approved scope is another.  What
 * the runs of the day show does not depend on a configuration, and is left
 * out on both sides. */
#include "report/impact.h"
#include "base/json.h"
#include "govern/govern.h"
#include "page/page.h"
#include "report/changes.h"
#include "verdict/approval.h"

#include <string.h>

/* The fact is about the page, and the part of it, that this source is. */
static bool
is_of(const struct source_fact *fact, const struct source *source)
{
	struct digest url = digest_sha256(source->url, strlen(source->url));
	struct digest filter = page_filter_digest(source);

	return digest_equal(&fact->url, &url) &&
	       digest_equal(&fact->filter, &filter);
}

static reason_set
source_reasons(const struct impact *impact, const struct source *source)
{
	const struct view_source *v =
	    impact->view == NULL ? NULL
				 : view_source(impact->view, source->name);

	if (v == NULL || !v->fact.approved || !is_of(&v->fact, source))
		return reason_bit(REASON_SOURCE_UNAPPROVED);
	return approval_reasons(approval_of(source, &v->fact, impact->now));
}

static enum impact_credential
credential_of(const struct impact *impact, const struct workload *w)
{
	return impact->credential == NULL
		   ? IMPACT_UNKNOWN
		   : impact->credential(impact->ctx, w->credential);
}

reason_set
impact_reasons(const struct impact *impact, const struct config *config,
	       const struct workload *w)
{
	const struct view_workload *v =
	    impact->view == NULL ? NULL : view_workload(impact->view, w->label);
	reason_set reasons = govern_reasons(config, w, wall_day(impact->now));

	if (w->kinds_missing != 0)
		reasons |= reason_bit(REASON_SOURCE_MISSING);
	if (w->credential_shared)
		reasons |= reason_bit(REASON_CREDENTIAL_SHARED);
	if (credential_of(impact, w) == IMPACT_NOT_LOADED)
		reasons |= reason_bit(REASON_CREDENTIAL_MISSING);
	if (v != NULL && v->scope_approved &&
	    !digest_equal(&v->approved_scope, &w->scope_digest))
		reasons |= reason_bit(REASON_SCOPE_UNAPPROVED);
	for (size_t i = 0; i < w->n_sources; i++)
		reasons |= source_reasons(impact, w->sources[i]);
	return reasons;
}

/* ---- one workload of either ---- */

struct one {
	const struct workload *was, *is; /* one of them may be NULL */
	reason_set before, after;
};

static const char *
change_of(const struct one *one)
{
	if (one->was == NULL)
		return "added";
	if (one->is == NULL)
		return "removed";
	return digest_equal(&one->was->digest, &one->is->digest) ? "same"
								 : "changed";
}

static const char *
effect_of(const struct one *one)
{
	bool held_before = one->was != NULL && one->before != 0;

	if (one->is == NULL)
		return "removed";
	if (one->after != 0)
		return held_before && (one->after & ~one->before) == 0
			   ? "still held"
			   : "held";
	return held_before ? "released" : "none";
}

static void
put_text(struct json_writer *w, const char *key, const char *text)
{
	if (text == NULL)
		json_put_null(w, key);
	else
		json_put_string(w, key, text);
}

static void
put_reasons(struct json_writer *w, const char *key, bool known,
	    reason_set reasons)
{
	if (!known) {
		json_put_null(w, key);
		return;
	}
	json_array_open(w, key);
	for (int i = 0; i < REASONS; i++) {
		if ((reasons & reason_bit((enum reason)i)) != 0)
			json_put_string(w, NULL,
					reason_info((enum reason)i)->code);
	}
	json_array_close(w);
}

static void
put_one(void *ctx, const struct one *one)
{
	struct json_writer *w = ctx;
	const char *change = change_of(one);

	if (strcmp(change, "same") == 0 && one->before == one->after)
		return;
	json_object_open(w, NULL);
	put_reasons(w, "after", one->is != NULL, one->after);
	put_reasons(w, "before", one->was != NULL, one->before);
	json_put_string(w, "change", change);
	json_put_string(w, "effect", effect_of(one));
	json_put_bool(
	    w, "intake",
	    one->is != NULL &&
		(one->was == NULL || !digest_equal(&one->was->scope_digest,
						   &one->is->scope_digest)));
	json_put_string(w, "label",
			one->is != NULL ? one->is->label : one->was->label);
	json_object_close(w);
}

static void
count_still_held(void *ctx, const struct one *one)
{
	int64_t *n = ctx;

	*n += strcmp(effect_of(one), "still held") == 0;
}

static int64_t
count_unknown(const struct impact *impact)
{
	int64_t n = 0;

	for (size_t i = 0; i < impact->after->n_workloads; i++)
		n += credential_of(impact, &impact->after->workloads[i]) ==
		     IMPACT_UNKNOWN;
	return n;
}

typedef void one_fn(void *ctx, const struct one *one);

/* Those of the new configuration, then those that are gone. */
static void
each_one(const struct impact *impact, one_fn *fn, void *ctx)
{
	const struct config *old = impact->before, *new = impact->after;

	for (size_t i = 0; i < new->n_workloads; i++) {
		struct one one = {.is = &new->workloads[i]};

		one.was = config_workload(old, one.is->label);
		one.after = impact_reasons(impact, new, one.is);
		if (one.was != NULL)
			one.before = impact_reasons(impact, old, one.was);
		fn(ctx, &one);
	}
	for (size_t i = 0; i < old->n_workloads; i++) {
		struct one one = {.was = &old->workloads[i]};

		if (config_workload(new, one.was->label) != NULL)
			continue;
		one.before = impact_reasons(impact, old, one.was);
		fn(ctx, &one);
	}
}

static void
put_change(void *ctx, const struct change *change)
{
	struct json_writer *w = ctx;

	if (strcmp(change->what, "workload") == 0)
		return; /* is told with what holds it */
	json_object_open(w, NULL);
	put_text(w, "after", change->after);
	put_text(w, "before", change->before);
	json_put_string(w, "change", change->change);
	json_put_string(w, "name", change->name);
	json_put_string(w, "what", change->what);
	json_object_close(w);
}

void
impact_json(const struct impact *impact, struct buf *out)
{
	struct json_writer w;
	int64_t still_held = 0;

	each_one(impact, count_still_held, &still_held);
	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_array_open(&w, "changes");
	changes_each(impact->before, impact->after, put_change, &w);
	json_array_close(&w);
	json_put_int(&w, "schema", 1);
	json_put_int(&w, "still_held", still_held);
	json_put_int(&w, "total", (int64_t)impact->after->n_workloads);
	json_put_int(&w, "unknown_credentials", count_unknown(impact));
	json_array_open(&w, "workloads");
	each_one(impact, put_one, &w);
	json_array_close(&w);
	json_object_close(&w);
}

static void
print_change(void *ctx, const struct change *change)
{
	change_print(ctx, change);
}

static void
print_codes(reason_set reasons, const char *before, struct buf *out)
{
	for (int i = 0; i < REASONS; i++) {
		if ((reasons & reason_bit((enum reason)i)) == 0)
			continue;
		buf_printf(out, "%s%s", before,
			   reason_info((enum reason)i)->code);
		before = ", ";
	}
}

/* What holds it all the same: a role, or what the runs of the day showed. */
static void
print_rest(const struct impact *impact, const struct one *one, struct buf *out)
{
	const struct view_workload *v =
	    impact->view == NULL ? NULL
				 : view_workload(impact->view, one->is->label);
	int32_t today = wall_day(impact->now);
	char day[WALL_DAY_LEN + 1];
	reason_set rest = 0;

	if (v != NULL && v->record.present && v->record.day == today &&
	    v->record.decision != DECISION_PASS)
		rest = v->record.reasons & ~one->before;
	if (v != NULL && v->cap.cap != DECISION_NONE && v->cap.until >= today)
		buf_printf(out, ", but role %s keeps it at %s until %s",
			   v->cap.role, decision_name(v->cap.cap),
			   day_format(v->cap.until, day));
	else if (rest != 0)
		print_codes(rest, ", but its record of today says ", out);
	else
		buf_puts(out, ", as far as the configuration says");
	buf_printf(out, "; next: evidencectl why %s", one->is->label);
}

struct printing {
	const struct impact *impact;
	struct buf *out;
};

static void
print_one(void *ctx, const struct one *one)
{
	const struct printing *p = ctx;
	const char *effect = effect_of(one);
	struct buf *out = p->out;

	if (strcmp(effect, "held") != 0 && strcmp(effect, "released") != 0)
		return;
	buf_printf(out, "%s workload %s", effect, one->is->label);
	print_codes(one->after, ": ", out);
	if (one->after == 0)
		print_rest(p->impact, one, out);
	buf_putc(out, '\n');
}

void
impact_print(const struct impact *impact, struct buf *out)
{
	struct printing printing = {impact, out};

	changes_each(impact->before, impact->after, print_change, out);
	each_one(impact, print_one, &printing);
}
