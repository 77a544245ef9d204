/* The credentials that workloads name: by the daemon's word, if it answers,
 * and by the rows.  No value of a credential is ever here. */
#include "base/text.h"
#include "check/request.h"
#include "cli/credentials.h"
#include "cli/list.h"
#include "govern/govern.h"
#include "report/ceiling.h"
#include "report/sharing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct column columns[] = {
    {"name", "credential", COLUMN_FLEX},
    {"workloads", "used by", COLUMN_FLEX},
    {"state", "state", COLUMN_STATE},
    {"fingerprint", "fingerprint", 0},
    {"shared", "shared", COLUMN_WIDE},
    {"shared_by", "shared by", COLUMN_MORE},
    {"refused", "refused", 0},
    {"refused_at", "refused at", COLUMN_MORE},
    {"refused_outcome", "refused with", COLUMN_MORE},
    {"last_used", "last used", 0},
    {"missing_since", "missing since", COLUMN_MORE},
};

/* The error path sends a value of its own. */
static int32_t
last_used(const struct listing *l, const char *label)
{
	const struct view_workload *v =
	    l->view == NULL ? NULL : view_workload(l->view, label);

	return v == NULL || v->last_happy_at.us == 0
		   ? INT32_MIN
		   : wall_day(v->last_happy_at);
}

/* The gateway took the key since that row, whoever sent it. */
static bool
taken_since(const struct listing *l, const struct workload *w, uint64_t seq)
{
	for (size_t k = 0; k < l->config->n_workloads; k++) {
		const struct workload *other = &l->config->workloads[k];
		const struct view_workload *v =
		    view_workload(l->view, other->label);

		if (v != NULL && other->gateway == w->gateway &&
		    strcmp(other->credential, w->credential) == 0 &&
		    outcome_conclusive(v->last_happy) &&
		    v->last_happy_seq > seq)
			return true;
	}
	return false;
}

/* Whose run was the newest in which a gateway refused the key, unless it took
 * it since; NULL: none.  That it could not be reached says nothing of a key. */
static const struct view_workload *
refused(const struct listing *l, const char *name)
{
	const struct view_workload *newest = NULL;

	for (size_t k = 0; l->view != NULL && k < l->config->n_workloads; k++) {
		const struct workload *w = &l->config->workloads[k];
		const struct view_workload *v =
		    view_workload(l->view, w->label);

		if (v != NULL && strcmp(w->credential, name) == 0 &&
		    v->refused.seq >
			(newest == NULL ? 0 : newest->refused.seq) &&
		    !taken_since(l, w, v->refused.seq))
			newest = v;
	}
	return newest;
}

static void
put_refused(const struct listing *l, const char *name, bool used)
{
	const struct view_workload *v = refused(l, name);

	if (!used)
		writer_none(l->w);
	else
		writer_bool(l->w, v != NULL);
	if (v == NULL) {
		writer_none(l->w);
		writer_none(l->w);
		return;
	}
	writer_time(l->w, v->refused.requested);
	writer_text(l->w, outcome_name(v->refused.outcome));
}

static struct wall_time
missing_since(const struct listing *l, const char *name)
{
	char id[2 * ALERT_SUBJECT_MAX];
	const struct alert *alert = NULL;

	snprintf(id, sizeof(id), "credential-missing/%.64s", name);
	if (l->view != NULL)
		alert = alert_machine_find(l->view->alerts, id);
	return alert == NULL ? (struct wall_time){0} : alert->opened_at;
}

struct holdings {
	const struct listing *l;
	struct credentials_answer answer;
	const char **prints; /* by workload; NULL: not known */
	const char **labels; /* room for those of all workloads */
};

/* Both workloads send one value, under one name or two. */
static bool
is_same(const struct holdings *h, size_t i, size_t k)
{
	const struct workload *all = h->l->config->workloads;

	return strcmp(all[i].credential, all[k].credential) == 0 ||
	       (h->prints[i] != NULL && h->prints[k] != NULL &&
		strcmp(h->prints[i], h->prints[k]) == 0);
}

/* Who sends the value of this workload; nothing is shared by one alone. */
static size_t
sharers(const struct holdings *h, size_t i)
{
	size_t n = 0;

	for (size_t k = 0; k < h->l->config->n_workloads; k++) {
		if (is_same(h, i, k))
			h->labels[n++] = h->l->config->workloads[k].label;
	}
	return n > 1 ? n : 0;
}

