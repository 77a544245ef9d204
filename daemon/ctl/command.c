/* Look-ups in the tables. */
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

/* Where an option says something else in that command; or NULL. */
static const struct option_meaning *
meaning(enum command_id command, enum option_id option)
{
	const struct option_meaning *m = command_meanings;

	while (m->help != NULL &&
	       (m->command != command || m->option != option))
		m++;
	return m->help != NULL ? m : NULL;
}

const char *
option_help(enum command_id command, enum option_id option)
{
	const struct option_meaning *m = meaning(command, option);

	return m != NULL ? m->help : option_info(option)->help;
}

const char *const *
option_words(enum command_id command, enum option_id option)
{
	const struct option_meaning *m = meaning(command, option);

	return m != NULL && m->words[0] != NULL ? m->words
						: option_info(option)->words;
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

const struct operand_info *
command_operands(void)
{
	return command_operand_table;
}

const struct exit_info *
command_exits(void)
{
	return command_exit_table;
}
