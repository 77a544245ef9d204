/* Questions to a person at a terminal. */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

enum { PROMPT_MAX = 512 };

/* Standard input and standard error are a terminal. */
bool prompt_possible(void);

/* Asks on standard error and reads one line, blanks at its ends cut; false at
 * the end of the input, or for a line that is too long. */
bool prompt_line(const char *question, char out[PROMPT_MAX]);

#endif
