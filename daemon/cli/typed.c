/* The daemon refuses a configuration that looks like it holds a key, or that
 * holds the value of a credential that it has loaded.  The same is found here
 * before the file is there, by the same two questions: what a value looks like
 * is the loader's word, and what the values are stands in the folder that
 * systemd hands to the daemon.  Root can read it, and root is who writes
 * conf.d. */
#include "cli/typed.h"
#include "conf/secret.h"
#include "io/credentials.h"

#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 4096 };

struct credentials *
typed_known(struct session *s)
{
	const char *config = session_config_path(s);
	const char *slash = strrchr(config, '/');
	struct redactor *redactor = redactor_new();
	struct credentials *known = NULL;
	char folder[PATH_BYTES];
	struct err err;

	snprintf(folder, sizeof(folder), "%.*scredentials",
		 slash == NULL ? 0 : (int)(slash - config + 1), config);
	if (redactor != NULL &&
	    credentials_load(folder, redactor, &known, &err) < 0 &&
	    err.code != ERR_NOMEM)
		credentials_load(NULL, redactor, &known, &err);
	redactor_free(redactor);
	if (known == NULL)
		session_fail(s, CTL_CHECK_FAILED, "no memory");
	return known;
}

int
typed_judge(const struct credentials *known, const char *text, struct err *err)
{
	const char *name, *value;
	size_t cursor = 0, len;

	while (credentials_next(known, &cursor, &name, &value, &len)) {
		if (strstr(text, value) != NULL)
			return err_set(err, ERR_INVALID,
				       "this is the value of credential %s, "
				       "and no name; have the gateway replace "
				       "that key if others have seen it",
				       name);
	}
	if (secret_shaped(text))
		return err_set(err, ERR_INVALID,
			       "this looks like a credential's value; a name "
			       "is asked for, the value belongs into the "
			       "credentials folder");
	return 0;
}
