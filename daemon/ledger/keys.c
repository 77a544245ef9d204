/* The two secrets: the HMAC key of this ledger, and the seed of the key that
 * signs its checkpoints.  A file that others can read is refused, as is a
 * seed that belongs to another ledger.
 *
 * The key in force is the one that signed the newest checkpoint, or, before
 * the first one, the one that LEDGER names.  Another one is taken only
 * together with the seed of that one, which signs the change. */
#include "ledger/inside.h"
#include "ledger/raw.h"
#include "ledger/rekey.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* What else there is than a backup. */
static const char *
others_have(const char *name, bool missing)
{
	if (strcmp(name, LEDGER_KEY_NAME) == 0)
		return ", or give the credential ledger-key";
	return missing
		   ? "; where none has it, evidencectl repair makes a new one"
		   : ", or move it away, and evidencectl repair makes a new "
		     "one";
}

static int
is_private(struct ledger *l, const char *name, struct err *err)
{
	struct ledger_stat st;
	int fd, r;

	fd = l->io.open_file(l->io.ctx, l->dir, name, O_RDONLY, 0);
	if (fd == -LEDGER_NOT_A_FILE) /* no damage: the rows may be whole */
		return err_set(err, ERR_DENIED,
			       "%s/%s: not a regular file but a link or "
			       "another thing; put the file itself there",
			       l->path, name);
	if (fd < 0)
		return raw_error(err, fd, "%s/%s: take it from a backup%s",
				 l->path, name, others_have(name, true));
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

int
secret_parse(const char *text, size_t len, uint8_t out[LEDGER_SECRET_LEN])
{
	if (len != LEDGER_SECRET_FILE_LEN || text[len - 1] != '\n')
		return ERR_INVALID;
	return hex_decode(text, LEDGER_SECRET_LEN, out);
}

static int
read_secret(struct ledger *l, const char *name, uint8_t out[LEDGER_SECRET_LEN],
	    struct err *err)
{
	char *text = NULL;
	size_t len = 0;
	int r;

	r = is_private(l, name, err);
	if (r < 0)
		return r;
	r = raw_load(&l->io, l->dir, name, LEDGER_SECRET_FILE_LEN, &text, &len);
	if (r < 0 && r != -EFBIG)
		return raw_error(err, r, "%s/%s", l->path, name);
	if (r < 0 || secret_parse(text, len, out) < 0)
		r = err_set(
		    err, ERR_INVALID,
		    "%s/%s: not 64 hexadecimal digits and a line end; take "
		    "it from a backup%s",
		    l->path, name, others_have(name, false));
	if (text != NULL)
		explicit_bzero(text, len);
	free(text);
	return r;
}

int
secret_read(struct ledger *l, uint8_t out[LEDGER_SECRET_LEN], struct err *err)
{
	return read_secret(l, LEDGER_SECRET_NAME, out, err);
}

/* The seed to sign with: the credential, or the folder's own. */
static int
read_seed(struct ledger *l, const struct ledger_options *o, struct err *err)
{
	if (o->key_seed == NULL)
		return read_secret(l, LEDGER_KEY_NAME, l->signer.seed, err);
	memcpy(l->signer.seed, o->key_seed, KEY_SEED_LEN);
	return 0;
}

static bool
is_same_key(const struct note_key *a, const struct note_key *b)
{
	return memcmp(a->public_key, b->public_key, NOTE_PUBLIC_LEN) == 0;
}

static int
refuse(const struct ledger *l, const struct ledger_options *o,
       const struct note_key *current, struct err *err)
{
	char vkey[VKEY_MAX + 1];

	note_key_render(current, vkey);
	if (o->key_seed == NULL)
		return err_set(err, ERR_DENIED,
			       "%s: the file key is not the one of this "
			       "ledger, whose verifier key is %.120s; give "
			       "its seed as credential ledger-key",
			       l->path, vkey);
	return err_set(err, ERR_DENIED,
		       "%s: the credential ledger-key is not the one of this "
		       "ledger, whose verifier key is %.120s; to change the "
		       "key, give the seed of that one as credential "
		       "ledger-key-previous",
		       l->path, vkey);
}

/* The seed of `key`: the credential for the key before, or the folder's. */
static int
find_seed(struct ledger *l, const struct ledger_options *o,
	  const struct note_key *key, uint8_t out[KEY_SEED_LEN])
{
	struct note_key found;

	if (o->previous_key_seed != NULL) {
		memcpy(out, o->previous_key_seed, KEY_SEED_LEN);
		if (note_key_of_seed(key->name, out, &found, NULL) == 0 &&
		    is_same_key(&found, key))
			return 0;
	}
	if (read_secret(l, LEDGER_KEY_NAME, out, NULL) == 0 &&
	    note_key_of_seed(key->name, out, &found, NULL) == 0 &&
	    is_same_key(&found, key))
		return 0;
	return ERR_NOT_FOUND;
}

/* The row that hands over from `current` to our key, for later. */
static int
prepare_rekey(struct ledger *l, const struct ledger_options *o,
	      const struct note_key *current, const struct note_key *ours,
	      struct err *err)
{
	uint8_t seed[KEY_SEED_LEN];
	int r;

	if (o->key_seed == NULL || find_seed(l, o, current, seed) < 0) {
		explicit_bzero(seed, sizeof(seed));
		return refuse(l, o, current, err);
	}
	rekey_id(current, ours, l->rekey.id);
	r = rekey_body(&l->rekey.body, current, seed, ours, err);
	explicit_bzero(seed, sizeof(seed));
	if (r == 0 && l->rekey.body.failed)
		r = err_set(err, ERR_NOMEM, "no memory to change the key");
	return r;
}

/* Ours, LEDGER's, and the one before. */
static int
make_ring(struct ledger *l, const struct ledger_options *o,
	  struct key_ring *ring, struct err *err)
{
	struct err why;
	int r =
	    note_key_of_seed(l->id.origin, l->signer.seed, &ring->keys[0], err);

	if (r == 0) {
		r = note_key_parse(l->id.vkey, &ring->keys[1], &why);
		if (r < 0)
			return err_set(err, r == ERR_NOMEM ? r : ERR_INVALID,
				       "%s/" LEDGER_FILE_NAME
				       ": %s; evidencectl repair makes the "
				       "file anew out of row 0",
				       l->path, why.text);
	}
	ring->n = 2;
	if (r == 0 && o->previous_key_seed != NULL)
		r = note_key_of_seed(l->id.origin, o->previous_key_seed,
				     &ring->keys[ring->n++], err);
	return r;
}

int
keys_read(struct ledger *l, const struct ledger_options *o, struct err *err)
{
	const struct note_key *current;
	struct key_ring ring;
	int signer, r;

	r = secret_read(l, l->secret, err);
	if (r == 0)
		r = read_seed(l, o, err);
	if (r == 0)
		r = make_ring(l, o, &ring, err);
	if (r < 0)
		return r;
	r = checkpoints_read(l, &ring, &signer, err);
	if (r == ERR_NOT_FOUND)
		return err_set(
		    err, ERR_DENIED,
		    "%s/" LEDGER_CHECKPOINT_NAME
		    ": signed by none of the keys at hand; give the seed "
		    "that signed it as credential ledger-key",
		    l->path);
	if (r < 0)
		return r;
	/* Whoever signed the newest checkpoint has the key. */
	current = &ring.keys[signer < 0 ? 1 : signer];
	if (is_same_key(current, &ring.keys[0]))
		return 0;
	return prepare_rekey(l, o, current, &ring.keys[0], err);
}
