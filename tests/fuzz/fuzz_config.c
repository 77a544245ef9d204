/* The text of a configuration: the scan before libconfig, and all stages
 * behind it.  What loads can be shown, and what is shown loads again. */
#include "fuzz.h"

#include "conf/load.h"

/* libconfig 1.5 forgets a string at some syntax errors. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libconfig\n";
}

static int
no_zone(void *ctx, const char *name, void **ret_bytes, size_t *ret_len)
{
	return ERR_NOT_FOUND;
}

static int
load(const char *text, size_t len, struct config **ret)
{
	const struct conf_text one = {
	    .path = "fuzz.conf", .text = text, .len = len};
	struct conf_report report;
	int r = conf_load(&one, 1, no_zone, NULL, ret, &report);

	HOLDS((r < 0) == (report.n_errors > 0));
	conf_report_free(&report);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *config, *twice;
	struct buf dump = {0};

	if (load((const char *)data, size, &config) < 0)
		return 0;
	conf_dump(config, CONF_DUMP_CHANGED, &dump);
	HOLDS(load(buf_text(&dump), dump.len, &twice) == 0);
	config_free(twice);
	config_free(config);
	buf_free(&dump);
	return 0;
}
