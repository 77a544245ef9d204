/* A name is known to a ledger when one of its rows carries it: that is asked
 * for each name by itself, so that a copied folder answers without any
 * configuration, and a kind of a newer build is no mistake.  What could have
 * been meant comes from the configuration, and from what the rows name. */
#include "cli/unknown.h"

#include "alert/rule.h"
#include "base/text.h"
#include "cli/job_list.h"
#include "cli/rows.h"
#include "io/disk.h"
#include "ledger/folder.h"
#include "ledger/lint.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct names {
	char (*at)[VIEW_CHECK_MAX];
	size_t n, cap;
};

/* One more or less is one suggestion more or less. */
static void
add(struct names *names, const char *name, const char *path)
{
	if (names->n == names->cap) {
		size_t cap = names->cap == 0 ? 64 : names->cap * 2;
		void *bigger = reallocarray(names->at, cap, sizeof(*names->at));

		if (bigger == NULL)
			return;
		names->at = bigger;
		names->cap = cap;
	}
	snprintf(names->at[names->n++], sizeof(*names->at), "%s%s", name, path);
}

static void
add_jobs(struct names *names, const char *label)
{
	add(names, label, "/happy");
	add(names, label, "/error");
	add(names, label, "/usage");
}

typedef void gather_fn(struct names *names, const struct config *config,
		       const struct view *view);

static void
gather_workloads(struct names *names, const struct config *config,
		 const struct view *view)
{
	for (size_t i = 0; config != NULL && i < config->n_workloads; i++)
		add(names, config->workloads[i].label, "");
	for (size_t i = 0; view != NULL && i < view->n_workloads; i++)
		add(names, view->workloads[i].label, "");
}

static void
gather_checks(struct names *names, const struct config *config,
	      const struct view *view)
{
	for (size_t i = 0; config != NULL && i < config->n_workloads; i++)
		add_jobs(names, config->workloads[i].label);
	for (size_t i = 0; config != NULL && i < config->n_sources; i++)
		add(names, config->sources[i].name, "");
	for (size_t i = 0; view != NULL && i < view->n_workloads; i++)
		add_jobs(names, view->workloads[i].label);
	for (size_t i = 0; view != NULL && i < view->n_sources; i++)
		add(names, view->sources[i].name, "");
}

static void
gather_owners(struct names *names, const struct config *config,
	      const struct view *view)
{
	for (size_t i = 0; config != NULL && i < config->n_owners; i++)
		add(names, config->owners[i].group, "");
	for (size_t i = 0;
	     view != NULL && i < alert_machine_count(view->alerts); i++)
		add(names, alert_machine_at(view->alerts, i)->owner, "");
}

/* Whole, and the part before the first dot, which means all of them. */
static void
gather_kinds(struct names *names, const struct config *config,
	     const struct view *view)
{
	for (size_t i = 0; lint_kind(i) != NULL; i++) {
		const char *kind = lint_kind(i);
		size_t n = names->n;

		add(names, kind, "");
		add(names, kind, "");
		if (names->n == n + 2) /* the second up to its dot */
			names->at[n + 1][strcspn(kind, ".")] = '\0';
	}
}

static bool
has(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++) {
		if (strcmp(names->at[i], name) == 0)
			return true;
	}
	return false;
}

static int
note_any(void *ctx, struct row_list *rows, struct wall_time oldest)
{
	bool *any = ctx;

	*any = rows->n > 0;
	row_list_free(rows);
	return *any;
}

/* Where nothing of that name is known outside the ledger. */
static int
ask_ledger(struct session *s, const char *dir, const struct row_filter *one,
	   bool *ret_known)
{
	*ret_known = false;
	return rows_found_back(s, dir, one, 1, note_any, ret_known);
}

/* NULL: none is near. */
static const char *
nearest_of(const struct names *names, const char *name)
{
	const char **at = calloc(names->n + 1, sizeof(*at));
	const char *near = NULL;

	for (size_t i = 0; at != NULL && i < names->n; i++)
		at[i] = names->at[i];
	if (at != NULL)
		near = text_suggest(name, at, names->n);
	free(at);
	return near;
}

static int
tell(struct session *s, enum ctl_exit status, const char *what,
     const char *name, const struct names *names, const char *next)
{
	const char *near = nearest_of(names, name);

	if (near != NULL)
		return session_fail(s, status, "no %s %s; did you mean %s?",
				    what, name, near);
	return session_fail(s, status, "no %s %s; see %s", what, name, next);
}

struct question {
	const char *name; /* NULL: not asked for */
	const char *what;
	gather_fn *gather;
	enum ctl_exit status;
	const char *next;
	struct row_filter one; /* for this name alone */
};

