/* What is loaded out of a text is what its digest says, or nothing: the loader
 * makes the text anew and compares. */
#include "cli/config_then.h"
#include "io/disk.h"
#include "io/files.h"
#include "ledger/ledger.h"

#include <stdlib.h>

struct config *
config_then(const char *ledger_dir, const struct digest *digest)
{
	struct config *config = NULL;
	struct buf text = {0};
	char *blob = NULL;
	size_t len = 0;

	if (ledger_blob(&disk_io, ledger_dir, digest, &blob, &len, NULL) < 0)
		return NULL;
	buf_add(&text, blob, len);
	if (text.failed || files_load_effective(buf_text(&text), &config) < 0)
		config = NULL;
	buf_free(&text);
	free(blob);
	return config;
}
