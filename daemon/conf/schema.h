/* The one table of all configuration keys: it drives parsing, the dump, the
 * suggestions for misspelled keys, evidenced.conf(5) and the tests. */
#ifndef CONF_SCHEMA_H
#define CONF_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a value is written, and what it becomes.  All but the first two, and
 * the two groups, are written as strings. */
enum schema_type {
	SCHEMA_BOOL,
	SCHEMA_INT,
	SCHEMA_DURATION,    /* "90m": seconds */
	SCHEMA_DURATION_MS, /* "500ms": milliseconds */
	SCHEMA_SIZE,	    /* "256KiB": bytes */
	SCHEMA_DAY,	    /* "2026-07-01": day number */
	SCHEMA_ENUM,	    /* one of `words` */
	SCHEMA_FLAGS,	    /* a list of `words`: their bits */
	SCHEMA_TEXT,	    /* no control characters; of `words`, if any */
	SCHEMA_LABEL,	    /* text_is_label() */
	SCHEMA_NAME,	    /* letters, digits, ._:@/- */
	SCHEMA_MODEL,	    /* a name with + too */
	SCHEMA_FILE,	    /* a file name: letters, digits, ._- */
	SCHEMA_URL,	    /* https, or http to loopback */
	SCHEMA_HOST,	    /* a host name without port */
	SCHEMA_PATH,	    /* an absolute file name */
	SCHEMA_URL_PATH,    /* of a request, with query */
	SCHEMA_POINTER,	    /* a JSON pointer */
	SCHEMA_REGEX,	    /* POSIX extended, with a group */
	SCHEMA_HEX,	    /* a SHA-256 in hexadecimal */
	SCHEMA_WINDOW,	    /* "04:30-07:30" */
	SCHEMA_CRON,
	SCHEMA_ZONE,	/* an IANA name */
	SCHEMA_REFRESH, /* "monthly", "7d" */
	SCHEMA_GROUP,	/* { } of `group`, in the same struct */
	SCHEMA_GROUPS	/* ( {}, {} ) of `group`, an array of its structs */
};

enum schema_flag {
	KEY_LIST = 1 << 0, /* a list of the type; one value is a list of one */
	KEY_REQUIRED = 1 << 1,
	KEY_MAY_SECRET = 1 << 2, /* ${secret} may stand in it */
	KEY_MAY_MODEL = 1 << 3,	 /* ${model} */
	KEY_MAY_NONCE = 1 << 4,	 /* ${nonce} */
	KEY_EMPTY = 1 << 5,	 /* a list that may be empty */
	KEY_ASCENDING = 1 << 7, /* a list of which each is more than the last */
	KEY_PRINTED = 1 << 6,	/* free text of packets: claims are refused */
	/* where a key of a shared table does not belong */
	KEY_NOT_WORKLOAD = 1 << 8,
	KEY_NOT_TEMPLATE = 1 << 9,
	KEY_NOT_DEFAULTS = 1 << 10,
	KEY_NOT_BROUGHT = 1 << 11 /* a source of a profile or gateway */
};

struct schema_word {
	const char *name; /* NULL ends the list */
	int value;
};

struct schema_section;

struct schema_key {
	const char *name;
	enum schema_type type;
	unsigned int flags;   /* enum schema_flag */
	size_t offset;	      /* of the value in the struct of the section */
	size_t size;	      /* of the member */
	size_t count_offset;  /* SCHEMA_GROUPS: of the size_t beside it */
	int64_t min, max;     /* of numbers; of the bytes of texts */
	const char *fallback; /* the default, without quotes; NULL: none */
	int64_t absent;	      /* held by a number that is not set */
	/* Of a number with a unit: what may stand instead of one. */
	const struct schema_word *words;
	const struct schema_section *group;
	const char *otherwise; /* what holds when it is not set, in words */
	const char *help;
	const char *example; /* as it is written after the "=" */
};

/* The lists and groups at the top of a file, in the order of the dump. */
enum schema_list {
	LIST_LEDGER,
	LIST_CONTROL,
	LIST_ALERTING,
	LIST_SCHEDULE,
	LIST_APPROVALS,
	LIST_DEFAULTS,
	LIST_PROFILES,
	LIST_GATEWAYS,
	LIST_OWNERS,
	LIST_ENVIRONMENTS,
	LIST_RULES,
	LIST_METRICS,
	LIST_ROLES,
	LIST_TEMPLATES,
	LIST_SOURCES,
	LIST_WORKLOADS,
	LIST_ALERTS,
	SCHEMA_LISTS
};

struct schema_section {
	const char *name;
	const struct schema_key *keys;
	size_t n_keys;
	unsigned int without; /* flags of keys that do not belong here */
	const char *label;    /* the key that names one of a list, or NULL */
	size_t size;	      /* of the struct of one */
	size_t origin_offset; /* of its struct origin; SCHEMA_NOWHERE: none */
	bool list;	      /* ( {}, {} ), else one { } */
	size_t list_offset;   /* of the array in struct config */
	size_t count_offset;
	size_t present_offset; /* of a bool that says that it stands there */
	const char *help;
};

#define SCHEMA_NOWHERE SIZE_MAX

/* The table. */
extern const struct schema_section *const schema_sections[SCHEMA_LISTS];

/* The key of that name that belongs into the section, or NULL. */
const struct schema_key *schema_find(const struct schema_section *section,
				     const char *name);
static inline bool
schema_has(const struct schema_section *section, const struct schema_key *key)
{
	return (key->flags & section->without) == 0;
}

/* The nearest name of a key of the section, or NULL. */
const char *schema_suggest(const struct schema_section *section,
			   const char *name);

/* True for keys whose value is a list of scalars. */
static inline bool
schema_is_list(const struct schema_key *key)
{
	return (key->flags & KEY_LIST) != 0 || key->type == SCHEMA_FLAGS;
}

/* True for the types that are written as strings. */
bool schema_is_string(enum schema_type type);

/* Unit metrics that `template` may name, as libconfig text. */
extern const char schema_metric_templates[];

#endif
