/* What the daemon says of the credentials that it loaded. */
#ifndef CLI_CREDENTIALS_H
#define CLI_CREDENTIALS_H

#include "cli/cli.h"

struct json_object;

struct credentials_answer {
	struct json_object *all; /* NULL: the daemon did not answer */
};

struct credential_word {
	/* "loaded", "weak" (loaded, but made of words and dates that others
	 * may read), "missing", "placeholder", "unusable" */
	const char *state;
	const char *fingerprint; /* as rows have it; NULL unless loaded */
};

/* Asks the daemon.  ret_answer->all is NULL, and err says why, where none
 * answers. */
void credentials_ask(struct session *s, struct credentials_answer *ret_answer,
		     struct err *err);
void credentials_answer_free(struct credentials_answer *answer);

/* false: it is not said.  Strings live as long as the answer. */
bool credentials_word(const struct credentials_answer *answer, const char *name,
		      struct credential_word *ret);

/* Appends the commands that give the daemon another value: evidenced(8),
 * Credentials. */
void credentials_put_rotation(const struct session *s, const char *name,
			      struct buf *out);

#endif
