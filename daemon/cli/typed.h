/* What a person types where a name belongs: the value of a credential among
 * it is refused before it is printed, written or asked about again. */
#ifndef CLI_TYPED_H
#define CLI_TYPED_H

#include "cli/cli.h"

struct credentials;

/* The values in the credentials folder beside the configuration, as far as
 * whoever asks may read it: who may not gets an empty set.  NULL: no memory
 * (said).  For credentials_free(). */
struct credentials *typed_known(struct session *s);

/* ERR_INVALID, with words that do not hold the text, where it is or contains
 * a value of that folder, or looks like one. */
int typed_judge(const struct credentials *known, const char *text,
		struct err *err);

#endif
