/* Gives each file that is named to the target of this program. */
#include "fuzz.h"

enum { INPUT_MAX = 1 << 20 };

static int
replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(INPUT_MAX);
	size_t size;

	if (f == NULL || data == NULL) {
		perror(path);
		if (f != NULL)
			fclose(f);
		free(data);
		return -1;
	}
	size = fread(data, 1, INPUT_MAX, f);
	fclose(f);
	/* Of the exact size, so that a sanitizer sees what reads behind it. */
	data = realloc(data, size == 0 ? 1 : size);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 0;
}

int
main(int argc, char **argv)
{
	int failed = argc < 2;

	for (int i = 1; i < argc; i++)
		failed |= replay(argv[i]) < 0;
	printf("%d inputs\n", argc - 1);
	return failed;
}
