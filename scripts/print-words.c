/* Prints what the manual page and the journal catalogue say of the alert
 * rules and reasons, from the tables that the daemon itself uses.  Run by
 * scripts/update-words. */
#include "alert/line.h"
#include "alert/rule.h"
#include "ledger/mirror.h"
#include "verdict/reason.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 72, HANG = 13 };

/* Words filled to WIDTH; lines after the first begin with `hang` spaces, the
 * first goes on where `column` says. */
static void
fill(const char *text, size_t column, size_t hang)
{
	size_t word;

	for (; *text != '\0'; text += word) {
		text += strspn(text, " ");
		word = strcspn(text, " ");
		if (column > hang && column + 1 + word > WIDTH) {
			printf("\n%*s", (int)hang, "");
			column = hang;
		} else if (column > hang) {
			printf(" ");
			column++;
		}
		printf("%.*s", (int)word, text);
		column += word;
	}
	printf("\n");
}

/* A label and its text, with a hanging indent. */
static void
print_filled(const char *label, const char *text)
{
	printf("%-*s", HANG, label);
	fill(text, HANG, HANG);
}

static void
print_clause(const char *label, const char *clause)
{
	struct buf sentence = {0};

	alert_sentence(clause, &sentence);
	print_filled(label, buf_text(&sentence));
	buf_free(&sentence);
}

static void
print_entry_head(const char *message_id, const char *subject)
{
	printf("\n-- %s\nSubject: %s\nDefined-By: evidenced\n"
	       "Documentation: man:evidenced-alerts(7)\n\n",
	       message_id, subject);
}

static void
print_rule_entry(const struct alert_rule *rule)
{
	struct buf text = {0};

	buf_printf(&text, "%s @EVIDENCED_SUBJECT@", rule->name);
	print_entry_head(rule->message_id, buf_text(&text));
	print_clause("Seen:", rule->what);
	print_clause("Blocks:", rule->effect);
	print_clause("Urgency:", rule->urgency);
	buf_reset(&text);
	alert_rule_who(rule, &text);
	print_clause("Who acts:", buf_text(&text));
	buf_reset(&text);
	alert_rule_next(rule, "@EVIDENCED_SUBJECT@", &text);
	printf("%-*s%s\n", HANG, "Look:", buf_text(&text));
	printf("%-*sevidencectl explain %s\n", HANG, "", rule->name);
	print_clause("Resolved by:", rule->resolved_by);
	printf("\nA line that begins with R says that it is resolved: then "
	       "there is nothing\nto do.\n");
	buf_free(&text);
}

static void
print_row_entry(void)
{
	print_entry_head(MIRROR_ROW_MESSAGE_ID,
			 "Ledger row @EVIDENCED_SEQ@: @EVIDENCED_KIND@");
	print_filled(
	    "Seen:",
	    "A row of the ledger became durable; this entry is its copy. "
	    "EVIDENCED_ROW holds the exact line, EVIDENCED_LEAF its hash.");
	print_filled("Blocks:", "Nothing.");
	printf("%-*sevidencectl show @EVIDENCED_SEQ@\n", HANG, "Look:");
	printf("%-*sevidencectl verify\n", HANG, "");
	print_filled("Resolved by:", "Nothing to resolve: rows stay.");
}

static void
print_checkpoint_entry(void)
{
	print_entry_head(MIRROR_CHECKPOINT_MESSAGE_ID,
			 "Checkpoint of @EVIDENCED_SIZE@ ledger rows");
	print_filled(
	    "Seen:",
	    "The rows so far were signed; this entry is a copy of the note. "
	    "EVIDENCED_CHECKPOINT holds it exactly, EVIDENCED_ROOT the root "
	    "of their tree.");
	print_filled("Blocks:", "Nothing.");
	printf("%-*sevidencectl verify\n", HANG, "Look:");
	print_filled("Resolved by:", "Nothing to resolve.");
}

static void
print_digest_entry(void)
{
	print_entry_head(MIRROR_DIGEST_MESSAGE_ID, "Digest of @EVIDENCED_DAY@");
	print_filled("Seen:",
		     "Where the workloads stand on this day, what is open, and "
		     "what is kept quiet. The row names the open alerts and "
		     "the silences that the line counts.");
	print_filled("Blocks:", "Nothing by itself.");
	printf("%-*sevidencectl todo\n", HANG, "Look:");
	printf("%-*sevidencectl alerts\n", HANG, "");
	printf("%-*sevidencectl show @EVIDENCED_SEQ@\n", HANG, "");
	print_filled("Resolved by:", "Nothing to resolve: one line a day.");
}

static void
print_catalog(void)
{
	int i;

	printf("# Journal catalogue of evidenced.  Made by "
	       "scripts/update-words.\n");
	print_row_entry();
	print_checkpoint_entry();
	print_digest_entry();
	for (i = 0; i < ALERT_RULES; i++)
		print_rule_entry(alert_rule((enum alert_rule_id)i));
}

