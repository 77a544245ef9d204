/* The two secrets: the HMAC key of this ledger, and the seed of the key whose
 * public half LEDGER names.  A file that others can read is refused, as is a
 * seed that belongs to another ledger. */
#include "ledger/inside.h"
#include "ledger/raw.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { SECRET_FILE_LEN = 2 * LEDGER_SECRET_LEN + 1 };

static int
is_private(struct ledger *l, const char *name, struct err *err)
{
	struct ledger_stat st;
	int fd, r;

	fd = l->io.open_file(l->io.ctx, l->dir, name, O_RDONLY, 0);
	if (fd < 0)
		return raw_error(err, fd, "%s/%s: take it from a backup%s",
				 l->path, name,
				 strcmp(name, LEDGER_KEY_NAME) == 0
				     ? ", or give the credential ledger-key"
				     : "");
	r = l->io.fstat(l->io.ctx, fd, &st);
	l->io.close(l->io.ctx, fd);
	if (r < 0)
		return raw_error(err, r, "%s/%s", l->path, name);
	if ((st.mode & 077) != 0)
		return err_set(
		    err, ERR_DENIED,
		    "%s/%s: mode %04o lets others read it; chmod 0600 %s/%s",
		    l->path, name, (unsigned)st.mode & 07777, l->path, name);
	return 0;
}

/* 32 bytes as 64 digits and LF. */
static int
read_secret(struct ledger *l, const char *name, uint8_t out[LEDGER_SECRET_LEN],
	    struct err *err)
{
	char *text;
	size_t len;
	int r;

	r = is_private(l, name, err);
	if (r < 0)
		return r;
	r = raw_load(&l->io, l->dir, name, SECRET_FILE_LEN, &text, &len);
	if (r < 0)
		return raw_error(err, r, "%s/%s", l->path, name);
	if (len != SECRET_FILE_LEN || text[len - 1] != '\n' ||
	    hex_decode(text, LEDGER_SECRET_LEN, out) < 0)
		r = err_set(
		    err, ERR_INVALID,
		    "%s/%s: not 64 hexadecimal digits and a line end; take "
		    "it from a backup",
		    l->path, name);
	explicit_bzero(text, len);
	free(text);
	return r;
}

static int
check_key(struct ledger *l, const struct ledger_options *o, struct err *err)
{
	uint8_t seed[KEY_SEED_LEN];
	char vkey[VKEY_MAX + 1];
	int r = 0;

	if (o->key_seed != NULL)
		memcpy(seed, o->key_seed, sizeof(seed));
	else
		r = read_secret(l, LEDGER_KEY_NAME, seed, err);
	if (r == 0)
		r = vkey_of_seed(l->id.origin, seed, vkey, err);
	explicit_bzero(seed, sizeof(seed));
	if (r == 0 && strcmp(vkey, l->id.vkey) != 0)
		return err_set(
		    err, ERR_DENIED,
		    "%s: the %s is not the one of this ledger, whose "
		    "verifier key is %.120s",
		    l->path,
		    o->key_seed != NULL ? "credential ledger-key" : "file key",
		    l->id.vkey);
	return r;
}

int
keys_read(struct ledger *l, const struct ledger_options *o, struct err *err)
{
	int r = read_secret(l, LEDGER_SECRET_NAME, l->secret, err);

	return r < 0 ? r : check_key(l, o, err);
}
