/* The configuration of this host in a test: $EVIDENCED_TEST_CONFIG, or one that
 * is not there.  Linked in place of daemon/io/files_default.c. */
#include "io/files.h"

#include <stdlib.h>

const char *
files_default_config(void)
{
	const char *path = getenv("EVIDENCED_TEST_CONFIG");

	return path == NULL ? "/nonexistent/evidenced.conf" : path;
}
