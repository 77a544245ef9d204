/* The fields of a row, in the order of ledger.md.
 *
 * A datagram of the native protocol is a sequence of fields: KEY=value LF,
 * or, when the value holds a line end, KEY LF, its length as 64 bits with
 * the lowest first, the value, LF.  Empty fields are left out. */
#include "ledger/mirror.h"
#include "alert/rule.h"
#include "base/base64.h"
#include "base/json.h"
#include "base/text.h"
#include "ledger/facets.h"
#include "ledger/lost.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

enum {
	PRIORITY_WARNING = 4,
	PRIORITY_NOTICE = 5,
	PRIORITY_INFO = 6,
	MESSAGE_MAX = 1024
};

#define IDENTIFIER_ROWS	  "evidenced-ledger"
#define IDENTIFIER_ALERTS "evidenced"

static void
put_field_n(struct buf *out, const char *key, const char *value, size_t len)
{
	if (len == 0)
		return;
	buf_puts(out, key);
	if (memchr(value, '\n', len) == NULL) {
		buf_putc(out, '=');
	} else {
		buf_putc(out, '\n');
		for (int shift = 0; shift < 64; shift += 8)
			buf_putc(out, (char)((uint64_t)len >> shift & 0xff));
	}
	buf_add(out, value, len);
	buf_putc(out, '\n');
}

static void
put_field(struct buf *out, const char *key, const char *value)
{
	put_field_n(out, key, value, strlen(value));
}

/* The first of these members that is a string with something in it. */
static const char *
first_of(struct json_object *body, const char *const *keys)
{
	for (; *keys != NULL; keys++) {
		const char *value = json_get_string(body, *keys, "");

		if (value[0] != '\0')
			return value;
	}
	return "";
}

static bool
is_kind(const struct row *row, const char *kind)
{
	return strcmp(row->kind, kind) == 0;
}

static bool
is_alert(const struct row *row)
{
	return is_kind(row, "alert.raised") || is_kind(row, "alert.resolved");
}

static bool
is_digest(const struct row *row)
{
	return is_kind(row, "digest.daily");
}

/* "CODE, CODE" of the reasons, if there are any. */
static void
put_reasons(struct buf *out, struct json_object *body)
{
	struct json_object *reasons = json_get(body, "reasons");
	size_t n = json_object_is_type(reasons, json_type_array)
		       ? json_object_array_length(reasons)
		       : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *code =
		    json_object_array_get_idx(reasons, i);

		buf_puts(out, i == 0 ? " (" : ", ");
		buf_puts(out, json_object_get_string(code));
	}
	if (n > 0)
		buf_putc(out, ')');
}

/* ": row 12 (record)", what a correction is about. */
static void
put_corrected(struct buf *out, struct json_object *body)
{
	struct json_object *row = json_get(body, "corrects");
	int64_t seq = json_get_int(row, "seq", -1);

	if (seq >= 0)
		buf_printf(out, ": row %" PRId64 " (%s)", seq,
			   json_get_string(row, "kind", "of no kind"));
}

static void
put_human_line(struct buf *out, const struct row *row, struct json_object *body)
{
	static const char *const subjects[] = {
	    "check", "workload_label", "source", "subject", "origin", NULL};
	static const char *const details[] = {"text", "decision", "outcome",
					      "reason", NULL};
	const char *subject = first_of(body, subjects);
	const char *detail = first_of(body, details);
	const char *day = json_get_string(body, "review_date", "");

	if (is_alert(row) && strcmp(detail, "") != 0) {
		buf_puts(out, detail);
		return;
	}
	buf_puts(out, is_digest(row) ? "digest" : row->kind);
	if (subject[0] != '\0')
		buf_printf(out, " %s", subject);
	if (day[0] != '\0')
		buf_printf(out, " %s", day);
	if (detail[0] != '\0')
		buf_printf(out, ": %s", detail);
	if (is_kind(row, "record"))
		put_reasons(out, body);
	if (is_kind(row, "correction"))
		put_corrected(out, body);
	if (!is_digest(row))
		buf_printf(out, " [row %" PRIu64 "]", row->seq);
}

/* An unreadable body gives a line without details. */
static struct json_object *
body_of(const struct row *row)
{
	struct json_object *body;

	return row_tree(row, &body, NULL) < 0 ? NULL : body;
}

static void
put_message(const struct row *row, struct json_object *body, struct buf *out)
{
	struct buf line = {0};

	put_human_line(&line, row, body);
	if (line.failed)
		out->failed = true;
	else
		text_clean(out, buf_text(&line), line.len, MESSAGE_MAX);
	buf_free(&line);
}

void
mirror_message(const struct row *row, struct buf *out)
{
	struct json_object *body = body_of(row);

	put_message(row, body, out);
	json_object_put(body);
}

/* How an entry presents itself. */
struct face {
	const char *message_id;
	const char *identifier;
	int priority;
};

static enum severity
severity_of(struct json_object *body)
{
	const char *name = json_get_string(body, "severity", "");

	for (int s = SEVERITY_CRITICAL; s > SEVERITY_INFO; s--) {
		if (strcmp(name, severity_name((enum severity)s)) == 0)
			return (enum severity)s;
	}
	return SEVERITY_INFO;
}

