/* LEDGER is read strictly: it is parsed, rendered again and must be the same
 * to the byte, so that there is one spelling of every identity. */
#include "ledger/identity.h"
#include "base/json.h"
#include "base/random.h"
#include "ledger/row.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

enum { ORIGIN_RANDOM_BYTES = 4 };

static bool
is_origin_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '/' ||
	       c == ':' || c == '-';
}

bool
origin_valid(const char *origin)
{
	size_t n = strlen(origin);

	if (n == 0 || n > ORIGIN_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_origin_char(origin[i]))
			return false;
	}
	return true;
}

void
origin_default(const char *hostname, char out[ORIGIN_MAX + 1])
{
	uint8_t bytes[ORIGIN_RANDOM_BYTES];
	char hex[2 * ORIGIN_RANDOM_BYTES + 1];

	random_bytes(bytes, sizeof(bytes));
	hex_encode(bytes, sizeof(bytes), hex);
	snprintf(out, ORIGIN_MAX + 1, "%.64s/evidenced/%s",
		 hostname[0] == '\0' ? "localhost" : hostname, hex);
	for (char *p = out; *p != '\0'; p++) {
		if (!is_origin_char(*p))
			*p = '-';
	}
}

int
vkey_of_seed(const char *origin, const uint8_t seed[KEY_SEED_LEN],
	     char out[VKEY_MAX + 1], struct err *err)
{
	struct note_key key;
	int r;

	r = note_key_of_seed(origin, seed, &key, err);
	if (r < 0)
		return r;
	note_key_render(&key, out);
	return 0;
}

void
identity_render(struct buf *out, const struct identity *id)
{
	char hex[DIGEST_HEX_LEN + 1];
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_int(&w, "fmt", LEDGER_FORMAT);
	json_put_string(&w, "genesis", digest_hex(&id->genesis, hex));
	json_put_string(&w, "origin", id->origin);
	json_put_int(&w, "segment_rows", id->segment_rows);
	json_put_string(&w, "vkey", id->vkey);
	json_object_close(&w);
	buf_putc(out, '\n');
}

void
identity_genesis_body(struct buf *out, const struct identity *id,
		      const char *hostname)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_int(&w, "fmt", LEDGER_FORMAT);
	json_put_string(&w, "host", hostname);
	json_put_string(&w, "origin", id->origin);
	json_put_int(&w, "segment_rows", id->segment_rows);
	json_put_string(&w, "vkey", id->vkey);
	json_object_close(&w);
}

int
identity_is_of_genesis(const struct identity *id, const char *body, size_t len)
{
	struct buf again = {0};
	struct json_object *o;
	int r;

	r = json_parse(body, len, &JSON_LEDGER_LIMITS, &o, NULL);
	if (r < 0)
		return r == ERR_NOMEM ? r : 0;
	identity_genesis_body(&again, id, json_get_string(o, "host", ""));
	json_object_put(o);
	if (again.failed)
		r = ERR_NOMEM;
	else
		r = again.len == len && memcmp(again.data, body, len) == 0;
	buf_free(&again);
	return r;
}

/* The members, as far as they have the right type and length. */
static bool
take_members(struct json_object *o, struct identity *id)
{
	const char *origin = json_get_string(o, "origin", "");
	const char *vkey = json_get_string(o, "vkey", "");
	int64_t rows = json_get_int(o, "segment_rows", 0);

	if (!origin_valid(origin) || strlen(vkey) > VKEY_MAX || rows < 1 ||
	    rows > SEGMENT_ROWS_MAX)
		return false;
	id->segment_rows = (int)rows;
	memcpy(id->origin, origin, strlen(origin) + 1);
	memcpy(id->vkey, vkey, strlen(vkey) + 1);
	return true;
}

static bool
take_genesis(struct json_object *o, struct identity *id)
{
	const char *genesis = json_get_string(o, "genesis", "");

	return strlen(genesis) == DIGEST_HEX_LEN &&
	       hex_decode(genesis, DIGEST_LEN, id->genesis.bytes) == 0;
}

static int
say_newer(int64_t format, struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED,
		       "format %lld is newer than this build, which knows %d",
		       (long long)format, LEDGER_FORMAT);
}

static bool
is_rendering_of(const struct identity *id, const char *text, size_t len)
{
	struct buf again = {0};
	bool same;

	identity_render(&again, id);
	same = !again.failed && again.len == len &&
	       memcmp(again.data, text, len) == 0;
	buf_free(&again);
	return same;
}

int
identity_parse(const char *text, size_t len, struct identity *ret_id,
	       struct err *err)
{
	struct json_object *o;
	struct identity id = {0};
	int64_t format;
	bool ok;
	int r;

	r = json_parse(text, len, &JSON_LEDGER_LIMITS, &o, err);
	if (r < 0)
		return r;
	format = json_get_int(o, "fmt", 0);
	ok = take_members(o, &id) && take_genesis(o, &id);
	json_object_put(o);
	if (format > LEDGER_FORMAT)
		return say_newer(format, err);
	if (format != LEDGER_FORMAT || !ok || !is_rendering_of(&id, text, len))
		return err_set(err, ERR_INVALID,
			       "not the line of a ledger of evidenced");
	*ret_id = id;
	return 0;
}

int
identity_of_genesis(const char *line, size_t len, struct identity *ret_id,
		    struct err *err)
{
	static const char kind[] = "ledger.genesis";
	struct identity id = {0};
	struct row_parts parts;
	struct json_object *o;
	int64_t format;
	bool ok;
	int r;

	if (row_parse(line, len, &parts) < 0 || !row_sum_matches(line, len) ||
	    parts.seq != 0 || parts.kind_len != sizeof(kind) - 1 ||
	    memcmp(parts.kind, kind, parts.kind_len) != 0)
		return err_set(err, ERR_INVALID, "not row 0 of a ledger");
	r = json_parse(parts.body, parts.body_len, &JSON_LEDGER_LIMITS, &o,
		       err);
	if (r < 0)
		return r;
	format = json_get_int(o, "fmt", 0);
	ok = take_members(o, &id);
	json_object_put(o);
	if (format > LEDGER_FORMAT)
		return say_newer(format, err);
	if (format != LEDGER_FORMAT || !ok)
		return err_set(err, ERR_INVALID, "not row 0 of a ledger");
	id.genesis = row_leaf(line, len);
	*ret_id = id;
	return 0;
}
