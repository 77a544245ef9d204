/* `todo`: everything that is open, under the name of who must act, in lines
 * that can be pasted into a message. */
#include "cli/todo.h"
#include "alert/rule.h"
#include "base/text.h"
#include "cli/cli.h"
#include "conf/nearest.h"
#include "ledger/facets.h"

#include <stdio.h>
#include <string.h>

enum { NAMES_SHOWN = 5 };

static const struct column columns[] = {
    {"who", "who acts", 0},
    {"code", "reason", 0},
    {"decision", "decision", COLUMN_STATE},
    {"subject", "subject", 0},
    {"says", "what is wrong", 0},
    {"detail", "here", 0},
    {"clears_itself", "clears by itself", 0},
    {"workloads", "workloads", 0},
    {"next", "next", 0},
};

/* "; 7 workloads: a, b, c, d, e and 2 more" */
static void
add_workloads(const struct todo_item *item, struct buf *out)
{
	if (item->n_workloads == 0)
		return;
	buf_printf(out, "; %zu workload%s: ", item->n_workloads,
		   TEXT_PLURAL(item->n_workloads));
	for (size_t i = 0; i < item->n_workloads && i < NAMES_SHOWN; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : ", ", item->workloads[i]);
	if (item->n_workloads > NAMES_SHOWN)
		buf_printf(out, " and %zu more",
			   item->n_workloads - NAMES_SHOWN);
}

/* First snapshots have a walk of their own. */
static bool
has_walk(const struct todo_item *item)
{
	return strcmp(item->code,
		      reason_info(REASON_SOURCE_UNAPPROVED)->code) == 0;
}

static void
print_walk(struct session *s, const struct role *role)
{
	struct buf line = {0};

	buf_printf(&line,
		   "next, for all of them: evidencectl approve --new --role %s "
		   "--note TEXT",
		   role != NULL && (role->may & MAY_APPROVE) != 0 ? role->name
								  : "ROLE");
	writer_paragraph(&s->writer, "    ", buf_text(&line));
	buf_free(&line);
}

/* What is wrong, with the value at fault, in whole sentences. */
static void
put_says(const struct todo_item *item, const char *detail, struct buf *out)
{
	buf_puts(out, item->says);
	if (detail[0] != '\0')
		buf_printf(out, " Here: %s.", detail);
	if (item->clears_itself)
		buf_puts(out, " Clears by itself.");
}

static void
print_item(struct writer *w, const struct todo_item *item)
{
	struct buf line = {0};

	buf_puts(&line, item->code);
	if (item->subject[0] != '\0')
		buf_printf(&line, " %s", item->subject);
	add_workloads(item, &line);
	writer_paragraph(w, "  - ", buf_text(&line));
	buf_reset(&line);
	put_says(item, item->detail, &line);
	writer_paragraph(w, "    ", buf_text(&line));
	buf_reset(&line);
	buf_printf(&line, "next: %s", item->next);
	writer_paragraph(w, "    ", buf_text(&line));
	buf_free(&line);
}

/* The same reason of many subjects is one line: each by itself would hide
 * what else there is. */
static bool
is_alike(const struct todo_item *a, const struct todo_item *b)
{
	return strcmp(a->who, b->who) == 0 && strcmp(a->code, b->code) == 0;
}

static size_t
count_alike(const struct todo *todo, const struct todo_item *item)
{
	size_t n = 0;

	for (size_t i = 0; i < todo->n; i++)
		n += is_alike(&todo->items[i], item);
	return n;
}

static bool
is_told(const struct todo *todo, const struct todo_item *item)
{
	const struct todo_item *first = todo->items;

	while (!is_alike(first, item))
		first++;
	return first != item;
}

static bool
is_last(const struct todo *todo, const struct todo_item *item)
{
	const struct todo_item *last = todo->items + todo->n - 1;

	while (!is_alike(last, item))
		last--;
	return last == item;
}

static void
print_group(struct writer *w, const struct todo *todo,
	    const struct todo_item *first, size_t n)
{
	struct buf line = {0};
	const char *subject;
	size_t shown = 0;

	buf_printf(&line, "%s of %zu: ", first->code, n);
	for (size_t i = 0; i < todo->n && shown < NAMES_SHOWN; i++) {
		if (!is_alike(&todo->items[i], first))
			continue;
		subject = todo->items[i].subject;
		buf_puts(&line, shown++ == 0 ? "" : ", ");
		if (subject[0] != '\0')
			buf_puts(&line, subject);
		else
			buf_printf(&line, "%zu workload%s naming none",
				   todo->items[i].n_workloads,
				   TEXT_PLURAL(todo->items[i].n_workloads));
	}
	buf_printf(&line, " and %zu more", n - shown);
	writer_paragraph(w, "  - ", buf_text(&line));
	buf_reset(&line);
	put_says(first, "", &line);
	writer_paragraph(w, "    ", buf_text(&line));
	buf_reset(&line);
	buf_printf(&line, "next, for the first: %s%s", first->next,
		   has_walk(first) ? ""
				   : "; all of them: evidencectl todo --json");
	writer_paragraph(w, "    ", buf_text(&line));
	buf_free(&line);
}

