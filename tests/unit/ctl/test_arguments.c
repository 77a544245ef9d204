/* The command line by the table of commands. */
#include "ctl/arguments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS_MAX = 12 };

/* Splits at spaces; "_" stands for a space inside a word. */
static int
parse(const char *line, struct arguments *a, struct err *err)
{
	static char copy[512];
	char *argv[WORDS_MAX + 1], *rest = copy, *word;
	int argc = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	while ((word = strsep(&rest, " ")) != NULL) {
		assert_true(argc < WORDS_MAX);
		for (char *c = word; *c != '\0'; c++)
			*c = *c == '_' ? ' ' : *c;
		argv[argc++] = word;
	}
	*a = (struct arguments){0};
	*err = (struct err){0};
	return arguments_parse(argc, argv, a, err);
}

static void
accepted_lines(void **state)
{
	static const struct {
		const char *line;
		enum command_id command;
		int operands;
		enum option_id option;
		const char *value; /* NULL: a switch */
	} rows[] = {
	    {"x status --json", COMMAND_STATUS, 0, OPTION_JSON, NULL},
	    {"x --json status", COMMAND_STATUS, 0, OPTION_JSON, NULL},
	    {"x -c /a/b.conf list workloads", COMMAND_LIST, 1, OPTION_CONFIG,
	     "/a/b.conf"},
	    {"x -c/a/b.conf list workloads", COMMAND_LIST, 1, OPTION_CONFIG,
	     "/a/b.conf"},
	    {"x history --workload=support-chat", COMMAND_HISTORY, 0,
	     OPTION_WORKLOAD, "support-chat"},
	    {"x history --workload support-chat", COMMAND_HISTORY, 0,
	     OPTION_WORKLOAD, "support-chat"},
	    {"x history -n 5", COMMAND_HISTORY, 0, OPTION_NUMBER, "5"},
	    {"x --ledger . verify --level 0", COMMAND_VERIFY, 0, OPTION_LEVEL,
	     "0"},
	    {"x show 12 --color never", COMMAND_SHOW, 1, OPTION_COLOR, "never"},
	    {"x approve src 0123 --role r --note -x_y", COMMAND_APPROVE, 2,
	     OPTION_NOTE, "-x y"},
	    {"x note a/b --text=ok --role r", COMMAND_NOTE, 1, OPTION_TEXT,
	     "ok"},
	    {"x note a/b --text= --role r", COMMAND_NOTE, 1, OPTION_TEXT, ""},
	    {"x --json -- schedule --odd", COMMAND_SCHEDULE, 1, OPTION_JSON,
	     NULL},
	    {"x schedule *_*_*_*_* --tz Europe/Riga", COMMAND_SCHEDULE, 1,
	     OPTION_TZ, "Europe/Riga"},
	    {"x run a/happy --wait --force", COMMAND_RUN, 1, OPTION_FORCE,
	     NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arguments a;
		struct err err;

		if (parse(rows[i].line, &a, &err) != 0)
			fail_msg("%s: %s", rows[i].line, err.text);
		assert_int_equal(a.command->id, rows[i].command);
		assert_int_equal(a.n_operands, rows[i].operands);
		assert_true(arguments_has(&a, rows[i].option));
		if (rows[i].value == NULL)
			assert_null(a.value[rows[i].option]);
		else
			assert_string_equal(a.value[rows[i].option],
					    rows[i].value);
	}
}

static void
refused_lines(void **state)
{
	static const struct {
		const char *line;
		const char *says;
	} rows[] = {
	    {"x", "a command is needed"},
	    {"x --json", "a command is needed"},
	    {"x ", "a command is needed"},
	    {"x histroy", "did you mean history?"},
	    {"x frobnicate", "unknown command frobnicate; see"},
	    {"x history --wrokload a", "did you mean --workload?"},
	    {"x history --qqqqqqqqq", "unknown option --qqqqqqqqq; see"},
	    {"x history -q", "unknown option -q"},
	    {"x history -hx", "unknown option -hx"},
	    {"x history --workload", "--workload needs a value: LABEL"},
	    {"x history -n", "-n needs a value: N"},
	    {"x history --kind=", "--kind needs a value: KIND"},
	    {"x --socket= status", "--socket needs a value: PATH"},
	    {"x status --json=yes", "--json takes no value"},
	    {"x status --wait", "status takes no --wait"},
	    {"x status -n 4", "status takes no -n"},
	    {"x show", "show: NAME|SEQ is needed"},
	    {"x show a b", "unexpected \"b\""},
	    {"x schedule * * * * *", "(quote the expression)"},
	    {"x list nonsense", "list nonsense: it is one of checks, work"},
	    {"x list workload", "list workload: did you mean workloads? it is"},
	    {"x attest nothing x",
	     "attest nothing: it is one of source, usage"},
	    {"x check-proof a", "check-proof needs --key VKEY"},
	    {"x packet --workload a --format pdf",
	     "--format pdf: it is one of text, html, yaml, json"},
	    {"x --format csv packet", "it is one of text, html, yaml, json"},
	    {"x export --format html", "it is one of csv, jsonl"},
	    {"x verify --level 9", "it is one of 0, 1, 2, 3"},
	    {"x history --decision maybe", "it is one of pass, hold"},
	    {"x history --decision passs", "did you mean pass? it is one of"},
	    {"x approve a b --role r", "approve needs --note TEXT; see"},
	    {"x ack a",
	     "ack needs --for TIME and --reason TEXT and --role ROLE; see"},
	    {"x note a --text t", "note needs --role ROLE"},
	    {"x note a --note t", "note takes no --note"},
	    {"x --color sometimes status", "it is one of auto, always, never"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arguments a;
		struct err err;

		assert_int_equal(parse(rows[i].line, &a, &err), ERR_INVALID);
		if (strstr(err.text, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].line, err.text);
		assert_null(strchr(err.text, '\n'));
	}
}

static void
help_needs_nothing_else(void **state)
{
	struct arguments a;
	struct err err;

	assert_int_equal(parse("x --help", &a, &err), 0);
	assert_null(a.command);
	assert_int_equal(parse("x packet --help", &a, &err), 0);
	assert_int_equal(a.command->id, COMMAND_PACKET);
	assert_int_equal(parse("x -V", &a, &err), 0);
	assert_true(arguments_has(&a, OPTION_VERSION));
}

static void
numbers_are_whole_and_in_range(void **state)
{
	static const struct {
		const char *line;
		int n; /* -1: refused */
	} rows[] = {
	    {"x history", 7},
	    {"x history -n 0", 0},
	    {"x history -n 100", 100},
	    {"x history -n 101", -1},
	    {"x history -n -1", -1},
	    {"x history -n 1x", -1},
	    {"x history -n _1", -1},
	    {"x history -n=1", -1},
	    {"x history -n +1", -1},
	    {"x history -n 99999999999999999999", -1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arguments a;
		struct err err;
		int n = -2, r;

		assert_int_equal(parse(rows[i].line, &a, &err), 0);
		r = arguments_number(&a, OPTION_NUMBER, 0, 100, 7, &n, &err);
		assert_int_equal(r, rows[i].n < 0 ? ERR_INVALID : 0);
		assert_int_equal(n, rows[i].n < 0 ? -2 : rows[i].n);
	}
}

static void
tables_are_whole(void **state)
{
	option_set seen = 0;

	for (int i = 0; i < COMMANDS; i++) {
		const struct command_info *c = command_info((enum command_id)i);

		assert_non_null(c->name);
		assert_int_equal(c->id, i);
		assert_ptr_equal(command_by_name(c->name), c);
		assert_non_null(c->help);
		assert_true(c->max_operands <= ARGUMENTS_OPERANDS_MAX);
		assert_true(c->min_operands <= c->max_operands);
		assert_int_equal(c->operands[0] == '\0', c->max_operands == 0);
		assert_true((c->needed & ~c->options) == 0);
		assert_true((c->options & COMMAND_COMMON_OPTIONS) == 0);
		seen |= c->options;
	}
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_info *o = option_info((enum option_id)i);

		assert_int_equal(o->id, i);
		assert_true(o->name != NULL || o->letter != 0);
		assert_non_null(o->help);
		if (o->name != NULL)
			assert_ptr_equal(
			    option_by_name(o->name, strlen(o->name)), o);
		if (o->letter != 0)
			assert_ptr_equal(option_by_letter(o->letter), o);
	}
	/* no option that no command takes */
	assert_true((seen | COMMAND_COMMON_OPTIONS) ==
		    (UINT64_C(1) << OPTIONS) - 1);
}

static void
synopsis_says_what_is_needed(void **state)
{
	struct buf b = {0};

	command_synopsis(command_info(COMMAND_NOTE), &b);
	assert_string_equal(buf_text(&b), "note ALERT --role ROLE --text TEXT");
	buf_reset(&b);
	command_synopsis(command_info(COMMAND_DIFF), &b);
	assert_string_equal(buf_text(&b), "diff SOURCE [SNAPSHOT [SNAPSHOT]]");
	buf_free(&b);
}

/* The same option of two commands says what it does there. */
static void
help_is_of_the_command(void **state)
{
	static const struct {
		enum command_id command;
		const char *line;
	} cases[] = {
	    {COMMAND_ALERTS, "--all              resolved alerts too\n"},
	    {COMMAND_PREPARE, "--all              workloads of every owner\n"},
	    {COMMAND_DECIDE, "--until TIME       the last UTC day of the cap"},
	    {COMMAND_HISTORY, "--until TIME       rows before this time"},
	    {COMMAND_NEW, "--owner GROUP      the owner group that it belongs"},
	    {COMMAND_TODO, "--role ROLE        only what this role may do"},
	    {COMMAND_ACK, "--role ROLE        the role under which you act\n"},
	    {COMMAND_PRUNE, "--note TEXT        why, in at most 280"},
	    {COMMAND_DECIDE, "TEXT\n       --role ROLE --until TIME\n\nlower"},
	    {COMMAND_EXPORT, "--owner GROUP]\n       [--since TIME]"},
	    {COMMAND_IMPORT_WORKLOADS, "--map KEY=COLUMN,...\n         "},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = {0};

		command_help(command_info(cases[i].command), &b);
		assert_non_null(strstr(buf_text(&b), cases[i].line));
		buf_free(&b);
	}
}

/* Lines of the help fit into a terminal and name every command. */
static void
help_is_readable(void **state)
{
	struct buf b = {0};
	char word[40];

	command_help(NULL, &b);
	for (int i = 0; i < COMMANDS; i++) {
		snprintf(word, sizeof(word), "\n  %-13s ",
			 command_info((enum command_id)i)->name);
		assert_non_null(strstr(buf_text(&b), word));
		command_help(command_info((enum command_id)i), &b);
	}
	for (char *line = b.data; line != NULL;) {
		char *end = strchr(line, '\n');

		assert_non_null(end);
		if (end - line > 80)
			fail_msg("%.*s", (int)(end - line), line);
		line = end[1] == '\0' ? NULL : end + 1;
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accepted_lines),
	    cmocka_unit_test(refused_lines),
	    cmocka_unit_test(help_needs_nothing_else),
	    cmocka_unit_test(numbers_are_whole_and_in_range),
	    cmocka_unit_test(tables_are_whole),
	    cmocka_unit_test(synopsis_says_what_is_needed),
	    cmocka_unit_test(help_is_of_the_command),
	    cmocka_unit_test(help_is_readable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
