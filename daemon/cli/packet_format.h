/* In which form a packet is printed. */
#ifndef CLI_PACKET_FORMAT_H
#define CLI_PACKET_FORMAT_H

#include "cli/cli.h"

enum packet_format { FORMAT_TEXT, FORMAT_YAML, FORMAT_JSON, FORMAT_HTML };

/* The packet of many workloads; *day is the one that was asked for, NULL: the
 * newest that has closed. */
int packet_of_many(struct session *s, const struct config *config,
		   const int32_t *day, enum packet_format format);

#endif
