/* The rows behind ctl/command.h. */
#ifndef CTL_COMMAND_TABLE_H
#define CTL_COMMAND_TABLE_H

#include "ctl/command.h"

extern const struct option_info command_options[OPTIONS];
extern const struct command_info command_commands[COMMANDS];
/* Where an option says something else than in command_options; ends with a
 * row whose `help` is NULL. */
struct option_meaning {
	enum command_id command;
	enum option_id option;
	const char *help;
	/* the values that there are in that command; none: as elsewhere */
	const char *words[COMMAND_WORDS_MAX];
};

extern const struct option_meaning command_meanings[];
extern const struct operand_info command_operand_table[];
extern const struct exit_info command_exit_table[];

#endif