static void
print_text(struct session *s, const struct config *config,
	   const struct role *role, const struct todo *todo)
{
	const char *who = "";

	if (todo->n == 0 && config->n_workloads == 0)
		session_say_empty(s);
	else if (todo->n == 0)
		buf_puts(&s->out, "nothing to do\n");
	for (size_t i = 0; i < todo->n; i++) {
		const struct todo_item *item = &todo->items[i];
		size_t alike = count_alike(todo, item);

		if (alike > NAMES_SHOWN && is_told(todo, item))
			continue;
		if (strcmp(item->who, who) != 0) {
			if (i > 0)
				buf_putc(&s->out, '\n');
			who = item->who;
			writer_paragraph(&s->writer, "", who);
		}
		if (alike > NAMES_SHOWN)
			print_group(&s->writer, todo, item, alike);
		else
			print_item(&s->writer, item);
		if (alike > 1 && has_walk(item) &&
		    (alike > NAMES_SHOWN || is_last(todo, item)))
			print_walk(s, role);
	}
}

static void
print_json(struct writer *w, const struct todo *todo)
{
	writer_table(w, "todo", columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < todo->n; i++) {
		const struct todo_item *item = &todo->items[i];

		writer_text(w, item->who);
		writer_text(w, item->code);
		writer_text(w,
			    item->decision[0] == '\0' ? NULL : item->decision);
		writer_text(w, item->subject[0] == '\0' ? NULL : item->subject);
		writer_text(w, item->says);
		writer_text(w, item->detail[0] == '\0' ? NULL : item->detail);
		writer_bool(w, item->clears_itself);
		writer_list(w, item->workloads, item->n_workloads);
		writer_text(w, item->next);
	}
	writer_close(w);
}

/* Words of the tables that items may stand under. */
static bool
is_heading(const char *words)
{
	bool found = false;

	for (int i = 0; i < REASONS && !found; i++)
		found = strcmp(reason_info((enum reason)i)->who, words) == 0;
	for (int i = 0; i < ALERT_RULES && !found; i++) {
		struct buf who = {0};

		alert_rule_who(alert_rule((enum alert_rule_id)i), &who);
		found = strcmp(buf_text(&who), words) == 0;
		buf_free(&who);
	}
	return found;
}

static bool
has_workload(const struct config *config, const char *owner)
{
	for (size_t i = 0; i < config->n_workloads; i++) {
		if (todo_is_of_owner(&config->workloads[i], owner))
			return true;
	}
	return false;
}

/* For whom there may be nothing to do.  A name that nobody has would look like
 * that, too. */
static bool
is_known(const struct config *config, const char *owner)
{
	const char *keeper = nearest_name(config, NEAREST_KEEPER, owner);

	return strcmp(owner, FACETS_OWNER_NONE) == 0 ||
	       strcmp(owner, config->unowned_escalation) == 0 ||
	       (keeper != NULL && strcmp(owner, keeper) == 0) ||
	       has_workload(config, owner) || is_heading(owner);
}

static int
fail_of_owner(struct session *s, const struct config *config, const char *owner)
{
	struct hint hint;

	return session_fail(
	    s, CTL_NO_OBJECT, "no workload of owner group %s; %s", owner,
	    nearest_hint(config, NEAREST_OWNER | NEAREST_KEEPER, owner,
			 "evidencectl list owners", &hint));
}

static int
find_role(struct session *s, const struct config *config,
	  const struct role **ret_role)
{
	const char *role = s->args->value[OPTION_ROLE];
	struct hint hint;

	*ret_role = role == NULL ? NULL : config_role(config, role);
	if (role != NULL && *ret_role == NULL)
		return session_fail(s, CTL_NO_OBJECT, "no role %s; %s", role,
				    nearest_hint(config, NEAREST_ROLE, role,
						 "evidencectl list roles",
						 &hint));
	return 0;
}

int
cmd_todo(struct session *s)
{
	const char *owner = s->args->value[OPTION_OWNER];
	const struct config *config;
	const struct role *role;
	const struct view *view;
	struct todo todo;
	int r = session_config(s, &config);

	if (r == 0)
		r = find_role(s, config, &role);
	if (r == 0)
		r = session_view(s, &view);
	if (r != 0)
		return r;
	if (todo_find(s, config, view, owner, role, &todo) < 0)
		return session_fail(s, CTL_CHECK_FAILED, "no memory");
	if (todo.n == 0 && owner != NULL && !is_known(config, owner))
		r = fail_of_owner(s, config, owner);
	else if (s->writer.format == WRITER_JSON)
		print_json(&s->writer, &todo);
	else
		print_text(s, config, role, &todo);
	todo_free(&todo);
	return r;
}
