#include "tz.h"
#include "base/err.h"
#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TZ_DIR "/usr/share/zoneinfo"

size_t
tz_read(const char *name, unsigned char bytes[TZ_BYTES_MAX])
{
	char path[256];
	size_t n;
	FILE *f;

	if (access(TZ_DIR "/Europe/Riga", R_OK) < 0) {
		fprintf(stderr, "skipped: no tzdata in %s\n", TZ_DIR);
		exit(TEST_SKIPPED);
	}
	snprintf(path, sizeof(path), "%s/%s", TZ_DIR, name);
	f = fopen(path, "rb");
	if (f == NULL) {
		fprintf(stderr, "no zone %s in %s\n", name, TZ_DIR);
		exit(EXIT_FAILURE);
	}
	n = fread(bytes, 1, TZ_BYTES_MAX, f);
	fclose(f);
	return n;
}

struct zone *
tz_load(const char *name)
{
	static unsigned char bytes[TZ_BYTES_MAX];
	struct zone *zone = NULL;
	struct err err;
	size_t n;

	if (strcmp(name, "UTC") == 0)
		return NULL;
	n = tz_read(name, bytes);
	if (zone_parse(bytes, n, &zone, &err) < 0) {
		fprintf(stderr, "%s: %s\n", name, err.text);
		exit(EXIT_FAILURE);
	}
	return zone;
}
