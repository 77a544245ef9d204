/* The tables.  Commands stand in the order in which the help shows them. */
#include "ctl/command.h"

#include <assert.h>
#include <string.h>

#define BIT(option) (UINT64_C(1) << OPTION_##option)

const option_set COMMAND_COMMON_OPTIONS = BIT(CONFIG) | BIT(SOCKET) |
					  BIT(LEDGER) | BIT(JSON) | BIT(COLOR) |
					  BIT(HELP) | BIT(VERSION);

/* clang-format off: one row is easier to read as a paragraph */
static const struct option_info options[OPTIONS] = {
    [OPTION_CONFIG] = {OPTION_CONFIG,
		       NULL,
		       'c',
		       "FILE",
		       "configuration file",
		       NAME_FILE,
		       {NULL}},
    [OPTION_SOCKET] = {OPTION_SOCKET,
		       "socket",
		       0,
		       "PATH",
		       "control socket of the daemon",
		       NAME_FILE,
		       {NULL}},
    [OPTION_LEDGER] = {OPTION_LEDGER,
		       "ledger",
		       0,
		       "DIR",
		       "ledger folder; a copy is enough",
		       NAME_DIRECTORY,
		       {NULL}},
    [OPTION_JSON] = {OPTION_JSON,
		     "json",
		     0,
		     NULL,
		     "one JSON object on each line",
		     NAME_ANY,
		     {NULL}},
    [OPTION_COLOR] = {OPTION_COLOR,
		      "color",
		      0,
		      "WHEN",
		      "auto, always or never",
		      NAME_ANY,
		      {"auto", "always", "never", NULL}},
    [OPTION_HELP] = {OPTION_HELP,
		     "help",
		     'h',
		     NULL,
		     "this help, or that of the command",
		     NAME_ANY,
		     {NULL}},
    [OPTION_VERSION] = {OPTION_VERSION,
			"version",
			'V',
			NULL,
			"version of the program",
			NAME_ANY,
			{NULL}},
    [OPTION_ALL] =
	{OPTION_ALL, "all", 0, NULL, "resolved alerts too", NAME_ANY, {NULL}},
    [OPTION_CHECK] =
	{OPTION_CHECK,
	 "check",
	 0,
	 "NAME",
	 "rows of this job: LABEL/happy, LABEL/error, LABEL/usage or a source",
	 NAME_JOB,
	 {NULL}},
    [OPTION_DATE] = {OPTION_DATE,
		     "date",
		     0,
		     "DATE",
		     "UTC day of the record, as 2026-07-03",
		     NAME_ANY,
		     {NULL}},
    [OPTION_DECISION] = {OPTION_DECISION,
			 "decision",
			 0,
			 "WORD",
			 "records with this decision",
			 NAME_ANY,
			 {"pass", "hold", "inconclusive", "fail", NULL}},
    [OPTION_FORCE] =
	{OPTION_FORCE,
	 "force",
	 0,
	 NULL,
	 "past a ceiling or a stop; the day is held until somebody looked",
	 NAME_ANY,
	 {NULL}},
    [OPTION_FORMAT] = {OPTION_FORMAT,
		       "format",
		       0,
		       "FORMAT",
		       "text, yaml or json",
		       NAME_ANY,
		       {"text", "yaml", "json", NULL}},
    [OPTION_FROM] = {OPTION_FROM,
		     "from",
		     0,
		     "TIME",
		     "after this time: RFC 3339, or local in the zone",
		     NAME_ANY,
		     {NULL}},
    [OPTION_KIND] = {OPTION_KIND,
		     "kind",
		     0,
		     "KIND",
		     "rows of this kind; check means all check rows",
		     NAME_ANY,
		     {NULL}},
    [OPTION_LEVEL] = {OPTION_LEVEL,
		      "level",
		      0,
		      "N",
		      "0: each row by itself; 1: the chain of rows",
		      NAME_ANY,
		      {"0", "1", NULL}},
    [OPTION_NOTE] = {OPTION_NOTE,
		     "note",
		     0,
		     "TEXT",
		     "what was looked at, in at most 280 characters",
		     NAME_ANY,
		     {NULL}},
    [OPTION_NUMBER] =
	{OPTION_NUMBER, NULL, 'n', "N", "how many at most", NAME_ANY, {NULL}},
    [OPTION_OWNER] = {OPTION_OWNER,
		      "owner",
		      0,
		      "GROUP",
		      "rows that name this owner group: records and alerts",
		      NAME_OWNER,
		      {NULL}},
    [OPTION_ROLE] = {OPTION_ROLE,
		     "role",
		     0,
		     "ROLE",
		     "the role under which you act",
		     NAME_ROLE,
		     {NULL}},
    [OPTION_SINCE] = {OPTION_SINCE,
		      "since",
		      0,
		      "TIME",
		      "rows at or after this time: a UTC day or RFC 3339",
		      NAME_ANY,
		      {NULL}},
    [OPTION_TZ] = {OPTION_TZ,
		   "tz",
		   0,
		   "ZONE",
		   "time zone, as Europe/Berlin; UTC when not given",
		   NAME_ANY,
		   {NULL}},
    [OPTION_UNTIL] = {OPTION_UNTIL,
		      "until",
		      0,
		      "TIME",
		      "rows before this time; of a UTC day: to its end",
		      NAME_ANY,
		      {NULL}},
    [OPTION_WAIT] = {OPTION_WAIT,
		     "wait",
		     0,
		     NULL,
		     "until the result is there, and print it",
		     NAME_ANY,
		     {NULL}},
    [OPTION_WORKLOAD] = {OPTION_WORKLOAD,
			 "workload",
			 0,
			 "LABEL",
			 "this workload",
			 NAME_WORKLOAD,
			 {NULL}},
};