static void
print_item(const char *label, const char *clause)
{
	struct buf sentence = {0};

	alert_sentence(clause, &sentence);
	printf(".It %s\n", label);
	fill(buf_text(&sentence), 0, 0);
	buf_free(&sentence);
}

static void
print_command(const char *command)
{
	const char *place = strstr(command, "%s");

	if (place == NULL)
		printf(".Ic %s\n", command);
	else
		printf(".Ic %.*s Ar NAME%s%s\n", (int)(place - command) - 1,
		       command, place[2] == '\0' ? "" : " Ic", place + 2);
}

/* The gravest reason that the rule reports; REASONS: none. */
static enum reason
first_reason(const struct alert_rule *rule)
{
	int i = 0;

	while (i < REASONS &&
	       strcmp(reason_info((enum reason)i)->alert_rule, rule->name) != 0)
		i++;
	return (enum reason)i;
}

/* A line as it would stand in the journal. */
static void
print_example(const struct alert_rule *rule)
{
	static const char *const subjects[] = {
	    [SUBJECT_WORKLOAD] = "support-chat",
	    [SUBJECT_SOURCE] = "cometapi-pricing",
	    [SUBJECT_CREDENTIAL] = "support-chat",
	    [SUBJECT_GATEWAY] = "cometapi",
	    [SUBJECT_METRIC] = "cost-per-resolved-ticket",
	    [SUBJECT_RULE] = "direct",
	    [SUBJECT_REVIEW] = "2026-07",
	    [SUBJECT_DAEMON] = "evidenced",
	};
	struct alert_condition c = {.rule = rule->id,
				    .severity = rule->severity};
	const struct alert_condition *const group[] = {&c};
	const enum reason reason = first_reason(rule);
	char line[ALERT_TEXT_MAX];

	snprintf(c.subject, sizeof(c.subject), "%s", subjects[rule->subject]);
	if (reason != REASONS)
		snprintf(c.who, sizeof(c.who), "%s",
			 reason_who(reason, "team-support",
				    rule->subject == SUBJECT_SOURCE
					? "pricing-owner"
					: "finops"));
	alert_line_raised(group, 1, line);
	printf(".It Example\n");
	fill(line, 0, 0);
}

static void
print_rules(void)
{
	struct buf who = {0};
	int i;

	for (i = 0; i < ALERT_RULES; i++) {
		const struct alert_rule *rule =
		    alert_rule((enum alert_rule_id)i);

		buf_reset(&who);
		alert_rule_who(rule, &who);
		printf(".Ss %s\n", rule->name);
		printf(".Bl -tag -width \"Resolved by\" -compact\n");
		printf(".It Is\n%c, about a %s.\n",
		       severity_letter(rule->severity),
		       subject_kind_name(rule->subject));
		print_item("Seen", rule->what);
		print_item("Blocks", rule->effect);
		print_item("Urgency", rule->urgency);
		print_item("Who acts", buf_text(&who));
		printf(".It Next\n");
		print_command(rule->next);
		print_item("Resolved by", rule->resolved_by);
		print_example(rule);
		printf(".It Message id\n.Li %s\n.El\n", rule->message_id);
	}
	buf_free(&who);
}

/* Each on a line of its own, as mdoc has them. */
static void
fill_sentences(const char *text)
{
	char sentence[256];
	const char *end;

	while ((end = strstr(text, ". ")) != NULL) {
		snprintf(sentence, sizeof(sentence), "%.*s",
			 (int)(end + 1 - text), text);
		fill(sentence, 0, 0);
		text = end + 2;
	}
	fill(text, 0, 0);
}

static void
print_reason_example(const struct reason_example *example)
{
	printf(".Pp\nExample:\n.Bd -ragged -offset indent -compact\n");
	fill(example->seen, 0, 0);
	printf(".Ed\nRun\n.Ic %s .\n", example->run);
	fill_sentences(example->ends);
}

static void
print_reason(const struct reason_info *reason)
{
	struct buf words = {0};

	printf(".It Sy %s\n", reason->code);
	fill(reason->says, 0, 0);
	buf_printf(&words, "Decision %s; alert %s; who acts: %s%s.",
		   decision_name(reason->decision), reason->alert_rule,
		   reason->who,
		   reason->clears_itself ? "; clears by itself" : "");
	fill(buf_text(&words), 0, 0);
	printf("Next:\n");
	print_command(reason->next);
	print_reason_example(reason_example(reason->reason));
	buf_free(&words);
}

static void
print_reasons(void)
{
	int i;

	printf(".Bl -tag -width Ds\n");
	for (i = 0; i < REASONS; i++)
		print_reason(reason_info((enum reason)i));
	printf(".El\n");
}

int
main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (strcmp(what, "catalog") == 0)
		print_catalog();
	else if (strcmp(what, "rules") == 0)
		print_rules();
	else if (strcmp(what, "reasons") == 0)
		print_reasons();
	else
		return fprintf(stderr,
			       "usage: print-words catalog|rules|reasons\n") < 0
			   ? 1
			   : 2;
	return 0;
}
