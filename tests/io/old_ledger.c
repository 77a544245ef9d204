/* Writes a ledger of old rows, the real writer on the real disk, up to ROWS
 * of them, and lets those before TO go (0: none):
 *
 *   old_ledger FOLDER ROWS TO [SEGMENT-ROWS WINDOW]
 *
 * It goes on with a ledger that is there.  Row n has the workload w<n % 3>;
 * every 100th is a read of the source "page", with its text. */
#include "io/disk.h"
#include "ledger/ledger.h"
#include "ledger/prune.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENT = 256, WINDOW = 64, FLUSH_ROWS = 4096 };

static _Noreturn void
die(const char *what, const char *why)
{
	fprintf(stderr, "old_ledger: %s: %s\n", what, why);
	exit(1);
}

static void
append(struct ledger *l, uint64_t n, const char *kind, const char *body,
       const struct row_blob *blob)
{
	char id[32];
	struct row_draft draft = {.at = wall_from_s(1700000000 + 60 * (int)n),
				  .id = id,
				  .kind = kind,
				  .body = body,
				  .body_len = strlen(body),
				  .blob = blob};
	struct err err;

	snprintf(id, sizeof(id), "row.%" PRIu64, n);
	if (ledger_append(l, &draft, NULL, &err) < 0)
		die(id, err.text);
}

static void
append_row(struct ledger *l, uint64_t n)
{
	char body[300], text[40], hex[DIGEST_HEX_LEN + 1];
	struct row_blob blob = {.text = text};

	snprintf(text, sizeof(text), "page of row %" PRIu64 "\n", n);
	blob.len = strlen(text);
	blob.sha256 = digest_sha256(text, blob.len);
	if (n % 100 == 0)
		snprintf(body, sizeof(body),
			 "{\"outcome\":\"changed\",\"read\":\"read\","
			 "\"snapshot\":\"%.12s\",\"source\":\"page\","
			 "\"text_sha256\":\"%s\",\"workload_label\":\"w%d\"}",
			 digest_hex(&blob.sha256, hex), hex, (int)(n % 3));
	else
		snprintf(body, sizeof(body), "{\"workload_label\":\"w%d\"}",
			 (int)(n % 3));
	append(l, n, n % 100 == 0 ? "check.source" : "note", body,
	       n % 100 == 0 ? &blob : NULL);
}

static void
flush(struct ledger *l)
{
	struct err err = {0};
	int r = ledger_flush(l, NULL, NULL, &err);

	while (r == 0 && ledger_inspect_begin(l) == 0) {
		r = ledger_batch_sync(l);
		r = ledger_batch_finish(l, r, NULL, NULL, &err);
		if (r == 0)
			r = err.code;
	}
	if (r < 0)
		die("writing", err.text);
}

static void
prune(struct ledger *l, uint64_t n, uint64_t to)
{
	char body[300], hex[DIGEST_HEX_LEN + 1];
	struct digest d;
	struct err err;

	if (ledger_prune_digest(l, ledger_kept_from(l), to, &d, &err) < 0)
		die("SHA256SUMS", err.text);
	snprintf(body, sizeof(body),
		 "{\"from\":%" PRIu64 ",\"keep\":\"400d\",\"note\":\"test\","
		 "\"peer_uid\":0,\"role\":\"auditor\",\"sha256\":\"%s\","
		 "\"to\":%" PRIu64 "}",
		 ledger_kept_from(l), digest_hex(&d, hex), to);
	append(l, n, "ledger.prune", body, NULL);
}

int
main(int argc, char *argv[])
{
	struct ledger_options o = {.origin = "test.example.com/old",
				   .hostname = "test",
				   .segment_rows = SEGMENT,
				   .id_window = WINDOW,
				   .now = wall_from_s(1700000000)};
	struct ledger_recovery rec;
	struct ledger *l;
	struct err err;
	uint64_t rows, to, n;

	if (argc != 4 && argc != 6)
		die("usage", "FOLDER ROWS TO [SEGMENT-ROWS WINDOW]");
	if (argc == 6) {
		o.segment_rows = (int)strtoul(argv[4], NULL, 10);
		o.id_window = (int)strtoul(argv[5], NULL, 10);
	}
	o.dir = argv[1];
	rows = strtoull(argv[2], NULL, 10);
	if (ledger_open(&disk_io, &o, &l, &rec, &err) < 0)
		die(argv[1], err.text);
	to = strtoull(argv[3], NULL, 10);
	for (n = ledger_durable(l); n < rows; n++) {
		append_row(l, n);
		if (n % FLUSH_ROWS == 0)
			flush(l);
	}
	flush(l);
	ledger_want_checkpoint(l);
	flush(l);
	if (to > 0)
		prune(l, n++, to);
	flush(l);
	append(l, n, "daemon.stopped", "{\"reason\":\"test\"}", NULL);
	ledger_want_checkpoint(l);
	flush(l);
	ledger_want_checkpoint(l);
	flush(l);
	ledger_close(l);
	return 0;
}