static const struct command_info commands[COMMANDS] = {
    [COMMAND_STATUS] =
	{COMMAND_STATUS,
	 "status",
	 "",
	 0,
	 0,
	 0,
	 0,
	 false,
	 "the daemon, today's decisions, open alerts, the ledger",
	 NAME_ANY,
	 {NULL}},
    [COMMAND_LIST] = {COMMAND_LIST,
		      "list",
		      "WHAT",
		      1,
		      1,
		      0,
		      0,
		      false,
		      "what is configured, and how it stands",
		      NAME_ANY,
		      {"checks", "workloads", "sources", "owners", "gateways",
		       "credentials", "metrics", "rules", "roles", NULL}},
    [COMMAND_SHOW] = {COMMAND_SHOW,
		      "show",
		      "NAME|SEQ",
		      1,
		      1,
		      0,
		      0,
		      false,
		      "one thing, whole; or one row of the ledger",
		      NAME_THING,
		      {NULL}},
    [COMMAND_WHY] =
	{COMMAND_WHY,
	 "why",
	 "NAME",
	 1,
	 1,
	 0,
	 0,
	 false,
	 "why a workload, source or alert stands as it does; who acts",
	 NAME_THING,
	 {NULL}},
    [COMMAND_ALERTS] = {COMMAND_ALERTS,
			"alerts",
			"",
			0,
			0,
			BIT(ALL),
			0,
			false,
			"open alerts",
			NAME_ANY,
			{NULL}},
    [COMMAND_EXPLAIN] =
	{COMMAND_EXPLAIN,
	 "explain",
	 "RULE|REASON",
	 1,
	 1,
	 0,
	 0,
	 false,
	 "what the rule of an alert or a reason means, and what to do",
	 NAME_CODE,
	 {NULL}},
    [COMMAND_HISTORY] = {COMMAND_HISTORY,
			 "history",
			 "",
			 0,
			 0,
			 BIT(WORKLOAD) | BIT(OWNER) | BIT(CHECK) | BIT(KIND) |
			     BIT(DECISION) | BIT(SINCE) | BIT(UNTIL) |
			     BIT(NUMBER),
			 0,
			 false,
			 "rows of the ledger, the newest last",
			 NAME_ANY,
			 {NULL}},
    [COMMAND_PACKET] = {COMMAND_PACKET,
			"packet",
			"",
			0,
			0,
			BIT(WORKLOAD) | BIT(DATE) | BIT(FORMAT),
			BIT(WORKLOAD),
			false,
			"the review packet of a workload's day",
			NAME_ANY,
			{NULL}},
    [COMMAND_DIFF] = {COMMAND_DIFF,
		      "diff",
		      "SOURCE [SNAPSHOT [SNAPSHOT]]",
		      1,
		      3,
		      0,
		      0,
		      false,
		      "what changed on a source page since its approval",
		      NAME_SOURCE,
		      {NULL}},
    [COMMAND_NEXT] = {COMMAND_NEXT,
		      "next",
		      "[NAME]",
		      0,
		      1,
		      BIT(NUMBER),
		      0,
		      false,
		      "when checks are planned",
		      NAME_THING,
		      {NULL}},
    [COMMAND_SCHEDULE] = {COMMAND_SCHEDULE,
			  "schedule",
			  "EXPR",
			  1,
			  1,
			  BIT(TZ) | BIT(FROM) | BIT(NUMBER),
			  0,
			  false,
			  "when a cron expression fires",
			  NAME_ANY,
			  {NULL}},
    [COMMAND_VERIFY] = {COMMAND_VERIFY,
			"verify",
			"",
			0,
			0,
			BIT(LEVEL),
			0,
			false,
			"whether the ledger's rows are whole and in order",
			NAME_ANY,
			{NULL}},
    [COMMAND_CHECK_CONFIG] =
	{COMMAND_CHECK_CONFIG,
	 "check-config",
	 "[FILE]",
	 0,
	 1,
	 0,
	 0,
	 false,
	 "every error of a configuration, and what the gateways' limits hold",
	 NAME_FILE,
	 {NULL}},
    [COMMAND_RUN] =
	{COMMAND_RUN,
	 "run",
	 "NAME",
	 1,
	 1,
	 BIT(WAIT) | BIT(FORCE),
	 0,
	 true,
	 "run a workload's pair, one of its jobs, or read a source, now",
	 NAME_JOB,
	 {NULL}},
    [COMMAND_APPROVE] =
	{COMMAND_APPROVE,
	 "approve",
	 "SOURCE SNAPSHOT|WORKLOAD",
	 1,
	 2,
	 BIT(ROLE) | BIT(NOTE),
	 BIT(ROLE) | BIT(NOTE),
	 true,
	 "approve the snapshot that diff printed, or a workload's scope",
	 NAME_THING,
	 {NULL}},
    [COMMAND_NOTE] = {COMMAND_NOTE,
		      "note",
		      "ALERT",
		      1,
		      1,
		      BIT(ROLE) | BIT(NOTE),
		      BIT(ROLE) | BIT(NOTE),
		      true,
		      "say the word that an open alert waits for",
		      NAME_ALERT,
		      {NULL}},
    [COMMAND_RELOAD] = {COMMAND_RELOAD,
			"reload",
			"",
			0,
			0,
			0,
			0,
			true,
			"take the configuration anew, all of it or nothing",
			NAME_ANY,
			{NULL}},
};

