/* Everything is checked here, so that a handler finds only what its row of
 * the table allows. */
#include "ctl/arguments.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
unknown_option(const char *word, struct err *err)
{
	const char *names[OPTIONS], *near;
	size_t n = 0;

	for (int i = 0; i < OPTIONS; i++) {
		const char *name = option_info((enum option_id)i)->name;

		if (name != NULL)
			names[n++] = name;
	}
	near = text_suggest(word + strspn(word, "-"), names, n);
	if (near != NULL)
		return err_set(err, ERR_INVALID,
			       "unknown option %s; did you mean --%s? see "
			       "evidencectl --help",
			       word, near);
	return err_set(err, ERR_INVALID,
		       "unknown option %s; see evidencectl --help", word);
}

static bool
is_word(const char *const *words, const char *value)
{
	for (; *words != NULL; words++) {
		if (strcmp(*words, value) == 0)
			return true;
	}
	return false;
}

/* `what` is no word that could stand there: which there are, and which of
 * them was meant. */
static int
no_word(const char *what, const char *word, const char *const *words,
	struct err *err)
{
	const char *near;
	struct buf all = {0};
	size_t n = 0;
	int r;

	for (; words[n] != NULL; n++)
		buf_printf(&all, "%s%s", n == 0 ? "" : ", ", words[n]);
	/* a digit is near to every other */
	near = strlen(word) > 1 ? text_suggest(word, words, n) : NULL;
	r = err_set(err, ERR_INVALID, "%s %s: %s%s%sit is one of %s", what,
		    word, near == NULL ? "" : "did you mean ",
		    near == NULL ? "" : near, near == NULL ? "" : "? ",
		    buf_text(&all));
	buf_free(&all);
	return r;
}

static int
check_words(const struct command_info *c, const struct option_info *option,
	    const char *value, struct err *err)
{
	const char *const *words = option_words(c->id, option->id);
	char what[40];

	if (words[0] == NULL || is_word(words, value))
		return 0;
	snprintf(what, sizeof(what), "--%s", option->name);
	return no_word(what, value, words, err);
}

/* What is kept for ever is refused by whoever keeps it, with a code. */
static bool
may_be_empty(enum option_id id)
{
	return id == OPTION_NOTE || id == OPTION_REASON || id == OPTION_TEXT;
}

static int
set_option(struct arguments *a, const struct option_info *option,
	   const char *value, struct err *err)
{
	if (option->argument != NULL &&
	    (value == NULL || (value[0] == '\0' && !may_be_empty(option->id))))
		return err_set(err, ERR_INVALID,
			       "%s%s needs a value: %s; see evidencectl --help",
			       option->name == NULL ? "-" : "--",
			       option->name == NULL
				   ? (const char[]){option->letter, 0}
				   : option->name,
			       option->argument);
	if (option->argument == NULL && value != NULL)
		return err_set(err, ERR_INVALID, "--%s takes no value",
			       option->name);
	a->given |= option_bit(option->id);
	a->value[option->id] = value;
	return 0;
}

/* --name, --name=value, --name value */
static int
parse_long(struct arguments *a, int argc, char *const argv[], int *i,
	   struct err *err)
{
	const char *word = argv[*i] + 2, *equals = strchr(word, '=');
	size_t len = equals == NULL ? strlen(word) : (size_t)(equals - word);
	const struct option_info *option = option_by_name(word, len);
	const char *value = equals == NULL ? NULL : equals + 1;

	if (option == NULL)
		return unknown_option(argv[*i], err);
	if (option->argument != NULL && value == NULL && *i + 1 < argc)
		value = argv[++*i];
	return set_option(a, option, value, err);
}

/* -x, -x value, -xvalue */
static int
parse_short(struct arguments *a, int argc, char *const argv[], int *i,
	    struct err *err)
{
	const struct option_info *option = option_by_letter(argv[*i][1]);
	const char *value = argv[*i][2] == '\0' ? NULL : argv[*i] + 2;

	if (option == NULL || (option->argument == NULL && value != NULL))
		return unknown_option(argv[*i], err);
	if (option->argument != NULL && value == NULL && *i + 1 < argc)
		value = argv[++*i];
	return set_option(a, option, value, err);
}

static int
needs_command(struct err *err)
{
	return err_set(err, ERR_INVALID,
		       "a command is needed; see evidencectl --help");
}

static int
set_command(struct arguments *a, const char *word, struct err *err)
{
	const char *names[COMMANDS], *near;

	if (word[0] == '\0')
		return needs_command(err);
	a->command = command_by_name(word);
	if (a->command != NULL)
		return 0;
	for (int i = 0; i < COMMANDS; i++)
		names[i] = command_info((enum command_id)i)->name;
	near = text_suggest(word, names, COMMANDS);
	if (near != NULL)
		return err_set(err, ERR_INVALID,
			       "unknown command %s; did you mean %s? see "
			       "evidencectl --help",
			       word, near);
	return err_set(err, ERR_INVALID,
		       "unknown command %s; see evidencectl --help", word);
}

