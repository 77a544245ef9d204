#include "io/journal_entry.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool
journal_entry_field(sd_journal *j, const char *name,
		    char out[static JOURNAL_FIELD_MAX])
{
	const void *data;
	size_t len, skip = strlen(name) + 1;

	if (sd_journal_get_data(j, name, &data, &len) < 0)
		return false;
	if (len < skip || len - skip >= JOURNAL_FIELD_MAX)
		return false;
	memcpy(out, (const char *)data + skip, len - skip);
	out[len - skip] = '\0';
	return true;
}

bool
journal_entry_seq(sd_journal *j, uint64_t *ret_seq)
{
	char text[JOURNAL_FIELD_MAX], *end;
	uintmax_t n;

	if (!journal_entry_field(j, "EVIDENCED_SEQ", text))
		return false;
	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	n = strtoumax(text, &end, 10);
	if (errno != 0 || *end != '\0')
		return false;
	*ret_seq = n;
	return true;
}

bool
journal_entry_leaf(sd_journal *j, struct digest *ret_leaf)
{
	char text[JOURNAL_FIELD_MAX];

	return journal_entry_field(j, "EVIDENCED_LEAF", text) &&
	       strlen(text) == DIGEST_HEX_LEN &&
	       hex_decode(text, DIGEST_LEN, ret_leaf->bytes) == 0;
}

bool
journal_entry_is_of(sd_journal *j, uid_t uid)
{
	char text[JOURNAL_FIELD_MAX], ours[24];

	snprintf(ours, sizeof(ours), "%ju", (uintmax_t)uid);
	return journal_entry_field(j, "_UID", text) && strcmp(text, ours) == 0;
}
