/* state.json: {"leaf":"<hex>","next_seq":N,"sha256":"<hex>",
 *	"signature":"<base64>","state":{...}}
 *
 * It only spares time at start.  It is replaced by rename and never synced:
 * what a power cut leaves of it is known by its digest and thrown away, and
 * the rows are replayed instead.
 *
 * But who believes it decides by it.  So the key that signs the checkpoints
 * signs it too, in the manner of a line of a signed note, over
 *
 *	evidenced state LF next_seq LF leaf LF sha256 LF
 *
 * which cannot be the text of a checkpoint: no origin has a space. */
#include "base/json.h"
#include "ledger/raw.h"
#include "ledger/folder.h"
#include "ledger/inside.h"
#include "ledger/key_search.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATE_HEAD   "{\"leaf\":\""
#define STATE_NEXT   "\",\"next_seq\":"
#define STATE_SHA256 ",\"sha256\":\""
#define STATE_SIGNED "\",\"signature\":\""
#define STATE_STATE  "\",\"state\":"

enum { STATE_MAX = 256 * 1024 * 1024 };

static void
put_statement(struct buf *out, uint64_t next_seq, const struct digest *leaf,
	      const struct digest *state)
{
	char hex[DIGEST_HEX_LEN + 1];

	buf_printf(out, "evidenced state\n%" PRIu64 "\n%s\n", next_seq,
		   digest_hex(leaf, hex));
	buf_printf(out, "%s\n", digest_hex(state, hex));
}

static int
render_head(struct buf *out, const struct ledger *l, uint64_t next_seq,
	    const struct digest *leaf, const struct digest *state,
	    struct err *err)
{
	char hex[DIGEST_HEX_LEN + 1];
	struct buf statement = {0};
	int r;

	buf_printf(out, STATE_HEAD "%s" STATE_NEXT "%" PRIu64 STATE_SHA256,
		   digest_hex(leaf, hex), next_seq);
	buf_printf(out, "%s" STATE_SIGNED, digest_hex(state, hex));
	put_statement(&statement, next_seq, leaf, state);
	r = note_signature(buf_text(&statement), statement.len, l->id.origin,
			   l->signer.seed, out, err);
	buf_puts(out, STATE_STATE);
	buf_free(&statement);
	return r;
}

static int
put_unsynced(const struct ledger_io *io, int dir, const struct buf *text)
{
	static const char new_name[] = LEDGER_STATE_NAME LEDGER_NEW_SUFFIX;
	int fd, r;

	fd = io->open_file(io->ctx, dir, new_name, O_WRONLY | O_CREAT | O_TRUNC,
			   LEDGER_FILE_MODE);
	if (fd < 0)
		return fd;
	r = raw_write(io, fd, text->data, text->len, 0);
	io->close(io->ctx, fd);
	if (r == 0)
		r = io->rename(io->ctx, dir, new_name, dir, LEDGER_STATE_NAME);
	return r;
}

int
ledger_state_save(const struct ledger *l, uint64_t next_seq,
		  const struct digest *leaf, const char *json, size_t len,
		  struct err *err)
{
	struct digest d = digest_sha256(json, len);
	struct buf text = {0};
	int r;

	if (len > STATE_MAX)
		return err_set(err, ERR_LIMIT, "state of %zu bytes", len);
	r = render_head(&text, l, next_seq, leaf, &d, err);
	buf_add(&text, json, len);
	buf_puts(&text, "}\n");
	if (r == 0 && text.failed)
		r = err_set(err, ERR_NOMEM, "no memory for the state");
	if (r == 0) {
		r = put_unsynced(&l->io, l->dir, &text);
		if (r < 0)
			raw_error(err, r, "%s/" LEDGER_STATE_NAME, l->path);
	}
	buf_free(&text);
	return r;
}

struct state {
	uint64_t next_seq;
	struct digest leaf, sha256;
	const char *signature; /* in the text */
	size_t signature_len;
	const char *json; /* in the text */
	size_t len;
};

static bool
take_hex(const char **p, const char *end, const char *before,
	 struct digest *ret)
{
	size_t n = strlen(before);

	if ((size_t)(end - *p) < n + DIGEST_HEX_LEN ||
	    memcmp(*p, before, n) != 0 ||
	    hex_decode(*p + n, DIGEST_LEN, ret->bytes) < 0)
		return false;
	*p += n + DIGEST_HEX_LEN;
	return true;
}

static bool
take_next_seq(const char **p, const char *end, uint64_t *ret)
{
	static const size_t digits_max = 16;
	size_t n = strlen(STATE_NEXT), digits = 0;

	if ((size_t)(end - *p) < n || memcmp(*p, STATE_NEXT, n) != 0)
		return false;
	*p += n;
	*ret = 0;
	while (*p < end && **p >= '0' && **p <= '9' && digits < digits_max) {
		*ret = *ret * 10 + (uint64_t)(*(*p)++ - '0');
		digits++;
	}
	return digits > 0;
}

