/* Sends the rows of a ledger to the journal as the daemon does, for tests.
 *
 *   feed_journal FOLDER [FROM [TO]]     rows [FROM, TO)
 *   feed_journal FOLDER twin SEQ        another row SEQ behind the same row
 *   feed_journal FOLDER sign SIZE       a checkpoint of the first SIZE rows
 *   feed_journal FOLDER missign SIZE    one whose root is another
 *   feed_journal FOLDER forge SIZE      the same, by a key of somebody else
 *
 * The key is the one of make_ledger. */
#include "io/disk.h"
#include "io/journal.h"
#include "ledger/checkpoint.h"
#include "ledger/folder.h"
#include "ledger/ledger.h"
#include "ledger/mirror.h"
#include "ledger/tree.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int out = -1;

static _Noreturn void
die(const char *what, const char *why)
{
	fprintf(stderr, "feed_journal: %s: %s\n", what, why);
	exit(1);
}

static void
send_entry(const struct buf *datagram)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX,
				 .sun_path = JOURNAL_SOCKET};

	if (datagram->failed || sendto(out, datagram->data, datagram->len, 0,
				       (struct sockaddr *)&to, sizeof(to)) < 0)
		die(JOURNAL_SOCKET, strerror(errno));
}

static int
send_row(void *ctx, const struct row *row)
{
	static struct buf datagram;
	bool alert;

	buf_reset(&datagram);
	if (mirror_row(row, ctx, &datagram, &alert) < 0)
		die("a row", "no memory");
	send_entry(&datagram);
	return 0;
}

/* A row of the same seq that hangs on the same row. */
static int
send_twin(void *ctx, const struct row *row)
{
	struct row_draft draft = {.at = row->at,
				  .id = "twin",
				  .kind = "note",
				  .body = "{\"twin\":true}",
				  .body_len = 13};
	struct row_parts parts;
	struct row_names names;
	struct digest prev, leaf;
	struct buf line = {0};
	struct row twin;

	row_parse(row->line, row->line_len, &parts);
	hex_decode(parts.prev, DIGEST_LEN, prev.bytes);
	row_render(&line, &draft, row->seq, parts.dur, &prev, &leaf);
	row_parse(line.data, line.len - 1, &parts);
	row_from_parts(&twin, &names, line.data, line.len - 1, &parts, &leaf);
	send_row(ctx, &twin);
	buf_free(&line);
	return 0;
}

static int
add_leaf(void *ctx, const struct row *row)
{
	tree_append(ctx, &row->leaf);
	return 0;
}

static void
send_checkpoint(const struct folder *f, const char *folder, uint64_t size,
		bool wrong, bool forged)
{
	const uint8_t seed[NOTE_SEED_LEN] = {forged ? 4 : 1, 2, 3};
	struct buf note = {0}, datagram = {0};
	struct checkpoint c = {.size = size};
	char hex[DIGEST_HEX_LEN + 1];
	struct tree tree;

	tree_init(&tree);
	ledger_scan(&disk_io, folder, 0, size, add_leaf, &tree, NULL);
	c.root = tree_root(&tree);
	c.root.bytes[0] ^= wrong;
	memcpy(c.origin, f->id.origin, sizeof(f->id.origin));
	if (checkpoint_sign(&c, seed, &note, NULL) < 0)
		die("checkpoint", "cannot be signed");
	buf_printf(&datagram,
		   "MESSAGE=checkpoint of %" PRIu64 " rows\n"
		   "MESSAGE_ID=d257985e807842378144f1045d162a18\nPRIORITY=6\n"
		   "SYSLOG_IDENTIFIER=evidenced-ledger\nEVIDENCED_LEDGER=%s\n"
		   "EVIDENCED_CHECKPOINT\n",
		   size, digest_hex(&f->id.genesis, hex));
	for (int shift = 0; shift < 64; shift += 8)
		buf_putc(&datagram, (char)((uint64_t)note.len >> shift & 0xff));
	buf_add(&datagram, note.data, note.len);
	buf_putc(&datagram, '\n');
	send_entry(&datagram);
	buf_free(&note);
	buf_free(&datagram);
}

int
main(int argc, char **argv)
{
	const char *word = argc > 2 ? argv[2] : "0";
	uint64_t n = argc > 3 ? strtoull(argv[3], NULL, 10) : UINT64_MAX;
	struct folder f;
	struct err err;
	int r = 0;

	if (argc < 2)
		die("usage", "feed_journal FOLDER ...");
	out = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (folder_open(&f, &disk_io, argv[1], &err) < 0)
		die(argv[1], err.text);
	if (strcmp(word, "twin") == 0)
		r = ledger_scan(&disk_io, argv[1], n, n + 1, send_twin,
				&f.id.genesis, &err);
	else if (strcmp(word, "sign") == 0)
		send_checkpoint(&f, argv[1], n, false, false);
	else if (strcmp(word, "missign") == 0 || strcmp(word, "forge") == 0)
		send_checkpoint(&f, argv[1], n, true, word[0] == 'f');
	else
		r = ledger_scan(&disk_io, argv[1], strtoull(word, NULL, 10), n,
				send_row, &f.id.genesis, &err);
	if (r < 0)
		die(argv[1], err.text);
	folder_close(&f);
	close(out);
	return 0;
}
