/* A note is valid iff: it is UTF-8 without control characters but LF; behind
 * its last empty line there are 1 to 100 lines
 *	"\u2014 " name " " base64(key id, 4 bytes, and signature) LF
 * and nothing else; the text before that empty line, with its LF, is what was
 * signed.  An empty text cannot be: the empty line would be its first byte.
 *
 * A key is known by the pair of its name and id.  An unknown pair says
 * nothing; a known pair with a signature that fails makes the note bad, even
 * when another signature holds. */
#include "ledger/note.h"
#include "base/base64.h"
#include "base/digest.h"
#include "base/text.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SIGNATURE_START "\xe2\x80\x94 "

enum {
	NOTE_ED25519 = 0x01,
	TYPED_LEN = 1 + NOTE_PUBLIC_LEN,
	START_LEN = 4,	    /* of a line of a signature */
	BLOB_MAX = 8 * 1024 /* other kinds of signature are longer */
};

struct signature {
	const char *name;
	size_t name_len;
	uint8_t blob[BLOB_MAX]; /* key id, then the signature */
	size_t len;
};

/* What may stand in a name: everything but space and '+', in UTF-8. */
static bool
name_valid(const char *name, size_t len)
{
	size_t i = 0;

	if (len == 0 || !text_is_utf8(name, len))
		return false;
	while (i < len) {
		int32_t c = text_next_char(name, len, &i);

		if (c <= ' ' || c == '+' || (c >= 0x7f && c <= 0xa0) ||
		    c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
		    c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
		    c == 0x3000)
			return false;
	}
	return true;
}

static void
set_key_id(struct note_key *key)
{
	static const uint8_t type = NOTE_ED25519;
	const struct digest_part parts[] = {{key->name, strlen(key->name)},
					    {"\n", 1},
					    {&type, 1},
					    {key->public_key, NOTE_PUBLIC_LEN}};
	struct digest id = digest_sha256_parts(parts, 4);

	memcpy(key->id, id.bytes, NOTE_KEY_ID_LEN);
}

int
note_key_parse(const char *vkey, struct note_key *ret, struct err *err)
{
	const char *plus = strchr(vkey, '+');
	size_t name_len = plus == NULL ? 0 : (size_t)(plus - vkey), n;
	uint8_t typed[TYPED_LEN], id[NOTE_KEY_ID_LEN];
	struct note_key key = {0};
	const char *text;

	if (name_len > NOTE_NAME_MAX || !name_valid(vkey, name_len) ||
	    hex_decode(plus + 1, NOTE_KEY_ID_LEN, id) < 0 ||
	    plus[1 + 2 * NOTE_KEY_ID_LEN] != '+')
		return err_set(err, ERR_INVALID,
			       "not a verifier key; it has the form "
			       "<name>+<8 hex digits>+<base64>");
	text = plus + 2 + 2 * NOTE_KEY_ID_LEN;
	if (base64_decode(text, strlen(text), typed, sizeof(typed), &n) < 0 ||
	    n == 0)
		return err_set(err, ERR_INVALID,
			       "verifier key %.*s: the last part is not the "
			       "base64 of %d bytes",
			       (int)name_len, vkey, TYPED_LEN);
	if (typed[0] != NOTE_ED25519)
		return err_set(
		    err, ERR_UNSUPPORTED,
		    "verifier key %.*s: of kind %d; this build knows "
		    "Ed25519, kind 1",
		    (int)name_len, vkey, typed[0]);
	memcpy(key.name, vkey, name_len);
	memcpy(key.public_key, typed + 1, NOTE_PUBLIC_LEN);
	set_key_id(&key);
	if (n != TYPED_LEN || memcmp(key.id, id, sizeof(id)) != 0)
		return err_set(err, ERR_INVALID,
			       "verifier key %.*s: its parts do not belong "
			       "together; copy it whole",
			       (int)name_len, vkey);
	*ret = key;
	return 0;
}

static EVP_PKEY *
private_key(const uint8_t seed[NOTE_SEED_LEN])
{
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed,
					    NOTE_SEED_LEN);
}

int
note_key_of_seed(const char *name, const uint8_t seed[NOTE_SEED_LEN],
		 struct note_key *ret, struct err *err)
{
	EVP_PKEY *key = private_key(seed);
	size_t len = NOTE_PUBLIC_LEN;
	int ok;

