/* A signed note: its text lies at its start, and who is unknown signed
 * nothing.  A key: parsed and rendered it is the same. */
#include "fuzz.h"

#include "ledger/checkpoint.h"

#include <string.h>

static void
try_key(const char *text, size_t len)
{
	char vkey[NOTE_VKEY_MAX + 1], again[NOTE_VKEY_MAX + 1];
	struct note_key key;

	if (len > NOTE_VKEY_MAX)
		return;
	memcpy(vkey, text, len);
	vkey[len] = '\0';
	if (note_key_parse(vkey, &key, NULL) < 0)
		return;
	note_key_render(&key, again);
	HOLDS(strcmp(vkey, again) == 0);
}

static void
try_text(const char *text, size_t len)
{
	struct checkpoint c, twice;
	struct buf again = {0};

	if (checkpoint_parse(text, len, &c, NULL) < 0)
		return;
	checkpoint_render(&again, &c);
	HOLDS(again.len <= len && memcmp(again.data, text, again.len) == 0);
	HOLDS(checkpoint_parse(again.data, again.len, &twice, NULL) == 0);
	HOLDS(twice.size == c.size && digest_equal(&twice.root, &c.root));
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[NOTE_SEED_LEN] = {7};
	const char *text = (const char *)data;
	struct note_key key;
	size_t len, signed_len = 0;

	HOLDS(note_key_of_seed("nobody.example", seed, &key, NULL) == 0);
	len = note_text_length(text, size);
	HOLDS(len <= size && (len == 0 || text[len - 1] == '\n'));
	if (note_verify(text, size, &key, 1, &signed_len, NULL) == 0)
		HOLDS(signed_len == len);
	try_text(text, len);
	try_text(text, size);
	try_key(text, size);
	return 0;
}
