/* A row that is bad says nothing about the ones behind it: each line is looked
 * at alone.  What lies between the bad row and the next good one is what is
 * lost. */
#include "ledger/spans.h"
#include "ledger/raw.h"
#include "ledger/row.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct spans
read_lines(const char *bytes, size_t len, uint64_t bad_seq)
{
	struct spans s = {.next_good = UINT64_MAX};

	while (len > 0) {
		const char *lf = memchr(bytes, '\n', len);
		size_t n = lf == NULL ? len : (size_t)(lf - bytes);
		struct row_parts parts;

		if (row_parse(bytes, n, &parts) == 0 &&
		    row_sum_matches(bytes, n)) {
			if (parts.dur > s.known)
				s.known = parts.dur;
			if (parts.seq > bad_seq && parts.seq < s.next_good)
				s.next_good = parts.seq;
		}
		if (lf == NULL)
			break;
		bytes = lf + 1;
		len -= n + 1;
	}
	return s;
}

int
spans_read(const struct ledger_io *io, int fd, int64_t place, uint64_t bad_seq,
	   struct spans *ret)
{
	struct ledger_stat st;
	size_t len;
	char *bytes;
	int r;

	r = io->fstat(io->ctx, fd, &st);
	if (r < 0)
		return r;
	len = st.size > place ? (size_t)(st.size - place) : 0;
	bytes = malloc(len + 1);
	if (bytes == NULL)
		return -ENOMEM;
	r = raw_read(io, fd, bytes, len, place, &len);
	if (r == 0)
		*ret = read_lines(bytes, len, bad_seq);
	free(bytes);
	return r;
}

uint64_t
spans_durable(const struct spans *s, uint64_t witness)
{
	return s->known > witness ? s->known : witness;
}

bool
spans_are_torn(const struct spans *s, uint64_t bad_seq, uint64_t witness)
{
	return bad_seq >= spans_durable(s, witness);
}
