/* check-config --impact. */
#ifndef CLI_IMPACT_H
#define CLI_IMPACT_H

#include "cli/cli.h"

/* What a reload would do, by the daemon: it knows what it has loaded, also
 * when the file was edited since. */
int impact_of_reload(struct session *s);
/* What `config` would do in the place of the one that is installed. */
int impact_of_config(struct session *s, const struct config *config);

#endif