/* Whose value is not known may be sent by others under another name. */
static void
put_shared(const struct holdings *h, size_t i)
{
	struct writer *w = h->l->w;
	size_t n = sharers(h, i);

	if (n == 0 && h->prints[i] == NULL) {
		writer_none(w);
		writer_none(w);
		return;
	}
	writer_bool(w, n > 0);
	writer_list(w, h->labels, n);
}

static void
put_credential(const struct holdings *h, size_t i)
{
	const struct listing *l = h->l;
	const char *name = l->config->workloads[i].credential;
	struct credential_word word = {NULL, NULL};
	int32_t newest = INT32_MIN;
	size_t n = 0;

	for (size_t k = 0; k < l->config->n_workloads; k++) {
		const struct workload *w = &l->config->workloads[k];
		int32_t day = last_used(l, w->label);

		if (strcmp(w->credential, name) != 0)
			continue;
		h->labels[n++] = w->label;
		newest = day > newest ? day : newest;
	}
	credentials_word(&h->answer, name, &word);
	writer_text(l->w, name);
	writer_list(l->w, h->labels, n);
	writer_text(l->w, word.state);
	writer_text(l->w, word.fingerprint);
	put_shared(h, i);
	put_refused(l, name, newest != INT32_MIN);
	writer_day(l->w, newest);
	writer_time(l->w, missing_since(l, name));
}

/* "shared by 2 workloads: a, b; credential a, and with the same value b" */
static void
put_sharers(const struct holdings *h, size_t i, struct buf *out)
{
	const struct config *c = h->l->config;
	size_t n = sharers(h, i);

	if (n == 0)
		return;
	buf_printf(out, "shared by %zu workloads: ", n);
	for (size_t k = 0; k < n; k++)
		buf_printf(out, "%s%s", k == 0 ? "" : ", ", h->labels[k]);
	buf_printf(out, "; credential %s", c->workloads[i].credential);
	for (size_t k = i + 1; k < c->n_workloads; k++) {
		if (config_names_credential_first(c, k) && is_same(h, i, k))
			buf_printf(out, ", and with the same value %s",
				   c->workloads[k].credential);
	}
}

/* An earlier one has the same value, so its sentence is said. */
static bool
is_told(const struct holdings *h, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (is_same(h, k, i))
			return true;
	}
	return false;
}

/* How many requests of today a pass still lacks. */
static int
lacking(const struct listing *l, const struct workload *w)
{
	char endpoint[OBSERVE_URL_MAX];
	struct view_sharing sharing;
	struct day_evidence seen;
	bool shared;

	check_endpoint(w, endpoint, sizeof(endpoint));
	shared = sharing_of(w, endpoint, &sharing);
	view_evidence(l->view, w->label, shared ? &sharing : NULL, l->today,
		      &seen);
	return (seen.happy.outcome != OUTCOME_PASS ||
		!digest_equal(&seen.happy.scope, &w->scope_digest)) +
	       (seen.error.outcome != OUTCOME_REJECTED ||
		!digest_equal(&seen.error.scope, &w->scope_digest));
}

/* "; today's ceiling leaves 1 request of 6 (max_requests_per_day), and a pass
 * needs 2: by it the next pass is possible on 2026-07-04", or nothing. */
static void
put_ceiling(const struct listing *l, const struct workload *w, struct buf *out)
{
	const struct view_day *day =
	    view_day(view_workload(l->view, w->label), l->today);
	const int left = ceiling_requests_left(w, day), need = lacking(l, w);
	char date[WALL_DAY_LEN + 1];

	if (need == 0 || (left >= need && ceiling_tokens_left(w, day)))
		return;
	if (left < need)
		buf_printf(out,
			   "; today's ceiling leaves %d request%s of %d "
			   "(max_requests_per_day), and a pass needs %d: ",
			   left, TEXT_PLURAL(left), w->max_requests_per_day,
			   need);
	else
		buf_puts(out, "; today's ceiling of tokens "
			      "(max_tokens_per_day) leaves no run: ");
	if (w->max_requests_per_day < CEILING_PAIR || w->max_tokens_per_day < 1)
		buf_puts(out, "only a higher one lets a pair through");
	else
		buf_printf(
		    out, "by it the next pass is possible on %s",
		    day_format(govern_next_review_day(w, l->today), date));
}

