/* evidencectl(1) and the tables say the same: every command, option and exit
 * status of the tables stands in the manual, and every one that stands there
 * is in the tables. */
#include "ctl/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PAGE_MAX = 256 * 1024, LINE_BYTES = 512 };

static char page[PAGE_MAX];

static void
read_page(void)
{
	char path[1024];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/man/evidencectl.1",
		 getenv("top_srcdir"));
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(page, 1, PAGE_MAX - 1, f);
	fclose(f);
	assert_in_range(n, 1, PAGE_MAX - 2);
	page[n] = '\0';
}

/* The text between `.Sh NAME` and the next section. */
static char *
section(const char *name)
{
	char heading[80];
	const char *start, *end;

	snprintf(heading, sizeof(heading), "\n.Sh %s\n", name);
	start = strstr(page, heading);
	if (start == NULL)
		fail_msg("the manual has no section %s", name);
	start += strlen(heading);
	end = strstr(start, "\n.Sh ");
	return strndup(start,
		       end == NULL ? strlen(start) : (size_t)(end - start) + 1);
}

/* Whether a line of text is exactly this. */
static bool
has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (const char *at = text; (at = strstr(at, line)) != NULL;
	     at += len) {
		if ((at == text || at[-1] == '\n') &&
		    (at[len] == '\n' || at[len] == '\0'))
			return true;
	}
	return false;
}

static void
put_flag(struct buf *out, const struct option_info *o)
{
	if (o->name == NULL)
		buf_printf(out, "%c", o->letter);
	else
		buf_printf(out, "-%s", o->name);
	if (o->argument != NULL)
		buf_printf(out, " Ar %s", o->argument);
}

/* The item of a command, with the items of its options. */
static char *
item_of(const char *text, const char *start)
{
	const char *at = strstr(text, start), *end;

	if (at == NULL)
		return NULL;
	end = strstr(at + 1, "\n.It Cm ");
	return strndup(at, end == NULL ? strlen(at) : (size_t)(end - at) + 1);
}

static void
check_command(const char *text, const struct command_info *c)
{
	char start[80];
	char *item;

	snprintf(start, sizeof(start), "\n.It Cm %s%s", c->name,
		 c->max_operands > 0 || c->options != 0 ? " " : "\n");
	item = item_of(text, start);
	if (item == NULL)
		fail_msg("%s does not stand in the manual", c->name);
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_info *o = option_info((enum option_id)i);
		struct buf line = {0};
		bool takes = (c->options & option_bit(o->id)) != 0;

		buf_puts(&line, ".It Fl ");
		put_flag(&line, o);
		if (has_line(item, buf_text(&line)) != takes)
			fail_msg("%s: \"%s\": table and manual differ", c->name,
				 buf_text(&line));
		buf_free(&line);
	}
	for (size_t i = 0; c->words[i] != NULL; i++) {
		if (strstr(item, c->words[i]) == NULL)
			fail_msg("%s: %s is not in the manual", c->name,
				 c->words[i]);
	}
	free(item);
}

static void
commands_and_their_options(void **state)
{
	char *text = section("COMMANDS");

	for (int i = 0; i < COMMANDS; i++)
		check_command(text, command_info((enum command_id)i));
	for (char *at = text; (at = strstr(at, "\n.It Cm ")) != NULL; at++) {
		char name[40];

		assert_int_equal(sscanf(at, "\n.It Cm %39s", name), 1);
		if (command_by_name(name) == NULL)
			fail_msg("%s is no command", name);
	}
	free(text);
}

static void
common_options(void **state)
{
	char *text = section("OPTIONS");
	size_t listed = 0, known = 0;

	for (char *at = text; (at = strstr(at, ".It Fl ")) != NULL; at++)
		listed++;
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_info *o = option_info((enum option_id)i);
		struct buf line = {0};

		if ((COMMAND_COMMON_OPTIONS & option_bit(o->id)) == 0)
			continue;
		known++;
		buf_puts(&line, ".It Fl ");
		if (o->letter != 0 && o->name != NULL)
			buf_printf(&line, "%c , Fl ", o->letter);
		put_flag(&line, o);
		if (!has_line(text, buf_text(&line)))
			fail_msg("\"%s\" is not in the manual",
				 buf_text(&line));
		buf_free(&line);
	}
	assert_int_equal(listed, known);
	free(text);
}

static void
exit_statuses(void **state)
{
	char *text = section("EXIT STATUS");
	size_t listed = 0, known = 0;

	for (char *at = text; (at = strstr(at, "\n.It ")) != NULL; at++)
		listed++;
	for (const struct exit_info *e = command_exits(); e->means != NULL;
	     e++) {
		char start[16];

		snprintf(start, sizeof(start), ".It %d", (int)e->status);
		if (!has_line(text, start))
			fail_msg("exit status %d is not in the manual",
				 (int)e->status);
		known++;
	}
	assert_int_equal(listed, known);
	free(text);
}

static void
sections_are_there(void **state)
{
	static const char *const names[] = {
	    "NAME",	   "SYNOPSIS", "DESCRIPTION", "OPTIONS",  "COMMANDS",
	    "ENVIRONMENT", "FILES",    "EXIT STATUS", "EXAMPLES", "SEE ALSO"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		free(section(names[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sections_are_there),
	    cmocka_unit_test(commands_and_their_options),
	    cmocka_unit_test(common_options),
	    cmocka_unit_test(exit_statuses),
	};

	read_page();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
