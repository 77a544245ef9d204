/* Where each workload stands, and in which group.
 *
 * A group is named by the day's record where the record says it (owner,
 * environment): what was judged then is not told anew by today's
 * configuration.  What no record holds is read from the configuration.  A
 * name that is missing is a group of its own, never somebody else's. */
#include "report/rollup_inside.h"
#include "base/json.h"
#include "govern/govern.h"
#include "ledger/facets.h"
#include "report/standing.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	const char *missing; /* the group of those without */
	bool configured;
} bys[ROLLUP_BYS] = {
    [ROLLUP_OWNER] = {"owner", FACETS_OWNER_NONE, false},
    [ROLLUP_APPLICATION] = {"application", "(no application)", true},
    [ROLLUP_ENVIRONMENT] = {"environment", "(no environment)", false},
    [ROLLUP_COST_CENTER] = {"cost-center", "(no cost center)", true},
    [ROLLUP_POOL] = {"pool", "(no pool)", true},
};

const char *
rollup_by_name(enum rollup_by by)
{
	return bys[by].name;
}

int
rollup_by_parse(const char *name, enum rollup_by *ret)
{
	for (int i = 0; i < ROLLUP_BYS; i++) {
		if (strcmp(bys[i].name, name) == 0) {
			*ret = (enum rollup_by)i;
			return 0;
		}
	}
	return ERR_NOT_FOUND;
}

bool
rollup_by_needs_config(enum rollup_by by)
{
	return bys[by].configured;
}

const char *
rollup_state_word(enum rollup_state state)
{
	static const char *const words[ROLLUP_STATES] = {
	    [ROLLUP_PASS] = "pass",
	    [ROLLUP_RESPONSE_ONLY] = "pass (response only)",
	    [ROLLUP_HOLD] = "hold",
	    [ROLLUP_INCONCLUSIVE] = "inconclusive",
	    [ROLLUP_FAIL] = "fail",
	    [ROLLUP_PENDING] = "pending",
	    [ROLLUP_NO_RECORD] = "no record",
	    [ROLLUP_NOT_KNOWN] = "not known",
	    [ROLLUP_NOT_DUE] = "not due",
	};

	return words[state];
}

/* ---- groups ---- */

/* Where it is not known what was configured then, it is told as now. */
static const char *
cost_center(const struct rollup *r, const char *group)
{
	if (rollup_then_known(r))
		return rollup_then_cost_center(r, group);
	for (size_t i = 0; i < r->config->n_owners; i++) {
		const struct owner *o = &r->config->owners[i];

		if (strcmp(o->group, group) == 0 && o->valid_from <= r->day &&
		    r->day <= o->valid_to)
			return o->cost_center;
	}
	return "";
}

static const char *
pool(const struct rollup *r, const struct rollup_entry *e)
{
	const struct allocation_rule *rule;
	const struct workload *w = e->workload;

	if (rollup_then_known(r))
		return rollup_then_pool(
		    r, json_get_string(e->configured, "allocation_rule", ""));
	rule = w == NULL ? NULL : govern_rule(r->config, w, r->day);
	return rule == NULL || rule->type != RULE_SHARED_COST ? "" : rule->pool;
}

/* As it was on the review date; `now` where that is not known. */
static const char *
configured(const struct rollup_entry *e, const char *key, const char *now)
{
	return e->configured == NULL ? now
				     : json_get_string(e->configured, key, "");
}

static const char *
group_of(const struct rollup *r, const struct rollup_entry *e)
{
	const struct workload *w = e->workload;
	const char *name = "";

	switch (r->by) {
	case ROLLUP_OWNER:
		name = e->owner;
		break;
	case ROLLUP_ENVIRONMENT:
		name = json_get_string(
		    e->record, "environment",
		    configured(e, "environment",
			       w == NULL ? "" : w->environment_name));
		break;
	case ROLLUP_APPLICATION:
		name = configured(e, "application",
				  w == NULL ? "" : w->application);
		break;
	case ROLLUP_COST_CENTER:
		name = cost_center(r, e->owner);
		break;
	case ROLLUP_POOL:
		name = pool(r, e);
		break;
	case ROLLUP_BYS:
		break;
	}
	return name[0] == '\0' ? bys[r->by].missing : name;
}

static const char *
owner_of(const struct rollup_entry *e)
{
	const char *owner;

	if (e->record != NULL)
		owner = json_get_string(e->record, "owner_group", "");
	else
		owner = configured(
		    e, "owner_group",
		    e->workload == NULL ? "" : e->workload->owner_group);
	return owner[0] == '\0' ? FACETS_OWNER_NONE : owner;
}

/* ---- one workload ---- */

/* What cannot be read of it is not known. */
static int
read_configured(const struct span_workload *of, struct json_object **ret)
{
	struct json_limits limits = JSON_FOREIGN_LIMITS;
	int r = 0;

	limits.elements = SIZE_MAX;
	if (of->as_configured != NULL)
		r = json_parse(of->as_configured, of->as_configured_len,
			       &limits, ret, NULL);
	return r == ERR_NOMEM ? r : 0;
}

