/* Signed notes of C2SP (signed-note): a text, an empty line, and signatures
 * by named keys.  Ed25519 only. */
#ifndef LEDGER_NOTE_H
#define LEDGER_NOTE_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

enum {
	NOTE_NAME_MAX = 200, /* bytes of a key name */
	NOTE_KEY_ID_LEN = 4,
	NOTE_SEED_LEN = 32,
	NOTE_PUBLIC_LEN = 32,
	NOTE_SIGNATURE_LEN = 64,
	NOTE_SIGNATURES_MAX = 100, /* lines in one note */
	/* name + "+" + 8 hex + "+" + base64 of 33 bytes */
	NOTE_VKEY_MAX = NOTE_NAME_MAX + 1 + 8 + 1 + 44
};

/* A verifier key. */
struct note_key {
	char name[NOTE_NAME_MAX + 1];
	uint8_t id[NOTE_KEY_ID_LEN];
	uint8_t public_key[NOTE_PUBLIC_LEN];
};

/* Strict: <name>+<8 hex>+<base64 of 0x01 and the key>, and the id is the one
 * that follows from the rest.  ERR_INVALID; ERR_UNSUPPORTED: another kind of
 * key. */
int note_key_parse(const char *vkey, struct note_key *ret, struct err *err);
/* The public half of a seed.  The name has no space and no '+', and is not
 * longer than NOTE_NAME_MAX. */
int note_key_of_seed(const char *name, const uint8_t seed[NOTE_SEED_LEN],
		     struct note_key *ret, struct err *err);
void note_key_render(const struct note_key *key, char out[NOTE_VKEY_MAX + 1]);

/* Appends the whole note.  The text is UTF-8 without control characters and
 * ends in LF. */
int note_sign(const char *text, size_t len, const char *name,
	      const uint8_t seed[NOTE_SEED_LEN], struct buf *out,
	      struct err *err);

/* Appends the signature alone, as it ends the line of a note: base64. */
int note_signature(const char *text, size_t len, const char *name,
		   const uint8_t seed[NOTE_SEED_LEN], struct buf *out,
		   struct err *err);
/* Whether it is the key's signature of the text.  ERR_INVALID. */
int note_signature_check(const char *text, size_t len, const char *signature,
			 size_t signature_len, const struct note_key *key,
			 struct err *err);

/* How long the text in front of the signatures is, with its LF; 0: this is no
 * note.  Nothing is verified. */
size_t note_text_length(const char *note, size_t len);

/* *ret_text_len bytes at the start of the note are its text, and at least one
 * of the keys signed it.  Signatures by other keys are ignored.  ERR_INVALID:
 * no note, two keys of one name and id, or a signature by one of the keys
 * that does not fit; ERR_NOT_FOUND: none of the keys signed it. */
int note_verify(const char *note, size_t len, const struct note_key *keys,
		size_t n_keys, size_t *ret_text_len, struct err *err);

#endif
