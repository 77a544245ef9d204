/* Look-ups in the tables, and the help that is made of them. */
#include "ctl/command.h"
#include "ctl/command_table.h"

#include <assert.h>
#include <string.h>

static_assert(OPTIONS <= 64, "an option_set has 64 bits");

const struct command_info *
command_info(enum command_id id)
{
	assert((unsigned int)id < COMMANDS);
	return &command_commands[id];
}

const struct command_info *
command_by_name(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(command_commands[i].name, name) == 0)
			return &command_commands[i];
	}
	return NULL;
}

const struct option_info *
option_info(enum option_id id)
{
	assert((unsigned int)id < OPTIONS);
	return &command_options[id];
}

const char *
option_help(enum command_id command, enum option_id option)
{
	const struct option_meaning *m = command_meanings;

	while (m->help != NULL &&
	       (m->command != command || m->option != option))
		m++;
	return m->help != NULL ? m->help : option_info(option)->help;
}

const struct option_info *
option_by_name(const char *name, size_t len)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		if (command_options[i].name != NULL &&
		    strlen(command_options[i].name) == len &&
		    memcmp(command_options[i].name, name, len) == 0)
			return &command_options[i];
	}
	return NULL;
}

const struct option_info *
option_by_letter(char letter)
{
	for (size_t i = 0; letter != 0 && i < OPTIONS; i++) {
		if (command_options[i].letter == letter)
			return &command_options[i];
	}
	return NULL;
}

const struct exit_info *
command_exits(void)
{
	return command_exit_table;
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

void
command_synopsis(const struct command_info *command, struct buf *out)
{
	buf_puts(out, command->name);
	if (command->operands[0] != '\0')
		buf_printf(out, " %s", command->operands);
	for (int i = 0; i < OPTIONS; i++) {
		option_set bit = option_bit((enum option_id)i);

		if ((command->options & bit) == 0)
			continue;
		buf_puts(out, (command->needed & bit) != 0 ? " " : " [");
		put_option(&command_options[i], out);
		buf_puts(out, (command->needed & bit) != 0 ? "" : "]");
	}
}

static void
help_options(const struct command_info *command, option_set set,
	     struct buf *out)
{
	for (int i = 0; i < OPTIONS; i++) {
		struct buf left = {0};

		if ((set & option_bit((enum option_id)i)) == 0)
			continue;
		if (command_options[i].letter != 0 &&
		    command_options[i].name != NULL)
			buf_printf(&left, "-%c, ", command_options[i].letter);
		put_option(&command_options[i], &left);
		buf_printf(out, "  %-18s %s\n", buf_text(&left),
			   command == NULL
			       ? command_options[i].help
			       : option_help(command->id, (enum option_id)i));
		buf_free(&left);
	}
}

static void
help_commands(bool acting, struct buf *out)
{
	for (int i = 0; i < COMMANDS; i++) {
		if (command_commands[i].acting == acting)
			buf_printf(out, "  %-16s %s\n",
				   command_commands[i].name,
				   command_commands[i].help);
	}
}

void
command_help(const struct command_info *command, struct buf *out)
{
	if (command != NULL) {
		buf_puts(out, "usage: evidencectl [OPTION ...] ");
		command_synopsis(command, out);
		buf_printf(out, "\n\n%s.\n", command->help);
		if (command->words[0] != NULL) {
			buf_puts(out, "\nWHAT is one of:");
			for (size_t i = 0; command->words[i] != NULL; i++)
				buf_printf(out, " %s", command->words[i]);
			buf_putc(out, '\n');
		}
		if (command->options != 0) {
			buf_putc(out, '\n');
			help_options(command, command->options, out);
		}
		buf_puts(out, "\nMore: man evidencectl\n");
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
