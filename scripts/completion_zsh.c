/* The completion for zsh: specifications for its _arguments(). */
#include "completion.h"

#include <stdio.h>

/* How the shell completes a name: a function of the frame; a space before it
 * keeps the shell from adding arguments of its own. */
static const char *const completers[] = {
    [NAME_ANY] = " ",
    [NAME_WORKLOAD] = " _evidencectl_list workloads label",
    [NAME_SOURCE] = " _evidencectl_list sources name",
    [NAME_OWNER] = " _evidencectl_list owners group",
    [NAME_GATEWAY] = " _evidencectl_list gateways name",
    [NAME_RULE] = " _evidencectl_list rules id",
    [NAME_METRIC] = " _evidencectl_list metrics name",
    [NAME_ROLE] = " _evidencectl_list roles name",
    [NAME_TEMPLATE] = " _evidencectl_list templates name",
    [NAME_KIND] = "",
    [NAME_SNAPSHOT] = " _evidencectl_snapshots",
    [NAME_JOB] = " _evidencectl_list checks check",
    [NAME_THING] = " _evidencectl_things",
    [NAME_ANYTHING] = " _evidencectl_anything",
    [NAME_CODE] = "",
    [NAME_ALERT] = " _evidencectl_alerts",
    [NAME_SILENCE] = " _evidencectl_silences",
    [NAME_FILE] = "_files",
    [NAME_DIRECTORY] = "_files -/",
};

/* Between single quotes; `special` gets a backslash. */
static void
print_quoted(const char *text, const char *special)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			printf("'\\''");
		else if (*text == special[0] || *text == special[1])
			printf("\\%c", *text);
		else
			putchar(*text);
	}
}

/* ":MESSAGE:ACTION'" */
static void
print_action(const char *message, const char *const *words,
	     enum name_kind names)
{
	putchar(':');
	print_quoted(message, ":");
	putchar(':');
	if (words[0] != NULL || names == NAME_CODE || names == NAME_KIND) {
		putchar('(');
		if (words[0] != NULL)
			print_words(words);
		else if (names == NAME_CODE)
			print_codes();
		else
			print_kinds();
		putchar(')');
	} else {
		printf("%s", completers[names]);
	}
	putchar('\'');
}

static void
print_option(const struct option_info *o, const char *help,
	     const char *const *words)
{
	if (o->name == NULL)
		printf("\t'-%c[", o->letter);
	else
		printf("\t'--%s%s[", o->name, o->argument == NULL ? "" : "=");
	print_quoted(help, "[]");
	putchar(']');
	if (o->argument == NULL)
		putchar('\'');
	else
		print_action(o->argument, words, o->names);
	putchar('\n');
}

/* command NULL: the options that every command takes. */
static void
print_set(const struct command_info *command, option_set set)
{
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_info *o = option_info((enum option_id)i);

		if ((set & option_bit(o->id)) != 0)
			print_option(
			    o,
			    command == NULL ? o->help
					    : option_help(command->id, o->id),
			    command == NULL ? o->words
					    : option_words(command->id, o->id));
	}
}

/* What stands at one place, by what the first operand was. */
static const struct operand_info *
print_place(const struct operand_info *o)
{
	const struct command_info *c = command_info(o->command);
	int place = o->place;

	printf("\t'%d", place);
	if (o->after == NULL) {
		print_action(c->operands, o->words, o->names);
		putchar('\n');
		return o + 1;
	}
	putchar(':');
	print_quoted(c->operands, ":");
	printf(":{ case $line[1] in ");
	for (; o->command == c->id && o->place == place; o++)
		printf("(%s)%s;; ", o->after, completers[o->names]);
	printf("esac }'\n");
	return o;
}

static void
print_command(const struct command_info *c)
{
	printf("%s) specs=(\n", c->name);
	print_set(c, c->options);
	if (c->max_operands > 0) {
		printf("\t'1");
		print_action(c->operands, c->words, c->names);
		putchar('\n');
	}
	for (const struct operand_info *o = command_operands();
	     o->command != COMMANDS;)
		o = o->command == c->id ? print_place(o) : o + 1;
	printf("\t) ;;\n");
}

void
print_zsh(void)
{
	printf("_evidencectl_commands=(\n");
	for (int i = 0; i < COMMANDS; i++) {
		const struct command_info *c = command_info((enum command_id)i);

		printf("\t'%s:", c->name);
		print_quoted(c->help, "");
		printf("'\n");
	}
	printf(")\n\n_evidencectl_common=(\n");
	print_set(NULL, COMMAND_COMMON_OPTIONS);
	printf(")\n\n_evidencectl_specs() {\n\tcase $1 in\n");
	for (int i = 0; i < COMMANDS; i++) {
		putchar('\t');
		print_command(command_info((enum command_id)i));
	}
	printf("\tesac\n}\n\n");
}
