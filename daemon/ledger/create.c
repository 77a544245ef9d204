/* A new ledger appears whole: everything is written and synced in
 * `<name>.new`, then the folder is renamed and its parent synced.  A crash
 * before the rename leaves no ledger; what it left is cleared away here,
 * because nobody can have used it.  Where no folder can be renamed to, nothing
 * is left. */
#include "base/random.h"
#include "ledger/raw.h"
#include "ledger/inside.h"
#include "ledger/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The files of a new ledger, before they are written. */
struct birth {
	struct identity id;
	struct buf genesis; /* line of row 0 */
	struct buf identity;
	struct buf key; /* empty when the seed comes as a credential */
	struct buf secret;
};

static void
put_secret_hex(struct buf *out, const uint8_t bytes[LEDGER_SECRET_LEN])
{
	char hex[2 * LEDGER_SECRET_LEN + 1];

	hex_encode(bytes, LEDGER_SECRET_LEN, hex);
	hex[2 * LEDGER_SECRET_LEN] = '\n';
	buf_add(out, hex, sizeof(hex));
	explicit_bzero(hex, sizeof(hex));
}

void
secret_make(struct buf *out)
{
	uint8_t secret[LEDGER_SECRET_LEN];

	random_bytes(secret, sizeof(secret));
	put_secret_hex(out, secret);
	explicit_bzero(secret, sizeof(secret));
}

void
secret_wipe(struct buf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->cap);
	buf_free(b);
}

static void
birth_free(struct birth *b)
{
	buf_free(&b->genesis);
	buf_free(&b->identity);
	secret_wipe(&b->key);
	secret_wipe(&b->secret);
}

static int
make_keys(struct birth *b, const struct ledger_options *o, struct err *err)
{
	uint8_t seed[KEY_SEED_LEN];
	int r;

	secret_make(&b->secret);
	if (o->key_seed != NULL)
		return vkey_of_seed(b->id.origin, o->key_seed, b->id.vkey, err);
	random_bytes(seed, sizeof(seed));
	put_secret_hex(&b->key, seed);
	r = vkey_of_seed(b->id.origin, seed, b->id.vkey, err);
	explicit_bzero(seed, sizeof(seed));
	return r;
}

static int
make_genesis(struct birth *b, const struct ledger_options *o, struct err *err)
{
	const struct digest none = {0};
	struct row_draft draft = {
	    .at = o->now, .id = "ledger.genesis", .kind = "ledger.genesis"};
	struct buf body = {0};
	int r;

	identity_genesis_body(&body, &b->id, o->hostname);
	draft.body = buf_text(&body);
	draft.body_len = body.len;
	r = body.failed ? err_set(err, ERR_NOMEM, "no memory for a new ledger")
			: row_check(&draft, err);
	if (r == 0)
		row_render(&b->genesis, &draft, 0, 0, &none, &b->id.genesis);
	buf_free(&body);
	identity_render(&b->identity, &b->id);
	return r;
}

static int
prepare(struct birth *b, const struct ledger_options *o, struct err *err)
{
	int r;

	b->id.segment_rows =
	    o->segment_rows > 0 ? o->segment_rows : LEDGER_SEGMENT_ROWS;
	if (b->id.segment_rows > SEGMENT_ROWS_MAX)
		return err_set(err, ERR_LIMIT,
			       "a segment holds at most %d rows",
			       SEGMENT_ROWS_MAX);
	if (o->origin[0] == '\0')
		origin_default(o->hostname, b->id.origin);
	else if (!origin_valid(o->origin))
		return err_set(
		    err, ERR_INVALID,
		    "ledger origin \"%.80s\" is not [A-Za-z0-9._/:-]{1,%d}; "
		    "change ledger.origin",
		    o->origin, ORIGIN_MAX);
	else
		memcpy(b->id.origin, o->origin, strlen(o->origin) + 1);
	r = make_keys(b, o, err);
	if (r == 0)
		r = make_genesis(b, o, err);
	if (r == 0 && (b->genesis.failed || b->identity.failed ||
		       b->key.failed || b->secret.failed))
		r = err_set(err, ERR_NOMEM, "no memory for a new ledger");
	return r;
}