static int
ask(struct session *s, const char *dir, const struct question *q,
    const struct config *config)
{
	struct names names = {0};
	bool known;
	int r = 0;

	q->gather(&names, config, NULL);
	known = has(&names, q->name);
	if (!known)
		r = ask_ledger(s, dir, &q->one, &known);
	if (r == 0 && !known) {
		if (q->status != CTL_USAGE)
			q->gather(&names, NULL, session_view_if_any(s));
		r = tell(s, q->status, q->what, q->name, &names, q->next);
	}
	free(names.at);
	return r;
}

int
unknown_names(struct session *s, const char *dir, const struct row_filter *f)
{
	const struct question questions[] = {
	    {f->kind,
	     "kind of row",
	     gather_kinds,
	     CTL_USAGE,
	     "evidenced-ledger(5)",
	     {.kind = f->kind}},
	    {f->workload,
	     "workload",
	     gather_workloads,
	     CTL_NO_OBJECT,
	     "evidencectl list workloads",
	     {.workload = f->workload}},
	    {f->check,
	     "job or source",
	     gather_checks,
	     CTL_NO_OBJECT,
	     "evidencectl list checks",
	     {.check = f->check}},
	    {f->owner,
	     "owner group",
	     gather_owners,
	     CTL_NO_OBJECT,
	     "evidencectl list owners",
	     {.owner = f->owner}},
	};
	const struct config *config = NULL;
	int r = session_config_if_any(s, &config);

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		if (r == 0 && questions[i].name != NULL)
			r = ask(s, dir, &questions[i], config);
	}
	return r;
}

/* By what the rows name. */
static int
tell_by_rows(struct session *s, unsigned int of, const char *says,
	     const char *name, const char *command)
{
	const struct view *view = session_view_if_any(s);
	struct names names = {0};
	const char *near;
	int r;

	if ((of & NEAREST_WORKLOAD) != 0)
		gather_workloads(&names, NULL, view);
	if ((of & NEAREST_JOB) != 0)
		gather_checks(&names, NULL, view);
	for (size_t i = 0;
	     (of & NEAREST_SOURCE) != 0 && view != NULL && i < view->n_sources;
	     i++)
		add(&names, view->sources[i].name, "");
	if ((of & NEAREST_OWNER) != 0)
		gather_owners(&names, NULL, view);
	near = nearest_of(&names, name);
	if (near != NULL)
		r = session_fail(s, CTL_NO_OBJECT, "%s %s; did you mean %s?",
				 says, name, near);
	else
		r = session_fail(s, CTL_NO_OBJECT, "%s %s; see %s", says, name,
				 command);
	free(names.at);
	return r;
}

/* "RULE/SUBJECT" */
static bool
is_alert(const char *name)
{
	const char *slash = strchr(name, '/');
	char rule[ALERT_SUBJECT_MAX + 1];

	if (slash == NULL || (size_t)(slash - name) >= sizeof(rule))
		return false;
	snprintf(rule, sizeof(rule), "%.*s", (int)(slash - name), name);
	return alert_rule_by_name(rule) != NULL;
}

const char *
unknown_code_near(const char *word)
{
	const char *codes[REASONS + ALERT_RULES];

	for (int i = 0; i < REASONS; i++)
		codes[i] = reason_info((enum reason)i)->code;
	for (int i = 0; i < ALERT_RULES; i++)
		codes[REASONS + i] = alert_rule((enum alert_rule_id)i)->name;
	return text_suggest(word, codes, REASONS + ALERT_RULES);
}

int
unknown_thing(struct session *s, const struct config *config, unsigned int of,
	      const char *says, const char *name, const char *command)
{
	enum reason reason;
	struct hint hint;

	if (alert_rule_by_name(name) != NULL ||
	    reason_by_code(name, &reason) == 0)
		return session_fail(s, CTL_NO_OBJECT,
				    "%s is a rule or a reason; see evidencectl "
				    "explain %s",
				    name, name);
	if (is_alert(name))
		return session_fail(s, CTL_NO_OBJECT,
				    "%s is an alert; see evidencectl why %s",
				    name, name);
	if (unknown_code_near(name) != NULL &&
	    (config == NULL || nearest_name(config, of, name) == NULL))
		return session_fail(s, CTL_NO_OBJECT,
				    "%s %s; did you mean evidencectl explain "
				    "%s?",
				    says, name, unknown_code_near(name));
	if (config == NULL)
		return tell_by_rows(s, of, says, name, command);
	return session_fail(s, CTL_NO_OBJECT, "%s %s; %s", says, name,
			    nearest_hint(config, of, name, command, &hint));
}

int
unknown_row(struct session *s, const char *dir, uint64_t seq)
{
	struct folder f;
	struct err err;
	bool pruned;

	if (folder_open(&f, &disk_io, dir, &err) < 0)
		return session_fail_err(s, &err);
	pruned = seq < f.pruned.to;
	if (pruned)
		folder_say_pruned(&f, seq, &err);
	folder_close(&f);
	if (pruned)
		return session_fail_err(s, &err);
	return session_fail(s, CTL_NO_OBJECT,
			    "%s has no row %" PRIu64
			    "; the newest: evidencectl history -n 1",
			    dir, seq);
}
