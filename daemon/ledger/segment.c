#include "ledger/segment.h"
#include "ledger/raw.h"
#include "ledger/row.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEQ_DIGITS = 12 };

char *
segment_name(uint64_t first, char out[SEGMENT_NAME_SIZE])
{
	snprintf(out, SEGMENT_NAME_SIZE, "seg-%012" PRIu64 ".jsonl", first);
	return out;
}

bool
segment_parse_name(const char *name, uint64_t *ret_first)
{
	char again[SEGMENT_NAME_SIZE];
	uint64_t first = 0;

	if (strlen(name) != SEGMENT_NAME_LEN)
		return false;
	for (int i = 0; i < SEQ_DIGITS; i++) {
		char c = name[4 + i];

		if (c < '0' || c > '9')
			return false;
		first = first * 10 + (uint64_t)(c - '0');
	}
	if (strcmp(segment_name(first, again), name) != 0)
		return false;
	*ret_first = first;
	return true;
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int
segment_list(const struct ledger_io *io, int dir, uint64_t **ret_firsts,
	     size_t *ret_n)
{
	uint64_t *firsts = NULL;
	size_t names_n, n = 0;
	char *names;
	int r;

	r = io->list(io->ctx, dir, &names, &names_n);
	if (r < 0)
		return r;
	if (names_n > 0) {
		firsts = calloc(names_n, sizeof(*firsts));
		if (firsts == NULL) {
			free(names);
			return -ENOMEM;
		}
	}
	for (const char *p = names; names_n > 0; p += strlen(p) + 1, names_n--)
		n += segment_parse_name(p, &firsts[n]);
	free(names);
	if (n > 0)
		qsort(firsts, n, sizeof(*firsts), compare);
	*ret_firsts = firsts;
	*ret_n = n;
	return 0;
}

bool
segment_is_empty(const struct ledger_io *io, int dir, uint64_t first)
{
	char name[SEGMENT_NAME_SIZE];
	struct ledger_stat st;
	int fd, r;

	fd =
	    io->open_file(io->ctx, dir, segment_name(first, name), O_RDONLY, 0);
	if (fd == -LEDGER_NOT_A_FILE)
		return true;
	r = fd < 0 ? fd : io->fstat(io->ctx, fd, &st);
	if (fd >= 0)
		io->close(io->ctx, fd);
	return r == 0 && st.size == 0;
}

static int
take_row(const char *line, size_t len, uint64_t seq, struct segment_row *ret)
{
	struct row_parts parts;

	if (row_parse(line, len, &parts) < 0 || parts.seq != seq ||
	    !row_sum_matches(line, len))
		return 1;
	ret->at = parts.at;
	ret->leaf = row_leaf(line, len);
	return 0;
}

int
segment_first_row(const struct ledger_io *io, int fd, uint64_t seq,
		  struct segment_row *ret)
{
	char buf[ROW_LINE_MAX + 1], *lf;
	size_t len;
	int r;

	r = raw_read(io, fd, buf, sizeof(buf), 0, &len);
	if (r < 0)
		return r;
	lf = memchr(buf, '\n', len);
	return lf == NULL ? 1 : take_row(buf, (size_t)(lf - buf), seq, ret);
}

int
segment_last_row(const struct ledger_io *io, int fd, uint64_t seq,
		 struct segment_row *ret)
{
	char buf[ROW_LINE_MAX + 2], *start;
	struct ledger_stat st;
	int64_t at;
	size_t len;
	int r;

	r = io->fstat(io->ctx, fd, &st);
	if (r < 0)
		return r;
	at =
	    st.size > (int64_t)sizeof(buf) ? st.size - (int64_t)sizeof(buf) : 0;
	r = raw_read(io, fd, buf, sizeof(buf), at, &len);
	if (r < 0)
		return r;
	if (len < 2 || buf[len - 1] != '\n')
		return 1;
	len--;
	start = memrchr(buf, '\n', len);
	start = start == NULL ? buf : start + 1;
	return take_row(start, (size_t)(buf + len - start), seq, ret);
}
