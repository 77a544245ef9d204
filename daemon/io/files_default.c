#include "io/files.h"

const char *
files_default_config(void)
{
	return SYSCONFDIR "/evidenced/evidenced.conf";
}
