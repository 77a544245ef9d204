/* The rows behind ctl/command.h. */
#ifndef CTL_COMMAND_TABLE_H
#define CTL_COMMAND_TABLE_H

#include "ctl/command.h"

extern const struct option_info command_options[OPTIONS];
extern const struct command_info command_commands[COMMANDS];
extern const struct exit_info command_exit_table[];

#endif