static bool
take_signature(const char **p, const char *end, struct state *ret)
{
	size_t n = strlen(STATE_SIGNED);
	const char *start = *p + n;

	if ((size_t)(end - *p) < n || memcmp(*p, STATE_SIGNED, n) != 0)
		return false;
	*p = memchr(start, '"', (size_t)(end - start));
	ret->signature = start;
	ret->signature_len = *p == NULL ? 0 : (size_t)(*p - start);
	return *p != NULL;
}

static bool
parse(const char *text, size_t len, struct state *ret)
{
	const char *p = text, *end = text + len;
	struct digest found;
	size_t n = strlen(STATE_STATE);

	if (!take_hex(&p, end, STATE_HEAD, &ret->leaf) ||
	    !take_next_seq(&p, end, &ret->next_seq) ||
	    !take_hex(&p, end, STATE_SHA256, &ret->sha256) ||
	    !take_signature(&p, end, ret) || (size_t)(end - p) < n + 2 ||
	    memcmp(p, STATE_STATE, n) != 0 || memcmp(end - 2, "}\n", 2) != 0)
		return false;
	ret->json = p + n;
	ret->len = (size_t)(end - 2 - ret->json);
	found = digest_sha256(ret->json, ret->len);
	return digest_equal(&ret->sha256, &found);
}

/* The state belongs to this ledger: its newest row stands there. */
static bool
is_bound(const struct folder *f, const struct state *s)
{
	struct digest leaf;
	char *line;
	size_t len;

	if (s->next_seq == 0 ||
	    folder_read_row(f, s->next_seq - 1, &line, &len, NULL) < 0)
		return false;
	leaf = row_leaf(line, len);
	free(line);
	return digest_equal(&leaf, &s->leaf);
}

static bool
signed_by(const struct state *s, const struct note_key *key)
{
	struct buf statement = {0};
	bool good;

	put_statement(&statement, s->next_seq, &s->leaf, &s->sha256);
	good = !statement.failed &&
	       note_signature_check(buf_text(&statement), statement.len,
				    s->signature, s->signature_len, key,
				    NULL) == 0;
	buf_free(&statement);
	return good;
}

/* Whoever writes another key into LEDGER must write another row 0, too. */
static bool
is_first_key(const struct folder *f)
{
	struct identity id;
	bool same;
	char *line;
	size_t len;

	if (f->pruned.to > 0)
		return true;
	if (folder_read_row(f, 0, &line, &len, NULL) < 0)
		return false;
	same = identity_of_genesis(line, len, &id, NULL) == 0 &&
	       digest_equal(&id.genesis, &f->id.genesis) &&
	       strcmp(id.vkey, f->id.vkey) == 0;
	free(line);
	return same;
}

/* A writer has the key.  Readers have the one that LEDGER names, and where
 * that was changed, what the rows say of it; these are searched only for a
 * signature that the first key did not make. */
static bool
is_signed(const struct folder *f, const struct ledger *l, const struct state *s)
{
	struct key_list keys = {0};
	struct note_key key;
	bool good;

	if (l != NULL)
		return note_key_of_seed(l->id.origin, l->signer.seed, &key,
					NULL) == 0 &&
		       signed_by(s, &key);
	if (!is_first_key(f) || key_list_begin(&keys, f->id.vkey, NULL) < 0)
		return false;
	good = signed_by(s, key_list_for(&keys, 0)) ||
	       (key_search(f, s->next_seq, &keys, NULL) == 0 && keys.n > 1 &&
		signed_by(s, key_list_for(&keys, s->next_seq)));
	key_list_free(&keys);
	return good;
}

static int
load(const struct folder *f, const struct ledger *l, char **ret_json,
     size_t *ret_len, uint64_t *ret_next_seq, struct err *err)
{
	struct state s;
	size_t len;
	char *text;
	int r;

	r = raw_load(f->io, f->dir, LEDGER_STATE_NAME, STATE_MAX, &text, &len);
	if (r < 0)
		return raw_error(err, r, "%s/" LEDGER_STATE_NAME, f->path);
	if (!parse(text, len, &s) || !is_bound(f, &s) || !is_signed(f, l, &s)) {
		free(text);
		return err_set(err, ERR_NOT_FOUND,
			       "%s/" LEDGER_STATE_NAME
			       " does not belong to the rows, or is not signed "
			       "by the key of this ledger",
			       f->path);
	}
	memmove(text, s.json, s.len);
	text[s.len] = '\0';
	*ret_json = text;
	*ret_len = s.len;
	*ret_next_seq = s.next_seq;
	return 0;
}

int
ledger_state_load(const struct ledger_io *io, const char *dir,
		  const struct ledger *l, char **ret_json, size_t *ret_len,
		  uint64_t *ret_next_seq, struct err *err)
{
	struct folder f;
	int r;

	r = folder_open(&f, io, dir, err);
	if (r < 0)
		return r;
	r = load(&f, l, ret_json, ret_len, ret_next_seq, err);
	folder_close(&f);
	return r;
}
