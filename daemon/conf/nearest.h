/* What was meant by a name that the configuration does not know. */
#ifndef CONF_NEAREST_H
#define CONF_NEAREST_H

#include "conf/config.h"

/* Among which names is looked. */
enum nearest_of {
	NEAREST_WORKLOAD = 1 << 0,
	NEAREST_JOB = 1 << 1, /* LABEL/happy, LABEL/error, LABEL/usage */
	NEAREST_SOURCE = 1 << 2,
	NEAREST_OWNER = 1 << 3, /* declared, or named by a workload */
	NEAREST_ROLE = 1 << 4,
	NEAREST_OTHER = 1 << 5, /* gateways, metrics and allocation rules */
	NEAREST_CREDENTIAL = 1 << 6,
	NEAREST_KEEPER = 1 << 7 /* the owner of a source or a metric */
};

enum { HINT_MAX = 160 };

struct hint {
	char text[HINT_MAX];
};

/* The nearest of these names, the name itself where it is one of them; NULL:
 * none is near.  `of` is a set of the above without NEAREST_JOB. */
const char *nearest_name(const struct config *config, unsigned int of,
			 const char *name);

/* The end of a sentence about an unknown name: "did you mean NAME?", or, where
 * nothing is near or there is no configuration (NULL), "see COMMAND", and
 * before it what else is named so: "it is a source; see COMMAND".  Returns
 * room->text. */
const char *nearest_hint(const struct config *config, unsigned int of,
			 const char *name, const char *command,
			 struct hint *room);

#endif
