/* {"confirmed_seq":N,"conflict_seq":N,"conflicts":N,"cursor":"...",
 *  "expired":N,"fmt":1,"forged":N,"genesis":"<hex>","leaf":"<hex>",
 *  "sum":"<16 hex>"}
 *
 * The trailer is that of a row.  A file is read by rendering what it seems to
 * say: only if the same bytes come out, sum included, it said that. */
#include "ledger/mirror_file.h"
#include "base/json.h"
#include "ledger/folder.h"
#include "ledger/inside.h"
#include "ledger/raw.h"

#include <fcntl.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

enum { MIRROR_MAX = 2048, MIRROR_FMT = 1, SUM_DIGITS = 16 };

static void
render(struct buf *out, const struct mirror_file *file,
       const struct digest *genesis, const struct digest *leaf)
{
	char hex[DIGEST_HEX_LEN + 1];
	struct json_writer w;
	struct digest sum;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_int(&w, "confirmed_seq", (int64_t)file->confirmed - 1);
	json_put_int(&w, "conflict_seq", (int64_t)file->conflict_seq);
	json_put_int(&w, "conflicts", (int64_t)file->conflicts);
	json_put_string(&w, "cursor", file->cursor);
	json_put_int(&w, "expired", (int64_t)file->expired);
	json_put_int(&w, "fmt", MIRROR_FMT);
	json_put_int(&w, "forged", (int64_t)file->forged);
	json_put_string(&w, "genesis", digest_hex(genesis, hex));
	json_put_string(&w, "leaf", digest_hex(leaf, hex));
	sum = digest_sha256(out->data, out->len);
	buf_printf(out, ",\"sum\":\"%.*s\"}\n", SUM_DIGITS,
		   digest_hex(&sum, hex));
}

static int
replace(const struct folder *f, const struct buf *text)
{
	static const char new_name[] = LEDGER_MIRROR_NAME LEDGER_NEW_SUFFIX;
	const struct ledger_io *io = f->io;
	int fd, r;

	fd = io->open_file(io->ctx, f->dir, new_name,
			   O_WRONLY | O_CREAT | O_TRUNC, LEDGER_FILE_MODE);
	if (fd < 0)
		return fd;
	r = raw_write(io, fd, text->data, text->len, 0);
	io->close(io->ctx, fd);
	if (r == 0)
		r = io->rename(io->ctx, f->dir, new_name, f->dir,
			       LEDGER_MIRROR_NAME);
	return r;
}

static int
save(const struct folder *f, const struct mirror_file *file, struct err *err)
{
	struct buf text = {0};
	struct digest leaf;
	char *line;
	size_t len;
	int r;

	r = folder_read_row(f, file->confirmed - 1, &line, &len, err);
	if (r < 0)
		return r;
	leaf = row_leaf(line, len);
	free(line);
	render(&text, file, &f->id.genesis, &leaf);
	if (text.failed)
		r = err_set(err, ERR_NOMEM, "no memory for the mirror's state");
	else if ((r = replace(f, &text)) < 0)
		r = raw_error(err, r, "%s/" LEDGER_MIRROR_NAME, f->path);
	buf_free(&text);
	return r;
}

int
mirror_file_save(const struct ledger_io *io, const char *dir,
		 const struct mirror_file *file, struct err *err)
{
	struct folder f;
	int r;

	r = folder_open(&f, io, dir, err);
	if (r < 0)
		return r;
	r = save(&f, file, err);
	folder_close(&f);
	return r;
}

static bool
take_digest(struct json_object *o, const char *key, struct digest *ret)
{
	const char *hex = json_get_string(o, key, "");

	return strlen(hex) == DIGEST_HEX_LEN &&
	       hex_decode(hex, DIGEST_LEN, ret->bytes) == 0;
}

static bool
take_count(struct json_object *o, const char *key, uint64_t *ret)
{
	int64_t n = json_get_int(o, key, -1);

	*ret = (uint64_t)n;
	return n >= 0;
}

static bool
take_members(struct json_object *o, const struct digest *genesis,
	     struct mirror_file *file)
{
	const char *cursor = json_get_string(o, "cursor", "");
	struct digest of;

	if (json_get_int(o, "fmt", 0) != MIRROR_FMT ||
	    !take_digest(o, "genesis", &of) || !digest_equal(&of, genesis) ||
	    !take_digest(o, "leaf", &file->leaf) ||
	    !take_count(o, "confirmed_seq", &file->confirmed) ||
	    !take_count(o, "conflict_seq", &file->conflict_seq) ||
	    !take_count(o, "conflicts", &file->conflicts) ||
	    !take_count(o, "expired", &file->expired) ||
	    !take_count(o, "forged", &file->forged) ||
	    strlen(cursor) > MIRROR_CURSOR_MAX)
		return false;
	file->confirmed++;
	memcpy(file->cursor, cursor, strlen(cursor) + 1);
	return true;
}

/* A text is this file's own iff rendering what it says gives it again. */
static bool
is_own(const char *text, size_t len, const struct mirror_file *file,
       const struct digest *genesis)
{
	struct buf again = {0};
	bool same;

	render(&again, file, genesis, &file->leaf);
	same = !again.failed && again.len == len &&
	       memcmp(again.data, text, len) == 0;
	buf_free(&again);
	return same;
}

static bool
parse(const char *text, size_t len, const struct digest *genesis,
      struct mirror_file *ret)
{
	struct mirror_file file = {0};
	struct json_object *o;
	bool good;

	if (json_parse(text, len, &JSON_LEDGER_LIMITS, &o, NULL) < 0)
		return false;
	good = take_members(o, genesis, &file);
	json_object_put(o);
	if (!good || !is_own(text, len, &file, genesis))
		return false;
	*ret = file;
	return true;
}

static int
load_in(const struct ledger_io *io, int dir, const char *path,
	const struct digest *genesis, struct mirror_file *ret_file,
	struct err *err)
{
	struct identity id;
	size_t len;
	char *text;
	bool good;
	int r;

	if (genesis == NULL) {
		r = folder_read_identity(io, dir, path, &id, err);
		if (r < 0)
			return r;
		genesis = &id.genesis;
	}
	r = raw_load(io, dir, LEDGER_MIRROR_NAME, MIRROR_MAX, &text, &len);
	if (r < 0)
		return raw_error(err, r, "%s/" LEDGER_MIRROR_NAME, path);
	good = parse(text, len, genesis, ret_file);
	free(text);
	if (!good)
		return err_set(err, ERR_NOT_FOUND,
			       "%s/" LEDGER_MIRROR_NAME
			       " does not belong to this ledger",
			       path);
	return 0;
}

int
mirror_file_load(const struct ledger_io *io, const char *dir,
		 const struct digest *genesis, struct mirror_file *ret_file,
		 struct err *err)
{
	int fd = io->open_dir(io->ctx, FOLDER_CWD, dir);
	int r = 0;

	if (fd < 0)
		return raw_error(err, fd, "%s", dir);
	r = load_in(io, fd, dir, genesis, ret_file, err);
	io->close(io->ctx, fd);
	return r;
}
