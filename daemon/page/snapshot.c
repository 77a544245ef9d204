/* What is kept of a read: the digest of the filter it went through, the
 * short name of its text, and the row.
 *
 * Two texts may only be compared when the same filter made them, so the row
 * carries the filter's digest beside the text's. */
#include "base/json.h"
#include "page/page.h"

#include <string.h>

struct digest
page_filter_digest(const struct source *source)
{
	struct buf text = {0};
	struct json_writer w;
	struct digest digest;

	json_writer_init(&w, &text);
	json_object_open(&w, NULL);
	json_array_open(&w, "must_contain");
	for (size_t i = 0; i < source->must_contain.n; i++)
		json_put_string(&w, NULL, source->must_contain.at[i]);
	json_array_close(&w);
	json_put_int(&w, "normaliser", PAGE_NORMALISER_VERSION);
	json_put_string(&w, "pointer", source->pointer);
	json_object_close(&w);
	digest = digest_sha256(buf_text(&text), text.len);
	buf_free(&text);
	return digest;
}

char *
page_snapshot_id(const struct digest *text, char out[SNAPSHOT_ID_LEN + 1])
{
	hex_encode(text->bytes, SNAPSHOT_ID_LEN / 2, out);
	return out;
}

static void
put_digest(struct json_writer *w, const char *key, const struct digest *digest)
{
	char hex[DIGEST_HEX_LEN + 1];

	json_put_string_or_null(
	    w, key, digest == NULL ? NULL : digest_hex(digest, hex));
}

static void
put_time(struct json_writer *w, const char *key, struct wall_time t)
{
	char text[WALL_RFC3339_LEN + 1];

	json_put_string(w, key, wall_format(t, text));
}

/* `read` says that the page was seen whole that day; only then is there a
 * snapshot.  Every read is a full GET: a revalidation by a validator would be
 * another member. */
int
check_source_body(struct buf *out, const struct check_source *source)
{
	bool good = page_outcome_good(source->outcome);
	char id[SNAPSHOT_ID_LEN + 1];
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	put_digest(&w, "filter_sha256", source->filter);
	json_put_string(&w, "final_url", source->final_url);
	json_put_int(&w, "http_status", source->http_status);
	json_put_int(&w, "normaliser", PAGE_NORMALISER_VERSION);
	json_put_string(&w, "outcome", page_outcome_name(source->outcome));
	put_digest(&w, "previous_sha256", source->previous);
	json_put_bool(&w, "read", good);
	put_time(&w, "read_at", source->read_at);
	put_time(&w, "slot", source->slot);
	json_put_string_or_null(&w, "snapshot",
				good && source->text != NULL
				    ? page_snapshot_id(source->text, id)
				    : NULL);
	json_put_string(&w, "source", source->source);
	json_put_int(&w, "text_bytes", source->text_bytes);
	put_digest(&w, "text_sha256", source->text);
	json_put_string(&w, "title", source->title);
	json_put_string(&w, "trigger", source->trigger);
	json_put_string(&w, "url", source->url);
	json_object_close(&w);
	return json_writer_ok(&w) ? 0 : ERR_INVALID;
}