static int
add_operand(struct arguments *a, const char *word, struct err *err)
{
	if (a->command == NULL)
		return set_command(a, word, err);
	if (a->n_operands == a->command->max_operands)
		return err_set(err, ERR_INVALID,
			       "%s: unexpected \"%s\"%s; see evidencectl %s "
			       "--help",
			       a->command->name, word,
			       a->command->id == COMMAND_SCHEDULE
				   ? " (quote the expression)"
				   : "",
			       a->command->name);
	if (word[0] == '\0')
		return err_set(err, ERR_INVALID,
			       "%s: an empty name; see evidencectl %s --help",
			       a->command->name, a->command->name);
	a->operand[a->n_operands++] = word;
	return 0;
}

static int
check_operands(const struct arguments *a, struct err *err)
{
	const struct command_info *c = a->command;

	if (a->n_operands < c->min_operands)
		return err_set(err, ERR_INVALID,
			       "%s: %s is needed; see evidencectl %s --help",
			       c->name, c->operands, c->name);
	if (c->words[0] == NULL || is_word(c->words, a->operand[0]))
		return 0;
	return no_word(c->name, a->operand[0], c->words, err);
}

/* All that is missing is told at once. */
static int
check_needed(const struct arguments *a, struct err *err)
{
	const struct command_info *c = a->command;
	option_set missing = c->needed & ~a->given;
	struct buf all = {0};
	int r;

	if (missing == 0)
		return 0;
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_info *o = option_info((enum option_id)i);

		if ((missing & option_bit(o->id)) == 0)
			continue;
		buf_printf(&all, "%s--%s%s%s", all.len == 0 ? "" : " and ",
			   o->name, o->argument == NULL ? "" : " ",
			   o->argument == NULL ? "" : o->argument);
	}
	r = err_set(err, ERR_INVALID, "%s needs %s; see evidencectl %s --help",
		    c->name, buf_text(&all), c->name);
	buf_free(&all);
	return r;
}

static int
check_options(const struct arguments *a, struct err *err)
{
	const struct command_info *c = a->command;
	option_set wrong = a->given & ~(c->options | COMMAND_COMMON_OPTIONS);
	int r = 0;

	for (int i = 0; r == 0 && i < OPTIONS; i++) {
		const struct option_info *o = option_info((enum option_id)i);
		const char name[2] = {o->letter, 0};

		if ((wrong & option_bit(o->id)) != 0)
			return err_set(err, ERR_INVALID,
				       "%s takes no %s%s; see evidencectl %s "
				       "--help",
				       c->name, o->name == NULL ? "-" : "--",
				       o->name == NULL ? name : o->name,
				       c->name);
		if (a->value[i] != NULL)
			r = check_words(c, o, a->value[i], err);
	}
	return r == 0 ? check_needed(a, err) : r;
}

static int
parse_words(struct arguments *a, int argc, char *const argv[], struct err *err)
{
	bool options = true;
	int r = 0;

	for (int i = 1; r == 0 && i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0)
			options = false;
		else if (options && strncmp(argv[i], "--", 2) == 0)
			r = parse_long(a, argc, argv, &i, err);
		else if (options && argv[i][0] == '-' && argv[i][1] != '\0')
			r = parse_short(a, argc, argv, &i, err);
		else
			r = add_operand(a, argv[i], err);
	}
	return r;
}

int
arguments_parse(int argc, char *const argv[], struct arguments *ret,
		struct err *err)
{
	struct arguments a = {0};
	int r = parse_words(&a, argc, argv, err);

	if (r == 0 && !arguments_has(&a, OPTION_HELP) &&
	    !arguments_has(&a, OPTION_VERSION)) {
		if (a.command == NULL)
			return needs_command(err);
		r = check_operands(&a, err);
		if (r == 0)
			r = check_options(&a, err);
	}
	if (r == 0)
		*ret = a;
	return r;
}

int
arguments_number(const struct arguments *a, enum option_id id, int least,
		 int most, int absent, int *ret, struct err *err)
{
	const struct option_info *o = option_info(id);
	const char *text = a->value[id];
	char *end;
	long n;

	if (!arguments_has(a, id)) {
		*ret = absent;
		return 0;
	}
	errno = 0;
	n = strtol(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
	    n < least || n > most)
		return err_set(
		    err, ERR_INVALID,
		    "%s%.*s %s: a whole number from %d to %d is "
		    "expected",
		    o->name == NULL ? "-" : "--", o->name == NULL ? 1 : 40,
		    o->name == NULL ? &o->letter : o->name, text, least, most);
	*ret = (int)n;
	return 0;
}
