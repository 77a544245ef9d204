#include "ledger/rekey.h"
#include "base/digest.h"
#include "base/json.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

char *
rekey_id(const struct note_key *old, const struct note_key *new,
	 char out[REKEY_ID_SIZE])
{
	char old_hex[2 * NOTE_KEY_ID_LEN + 1], new_hex[2 * NOTE_KEY_ID_LEN + 1];

	hex_encode(old->id, NOTE_KEY_ID_LEN, old_hex);
	hex_encode(new->id, NOTE_KEY_ID_LEN, new_hex);
	snprintf(out, REKEY_ID_SIZE, REKEY_KIND ".%s.%s", old_hex, new_hex);
	return out;
}

static void
put_statement(struct buf *out, const char *old_vkey, const char *new_vkey)
{
	buf_printf(out, "evidenced " REKEY_KIND "\n%s\n%s\n", old_vkey,
		   new_vkey);
}

static void
put_body(struct buf *out, const char *old_vkey, const char *new_vkey,
	 const char *signature, size_t len)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_string(&w, "new_vkey", new_vkey);
	json_put_string(&w, "old_vkey", old_vkey);
	json_put_string_n(&w, "signature", signature, len);
	json_object_close(&w);
}

int
rekey_body(struct buf *out, const struct note_key *old,
	   const uint8_t old_seed[NOTE_SEED_LEN], const struct note_key *new,
	   struct err *err)
{
	char old_vkey[NOTE_VKEY_MAX + 1], new_vkey[NOTE_VKEY_MAX + 1];
	struct buf text = {0}, signature = {0};
	int r;

	note_key_render(old, old_vkey);
	note_key_render(new, new_vkey);
	put_statement(&text, old_vkey, new_vkey);
	r = note_signature(buf_text(&text), text.len, old->name, old_seed,
			   &signature, err);
	if (r == 0 && (text.failed || signature.failed))
		r = err_set(err, ERR_NOMEM, "no memory to change the key");
	if (r == 0)
		put_body(out, old_vkey, new_vkey, buf_text(&signature),
			 signature.len);
	buf_free(&text);
	buf_free(&signature);
	return r;
}

/* The members again, for a body of exactly this form. */
static int
take_members(const char *body, size_t len, struct json_object *o,
	     struct note_key *ret_old, struct note_key *ret_new)
{
	const char *old_vkey = json_get_string(o, "old_vkey", "");
	const char *new_vkey = json_get_string(o, "new_vkey", "");
	const char *signature = json_get_string(o, "signature", "");
	struct buf again = {0}, statement = {0};
	bool same;
	int r;

	put_body(&again, old_vkey, new_vkey, signature, strlen(signature));
	same = !again.failed && again.len == len &&
	       memcmp(again.data, body, len) == 0;
	buf_free(&again);
	if (!same || note_key_parse(old_vkey, ret_old, NULL) < 0 ||
	    note_key_parse(new_vkey, ret_new, NULL) < 0)
		return ERR_INVALID;
	put_statement(&statement, old_vkey, new_vkey);
	r = statement.failed
		? ERR_NOMEM
		: note_signature_check(buf_text(&statement), statement.len,
				       signature, strlen(signature), ret_old,
				       NULL);
	buf_free(&statement);
	return r;
}

int
rekey_parse(const char *body, size_t len, struct note_key *ret_old,
	    struct note_key *ret_new, struct err *err)
{
	struct note_key old, new;
	struct json_object *o;
	int r;

	r = json_parse(body, len, &JSON_LEDGER_LIMITS, &o, err);
	if (r < 0)
		return r;
	r = take_members(body, len, o, &old, &new);
	json_object_put(o);
	if (r < 0)
		return err_set(err, r,
			       "the change of the signing key is not signed "
			       "by the key before");
	*ret_old = old;
	*ret_new = new;
	return 0;
}
