/* The help, made of the tables.  A line ends before the unit that would leave
 * the terminal's 80 columns: a word of a sentence, or an option with its
 * argument, which is never torn. */
#include "ctl/command_table.h"

#include <string.h>

enum { COLUMNS_MAX = 80, COMMAND_COLUMN = 19, OPTION_COLUMN = 21 };

/* The line that is being written. */
struct line {
	struct buf *out;
	size_t used;
	size_t indent; /* of the lines that follow */
	size_t most;
};

static void
put_unit(struct line *l, const char *unit, size_t len)
{
	if (l->used > l->indent && l->used + 1 + len > l->most) {
		buf_printf(l->out, "\n%*s", (int)l->indent, "");
		l->used = l->indent;
	} else if (l->used > l->indent) {
		buf_putc(l->out, ' ');
		l->used++;
	}
	buf_add(l->out, unit, len);
	l->used += len;
}

static void
put_sentence(struct line *l, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		put_unit(l, text, len);
		text += len + (text[len] == ' ');
	}
}

/* "  LEFT   SENTENCE" */
static void
put_entry(const char *left, size_t column, const char *sentence,
	  struct buf *out)
{
	struct line l = {
	    .out = out, .used = column, .indent = column, .most = COLUMNS_MAX};

	/* Where the left side is too long, its sentence has its own line. */
	if (strlen(left) + 3 > column)
		buf_printf(out, "  %s\n%*s", left, (int)column, "");
	else
		buf_printf(out, "  %-*s ", (int)column - 3, left);
	put_sentence(&l, sentence);
	buf_putc(out, '\n');
}

/* "--since TIME", "-n N", "--wait" */
static void
put_option(const struct option_info *option, struct buf *out)
{
	if (option->name == NULL)
		buf_printf(out, "-%c", option->letter);
	else
		buf_printf(out, "--%s", option->name);
	if (option->argument != NULL)
		buf_printf(out, " %s", option->argument);
}

static void
synopsis(const struct command_info *command, struct line *l)
{
	put_unit(l, command->name, strlen(command->name));
	if (command->operands[0] != '\0')
		put_unit(l, command->operands, strlen(command->operands));
	for (int i = 0; i < OPTIONS; i++) {
		option_set bit = option_bit((enum option_id)i);
		bool needed = (command->needed & bit) != 0;
		struct buf unit = {0};

		if ((command->options & bit) == 0)
			continue;
		buf_puts(&unit, needed ? "" : "[");
		put_option(&command_options[i], &unit);
		buf_puts(&unit, needed ? "" : "]");
		put_unit(l, buf_text(&unit), unit.len);
		buf_free(&unit);
	}
}

void
command_synopsis(const struct command_info *command, struct buf *out)
{
	struct line l = {.out = out, .most = SIZE_MAX};

	synopsis(command, &l);
}

static void
help_options(const struct command_info *command, option_set set,
	     struct buf *out)
{
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_info *o = &command_options[i];
		struct buf left = {0};

		if ((set & option_bit(o->id)) == 0)
			continue;
		if (o->letter != 0 && o->name != NULL)
			buf_printf(&left, "-%c, ", o->letter);
		put_option(o, &left);
		put_entry(buf_text(&left), OPTION_COLUMN,
			  command == NULL ? o->help
					  : option_help(command->id, o->id),
			  out);
		buf_free(&left);
	}
}

static void
help_commands(bool acting, struct buf *out)
{
	for (int i = 0; i < COMMANDS; i++) {
		if (command_commands[i].acting == acting)
			put_entry(command_commands[i].name, COMMAND_COLUMN,
				  command_commands[i].help, out);
	}
}

static void
help_of(const struct command_info *command, struct buf *out)
{
	static const char usage[] = "usage: evidencectl [OPTION ...]";
	struct line l = {.out = out, .indent = 7, .most = COLUMNS_MAX};

	put_unit(&l, usage, strlen(usage));
	synopsis(command, &l);
	buf_printf(out, "\n\n%s.\n", command->help);
	if (command->words[0] != NULL) {
		struct line words = {.out = out, .most = COLUMNS_MAX};

		buf_putc(out, '\n');
		put_sentence(&words, "WHAT is one of:");
		for (size_t i = 0; command->words[i] != NULL; i++)
			put_sentence(&words, command->words[i]);
		buf_putc(out, '\n');
	}
	if (command->options != 0) {
		buf_putc(out, '\n');
		help_options(command, command->options, out);
	}
	buf_puts(out, "\nMore: man evidencectl\n");
}

void
command_help(const struct command_info *command, struct buf *out)
{
	if (command != NULL) {
		help_of(command, out);
		return;
	}
	buf_puts(out, "usage: evidencectl [OPTION ...] COMMAND ...\n\n"
		      "Reading files:\n");
	help_commands(false, out);
	buf_puts(out, "\nAsking the daemon:\n");
	help_commands(true, out);
	buf_puts(out, "\nOptions:\n");
	help_options(NULL, COMMAND_COMMON_OPTIONS, out);
	buf_puts(out, "\nevidencectl COMMAND --help says more about a command; "
		      "man evidencectl all.\n");
}
