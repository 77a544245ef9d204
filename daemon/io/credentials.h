/* Credentials by name, read once at start from files that systemd (or
 * whoever starts the daemon) put into one folder.
 *
 * Credential X is the file X or evidenced_X in that folder.  Values stay in
 * here: others get a name, a fingerprint, or the value for the length of a
 * call. */
#ifndef IO_CREDENTIALS_H
#define IO_CREDENTIALS_H

#include "base/digest.h"
#include "base/err.h"
#include "base/redact.h"
#include "conf/config.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	CREDENTIAL_MIN = 8, /* bytes; anything shorter is a placeholder */
	CREDENTIAL_MAX = 8 * 1024,
	CREDENTIALS_MAX = 4096,
	FINGERPRINT_LEN = 16
};

enum credential_state {
	CREDENTIAL_ABSENT,	/* no such file */
	CREDENTIAL_PLACEHOLDER, /* empty, "changeme", "<...>", too short */
	CREDENTIAL_UNUSABLE,	/* unreadable, too long, control characters */
	CREDENTIAL_LOADED
};

struct credentials;

/* The keyed digest of the ledger (its secret stays there). */
typedef struct digest credentials_hmac_fn(void *ctx, const void *bytes,
					  size_t len);

/* Reads the folder; NULL or a folder that does not exist is no error and
 * gives an empty set.  Every loaded value is made known to the redactor. */
int credentials_load(const char *directory, struct redactor *redactor,
		     struct credentials **ret_credentials, struct err *err);
/* Wipes the values. */
void credentials_free(struct credentials *credentials);

enum credential_state credentials_state(const struct credentials *credentials,
					const char *name);

/* The value, borrowed; false unless loaded. */
bool credentials_get(const struct credentials *credentials, const char *name,
		     const char **ret_value, size_t *ret_len);

/* The next of all loaded values, the ledger's keys too, from *cursor (at first
 * 0) on; false behind the last. */
bool credentials_next(const struct credentials *credentials, size_t *cursor,
		      const char **ret_name, const char **ret_value,
		      size_t *ret_len);

/* config_secret.c: ERR_INVALID, with the place and the credential's name but
 * not its value, where a whole value stands in the configuration; ERR_NOMEM. */
int credentials_not_in(const struct credentials *credentials,
		       const struct config *config, struct err *err);

#define CREDENTIALS_LEDGER_KEY		"ledger-key"
#define CREDENTIALS_LEDGER_KEY_PREVIOUS "ledger-key-previous"

/* The value of one of these two, which no other function gives out; borrowed,
 * set when it is loaded. */
enum credential_state
credentials_ledger_key(const struct credentials *credentials, const char *name,
		       const char **ret_value, size_t *ret_len);

/* 16 hex digits of the keyed digest of the value; false unless loaded.  Made
 * once: every workload is asked about at every turn, and neither the value
 * nor the key changes before the process ends. */
bool credentials_fingerprint(const struct credentials *credentials,
			     const char *name, credentials_hmac_fn *hmac,
			     void *hmac_ctx,
			     char ret_fingerprint[FINGERPRINT_LEN + 1]);

#endif