static int
read_record(const struct span_workload *of, struct json_object **ret)
{
	return of->record == NULL ? 0
				  : json_parse(of->record, of->record_len,
					       &JSON_LEDGER_LIMITS, ret, NULL);
}

static int
fill_entry(const struct rollup *r, const struct span_workload *of,
	   struct rollup_entry *e)
{
	const struct span_day *day = &of->days[r->span->n_days - 1];
	int ret;

	*e = (struct rollup_entry){.span = of};
	if (r->config != NULL)
		e->workload = config_workload(r->config, of->label);
	ret = read_record(of, &e->record);
	if (ret == 0)
		ret = read_configured(of, &e->configured);
	if (ret < 0)
		return ret;
	e->reasons = day->reasons;
	e->seq = day->seq;
	e->corrected_by = day->corrected_by;
	e->owner = owner_of(e);
	e->group = group_of(r, e);
	rollup_count_days(r, e);
	return 0;
}

static void
clear_entry(struct rollup_entry *e)
{
	json_object_put(e->record);
	json_object_put(e->configured);
	*e = (struct rollup_entry){0};
}

/* It was not configured on the review date, and nothing was recorded. */
static bool
is_gone(const struct rollup *r, const struct span_workload *w)
{
	return w->record == NULL &&
	       !span_was_configured(r->span, w, r->span->n_days - 1);
}

/* ---- all of them ---- */

static void
add_sum(struct span_sum *to, const struct span_sum *from)
{
	to->total += from->total;
	to->reported += from->reported;
}

static void
add_use(struct span_use *to, const struct span_use *from)
{
	to->requests += from->requests;
	to->answers += from->answers;
	add_sum(&to->prompt, &from->prompt);
	add_sum(&to->completion, &from->completion);
	add_sum(&to->tokens, &from->tokens);
}

static int
make_entries(struct rollup *r, const char *owner)
{
	r->entries = calloc(r->span->n_workloads + 1, sizeof(*r->entries));
	if (r->entries == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < r->span->n_workloads; i++) {
		const struct span_workload *of = &r->span->workloads[i];
		struct rollup_entry *e = &r->entries[r->n];
		int ret;

		if (is_gone(r, of))
			continue;
		ret = fill_entry(r, of, e);
		if (ret < 0 || (owner != NULL && strcmp(owner, e->owner) != 0))
			clear_entry(e);
		if (ret < 0)
			return ret;
		if (e->span == NULL)
			continue;
		add_use(&r->use, &of->use);
		r->n++;
	}
	return 0;
}

/* Groups without a name, "(…)", stand last. */
static int
compare_entries(const void *a, const void *b)
{
	const struct rollup_entry *x = a, *y = b;
	int c = (x->group[0] == '(') - (y->group[0] == '(');

	if (c == 0)
		c = strcmp(x->group, y->group);
	return c != 0 ? c : strcmp(x->span->label, y->span->label);
}

static bool
is_held(const struct rollup_entry *e)
{
	return e->state == ROLLUP_HOLD || e->state == ROLLUP_INCONCLUSIVE ||
	       e->state == ROLLUP_FAIL;
}

static void
count(struct rollup_group *g, const struct rollup_entry *e)
{
	g->n++;
	g->states[e->state]++;
	g->pass_days += e->pass_days;
	g->response_days += e->response_days;
	g->due_days += e->due_days;
	if (is_held(e) && (g->oldest == NULL || e->since < g->oldest->since))
		g->oldest = e;
}

static int
make_groups(struct rollup *r)
{
	r->groups = calloc(r->n + 1, sizeof(*r->groups));
	if (r->groups == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < r->n; i++) {
		const struct rollup_entry *e = &r->entries[i];

		if (r->n_groups == 0 ||
		    strcmp(r->groups[r->n_groups - 1].name, e->group) != 0)
			r->groups[r->n_groups++].name = e->group;
		count(&r->groups[r->n_groups - 1], e);
		count(&r->all, e);
	}
	return 0;
}

int
rollup_make(const struct config *config, const struct view *view,
	    const struct snapshots *snapshots, const struct span *span,
	    const struct rollup_asked *asked, struct rollup *ret)
{
	struct rollup r = {.config = config,
			   .view = view,
			   .snapshots = snapshots,
			   .span = span,
			   .by = asked->by,
			   .choice = asked->choice,
			   .now =
			       asked->now.us != 0 ? asked->now : span->head_at,
			   .day = span->first + span->n_days - 1};
	int n;

	n = rollup_then_read(&r);
	if (n == 0)
		n = make_entries(&r, asked->owner);
	if (n == 0 && r.n > 0)
		qsort(r.entries, r.n, sizeof(*r.entries), compare_entries);
	if (n == 0)
		n = make_groups(&r);
	if (n < 0) {
		rollup_free(&r);
		return n;
	}
	*ret = r;
	return 0;
}

void
rollup_free(struct rollup *r)
{
	for (size_t i = 0; i < r->n; i++)
		clear_entry(&r->entries[i]);
	free(r->entries);
	free(r->groups);
	rollup_then_free(r);
	*r = (struct rollup){0};
}
