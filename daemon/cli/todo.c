/* The reasons of all workloads, as `why` tells them, sorted into items.
 *
 * What is about a source, a credential, a metric or a rule is one item for
 * each of these; what is about workloads themselves is one for each reason.
 * Beside them stand open alerts that report no reason: those of the daemon
 * and its host. */
#include "cli/todo.h"
#include "alert/rule.h"
#include "ledger/facets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is looked at, and what was found. */
struct search {
	struct why why;
	const char *owner; /* NULL: all */
	struct todo todo;
};

/* What a role does that ends a reason; the rest is done in the configuration,
 * at the gateway or on the host. */
static unsigned int
right_of(enum reason reason)
{
	switch (reason) {
	case REASON_SOURCE_UNAPPROVED:
	case REASON_CHANGE_UNAPPROVED:
	case REASON_APPROVAL_EXPIRED:
	case REASON_PRICING_REFERENCE_MISMATCH:
	case REASON_SCOPE_UNAPPROVED:
		return MAY_APPROVE;
	case REASON_USAGE_NOT_VISIBLE:
		return MAY_ATTEST;
	case REASON_LOWERED_BY_ROLE:
		return MAY_DECIDE;
	default:
		return 0;
	}
}

static struct todo_item *
item_of(struct todo *todo, const char *who, const char *code,
	const char *subject)
{
	struct todo_item *more;

	for (size_t i = 0; i < todo->n; i++) {
		struct todo_item *item = &todo->items[i];

		if (strcmp(item->code, code) == 0 &&
		    strcmp(item->who, who) == 0 &&
		    strcmp(item->subject, subject) == 0)
			return item;
	}
	more = reallocarray(todo->items, todo->n + 1, sizeof(*more));
	if (more == NULL)
		return NULL;
	todo->items = more;
	more = &todo->items[todo->n++];
	*more = (struct todo_item){.code = code, .decision = ""};
	snprintf(more->who, sizeof(more->who), "%s", who);
	snprintf(more->subject, sizeof(more->subject), "%s", subject);
	return more;
}

/* The subject's place in a command that is not about one workload. */
static void
set_next(struct todo_item *item, const struct why *why, enum reason reason)
{
	struct buf text = {0};
	const char *place = strstr(reason_info(reason)->next, "%s");

	if (item->n_workloads == 1 || item->subject[0] != '\0') {
		why_next(why, reason, &text);
		snprintf(item->next, sizeof(item->next), "%s", buf_text(&text));
	} else if (place != NULL) {
		snprintf(item->next, sizeof(item->next), "%.*sNAME%s",
			 (int)(place - reason_info(reason)->next),
			 reason_info(reason)->next, place + 2);
	}
	buf_reset(&text);
	if (item->n_workloads == 1)
		why_detail(why, reason, &text);
	snprintf(item->detail, sizeof(item->detail), "%s", buf_text(&text));
	buf_free(&text);
}

static int
add_workload(struct todo_item *item, const char *label)
{
	const char **more;

	if (item->n_workloads > 0 &&
	    strcmp(item->workloads[item->n_workloads - 1], label) == 0)
		return 0;
	more =
	    reallocarray(item->workloads, item->n_workloads + 1, sizeof(*more));
	if (more == NULL)
		return ERR_NOMEM;
	item->workloads = more;
	item->workloads[item->n_workloads++] = label;
	return 0;
}

/* What is common to the workloads of an item; "" where it is each of them, or
 * a metric or rule that none of them names. */
static const char *
subject_of(const struct why *why, enum reason reason)
{
	const struct alert_rule *rule =
	    alert_rule_by_name(reason_info(reason)->alert_rule);
	const char *subject = why_subject_of(why, reason);
	bool unnamed = (rule->subject == SUBJECT_METRIC ||
			rule->subject == SUBJECT_RULE) &&
		       subject == why->workload->label;

	return rule->subject == SUBJECT_WORKLOAD || unnamed ? "" : subject;
}

bool
todo_is_of_owner(const struct workload *w, const char *owner)
{
	if (w->owner_group[0] == '\0')
		return strcmp(owner, FACETS_OWNER_NONE) == 0;
	return strcmp(w->owner_group, owner) == 0;
}

/* What holds a workload of the owner, and what stands under its name. */
static bool
is_wanted(const struct search *x, const char *who)
{
	return x->owner == NULL || strcmp(who, x->owner) == 0 ||
	       todo_is_of_owner(x->why.workload, x->owner);
}

static int
add_reason(struct search *x, enum reason reason)
{
	const struct reason_info *info = reason_info(reason);
	const struct why *why = &x->why;
	const char *who = why_who(why, reason);
	struct todo_item *item;
	int r;

	if (!is_wanted(x, who))
		return 0;
	item = item_of(&x->todo, who, info->code, subject_of(why, reason));
	if (item == NULL)
		return ERR_NOMEM;
	item->decision = decision_name(info->decision);
	snprintf(item->says, sizeof(item->says), "%s", info->says);
	item->clears_itself = info->clears_itself;
	item->right = right_of(reason);
	r = add_workload(item, why->workload->label);
	if (r == 0)
		set_next(item, why, reason);
	return r;
}

