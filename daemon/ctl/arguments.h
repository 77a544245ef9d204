/* The command line of evidencectl as a value, by the table of commands. */
#ifndef CTL_ARGUMENTS_H
#define CTL_ARGUMENTS_H

#include "ctl/command.h"

enum { ARGUMENTS_OPERANDS_MAX = 3 };

struct arguments {
	const struct command_info *command; /* NULL: --help or --version */
	option_set given;
	const char *value[OPTIONS]; /* NULL: not given, or a switch */
	const char *operand[ARGUMENTS_OPERANDS_MAX];
	int n_operands;
};

/* Reads argv[1] and so on; strings are borrowed.  Options may stand before
 * and after the command; "--" ends them.  ERR_INVALID with one line that
 * names the next command. */
int arguments_parse(int argc, char *const argv[], struct arguments *ret,
		    struct err *err);

static inline bool
arguments_has(const struct arguments *a, enum option_id id)
{
	return (a->given & option_bit(id)) != 0;
}

/* A whole number in [least, most]. */
int arguments_number(const struct arguments *a, enum option_id id, int least,
		     int most, int absent, int *ret, struct err *err);

#endif
