/* The table of evidencectl's commands: it drives the parsing of arguments,
 * --help, the completion of the shell, and the tests of the manual page. */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include "base/buf.h"
#include "ctl/request.h"

#include <stdint.h>

enum command_id {
	COMMAND_STATUS,
	COMMAND_LIST,
	COMMAND_SHOW,
	COMMAND_WHY,
	COMMAND_TODO,
	COMMAND_ALERTS,
	COMMAND_EXPLAIN,
	COMMAND_HISTORY,
	COMMAND_CALENDAR,
	COMMAND_PACKET,
	COMMAND_EXPORT,
	COMMAND_DIFF,
	COMMAND_NEXT,
	COMMAND_SCHEDULE,
	COMMAND_VERIFY,
	COMMAND_PROVE,
	COMMAND_CHECK_PROOF,
	COMMAND_INDEX,
	COMMAND_RESTORE,
	COMMAND_REPAIR,
	COMMAND_CHECK_CONFIG,
	COMMAND_DOCTOR,
	COMMAND_NEW,
	COMMAND_IMPORT_WORKLOADS,
	COMMAND_RUN,
	COMMAND_PREPARE,
	COMMAND_APPROVE,
	COMMAND_NOTE,
	COMMAND_ACK,
	COMMAND_SILENCE,
	COMMAND_UNSILENCE,
	COMMAND_ATTEST,
	COMMAND_DECIDE,
	COMMAND_CORRECT,
	COMMAND_LEGAL_HOLD,
	COMMAND_PRUNE,
	COMMAND_MIRROR,
	COMMAND_RELOAD,
	COMMAND_CHECKPOINT,
	COMMANDS
};

enum option_id {
	OPTION_CONFIG,
	OPTION_SOCKET,
	OPTION_LEDGER,
	OPTION_JSON,
	OPTION_COLOR,
	OPTION_NO_PAGER,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_ALL,
	OPTION_APPLICATION,
	OPTION_AT,
	OPTION_BACKUP,
	OPTION_BY,
	OPTION_CHECK,
	OPTION_CREDENTIAL,
	OPTION_DATE,
	OPTION_DECISION,
	OPTION_DIRECTORY,
	OPTION_DRY_RUN,
	OPTION_FILE,
	OPTION_FOR,
	OPTION_ENVIRONMENT,
	OPTION_FORCE,
	OPTION_FORMAT,
	OPTION_FROM,
	OPTION_KEY,
	OPTION_FROM_JOURNAL,
	OPTION_GATEWAY,
	OPTION_GENESIS,
	OPTION_IMPACT,
	OPTION_KIND,
	OPTION_LEVEL,
	OPTION_LINT,
	OPTION_MONTH,
	OPTION_LIVE,
	OPTION_MAP,
	OPTION_METRIC,
	OPTION_MODEL,
	OPTION_NEW,
	OPTION_NOTE,
	OPTION_NUMBER,
	OPTION_OWNER,
	OPTION_REASON,
	OPTION_RELEASE,
	OPTION_REBUILD,
	OPTION_ROLE,
	OPTION_RULE,
	OPTION_RUN,
	OPTION_SINCE,
	OPTION_SURFACE,
	OPTION_TEXT,
	OPTION_TZ,
	OPTION_UID,
	OPTION_UNTIL,
	OPTION_USE,
	OPTION_WAIT,
	OPTION_WORKLOAD,
	OPTIONS
};

typedef uint64_t option_set;

/* What a word of the command line names, for completion. */
enum name_kind {
	NAME_ANY, /* nothing that could be listed */
	NAME_WORKLOAD,
	NAME_SOURCE,
	NAME_OWNER,
	NAME_GATEWAY,
	NAME_RULE,
	NAME_METRIC,
	NAME_ROLE,
	NAME_TEMPLATE,
	NAME_KIND,     /* of rows, or what several of them begin with */
	NAME_SNAPSHOT, /* of the source that stands before it */
	NAME_JOB,      /* workload, LABEL/happy, LABEL/error, source */
	NAME_THING,    /* workload or source */
	NAME_ANYTHING, /* the same, or an open alert */
	NAME_CODE,     /* rule of an alert, or reason */
	NAME_ALERT,    /* open alert */
	NAME_SILENCE,
	NAME_FILE,
	NAME_DIRECTORY
};

enum { COMMAND_WORDS_MAX = 12 };

struct option_info {
	enum option_id id;
	const char *name;     /* without --; NULL: a letter alone */
	char letter;	      /* 0: none */
	const char *argument; /* NULL: a switch */
	const char *help;
	enum name_kind names;
	/* all values that there are, NULL-terminated; none: any */
	const char *words[COMMAND_WORDS_MAX];
};

struct command_info {
	enum command_id id;
	const char *name;
	const char *operands; /* as in a synopsis, or "" */
	int min_operands, max_operands;
	option_set options; /* besides those that every command takes */
	option_set needed;  /* of them */
	bool acting;	    /* asks the daemon; the others read files */
	const char *help;
	enum name_kind names; /* of the first operand */
	const char *words[COMMAND_WORDS_MAX];
};

/* What an operand behind the first names. */
struct operand_info {
	enum command_id command; /* COMMANDS: the end of the table */
	int place;		 /* 2 is the second */
	const char *after;	 /* behind this first one; NULL: any */
	enum name_kind names;
	const char *words[COMMAND_WORDS_MAX];
};

struct exit_info {
	enum ctl_exit status;
	const char *means;
};

static inline option_set
option_bit(enum option_id id)
{
	return UINT64_C(1) << id;
}

/* The options that every command takes. */
extern const option_set COMMAND_COMMON_OPTIONS;

const struct command_info *command_info(enum command_id id);
const struct command_info *command_by_name(const char *name); /* or NULL */
const struct option_info *option_info(enum option_id id);
/* What an option says of itself in that command. */
const char *option_help(enum command_id command, enum option_id option);
/* The values that it takes there, NULL-terminated; none: any. */
const char *const *option_words(enum command_id command, enum option_id option);
const struct option_info *option_by_name(const char *name, size_t len);
const struct option_info *option_by_letter(char letter);
/* Of all commands, in their order. */
const struct operand_info *command_operands(void);
/* NULL-terminated by a row whose `means` is NULL. */
const struct exit_info *command_exits(void);

/* "packet --workload LABEL [--date DATE] [--format FORMAT]", in one line */
void command_synopsis(const struct command_info *command, struct buf *out);
/* The whole help, or that of one command; lines of at most 80 columns. */
void command_help(const struct command_info *command, struct buf *out);

#endif
