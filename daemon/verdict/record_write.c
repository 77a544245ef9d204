/* The body of a record row, in canonical JSON: keys in ascending order, and
 * every member always there.
 *
 * The body is made of configured names, times, snapshot ids, row numbers and
 * the words of closed tables.  What a gateway or a page wrote has no way in,
 * so no record can carry a claim that nobody made. */
#include "base/json.h"
#include "govern/govern.h"
#include "ledger/row.h"
#include "verdict/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_PER_SOURCE = 4, ROWS_OF_RUNS = 8, RULE_ID_MAX = 96 };

struct writer {
	struct json_writer json;
	const struct judge_input *input;
	const struct findings *f;
};

static void
put_time(struct writer *w, const char *key, struct wall_time t)
{
	char text[WALL_RFC3339_LEN + 1];

	json_put_string(&w->json, key, wall_format(t, text));
}

static void
put_day(struct writer *w, const char *key, int32_t day)
{
	char text[WALL_DAY_LEN + 1];

	json_put_string(&w->json, key, day_format(day, text));
}

static void
put_yes_no(struct writer *w, const char *key, bool yes)
{
	json_put_string(&w->json, key, yes ? "yes" : "no");
}

static void
put_allocation_rule(struct writer *w)
{
	const struct allocation_rule *rule =
	    govern_rule(w->input->config, w->input->workload, w->input->day);
	char id[RULE_ID_MAX] = "";
	const char *type = "none";

	if (rule != NULL) {
		snprintf(id, sizeof(id), "%s@%d", rule->id, rule->version);
		type = rule->type == RULE_OWNER_TAG ? "owner-tag"
						    : "shared-cost-rule";
	}
	json_put_string(&w->json, "allocation_rule", type);
	json_put_string(&w->json, "allocation_rule_id", id);
}

static void
put_cap(struct writer *w)
{
	const struct cap_fact *cap = w->f->cap;

	if (cap == NULL) {
		json_put_null(&w->json, "cap");
		return;
	}
	json_object_open(&w->json, "cap");
	json_put_string(&w->json, "decision", decision_name(cap->cap));
	json_put_string(&w->json, "role", cap->role);
	json_put_int(&w->json, "seq", (int64_t)cap->seq);
	put_day(w, "until", cap->until);
	json_object_close(&w->json);
}

struct seqs {
	uint64_t at[WORKLOAD_SOURCES_MAX * ROWS_PER_SOURCE + ROWS_OF_RUNS];
	size_t n;
};

static void
rests_on(struct seqs *seqs, bool used, uint64_t seq)
{
	if (used && seq != 0)
		seqs->at[seqs->n++] = seq;
}

static void
rests_on_run(struct seqs *seqs, const struct run_fact *run)
{
	if (run != NULL)
		rests_on(seqs, true, run->seq);
}

