/* The configuration that was in force once, out of its text beside the
 * ledger. */
#ifndef CLI_CONFIG_THEN_H
#define CLI_CONFIG_THEN_H

#include "cli/cli.h"
#include "conf/config.h"

/* Whole, as it was loaded then: with windows, and with the sources that
 * gateways bring.  NULL: its text is not kept, or is that of another build.
 * The caller frees it with config_free(). */
struct config *config_then(const char *ledger_dir, const struct digest *digest);

/* The one that the newest row config.loaded names, up to --at; NULL also where
 * no row names one.  0, or the exit status of what was said. */
int config_then_newest(struct session *s, struct config **ret);

#endif
