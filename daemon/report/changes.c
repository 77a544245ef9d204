/* Things are the same when they have the same name.  Of each list the new one
 * is walked for what was added or changed, then the old one for what is gone,
 * so that lines stand in the order in which the files name things.
 *
 * Workloads and sources are compared by the digest of all that they say;
 * owners and roles have none, and are compared member by member.  Where a
 * thing is written does not count: a file may be moved. */
#include "report/changes.h"

#include <string.h>

struct telling {
	const struct config *old, *new;
	change_fn *fn;
	void *ctx;
};

static void
tell(const struct telling *t, const char *change, const char *what,
     const char *name)
{
	t->fn(t->ctx, &(struct change){change, what, name, NULL, NULL});
}

/* ---- workloads and sources ---- */

static void
tell_owner_of(const struct telling *t, const struct workload *was,
	      const struct workload *is)
{
	const char *before = was->owner_group, *after = is->owner_group;
	struct change change = {"changed", "owner of workload", is->label,
				before[0] == '\0' ? NULL : before,
				after[0] == '\0' ? NULL : after};

	if (strcmp(before, after) == 0)
		return;
	if (change.before == NULL)
		change.change = "added";
	else if (change.after == NULL)
		change.change = "removed";
	t->fn(t->ctx, &change);
}

static void
tell_workloads(const struct telling *t)
{
	for (size_t i = 0; i < t->new->n_workloads; i++) {
		const struct workload *is = &t->new->workloads[i];
		const struct workload *was = config_workload(t->old, is->label);

		if (was == NULL) {
			tell(t, "added", "workload", is->label);
			continue;
		}
		if (!digest_equal(&was->digest, &is->digest))
			tell(t, "changed", "workload", is->label);
		tell_owner_of(t, was, is);
	}
	for (size_t i = 0; i < t->old->n_workloads; i++) {
		const char *label = t->old->workloads[i].label;

		if (config_workload(t->new, label) == NULL)
			tell(t, "removed", "workload", label);
	}
}

static void
tell_sources(const struct telling *t)
{
	for (size_t i = 0; i < t->new->n_sources; i++) {
		const struct source *is = &t->new->sources[i];
		const struct source *was = config_source(t->old, is->name);

		if (was == NULL)
			tell(t, "added", "source", is->name);
		else if (!digest_equal(&was->digest, &is->digest))
			tell(t, "changed", "source", is->name);
	}
	for (size_t i = 0; i < t->old->n_sources; i++) {
		const char *name = t->old->sources[i].name;

		if (config_source(t->new, name) == NULL)
			tell(t, "removed", "source", name);
	}
}

/* ---- owners ---- */

static bool
same_owner(const struct owner *a, const struct owner *b)
{
	return strcmp(a->cost_center, b->cost_center) == 0 &&
	       strcmp(a->contact, b->contact) == 0 &&
	       strcmp(a->escalation, b->escalation) == 0 &&
	       a->chargeback == b->chargeback &&
	       a->valid_from == b->valid_from && a->valid_to == b->valid_to;
}

static void
tell_owners(const struct telling *t)
{
	for (size_t i = 0; i < t->new->n_owners; i++) {
		const struct owner *is = &t->new->owners[i];
		const struct owner *was = config_owner(t->old, is->group);

		if (was == NULL)
			tell(t, "added", "owner", is->group);
		else if (!same_owner(was, is))
			tell(t, "changed", "owner", is->group);
	}
	for (size_t i = 0; i < t->old->n_owners; i++) {
		const char *group = t->old->owners[i].group;

		if (config_owner(t->new, group) == NULL)
			tell(t, "removed", "owner", group);
	}
}

/* ---- roles ---- */

/* "finops (approve, attest)" */
static void
role_words(const struct role *role, struct buf *out)
{
	const char *names[ROLE_RIGHTS];
	size_t n = role_rights(role->may, names);

	buf_printf(out, "%s (", role->unix_group);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : ", ", names[i]);
	buf_putc(out, ')');
}

static bool
same_role(const struct role *a, const struct role *b)
{
	return strcmp(a->unix_group, b->unix_group) == 0 && a->may == b->may;
}

/* One of them may be NULL. */
static void
tell_role(const struct telling *t, const char *change, const struct role *was,
	  const struct role *is)
{
	struct buf before = {0}, after = {0};

	if (was != NULL)
		role_words(was, &before);
	if (is != NULL)
		role_words(is, &after);
	t->fn(t->ctx, &(struct change){change, "role",
				       is != NULL ? is->name : was->name,
				       was == NULL ? NULL : buf_text(&before),
				       is == NULL ? NULL : buf_text(&after)});
	buf_free(&before);
	buf_free(&after);
}

static void
tell_roles(const struct telling *t)
{
	for (size_t i = 0; i < t->new->n_roles; i++) {
		const struct role *is = &t->new->roles[i];
		const struct role *was = config_role(t->old, is->name);

		if (was == NULL)
			tell_role(t, "added", NULL, is);
		else if (!same_role(was, is))
			tell_role(t, "changed", was, is);
	}
	for (size_t i = 0; i < t->old->n_roles; i++) {
		const struct role *was = &t->old->roles[i];

		if (config_role(t->new, was->name) == NULL)
			tell_role(t, "removed", was, NULL);
	}
}

void
changes_each(const struct config *before, const struct config *after,
	     change_fn *fn, void *ctx)
{
	const struct telling t = {before, after, fn, ctx};

	tell_workloads(&t);
	tell_sources(&t);
	tell_owners(&t);
	tell_roles(&t);
}

void
change_print(struct buf *out, const struct change *c)
{
	buf_printf(out, "%s %s %s", c->change, c->what, c->name);
	if (c->after != NULL)
		buf_printf(out, ": %s", c->after);
	if (c->before != NULL)
		buf_printf(out, ", was %s", c->before);
	buf_putc(out, '\n');
}