static int
compare_seqs(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
put_evidence(struct writer *w)
{
	const struct runs *runs = &w->f->runs;
	struct seqs seqs = {.n = 0};

	rests_on_run(&seqs, runs->happy);
	rests_on_run(&seqs, runs->error);
	rests_on_run(&seqs, runs->happy_unseen);
	rests_on_run(&seqs, runs->error_unseen);
	rests_on(&seqs, true, runs->lookup.seq);
	if (w->f->cap != NULL)
		rests_on(&seqs, true, w->f->cap->seq);
	for (size_t i = 0; i < w->input->workload->n_sources; i++) {
		const struct source_fact *fact = w->input->sources[i];
		const struct reference *reference = &w->f->references[i];

		if (fact == NULL)
			continue;
		rests_on(&seqs, fact->read, fact->read_seq);
		rests_on(&seqs, fact->tried && !reference->current,
			 fact->tried_seq);
		rests_on(&seqs, fact->approved, fact->approved_seq);
		rests_on(&seqs, reference->attested, fact->attested_seq);
	}
	qsort(seqs.at, seqs.n, sizeof(seqs.at[0]), compare_seqs);
	json_array_open(&w->json, "evidence");
	for (size_t i = 0; i < seqs.n; i++) {
		if (i == 0 || seqs.at[i] != seqs.at[i - 1])
			json_put_int(&w->json, NULL, (int64_t)seqs.at[i]);
	}
	json_array_close(&w->json);
}

static void
put_next_check(struct writer *w)
{
	int32_t due = w->input->next_due;

	if (due == 0)
		due = govern_next_review_day(w->input->workload, w->input->day);
	if (due == INT32_MAX)
		json_put_string(&w->json, "next_check_due", "");
	else
		put_day(w, "next_check_due", due);
}

static void
put_statements(struct writer *w, const char *key, bool verified)
{
	json_array_open(&w->json, key);
	for (int s = 0; s < STATEMENTS; s++) {
		if (((w->f->verified >> s & 1) != 0) == verified)
			json_put_string(
			    &w->json, NULL,
			    statement_info((enum statement)s)->word);
	}
	json_array_close(&w->json);
}

/* When a page was read on the day, by whoever read it; false: it was not. */
static bool
read_time(const struct writer *w, size_t i, struct wall_time *ret)
{
	const struct reference *reference = &w->f->references[i];

	if (reference->attested)
		*ret = w->input->sources[i]->attested_at;
	else if (reference->read)
		*ret = w->input->sources[i]->read_at;
	return reference->attested || reference->read;
}

/* The pricing source: of several, the first one in the configuration. */
static bool
find_pricing(const struct workload *workload, size_t *ret)
{
	for (size_t i = 0; i < workload->n_sources; i++) {
		if (workload->sources[i]->kind == SOURCE_PRICING) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* Nothing is said of it that is not of the day. */
static void
put_pricing_reference(struct writer *w)
{
	const struct workload *workload = w->input->workload;
	char id[SNAPSHOT_ID_LEN + 1];
	const struct source_fact *fact;
	const struct reference *reference;
	struct wall_time read_at;
	size_t i;

	if (!find_pricing(workload, &i)) {
		json_put_null(&w->json, "pricing_reference");
		return;
	}
	fact = w->input->sources[i];
	reference = &w->f->references[i];
	json_object_open(&w->json, "pricing_reference");
	if (reference->reviewed && !reference->attested)
		json_put_int(&w->json, "approved_seq",
			     (int64_t)fact->approved_seq);
	else
		json_put_null(&w->json, "approved_seq");
	if (read_time(w, i, &read_at))
		put_time(w, "read_at", read_at);
	else
		json_put_null(&w->json, "read_at");
	json_put_string_or_null(
	    &w->json, "snapshot",
	    reference->read ? page_snapshot_id(&fact->text, id) : NULL);
	json_put_string(&w->json, "source", workload->sources[i]->name);
	json_put_string(&w->json, "url", workload->sources[i]->url);
	json_object_close(&w->json);
}

static void
put_reasons(struct writer *w)
{
	json_array_open(&w->json, "reasons");
	for (int r = 0; r < REASONS; r++) {
		if ((w->f->reasons & reason_bit((enum reason)r)) != 0)
			json_put_string(&w->json, NULL,
					reason_info((enum reason)r)->code);
	}
	json_array_close(&w->json);
}

static void
put_uncertainty(struct writer *w)
{
	json_array_open(&w->json, "remaining_uncertainty");
	for (int u = 0; u < UNCERTAINTIES; u++) {
		if ((w->f->uncertain >> u & 1) != 0)
			json_put_string(
			    &w->json, NULL,
			    uncertainty_info((enum uncertainty)u)->word);
	}
	json_array_close(&w->json);
}

/* Not verified is not false: what was not observed has no result. */
static void
put_request(struct writer *w)
{
	static const struct {
		const char *result, *state;
	} words[] = {
	    [REQUEST_NOT_OBSERVED] = {"", "not_observed"},
	    [REQUEST_COMPLETED] = {"pass", "completed"},
	    [REQUEST_CONTRADICTED] = {"fail", "contradicted"},
	};
	const struct runs *runs = &w->f->runs;
	const struct run_fact *in_order[] = {
	    runs->happy, runs->error, runs->happy_unseen, runs->error_unseen};
	const struct run_fact *run = NULL;

	for (size_t i = 0; i < 4 && run == NULL; i++)
		run = in_order[i];
	json_put_string(&w->json, "request_result",
			words[w->f->request].result);
	json_put_string(&w->json, "request_state", words[w->f->request].state);
	if (run != NULL)
		put_time(w, "request_time_utc", run->requested);
	else
		json_put_string(&w->json, "request_time_utc", "");
}

/* True for a URL that an earlier source of the day has too. */
static bool
listed_before(const struct writer *w, size_t i)
{
	const struct workload *workload = w->input->workload;
	struct wall_time ignored;

	for (size_t k = 0; k < i; k++) {
		if (read_time(w, k, &ignored) &&
		    strcmp(workload->sources[k]->url,
			   workload->sources[i]->url) == 0)
			return true;
	}
	return false;
}

static void
put_sources(struct writer *w)
{
	const struct workload *workload = w->input->workload;
	struct wall_time read_at;

	json_array_open(&w->json, "source_urls_checked");
	for (size_t i = 0; i < workload->n_sources; i++) {
		if (read_time(w, i, &read_at) && !listed_before(w, i))
			json_put_string(&w->json, NULL,
					workload->sources[i]->url);
	}
	json_array_close(&w->json);
	json_array_open(&w->json, "sources_read");
	for (size_t i = 0; i < workload->n_sources; i++) {
		const struct source *source = workload->sources[i];

		if (!read_time(w, i, &read_at))
			continue;
		json_object_open(&w->json, NULL);
		json_put_string(&w->json, "kind",
				source_kind_name(source->kind));
		put_time(w, "read_at", read_at);
		json_put_string(&w->json, "url", source->url);
		json_object_close(&w->json);
	}
	json_array_close(&w->json);
}

static void
put_metric(struct writer *w)
{
	const struct workload *workload = w->input->workload;

	json_put_string(&w->json, "unit_metric_name", workload->metric_name);
	if (workload->metric != NULL)
		json_put_int(&w->json, "unit_metric_version",
			     workload->metric->version);
	else
		json_put_null(&w->json, "unit_metric_version");
}

static void
put_body(struct writer *w)
{
	const struct workload *workload = w->input->workload;
	const struct findings *f = w->f;
	struct json_writer *json = &w->json;

	json_object_open(json, NULL);
	put_allocation_rule(w);
	json_put_string(json, "billing_unit",
			workload->billing_unit == BILLING_TOKEN ? "token"
								: "call");
	put_cap(w);
	json_put_string(json, "credential", workload->credential);
	put_time(w, "decided_at", w->input->now);
	json_put_string(json, "decided_by",
			f->cap_decided ? f->cap->role : "daemon");
	json_put_string(json, "decision", decision_name(f->decision));
	json_put_string(json, "environment", workload->environment_name);
	put_evidence(w);
	json_put_string(json, "evidence_tier",
			usage_tier_name(f->runs.lookup.tier));
	json_put_string(json, "follow_up_owner", workload->follow_up_owner);
	put_next_check(w);
	put_statements(w, "not_verified", false);
	json_put_string(json, "owner_group", workload->owner_group);
	put_pricing_reference(w);
	put_yes_no(w, "pricing_reference_checked", f->pricing_checked);
	put_reasons(w);
	put_uncertainty(w);
	put_request(w);
	put_day(w, "review_date", w->input->day);
	json_put_string(json, "reviewer_role", workload->reviewer_role);
	put_sources(w);
	put_metric(w);
	put_yes_no(w, "usage_evidence_present", f->usage_present);
	put_statements(w, "verified", true);
	json_put_string(json, "workload_label", workload->label);
	json_object_close(json);
}

int
record_write(const struct judge_input *input, const struct findings *findings,
	     struct buf *out)
{
	struct writer w = {.input = input, .f = findings};

	json_writer_init(&w.json, out);
	put_body(&w);
	if (out->failed)
		return ERR_NOMEM;
	if (!json_writer_ok(&w.json) || out->len > ROW_BODY_MAX)
		return ERR_INVALID;
	return json_check(out->data, out->len, &JSON_LEDGER_LIMITS, NULL);
}
