/* The completion for bash: functions that say what there is. */
#include "completion.h"

#include <stdio.h>

/* How the shell completes a name: a function of the frame. */
static const char *const completers[] = {
    [NAME_ANY] = "",
    [NAME_WORKLOAD] = "_evidencectl_list workloads label",
    [NAME_SOURCE] = "_evidencectl_list sources name",
    [NAME_OWNER] = "_evidencectl_list owners group",
    [NAME_GATEWAY] = "_evidencectl_list gateways name",
    [NAME_RULE] = "_evidencectl_list rules id",
    [NAME_METRIC] = "_evidencectl_list metrics name",
    [NAME_ROLE] = "_evidencectl_list roles name",
    [NAME_TEMPLATE] = "_evidencectl_list templates name",
    [NAME_KIND] = "",
    [NAME_SNAPSHOT] = "_evidencectl_snapshots \"$2\"",
    [NAME_JOB] = "_evidencectl_list checks check",
    [NAME_THING] = "_evidencectl_things",
    [NAME_ANYTHING] = "_evidencectl_anything",
    [NAME_CODE] = "",
    [NAME_ALERT] = "_evidencectl_alerts",
    [NAME_SILENCE] = "_evidencectl_silences",
    [NAME_FILE] = "compgen -f -- \"$cur\"",
    [NAME_DIRECTORY] = "compgen -d -- \"$cur\"",
};

static void
print_values(const char *const *words, enum name_kind names)
{
	if (words[0] != NULL || names == NAME_CODE || names == NAME_KIND) {
		printf("compgen -W '");
		if (words[0] != NULL)
			print_words(words);
		else if (names == NAME_CODE)
			print_codes();
		else
			print_kinds();
		printf("' -- \"$cur\"");
	} else if (completers[names][0] != '\0') {
		printf("%s", completers[names]);
	} else {
		printf(":");
	}
	printf(" ;;\n");
}

/* An option that takes other values in a command than elsewhere. */
static void
print_own_values(const struct option_info *o)
{
	for (int i = 0; i < COMMANDS; i++) {
		const struct command_info *c = command_info((enum command_id)i);
		const char *const *words = option_words(c->id, o->id);

		if ((c->options & option_bit(o->id)) == 0 || words == o->words)
			continue;
		printf("\t'--%s %s') ", o->name, c->name);
		print_values(words, o->names);
	}
}

static void
print_option_values(void)
{
	printf("_evidencectl_value() {\n\tcase \"$1 $2\" in\n");
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_info *o = option_info((enum option_id)i);

		if (o->argument == NULL)
			continue;
		print_own_values(o);
		if (o->name != NULL)
			printf("\t'--%s '*) ", o->name);
		else
			printf("\t'-%c '*) ", o->letter);
		print_values(o->words, o->names);
	}
	printf("\t*) return 1 ;;\n\tesac\n\treturn 0\n}\n\n");
}

/* Arguments of the function: the command, and its operands so far. */
static void
print_operands(void)
{
	printf("_evidencectl_operand() {\n\tcase \"$1 $# ${2-}\" in\n");
	for (int i = 0; i < COMMANDS; i++) {
		const struct command_info *c = command_info((enum command_id)i);

		if (c->max_operands == 0)
			continue;
		printf("\t'%s 1 '*) ", c->name);
		print_values(c->words, c->names);
	}
	for (const struct operand_info *o = command_operands();
	     o->command != COMMANDS; o++) {
		printf("\t'%s %d %s'%s) ", command_info(o->command)->name,
		       o->place, o->after == NULL ? "" : o->after,
		       o->after == NULL ? "*" : "");
		print_values(o->words, o->names);
	}
	printf("\tesac\n}\n\n");
}

/* The options that take a value, each between two spaces. */
static void
print_valued(void)
{
	printf("_evidencectl_valued='");
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_info *o = option_info((enum option_id)i);

		if (o->argument == NULL)
			continue;
		if (o->name != NULL)
			printf(" --%s", o->name);
		else
			printf(" -%c", o->letter);
	}
	printf(" '\n\n");
}

static void
print_option_names(option_set set)
{
	const char *gap = "";

	for (int i = 0; i < OPTIONS; i++) {
		const struct option_info *o = option_info((enum option_id)i);

		if ((set & option_bit(o->id)) == 0)
			continue;
		if (o->name != NULL)
			printf("%s--%s", gap, o->name);
		else
			printf("%s-%c", gap, o->letter);
		gap = " ";
	}
}

static void
print_options(void)
{
	printf("_evidencectl_options() {\n\tlocal own=\n\tcase $1 in\n");
	for (int i = 0; i < COMMANDS; i++) {
		const struct command_info *c = command_info((enum command_id)i);

		if (c->options == 0)
			continue;
		printf("\t%s) own='", c->name);
		print_option_names(c->options);
		printf("' ;;\n");
	}
	printf("\tesac\n\tcompgen -W \"");
	print_option_names(COMMAND_COMMON_OPTIONS);
	printf(" $own\" -- \"$cur\"\n}\n\n");
}

static void
print_commands(void)
{
	printf("_evidencectl_commands='");
	for (int i = 0; i < COMMANDS; i++)
		printf("%s%s", i == 0 ? "" : " ",
		       command_info((enum command_id)i)->name);
	printf("'\n\n");
}

void
print_bash(void)
{
	print_commands();
	print_valued();
	print_option_values();
	print_operands();
	print_options();
}