/* A reason about sources is one item for each that is meant. */
static int
add_reason_of_sources(struct search *x, enum reason reason)
{
	struct why *why = &x->why;
	const struct workload *w = why->workload;
	bool any = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->n_sources; i++) {
		if (!why_means_source(why, w->sources[i], reason))
			continue;
		why->source = w->sources[i];
		r = add_reason(x, reason);
		any = true;
	}
	why->source = NULL;
	return r == 0 && !any ? add_reason(x, reason) : r;
}

static reason_set
open_reasons(const struct why *why)
{
	const struct view_workload *v =
	    view_workload(why->view, why->workload->label);
	reason_set reasons = 0;

	if (v != NULL && v->record.present &&
	    v->record.decision != DECISION_PASS)
		reasons = v->record.reasons;
	return why_still_open(why, reasons) | why_reasons_now(why);
}

static int
add_of_workload(struct search *x)
{
	reason_set reasons = open_reasons(&x->why);
	int r = 0;

	for (int i = 0; r == 0 && i < REASONS; i++) {
		enum reason reason = (enum reason)i;
		const struct alert_rule *rule;

		if ((reasons & reason_bit(reason)) == 0)
			continue;
		rule = alert_rule_by_name(reason_info(reason)->alert_rule);
		r = rule->subject == SUBJECT_SOURCE
			? add_reason_of_sources(x, reason)
			: add_reason(x, reason);
	}
	return r;
}

/* Alerts that report no reason of a workload. */
static int
add_alerts(struct search *x)
{
	const struct view *view = x->why.view;

	for (size_t i = 0; i < alert_machine_count(view->alerts); i++) {
		const struct alert *a = alert_machine_at(view->alerts, i);
		const struct alert_rule *rule = alert_rule(a->rule);
		struct todo_item *item;
		struct buf text = {0};

		if (a->reasons != 0)
			continue;
		alert_rule_who(rule, &text);
		if (x->owner != NULL &&
		    strcmp(buf_text(&text), x->owner) != 0) {
			buf_free(&text);
			continue;
		}
		item =
		    item_of(&x->todo, buf_text(&text), rule->name, a->subject);
		buf_reset(&text);
		alert_rule_next(rule, a->subject, &text);
		if (item != NULL) {
			snprintf(item->next, sizeof(item->next), "%s",
				 buf_text(&text));
			buf_reset(&text);
			alert_sentence(rule->what, &text);
			snprintf(item->says, sizeof(item->says), "%s",
				 buf_text(&text));
		}
		buf_free(&text);
		if (item == NULL)
			return ERR_NOMEM;
	}
	return 0;
}

/* What this role may do, or is named for. */
static bool
is_for(const struct todo_item *item, const struct role *role)
{
	return (role->may & item->right) != 0 ||
	       strcmp(item->who, role->name) == 0;
}

static void
free_item(struct todo_item *item)
{
	free(item->workloads);
}

/* Who asks for his own list can paste its commands. */
static void
name_role(struct todo_item *item, const char *role)
{
	static const char place[] = "--role ROLE";
	const char *at = strstr(item->next, place);
	char text[TODO_TEXT_MAX];

	if (at == NULL)
		return;
	snprintf(text, sizeof(text), "%.*s--role %s%s", (int)(at - item->next),
		 item->next, role, at + strlen(place));
	snprintf(item->next, sizeof(item->next), "%s", text);
}

static void
keep_for(struct todo *todo, const struct role *role)
{
	size_t kept = 0;

	for (size_t i = 0; i < todo->n; i++) {
		if (is_for(&todo->items[i], role))
			todo->items[kept++] = todo->items[i];
		else
			free_item(&todo->items[i]);
	}
	todo->n = kept;
	for (size_t i = 0; i < kept; i++)
		if ((role->may & todo->items[i].right) != 0)
			name_role(&todo->items[i], role->name);
}

static int
compare_items(const void *left, const void *right)
{
	const struct todo_item *a = left, *b = right;
	int order = strcmp(a->who, b->who);

	if (order != 0)
		return order;
	if (a->n_workloads != b->n_workloads)
		return a->n_workloads > b->n_workloads ? -1 : 1;
	order = strcmp(a->code, b->code);
	return order != 0 ? order : strcmp(a->subject, b->subject);
}

int
todo_find(struct session *s, const struct config *config,
	  const struct view *view, const char *owner, const struct role *role,
	  struct todo *ret)
{
	struct search x = {.why = {.session = s,
				   .config = config,
				   .view = view,
				   .day = wall_day(s->now.wall)},
			   .owner = owner};
	int r = 0;

	for (size_t i = 0; r == 0 && i < config->n_workloads; i++) {
		x.why.workload = &config->workloads[i];
		x.why.name = x.why.workload->label;
		r = add_of_workload(&x);
	}
	if (r == 0)
		r = add_alerts(&x);
	if (r < 0) {
		todo_free(&x.todo);
		return r;
	}
	if (role != NULL)
		keep_for(&x.todo, role);
	if (x.todo.n > 0)
		qsort(x.todo.items, x.todo.n, sizeof(x.todo.items[0]),
		      compare_items);
	*ret = x.todo;
	return 0;
}

void
todo_free(struct todo *todo)
{
	for (size_t i = 0; i < todo->n; i++)
		free_item(&todo->items[i]);
	free(todo->items);
	*todo = (struct todo){0};
}