static const struct exit_info exits[] = {
    {CTL_OK, "done"},
    {CTL_CHECK_FAILED, "a check failed, or alerts are open"},
    {CTL_USAGE, "wrong usage"},
    {CTL_NOT_RUNNING, "the daemon does not run"},
    {CTL_NO_OBJECT, "no such object"},
    {CTL_CONFIG_INVALID, "the configuration is invalid"},
    {CTL_LEDGER_DAMAGED, "the ledger is damaged"},
    {CTL_NOT_PERMITTED, "not permitted"},
    {CTL_REFUSED, "refused; the code of the refusal is printed"},
    {CTL_OK, NULL},
};
/* clang-format on */

static_assert(OPTIONS <= 64, "an option_set has 64 bits");

const struct command_info *
command_info(enum command_id id)
{
	assert((unsigned int)id < COMMANDS);
	return &commands[id];
}

const struct command_info *
command_by_name(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

const struct option_info *
option_info(enum option_id id)
{
	assert((unsigned int)id < OPTIONS);
	return &options[id];
}

const struct option_info *
option_by_name(const char *name, size_t len)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		if (options[i].name != NULL && strlen(options[i].name) == len &&
		    memcmp(options[i].name, name, len) == 0)
			return &options[i];
	}
	return NULL;
}