	ok = key != NULL &&
	     EVP_PKEY_get_raw_public_key(key, ret->public_key, &len) == 1;
	EVP_PKEY_free(key);
	if (!ok)
		return err_set(err, ERR_NOMEM,
			       "libcrypto makes no Ed25519 key");
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	set_key_id(ret);
	return 0;
}

void
note_key_render(const struct note_key *key, char out[NOTE_VKEY_MAX + 1])
{
	uint8_t typed[TYPED_LEN] = {NOTE_ED25519};
	unsigned char text[BASE64_LEN(TYPED_LEN) + 1];
	char hex[2 * NOTE_KEY_ID_LEN + 1];

	memcpy(typed + 1, key->public_key, NOTE_PUBLIC_LEN);
	hex_encode(key->id, NOTE_KEY_ID_LEN, hex);
	EVP_EncodeBlock(text, typed, TYPED_LEN);
	snprintf(out, NOTE_VKEY_MAX + 1, "%s+%s+%s", key->name, hex,
		 (const char *)text);
}

static bool
sign(const char *text, size_t len, const uint8_t seed[NOTE_SEED_LEN],
     uint8_t *out)
{
	EVP_PKEY *key = private_key(seed);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t out_len = NOTE_SIGNATURE_LEN;
	bool ok;

	ok = key != NULL && ctx != NULL &&
	     EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
	     EVP_DigestSign(ctx, out, &out_len, (const unsigned char *)text,
			    len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok;
}

int
note_sign(const char *text, size_t len, const char *name,
	  const uint8_t seed[NOTE_SEED_LEN], struct buf *out, struct err *err)
{
	uint8_t blob[NOTE_KEY_ID_LEN + NOTE_SIGNATURE_LEN];
	struct note_key key;
	int r;

	r = note_key_of_seed(name, seed, &key, err);
	if (r < 0)
		return r;
	memcpy(blob, key.id, NOTE_KEY_ID_LEN);
	if (!sign(text, len, seed, blob + NOTE_KEY_ID_LEN))
		return err_set(err, ERR_NOMEM, "libcrypto does not sign");
	buf_add(out, text, len);
	buf_printf(out, "\n" SIGNATURE_START "%s ", name);
	base64_add(out, blob, sizeof(blob));
	buf_putc(out, '\n');
	return out->failed ? err_set(err, ERR_NOMEM, "no memory for a note")
			   : 0;
}

/* 1: it holds; 0: it does not; ERR_NOMEM. */
static int
check(const struct note_key *key, const char *text, size_t len,
      const uint8_t *signature, size_t signature_len)
{
	EVP_PKEY *public_key;
	EVP_MD_CTX *ctx;
	int r = ERR_NOMEM;

	if (signature_len != NOTE_SIGNATURE_LEN)
		return 0;
	public_key = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, key->public_key, NOTE_PUBLIC_LEN);
	ctx = EVP_MD_CTX_new();
	if (public_key != NULL && ctx != NULL &&
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, public_key) == 1)
		r = EVP_DigestVerify(ctx, signature, signature_len,
				     (const unsigned char *)text, len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(public_key);
	return r;
}

/* UTF-8 without control characters but LF. */
static bool
is_note_text(const char *note, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)note[i] < ' ' && note[i] != '\n')
			return false;
	}
	return text_is_utf8(note, len);
}

/* The text and its LF end where the last empty line starts. */
size_t
note_text_length(const char *note, size_t len)
{
	for (size_t i = len; i > 1; i--) {
		if (note[i - 1] == '\n' && note[i - 2] == '\n')
			return i - 1;
	}
	return 0;
}

/* A line without its LF. */
static bool
take_signature(const char *line, size_t len, struct signature *ret)
{
	const char *end = line + len, *space;

	if (len < START_LEN || memcmp(line, SIGNATURE_START, START_LEN) != 0)
		return false;
	ret->name = line + START_LEN;
	space = memchr(ret->name, ' ', (size_t)(end - ret->name));
	if (space == NULL)
		return false;
	ret->name_len = (size_t)(space - ret->name);
	return name_valid(ret->name, ret->name_len) &&
	       base64_decode(space + 1, (size_t)(end - space - 1), ret->blob,
			     sizeof(ret->blob), &ret->len) == 0 &&
	       ret->len > NOTE_KEY_ID_LEN;
}

