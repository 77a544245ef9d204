/* state.json: {"leaf":"<hex>","next_seq":N,"sha256":"<hex>","state":{...}}
 *
 * It only spares time at start.  It is replaced by rename and never synced:
 * what a power cut leaves of it is known by its digest and thrown away, and
 * the rows are replayed instead. */
#include "base/json.h"
#include "ledger/raw.h"
#include "ledger/folder.h"
#include "ledger/inside.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATE_HEAD   "{\"leaf\":\""
#define STATE_NEXT   "\",\"next_seq\":"
#define STATE_SHA256 ",\"sha256\":\""
#define STATE_STATE  "\",\"state\":"

enum { STATE_MAX = 256 * 1024 * 1024 };

static void
render_head(struct buf *out, uint64_t next_seq, const struct digest *leaf,
	    const struct digest *state)
{
	char hex[DIGEST_HEX_LEN + 1];

	buf_printf(out, STATE_HEAD "%s" STATE_NEXT "%" PRIu64 STATE_SHA256,
		   digest_hex(leaf, hex), next_seq);
	buf_printf(out, "%s" STATE_STATE, digest_hex(state, hex));
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
ledger_state_save(const struct ledger_io *io, const char *dir,
		  uint64_t next_seq, const struct digest *leaf,
		  const char *json, size_t len, struct err *err)
{
	struct digest d = digest_sha256(json, len);
	struct buf text = {0};
	int fd, r;

	if (len > STATE_MAX)
		return err_set(err, ERR_LIMIT, "state of %zu bytes", len);
	render_head(&text, next_seq, leaf, &d);
	buf_add(&text, json, len);
	buf_puts(&text, "}\n");
	if (text.failed) {
		buf_free(&text);
		return err_set(err, ERR_NOMEM, "no memory for the state");
	}
	fd = io->open_dir(io->ctx, FOLDER_CWD, dir);
	r = fd;
	if (fd >= 0) {
		r = put_unsynced(io, fd, &text);
		io->close(io->ctx, fd);
	}
	buf_free(&text);
	if (r < 0)
		return raw_error(err, r, "%s/" LEDGER_STATE_NAME, dir);
	return 0;
}

struct state {
	uint64_t next_seq;
	struct digest leaf;
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
parse(const char *text, size_t len, struct state *ret)
{
	const char *p = text, *end = text + len;
	struct digest said, found;
	size_t n = strlen(STATE_STATE);

	if (!take_hex(&p, end, STATE_HEAD, &ret->leaf) ||
	    !take_next_seq(&p, end, &ret->next_seq) ||
	    !take_hex(&p, end, STATE_SHA256, &said) ||
	    (size_t)(end - p) < n + 2 || memcmp(p, STATE_STATE, n) != 0 ||
	    memcmp(end - 2, "}\n", 2) != 0)
		return false;
	ret->json = p + n;
	ret->len = (size_t)(end - 2 - ret->json);
	found = digest_sha256(ret->json, ret->len);
	return digest_equal(&said, &found);
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

static int
load(const struct folder *f, char **ret_json, size_t *ret_len,
     uint64_t *ret_next_seq, struct err *err)
{
	struct state s;
	size_t len;
	char *text;
	int r;

	r = raw_load(f->io, f->dir, LEDGER_STATE_NAME, STATE_MAX, &text, &len);
	if (r < 0)
		return raw_error(err, r, "%s/" LEDGER_STATE_NAME, f->path);
	if (!parse(text, len, &s) || !is_bound(f, &s)) {
		free(text);
		return err_set(err, ERR_NOT_FOUND,
			       "%s/" LEDGER_STATE_NAME
			       " does not belong to the rows",
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
ledger_state_load(const struct ledger_io *io, const char *dir, char **ret_json,
		  size_t *ret_len, uint64_t *ret_next_seq, struct err *err)
{
	struct folder f;
	int r;

	r = folder_open(&f, io, dir, err);
	if (r < 0)
		return r;
	r = load(&f, ret_json, ret_len, ret_next_seq, err);
	folder_close(&f);
	return r;
}
