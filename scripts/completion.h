/* The tables of commands and options, as the completion of a shell. */
#ifndef SCRIPTS_COMPLETION_H
#define SCRIPTS_COMPLETION_H

#include "ctl/command.h"

/* Rules of alerts, then reasons, with a space between two. */
void print_codes(void);
/* Kinds of rows, each after what it begins with. */
void print_kinds(void);
void print_words(const char *const *words);

void print_bash(void);
void print_zsh(void);

#endif
