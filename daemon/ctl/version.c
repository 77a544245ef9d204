/* Versions that matter to somebody who has files or another program of
 * another release: they change when old ones can no longer be read. */
#include "ctl/version.h"
#include "ctl/command.h"
#include "page/page.h"

void
version_text(const char *name_and_version, struct buf *out)
{
	buf_printf(out,
		   "%s\n"
		   "ledger format 1, control protocol %d, page normaliser %d\n",
		   name_and_version, CTL_VERSION, PAGE_NORMALISER_VERSION);
}
