/* Signs checkpoints of a ledger that make_ledger wrote, one for each size:
 *
 *   sign_ledger FOLDER SIZE... */
#include "../../fakes/sign.h"
#include "io/disk.h"

#include <stdlib.h>

int
main(int argc, char *argv[])
{
	static const uint8_t seed[NOTE_SEED_LEN] = {1, 2, 3};

	for (int i = 2; i < argc; i++)
		sign_folder(&disk_io, argv[1], seed,
			    strtoull(argv[i], NULL, 10));
	return argc < 3;
}
