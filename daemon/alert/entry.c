/* Values are cleaned, so that the short form KEY=value of the protocol always
 * holds: a line break in a value would begin another field. */
#include "alert/entry.h"

#include "base/text.h"

#include <string.h>

enum { ENTRY_VALUE_MAX = 2048 };

static void
add_field(struct buf *out, const char *key, const char *value)
{
	buf_printf(out, "%s=", key);
	text_clean(out, value, strlen(value), ENTRY_VALUE_MAX);
	buf_putc(out, '\n');
}

void
alert_entry(enum alert_rule_id id, enum severity severity, const char *subject,
	    const char *text, const struct digest *genesis, struct buf *out)
{
	const struct alert_rule *rule = alert_rule(id);
	char hex[DIGEST_HEX_LEN + 1];

	add_field(out, "MESSAGE", text);
	add_field(out, "MESSAGE_ID", rule->message_id);
	buf_printf(out, "PRIORITY=%d\n", severity_priority(severity));
	add_field(out, "SYSLOG_IDENTIFIER", "evidenced");
	if (genesis != NULL)
		add_field(out, "EVIDENCED_LEDGER", digest_hex(genesis, hex));
	add_field(out, "EVIDENCED_RULE", rule->name);
	add_field(out, "EVIDENCED_SUBJECT", subject);
	if (rule->subject == SUBJECT_WORKLOAD)
		add_field(out, "EVIDENCED_WORKLOAD", subject);
}
