/* Writes a ledger for the tests of evidencectl: the real writer on the real
 * disk, with rows out of a file.
 *
 *   make_ledger FOLDER ROWS PAGES [SEGMENT-ROWS]
 *
 * ROWS has one row on each line: at, id, kind and body, separated by tabs,
 * and # for comments.  In a body %NAME% stands for the SHA-256 of the file
 * NAME in PAGES; such a file is kept as the row's page text, and of a NAME.conf
 * the effective text of the configuration that it is.  A line with
 * "fill" and a number stands for so many rows without a meaning, and one
 * with "checkpoint" has all rows before it signed.  The
 * ledger's own first row is the genesis, so row n of the file has seq n. */
#include "conf/load.h"
#include "io/disk.h"
#include "io/files.h"
#include "ledger/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 16384, FIELDS = 4, SEGMENT_ROWS = 16 };

static _Noreturn void
die(const char *what, const char *why)
{
	fprintf(stderr, "make_ledger: %s: %s\n", what, why);
	exit(1);
}

static char *
effective_text(const char *path, size_t *ret_len)
{
	struct conf_report report;
	struct config *config;
	struct err err;
	char *text;

	if (files_load_config(path, &config, &report, &err) < 0)
		die(path, err.text);
	conf_report_free(&report);
	text = strdup(config->effective);
	if (text == NULL)
		die(path, "no memory");
	*ret_len = strlen(text);
	config_free(config);
	return text;
}

/* The whole of a small file; malloc'd. */
static char *
read_page(const char *dir, const char *name, size_t *ret_len)
{
	char path[4096], *text = malloc(LINE_MAX_BYTES);
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (strlen(name) > 5 && strcmp(name + strlen(name) - 5, ".conf") == 0) {
		free(text);
		return effective_text(path, ret_len);
	}
	f = fopen(path, "rb");
	if (f == NULL || text == NULL)
		die(path, "cannot be read");
	*ret_len = fread(text, 1, LINE_MAX_BYTES, f);
	fclose(f);
	return text;
}

/* Copies the body; the first %NAME% gives the blob. */
static void
expand(const char *from, const char *pages, struct buf *body,
       struct row_blob *blob)
{
	char hex[DIGEST_HEX_LEN + 1], name[64];
	const char *at, *end;

	while ((at = strchr(from, '%')) != NULL) {
		end = strchr(at + 1, '%');
		if (end == NULL || (size_t)(end - at) > sizeof(name))
			die(from, "a name between two % is expected");
		snprintf(name, sizeof(name), "%.*s", (int)(end - at - 1),
			 at + 1);
		buf_add(body, from, (size_t)(at - from));
		if (blob->text == NULL) {
			blob->text = read_page(pages, name, &blob->len);
			blob->sha256 = digest_sha256(blob->text, blob->len);
		}
		buf_puts(body, digest_hex(&blob->sha256, hex));
		from = end + 1;
	}
	buf_puts(body, from);
}

static void
append(struct ledger *l, char *line, const char *pages)
{
	char *field[FIELDS], *rest = line;
	struct row_blob blob = {0};
	struct buf body = {0};
	struct row_draft draft;
	struct err err;

	for (int i = 0; i < FIELDS; i++) {
		field[i] = strsep(&rest, "\t");
		if (field[i] == NULL)
			die(line, "four fields are expected");
	}
	expand(field[3], pages, &body, &blob);
	draft = (struct row_draft){.id = field[1],
				   .kind = field[2],
				   .body = buf_text(&body),
				   .body_len = body.len,
				   .blob = blob.text == NULL ? NULL : &blob};
	if (wall_parse(field[0], &draft.at) < 0)
		die(field[0], "no time");
	if (ledger_append(l, &draft, NULL, &err) < 0 ||
	    ledger_flush(l, NULL, NULL, &err) < 0)
		die(field[1], err.text);
	buf_free(&body);
	free((char *)blob.text);
}

/* Many rows in few batches. */
static void
fill(struct ledger *l, long n)
{
	static const char body[] = "{}";
	struct row_draft draft = {
	    .kind = "note", .body = body, .body_len = sizeof(body) - 1};
	char id[ROW_ID_MAX + 1];
	struct err err;

	draft.id = id;
	for (long i = 0; i < n; i++) {
		draft.at = ledger_newest_at(l);
		snprintf(id, sizeof(id), "fill.%ld", i);
		if (ledger_append(l, &draft, NULL, &err) < 0)
			die(id, err.text);
	}
	if (ledger_flush(l, NULL, NULL, &err) < 0)
		die("fill", err.text);
}

static void
sign(struct ledger *l)
{
	struct err err;

	ledger_want_checkpoint(l);
	if (ledger_flush(l, NULL, NULL, &err) < 0)
		die("checkpoint", err.text);
}

int
main(int argc, char *argv[])
{
	static const uint8_t seed[32] = {1, 2, 3};
	char line[LINE_MAX_BYTES];
	struct ledger_recovery recovery;
	struct ledger_options options = {.origin = "test.example.com/evidenced",
					 .hostname = "test.example.com",
					 .key_seed = seed,
					 .segment_rows = SEGMENT_ROWS};
	struct ledger *l;
	struct err err;
	FILE *rows;

	if (argc != 4 && argc != 5)
		die("usage", "make_ledger FOLDER ROWS PAGES [SEGMENT-ROWS]");
	if (argc == 5)
		options.segment_rows = (int)strtol(argv[4], NULL, 10);
	options.dir = argv[1];
	if (wall_parse("2026-07-01T00:00:00Z", &options.now) < 0 ||
	    ledger_open(&disk_io, &options, &l, &recovery, &err) < 0)
		die(argv[1], err.text);
	rows = fopen(argv[2], "r");
	if (rows == NULL)
		die(argv[2], "cannot be read");
	while (fgets(line, sizeof(line), rows) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "fill ", 5) == 0)
			fill(l, strtol(line + 5, NULL, 10));
		else if (strcmp(line, "checkpoint") == 0)
			sign(l);
		else if (line[0] != '#' && line[0] != '\0')
			append(l, line, argv[3]);
	}
	fclose(rows);
	ledger_close(l);
	return 0;
}