static struct face
face_of_alert(const struct row *row, struct json_object *body)
{
	const char *name = json_get_string(body, "rule", "");
	const struct alert_rule *rule = alert_rule_by_name(name);

	return (struct face){
	    .message_id =
		rule == NULL ? MIRROR_ROW_MESSAGE_ID : rule->message_id,
	    .identifier = IDENTIFIER_ALERTS,
	    .priority = is_kind(row, "alert.raised")
			    ? severity_priority(severity_of(body))
			    : PRIORITY_NOTICE,
	};
}

static const struct face digest_face = {MIRROR_DIGEST_MESSAGE_ID,
					IDENTIFIER_ALERTS, PRIORITY_NOTICE};

static struct face
face_of(const struct row *row, struct json_object *body)
{
	const char *decision = json_get_string(body, "decision", "pass");
	const char *reason = json_get_string(body, "reason", "");
	bool not_passed =
	    is_kind(row, "record") && strcmp(decision, "pass") != 0;
	bool lost = is_kind(row, LOST_KIND) && strcmp(reason, "torn_tail") != 0;

	return (struct face){
	    .message_id = MIRROR_ROW_MESSAGE_ID,
	    .identifier = IDENTIFIER_ROWS,
	    .priority = lost	     ? PRIORITY_WARNING
			: not_passed ? PRIORITY_NOTICE
				     : PRIORITY_INFO,
	};
}

static void
put_face(struct buf *out, const struct face *face)
{
	char priority[12];

	snprintf(priority, sizeof(priority), "%d", face->priority);
	put_field(out, "MESSAGE_ID", face->message_id);
	put_field(out, "PRIORITY", priority);
	put_field(out, "SYSLOG_IDENTIFIER", face->identifier);
}

static void
put_place(struct buf *out, const struct row *row, const struct digest *genesis)
{
	char hex[DIGEST_HEX_LEN + 1], seq[24];

	snprintf(seq, sizeof(seq), "%" PRIu64, row->seq);
	put_field(out, "EVIDENCED_LEDGER", digest_hex(genesis, hex));
	put_field(out, "EVIDENCED_SEQ", seq);
	put_field(out, "EVIDENCED_LEAF", digest_hex(&row->leaf, hex));
	put_field(out, "EVIDENCED_KIND", row->kind);
}

static void
put_what(struct buf *out, const struct row *row, struct json_object *body)
{
	struct facets facets;

	facets_read(&facets, row);
	put_field(out, "EVIDENCED_DAY", facets.day);
	put_field(out, "EVIDENCED_WORKLOAD", facets.workload);
	put_field(out, "EVIDENCED_OWNER", facets.owner);
	put_field(out, "EVIDENCED_ENVIRONMENT", facets.environment);
	put_field(out, "EVIDENCED_CHECK", facets.check);
	put_field(out, "EVIDENCED_DECISION", facets.decision);
	if (is_alert(row)) {
		put_field(out, "EVIDENCED_RULE",
			  json_get_string(body, "rule", ""));
		put_field(out, "EVIDENCED_SUBJECT",
			  json_get_string(body, "subject", ""));
	}
}

int
mirror_row(const struct row *row, const struct digest *genesis, struct buf *out,
	   bool *ret_alert)
{
	struct json_object *body = body_of(row);
	bool alert = is_alert(row) && json_get_bool(body, "lead", false);
	struct face face = alert	    ? face_of_alert(row, body)
			   : is_digest(row) ? digest_face
					    : face_of(row, body);
	struct buf message = {0};

	put_message(row, body, &message);
	put_field_n(out, "MESSAGE", buf_text(&message), message.len);
	put_face(out, &face);
	put_place(out, row, genesis);
	put_what(out, row, body);
	put_field_n(out, "EVIDENCED_ROW", row->line, row->line_len);
	json_object_put(body);
	if (message.failed)
		out->failed = true;
	buf_free(&message);
	if (out->failed)
		return ERR_NOMEM;
	*ret_alert = alert;
	return 0;
}

int
mirror_checkpoint(uint64_t size, const struct digest *root, const char *note,
		  const struct digest *genesis, struct buf *out)
{
	static const struct face face = {MIRROR_CHECKPOINT_MESSAGE_ID,
					 IDENTIFIER_ROWS, PRIORITY_INFO};
	char hex[DIGEST_HEX_LEN + 1], number[24], message[80];
	struct buf base64 = {0};

	base64_add(&base64, root->bytes, DIGEST_LEN);
	snprintf(number, sizeof(number), "%" PRIu64, size);
	snprintf(message, sizeof(message), "checkpoint of %s row%s", number,
		 TEXT_PLURAL(size));
	put_field(out, "MESSAGE", message);
	put_face(out, &face);
	put_field(out, "EVIDENCED_LEDGER", digest_hex(genesis, hex));
	put_field(out, "EVIDENCED_SIZE", number);
	put_field(out, "EVIDENCED_ROOT", buf_text(&base64));
	put_field(out, "EVIDENCED_CHECKPOINT", note);
	if (base64.failed)
		out->failed = true;
	buf_free(&base64);
	return out->failed ? ERR_NOMEM : 0;
}
