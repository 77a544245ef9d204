/* Names are looked up among the reads themselves, all of them: whatever diff
 * has ever shown of a source is one of its recorded reads, so a name that
 * only one of them bears is the text that was shown. */
#include "cli/snapshot.h"
#include "base/json.h"
#include "cli/rows.h"

#include <json-c/json.h>
#include <string.h>

struct pair {
	struct snapshot_search *of[2];
};

bool
snapshot_is_name(const char *word)
{
	size_t len = strlen(word);

	return len >= SNAPSHOT_ID_LEN && len <= DIGEST_HEX_LEN &&
	       strspn(word, "0123456789abcdef") == len;
}

static void
match(struct snapshot_search *search, const char *hex,
      const struct digest *text, struct wall_time at)
{
	size_t len = strlen(search->wanted);

	if (len == 0 || strncmp(hex, search->wanted, len) != 0)
		return;
	if (!search->found) {
		search->found = true;
		search->text = *text;
		search->read_at = at;
	} else if (!search->ambiguous && !digest_equal(text, &search->text)) {
		search->ambiguous = true;
		search->other = *text;
	}
}

static int
look_at_read(void *ctx, const struct row *row)
{
	struct pair *pair = ctx;
	struct json_object *body;
	struct digest text;
	const char *hex;

	if (json_parse(row->body, row->body_len, &JSON_LEDGER_LIMITS, &body,
		       NULL) < 0)
		return 0;
	hex = json_get_string(body, "text_sha256", "");
	if (strlen(hex) == DIGEST_HEX_LEN &&
	    hex_decode(hex, DIGEST_LEN, text.bytes) == 0) {
		match(pair->of[0], hex, &text, row->at);
		match(pair->of[1], hex, &text, row->at);
	}
	json_object_put(body);
	return 0;
}

static int
say_ambiguous(struct session *s, const char *source,
	      const struct snapshot_search *search)
{
	char one[DIGEST_HEX_LEN + 1], other[DIGEST_HEX_LEN + 1];

	return session_fail(
	    s, CTL_REFUSED,
	    "SNAPSHOT_AMBIGUOUS: two texts of %s begin with %s; compare them: "
	    "evidencectl diff %s %s %s",
	    source, search->wanted, source, digest_hex(&search->text, one),
	    digest_hex(&search->other, other));
}

int
snapshot_find(struct session *s, const char *dir, const char *source,
	      struct snapshot_search *a, struct snapshot_search *b)
{
	struct pair pair = {{a, b}};
	const struct row_filter reads = {.kind = "check.source",
					 .check = source};
	int r = rows_all(s, dir, &reads, look_at_read, &pair);

	for (size_t i = 0; r == 0 && i < 2; i++) {
		if (pair.of[i]->ambiguous)
			r = say_ambiguous(s, source, pair.of[i]);
	}
	return r;
}

int
snapshot_resolve(struct session *s, const char *source, const char *word,
		 char *out, size_t size)
{
	struct snapshot_search search = {0}, nothing = {0};
	char hex[DIGEST_HEX_LEN + 1];
	const char *dir;
	int r;

	if (!snapshot_is_name(word) || strlen(word) == DIGEST_HEX_LEN)
		return session_copy(s, out, size, word);
	memcpy(search.wanted, word, strlen(word) + 1);
	r = session_ledger(s, &dir);
	if (r == 0)
		r = snapshot_find(s, dir, source, &search, &nothing);
	if (r != 0)
		return r;
	return session_copy(
	    s, out, size, search.found ? digest_hex(&search.text, hex) : word);
}