/* A refused key is replaced, an exhausted one is paid for; either way a run
 * tells whether the gateway takes it. */
static void
put_next(const struct holdings *h, const char *name,
	 const struct view_workload *v, bool other, struct buf *out)
{
	if (other)
		buf_puts(out, "; the value that is loaded now is another one, "
			      "not tried yet; next: ");
	else if (v->refused.outcome == OUTCOME_CREDENTIAL_REJECTED) {
		buf_puts(out, "; next: ");
		credentials_put_rotation(h->l->session, name, out);
		buf_puts(out, ", then ");
	} else {
		buf_puts(out, "; next, when it has credit again: ");
	}
	buf_printf(out, "evidencectl run %s --wait", v->label);
	put_ceiling(h->l, config_workload(h->l->config, v->label), out);
}

/* "support-chat: refused at 2026-07-03T05:10:00Z (credential_rejected, row
 * 23); the value that is loaded now is another one, not tried yet; next: ..."
 */
static void
put_refusal(const struct holdings *h, size_t i, struct buf *out)
{
	const char *name = h->l->config->workloads[i].credential;
	const struct view_workload *v = refused(h->l, name);
	char at[WALL_RFC3339_LEN + 1];
	bool other;

	if (v == NULL)
		return;
	other = h->prints[i] != NULL && v->last_happy_seq == v->refused.seq &&
		view_print(h->prints[i]) != v->key_print;
	buf_printf(out, "%s: refused at %s (%s, row %llu)", name,
		   wall_format(v->refused.requested, at),
		   outcome_name(v->refused.outcome),
		   (unsigned long long)v->refused.seq);
	put_next(h, name, v, other, out);
}

/* JSON has it in each row. */
static void
say(const struct holdings *h, struct buf *line, bool *said)
{
	const struct listing *l = h->l;

	if (line->len > 0 && l->w->format == WRITER_TEXT) {
		buf_puts(&l->session->out, *said ? "" : "\n");
		writer_paragraph(l->w, "", buf_text(line));
		*said = true;
	}
	buf_reset(line);
}

static void
say_all(const struct holdings *h)
{
	const struct config *c = h->l->config;
	struct buf line = {0};
	bool said = false;

	for (size_t i = 0; i < c->n_workloads; i++) {
		if (config_names_credential_first(c, i))
			put_refusal(h, i, &line);
		say(h, &line, &said);
	}
	for (size_t i = 0; i < c->n_workloads; i++) {
		if (!is_told(h, i))
			put_sharers(h, i, &line);
		say(h, &line, &said);
	}
	buf_free(&line);
}

static void
say_unasked(const struct listing *l, const struct err *err)
{
	if (l->w->format != WRITER_TEXT)
		return;
	buf_puts(&l->session->out, "\n");
	writer_paragraph(l->w, "",
			 "Which are loaded is known to the daemon alone:");
	writer_paragraph(l->w, "  ", err->text);
}

static void
print_credentials(const struct holdings *h)
{
	const struct listing *l = h->l;
	const struct config *c = l->config;

	for (size_t i = 0; i < c->n_workloads; i++) {
		struct credential_word word = {NULL, NULL};

		credentials_word(&h->answer, c->workloads[i].credential, &word);
		h->prints[i] = word.fingerprint;
	}
	LIST_TABLE(l->w, "credential", columns);
	for (size_t i = 0; i < c->n_workloads; i++) {
		if (config_names_credential_first(c, i))
			put_credential(h, i);
	}
	writer_close(l->w);
	say_all(h);
}

void
list_credentials(const struct listing *l)
{
	const size_t n = l->config->n_workloads + 1;
	struct holdings h = {.l = l,
			     .prints = calloc(n, sizeof(*h.prints)),
			     .labels = calloc(n, sizeof(*h.labels))};
	struct err err = {0};

	if (h.prints == NULL || h.labels == NULL) {
		l->w->failed = true;
	} else {
		credentials_ask(l->session, &h.answer, &err);
		print_credentials(&h);
		if (h.answer.all == NULL)
			say_unasked(l, &err);
		credentials_answer_free(&h.answer);
	}
	free(h.prints);
	free(h.labels);
}
