/* A proof file: what is parsed is rendered again to the byte, and proves
 * nothing by a key that is not its own. */
#include "fuzz.h"

#include "ledger/proof.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[NOTE_SEED_LEN] = {7};
	const char *text = (const char *)data;
	char *room = malloc(ROW_LINE_MAX);
	struct proof_shown shown;
	struct buf again = {0};
	struct note_key key;
	struct proof p;

	HOLDS(room != NULL);
	HOLDS(note_key_of_seed("nobody.example", seed, &key, NULL) == 0);
	if (proof_parse(text, size, room, &p, NULL) == 0) {
		proof_render(&again, &p);
		HOLDS(!again.failed && again.len == size);
		HOLDS(memcmp(again.data, text, size) == 0);
		HOLDS(proof_check(&p, &key, &shown, NULL) < 0);
	}
	buf_free(&again);
	free(room);
	return 0;
}
