/* The manual page and the journal catalogue against the tables: everything
 * that stands in a table stands there with the same words, and nothing else
 * does.  The files are read as they are committed. */
#include "alert/rule.h"
#include "ledger/mirror.h"
#include "verdict/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LINE_MAX_BYTES = 4096 };

struct pages {
	struct buf man, catalog; /* as they are */
};

static struct buf
read_file(const char *name)
{
	const char *top = getenv("top_srcdir");
	char path[LINE_MAX_BYTES], bytes[LINE_MAX_BYTES];
	struct buf text = {0};
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", top != NULL ? top : ".", name);
	f = fopen(path, "re");
	assert_non_null(f);
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_add(&text, bytes, n);
	fclose(f);
	assert_false(text.failed);
	return text;
}

static int
set_up(void **state)
{
	static struct pages pages;

	pages.man = read_file("man/evidenced-alerts.7");
	pages.catalog = read_file("etc/evidenced.catalog");
	*state = &pages;
	return 0;
}

static int
tear_down(void **state)
{
	struct pages *pages = *state;

	buf_free(&pages->man);
	buf_free(&pages->catalog);
	return 0;
}

/* The part from the line `begin` to the next line that starts with `end`, its
 * white space folded. */
static struct buf
section(const struct buf *page, const char *begin, const char *end)
{
	char line[160], stop[160];
	const char *from, *to;
	struct buf folded = {0};

	snprintf(line, sizeof(line), "\n%s\n", begin);
	snprintf(stop, sizeof(stop), "\n%s", end);
	from = strstr(buf_text(page), line);
	assert_non_null(from);
	from += strlen(line) - 1;
	to = strstr(from, stop);
	if (to == NULL)
		to = from + strlen(from);
	for (; from < to; from++) {
		bool space = strchr(" \t\n", *from) != NULL;

		if (!space)
			buf_putc(&folded, *from);
		else if (folded.len == 0 || folded.data[folded.len - 1] != ' ')
			buf_putc(&folded, ' ');
	}
	return folded;
}

static void
assert_says(const struct buf *part, const char *words)
{
	if (strstr(buf_text(part), words) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", words, buf_text(part));
}

static void
assert_says_clause(const struct buf *part, const char *clause)
{
	struct buf sentence = {0};

	alert_sentence(clause, &sentence);
	assert_says(part, buf_text(&sentence));
	buf_free(&sentence);
}

static void
assert_says_rule(const struct buf *part, const struct alert_rule *rule)
{
	struct buf who = {0};

	assert_says_clause(part, rule->what);
	assert_says_clause(part, rule->effect);
	assert_says_clause(part, rule->urgency);
	assert_says_clause(part, rule->resolved_by);
	alert_rule_who(rule, &who);
	assert_says_clause(part, buf_text(&who));
	buf_free(&who);
}

static void
the_catalogue_has_every_rule(void **state)
{
	const struct pages *pages = *state;
	char line[64];
	int i;

	for (i = 0; i < ALERT_RULES; i++) {
		const struct alert_rule *rule =
		    alert_rule((enum alert_rule_id)i);
		struct buf part, look = {0};

		snprintf(line, sizeof(line), "-- %s", rule->message_id);
		part = section(&pages->catalog, line, "-- ");
		assert_says(&part, rule->name);
		assert_says_rule(&part, rule);
		alert_rule_next(rule, "@EVIDENCED_SUBJECT@", &look);
		assert_says(&part, buf_text(&look));
		buf_free(&look);
		buf_free(&part);
	}
}

static size_t
count_lines(const char *text, const char *end, const char *start)
{
	size_t n = 0, len = strlen(start);
	const char *at = text;

	while ((at = strchr(at, '\n')) != NULL && at < end) {
		at++;
		n += strncmp(at, start, len) == 0;
	}
	return n;
}

static size_t
count_between(const struct buf *page, const char *begin, const char *end,
	      const char *start)
{
	const char *from = strstr(buf_text(page), begin), *to;

	assert_non_null(from);
	to = strstr(from, end);
	assert_non_null(to);
	return count_lines(from, to, start);
}

static void
the_catalogue_has_nothing_else(void **state)
{
	const struct pages *pages = *state;
	const char *text = buf_text(&pages->catalog);
	struct buf row =
	    section(&pages->catalog, "-- " MIRROR_ROW_MESSAGE_ID, "-- ");

	assert_says(&row, "evidencectl show @EVIDENCED_SEQ@");
	buf_free(&row);
	row =
	    section(&pages->catalog, "-- " MIRROR_CHECKPOINT_MESSAGE_ID, "-- ");
	assert_says(&row, "EVIDENCED_CHECKPOINT");
	buf_free(&row);
	row = section(&pages->catalog, "-- " MIRROR_DIGEST_MESSAGE_ID, "-- ");
	assert_says(&row, "evidencectl todo");
	buf_free(&row);
	assert_int_equal(count_lines(text, text + pages->catalog.len, "-- "),
			 ALERT_RULES + 3);
}

static void
the_manual_has_every_rule(void **state)
{
	const struct pages *pages = *state;
	char line[64];
	int i;

	for (i = 0; i < ALERT_RULES; i++) {
		const struct alert_rule *rule =
		    alert_rule((enum alert_rule_id)i);
		struct buf part;

		snprintf(line, sizeof(line), ".Ss %s", rule->name);
		part = section(&pages->man, line, ".El");
		assert_says_rule(&part, rule);
		assert_says(&part, rule->message_id);
		snprintf(line, sizeof(line), ".It Is %c, about a %s.",
			 severity_letter(rule->severity),
			 subject_kind_name(rule->subject));
		assert_says(&part, line);
		buf_free(&part);
	}
	assert_int_equal(count_between(&pages->man, ".\\\" rules: begin",
				       ".\\\" rules: end", ".Ss "),
			 ALERT_RULES);
}

static void
the_manual_has_every_reason(void **state)
{
	const struct pages *pages = *state;
	char line[160];
	int i;

	for (i = 0; i < REASONS; i++) {
		const struct reason_info *reason = reason_info((enum reason)i);
		struct buf part;

		snprintf(line, sizeof(line), ".It Sy %s", reason->code);
		part = section(&pages->man, line, ".It ");
		assert_says(&part, reason->says);
		snprintf(line, sizeof(line),
			 "Decision %s; alert %s; who acts: %s",
			 decision_name(reason->decision), reason->alert_rule,
			 reason->who);
		assert_says(&part, line);
		buf_free(&part);
	}
	assert_int_equal(count_between(&pages->man, ".\\\" reasons: begin",
				       ".\\\" reasons: end", ".It Sy "),
			 REASONS);
}

/* What reports a reason is a rule that exists. */
static void
every_reason_has_its_rule(void **state)
{
	int i;

	for (i = 0; i < REASONS; i++)
		assert_non_null(alert_rule_by_name(
		    reason_info((enum reason)i)->alert_rule));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_catalogue_has_every_rule),
	    cmocka_unit_test(the_catalogue_has_nothing_else),
	    cmocka_unit_test(the_manual_has_every_rule),
	    cmocka_unit_test(the_manual_has_every_reason),
	    cmocka_unit_test(every_reason_has_its_rule),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