static bool
is_by(const struct signature *s, const struct note_key *key)
{
	return strlen(key->name) == s->name_len &&
	       memcmp(key->name, s->name, s->name_len) == 0 &&
	       memcmp(key->id, s->blob, NOTE_KEY_ID_LEN) == 0;
}

/* 1: by one of the keys, and good; 0: by none of them. */
static int
judge(const struct signature *s, const char *text, size_t len,
      const struct note_key *keys, size_t n_keys, struct err *err)
{
	const struct note_key *key = NULL;
	int r;

	for (size_t i = 0; i < n_keys; i++) {
		if (!is_by(s, &keys[i]))
			continue;
		if (key != NULL)
			return err_set(err, ERR_INVALID,
				       "the key %s is given twice", key->name);
		key = &keys[i];
	}
	if (key == NULL)
		return 0;
	r = check(key, text, len, s->blob + NOTE_KEY_ID_LEN,
		  s->len - NOTE_KEY_ID_LEN);
	if (r == 0)
		return err_set(err, ERR_INVALID,
			       "the signature by %s does not fit the text",
			       key->name);
	return r < 0 ? err_set(err, r, "libcrypto checks no signature") : 1;
}

/* How many lines are good signatures by one of the keys. */
static int
judge_all(const char *note, size_t len, size_t text_len,
	  const struct note_key *keys, size_t n_keys, struct err *err)
{
	const char *p = note + text_len + 1, *end = note + len;
	int good = 0;

	for (int n = 0; p < end; n++) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		struct signature s;
		int r;

		if (n == NOTE_SIGNATURES_MAX)
			return err_set(err, ERR_INVALID,
				       "more than %d signatures",
				       NOTE_SIGNATURES_MAX);
		if (lf == NULL || !take_signature(p, (size_t)(lf - p), &s))
			return err_set(err, ERR_INVALID,
				       "line %d behind the text is no line of "
				       "a signature",
				       n + 1);
		r = judge(&s, note, text_len, keys, n_keys, err);
		if (r < 0)
			return r;
		good += r;
		p = lf + 1;
	}
	return good;
}

int
note_verify(const char *note, size_t len, const struct note_key *keys,
	    size_t n_keys, size_t *ret_text_len, struct err *err)
{
	size_t text_len = note_text_length(note, len);
	int good;

	if (!is_note_text(note, len))
		return err_set(err, ERR_INVALID,
			       "not a signed note: not UTF-8, or a control "
			       "character in it");
	if (text_len == 0 || text_len + 1 == len)
		return err_set(
		    err, ERR_INVALID,
		    "not a signed note: no signature behind an empty "
		    "line");
	good = judge_all(note, len, text_len, keys, n_keys, err);
	if (good < 0)
		return good;
	if (good == 0)
		return err_set(err, ERR_NOT_FOUND,
			       "no signature by the key that must sign it");
	*ret_text_len = text_len;
	return 0;
}

int
note_signature(const char *text, size_t len, const char *name,
	       const uint8_t seed[NOTE_SEED_LEN], struct buf *out,
	       struct err *err)
{
	struct buf note = {0};
	const char *signature;
	int r;

	r = note_sign(text, len, name, seed, &note, err);
	if (r == 0 && note.failed)
		r = err_set(err, ERR_NOMEM, "no memory for a signature");
	if (r == 0) {
		signature = strrchr(buf_text(&note), ' ') + 1;
		buf_add(out, signature,
			note.len - 1 - (size_t)(signature - note.data));
	}
	buf_free(&note);
	return r;
}

int
note_signature_check(const char *text, size_t len, const char *signature,
		     size_t signature_len, const struct note_key *key,
		     struct err *err)
{
	struct buf note = {0};
	size_t text_len;
	int r;

	buf_add(&note, text, len);
	buf_printf(&note, "\n" SIGNATURE_START "%s ", key->name);
	buf_add(&note, signature, signature_len);
	buf_putc(&note, '\n');
	r = note.failed ? err_set(err, ERR_NOMEM, "no memory for a signature")
			: note_verify(buf_text(&note), note.len, key, 1,
				      &text_len, err);
	/* What is called a signature may not make the text longer. */
	if (r == 0 && text_len != len)
		r = err_set(err, ERR_INVALID, "the signature is none");
	buf_free(&note);
	return r == 0 || r == ERR_NOMEM ? r : ERR_INVALID;
}