const struct option_info *
option_by_letter(char letter)
{
	for (size_t i = 0; letter != 0 && i < OPTIONS; i++) {
		if (options[i].letter == letter)
			return &options[i];
	}
	return NULL;
}

const struct exit_info *
command_exits(void)
{
	return exits;
}

/* "--since TIME", "-n N", "--wait" */
static void
put_option(const struct option_info *option, struct buf *out)
{
	if (option->name == NULL)
		buf_printf(out, "-%c", option->letter);
	else
		buf_printf(out, "--%s", option->name);
	if (option->argument != NULL)
		buf_printf(out, " %s", option->argument);
}

void
command_synopsis(const struct command_info *command, struct buf *out)
{
	buf_puts(out, command->name);
	if (command->operands[0] != '\0')
		buf_printf(out, " %s", command->operands);
	for (int i = 0; i < OPTIONS; i++) {
		option_set bit = option_bit((enum option_id)i);

		if ((command->options & bit) == 0)
			continue;
		buf_puts(out, (command->needed & bit) != 0 ? " " : " [");
		put_option(&options[i], out);
		buf_puts(out, (command->needed & bit) != 0 ? "" : "]");
	}
}

static void
help_options(option_set set, struct buf *out)
{
	for (int i = 0; i < OPTIONS; i++) {
		struct buf left = {0};

		if ((set & option_bit((enum option_id)i)) == 0)
			continue;
		if (options[i].letter != 0 && options[i].name != NULL)
			buf_printf(&left, "-%c, ", options[i].letter);
		put_option(&options[i], &left);
		buf_printf(out, "  %-18s %s\n", buf_text(&left),
			   options[i].help);
		buf_free(&left);
	}
}

static void
help_commands(bool acting, struct buf *out)
{
	for (int i = 0; i < COMMANDS; i++) {
		if (commands[i].acting == acting)
			buf_printf(out, "  %-13s %s\n", commands[i].name,
				   commands[i].help);
	}
}

void
command_help(const struct command_info *command, struct buf *out)
{
	if (command != NULL) {
		buf_puts(out, "usage: evidencectl [OPTION ...] ");
		command_synopsis(command, out);
		buf_printf(out, "\n\n%s.\n", command->help);
		if (command->words[0] != NULL) {
			buf_puts(out, "\nWHAT is one of:");
			for (size_t i = 0; command->words[i] != NULL; i++)
				buf_printf(out, " %s", command->words[i]);
			buf_putc(out, '\n');
		}
		if (command->options != 0) {
			buf_putc(out, '\n');
			help_options(command->options, out);
		}
		buf_puts(out, "\nMore: man evidencectl\n");
		return;
	}
	buf_puts(out, "usage: evidencectl [OPTION ...] COMMAND ...\n\n"
		      "Reading files:\n");
	help_commands(false, out);
	buf_puts(out, "\nAsking the daemon:\n");
	help_commands(true, out);
	buf_puts(out, "\nOptions:\n");
	help_options(COMMAND_COMMON_OPTIONS, out);
	buf_puts(out, "\nevidencectl COMMAND --help says more about a command; "
		      "man evidencectl all.\n");
}