/* Only its name must be durable, and that is the directory's. */
static int
create_empty(const struct ledger_io *io, int dir, const char *name)
{
	int fd = io->open_file(io->ctx, dir, name, O_WRONLY | O_CREAT,
			       LEDGER_FILE_MODE);

	if (fd < 0)
		return fd;
	io->close(io->ctx, fd);
	return 0;
}

static int
put_all(const struct ledger_io *io, int dir, const struct birth *b)
{
	char segment[SEGMENT_NAME_SIZE];
	int r;

	r = raw_clear_dir(io, dir);
	if (r == 0)
		r = raw_put(io, dir, segment_name(0, segment), b->genesis.data,
			    b->genesis.len, LEDGER_FILE_MODE);
	if (r == 0)
		r = raw_put(io, dir, LEDGER_FILE_NAME, b->identity.data,
			    b->identity.len, LEDGER_FILE_MODE);
	if (r == 0)
		r = raw_put(io, dir, LEDGER_SECRET_NAME, b->secret.data,
			    b->secret.len, LEDGER_SECRET_MODE);
	if (r == 0 && b->key.len > 0)
		r = raw_put(io, dir, LEDGER_KEY_NAME, b->key.data, b->key.len,
			    LEDGER_SECRET_MODE);
	if (r == 0)
		r = create_empty(io, dir, LEDGER_SUMS_NAME);
	if (r == 0)
		r = io->fsync_dir(io->ctx, dir);
	return r;
}

int
refuse_place(const char *path, const char *what, struct err *err)
{
	return err_set(err, ERR_INVALID,
		       "%s is %s, which a new ledger cannot replace; name a "
		       "folder in it: ledger.directory = \"%s/ledger\"",
		       path, what, path);
}

/* What stays in the way at each start is told in *ret_what. */
static int
take_place(const struct ledger_io *io, int parent, const char *new_name,
	   int dir, const char *name, const char **ret_what)
{
	int r = io->rename(io->ctx, parent, new_name, parent, name);

	if (r == -EBUSY)
		*ret_what = "a mount point";
	else if (r == -ENOTDIR)
		*ret_what = "a symbolic link";
	else
		return r;
	if (raw_clear_dir(io, dir) == 0)
		io->rmdir(io->ctx, parent, new_name);
	return r;
}

static int
put_folder(const struct ledger_io *io, int parent, const char *name,
	   const struct birth *b, const char **ret_what)
{
	char new_name[300];
	int dir, r;

	if (snprintf(new_name, sizeof(new_name), "%s" LEDGER_NEW_SUFFIX,
		     name) >= (int)sizeof(new_name))
		return -ENAMETOOLONG;
	r = io->mkdir(io->ctx, parent, new_name, LEDGER_DIR_MODE);
	if (r < 0 && r != -EEXIST)
		return r;
	dir = io->open_dir(io->ctx, parent, new_name);
	if (dir < 0)
		return dir;
	r = put_all(io, dir, b);
	if (r == 0)
		r = take_place(io, parent, new_name, dir, name, ret_what);
	io->close(io->ctx, dir);
	if (r == 0)
		r = io->fsync_dir(io->ctx, parent);
	return r;
}

int
create_ledger(const struct ledger_io *io, int parent, const char *name,
	      const struct ledger_options *o, bool *ret_key_created,
	      struct err *err)
{
	struct birth b = {0};
	const char *what = NULL;
	int r;

	r = prepare(&b, o, err);
	if (r == 0) {
		r = put_folder(io, parent, name, &b, &what);
		if (what != NULL)
			r = refuse_place(o->dir, what, err);
		else if (r < 0)
			r = raw_error(
			    err, r, "%s: the ledger cannot be created", o->dir);
	}
	if (r == 0)
		*ret_key_created = b.key.len > 0;
	birth_free(&b);
	return r;
}
