/* The template table, and the lines that are made of it.
 *
 * A sentence says what was seen and how it was counted.  It names no price,
 * no amount, and nothing that a gateway will do, allow or offer. */
#include "base/json.h"
#include "base/text.h"
#include "report/rollup_inside.h"
#include "verdict/statement.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

static const char *const phrases[ROLLUP_PHRASES] = {
    [PHRASE_GIVEN] = "the day that was asked for",
    [PHRASE_CLOSED] = "the newest day whose windows and lags have closed",
    [PHRASE_STANDING] =
	"Counts are workloads, by the newest record of the review date alone; "
	"a pass of another day counts for nothing here. Pending is not yet "
	"due; no record is due, and was not observed; not known is due, and "
	"the ledger ends before that.",
    [PHRASE_STANDING_SHORT] =
	"Counts are workloads, by the newest record of the review date alone; "
	"a pass of another day counts for nothing here. Resp is a pass by the "
	"usage in the response alone, incon is inconclusive, pend is not yet "
	"due, none was due and has no record, unkn was due and is not known, as "
	"the ledger ends before that.",
    [PHRASE_EVIDENCE] =
	"Counts are workload days of the period: those with a pass, among them "
	"those by the response only, and those on which evidence was due. "
	"Held is hold, inconclusive or fail.",
    [PHRASE_NO_CONFIG] =
	"No configuration was read: only workloads with a record of the "
	"review date are counted, and no source is shown.",
    [PHRASE_ENDS_BEFORE] =
	"The ledger ends before this day closed: what it does not show is not "
	"known yet.",
    [PHRASE_BEGINS_AFTER] = "The rows begin after this day.",
    [PHRASE_NOTHING] = "No workload is configured or recorded.",
    [PHRASE_NONE_THEN] =
	"By the configurations that this ledger names, no workload was "
	"configured on this day.",
    [PHRASE_THEN] = "workloads, owners, environments, applications, cost "
		    "centers and pools are told by it; windows and sources as "
		    "they are configured now.",
    [PHRASE_THEN_ROWS] =
	"No configuration of today was read: workloads, owners, environments, "
	"applications, cost centers and pools are told by the one of the "
	"review date, and no source is shown.",
    [PHRASE_THEN_LOST] = "its text is not kept: what no record says is told "
			 "as it is configured now.",
    [PHRASE_ALL_PASS] = "Every workload that was due passed.",
    [PHRASE_CORRECTED] =
	"A role says that these records are mistaken. They count as they "
	"stand: only new evidence raises a decision, and only the command "
	"decide lowers one.",
    [PHRASE_ATTESTED] =
	"A person looked where evidenced could not; what they saw counts for "
	"the review date alone.",
    [PHRASE_USE] = "These are the tests' own requests and tokens. Nothing "
		   "about the use by the workloads follows from them, and they "
		   "are no cost.",
    [PHRASE_SOURCES_FINE] = "Every source was read as recently as its kind "
			    "demands, and equals its approved snapshot.",
    [PHRASE_SNAPSHOTS] =
	"Texts of the pricing pages as they were seen on days of the period. "
	"They raise nothing: each day's record says by which text it was "
	"judged.",
    [PHRASE_CALENDAR] =
	"By the newest record of each UTC day; a blank says that there is no "
	"record, and nothing else.",
    [PHRASE_AGES] = "Days of the period from the first record that was no "
		    "pass, with no pass since, up to the review date.",
    [PHRASE_SHARES] =
	"Solid is eligible, hatched is held (hold, inconclusive or fail), "
	"dotted is held and nobody's, an outline is pending, not due or "
	"without a record. Counts are workloads.",
    [PHRASE_STRIP] = "R read. C read, and new or changed. X tried, not read. "
		     "A blank says that it was not tried.",
    [PHRASE_CHECK] = "evidencectl verify checks the ledger; evidencectl "
		     "packet --workload LABEL --date DATE shows one record "
		     "with its evidence.",
};

const char *
rollup_phrase(enum rollup_phrase phrase)
{
	return phrases[phrase];
}

/* A review of today is read before today is over: what passed may still fall,
 * and what is pending come. */
static void
add_open_day(const struct rollup *r, struct buf *out)
{
	struct wall_time closes = rollup_closes(r);
	char at[WALL_RFC3339_LEN + 1], end[WALL_RFC3339_LEN + 1];

	if (r->span->head_at.us >= closes.us ||
	    r->span->head_at.us < wall_day_start(r->day).us)
		return;
	buf_printf(out, "; as of %s, not closed before %s",
		   wall_format(r->span->head_at, at), wall_format(closes, end));
}

void
rollup_title(const struct rollup *r, struct buf *out)
{
	char day[WALL_DAY_LEN + 1];

	buf_printf(
	    out, "Token budget review %s: %s", day_format(r->day, day),
	    phrases[r->choice == PACKET_GIVEN ? PHRASE_GIVEN : PHRASE_CLOSED]);
	if (r->choice == PACKET_GIVEN)
		add_open_day(r, out);
}

void
rollup_basis(const struct rollup *r, struct buf *out)
{
	char first[WALL_DAY_LEN + 1], last[WALL_DAY_LEN + 1];
	char at[WALL_RFC3339_LEN + 1], hex[DIGEST_HEX_LEN + 1];

	if (r->span->head_at.us == 0)
		buf_puts(out, "No row of the ledger");
	else
		buf_printf(out,
			   "Ledger row %" PRIu64 ", leaf %.12s, data as of %s",
			   r->span->head_seq, digest_hex(&r->span->head, hex),
			   wall_format(r->span->head_at, at));
	if (r->config != NULL)
		buf_printf(out, "; configuration %.12s",
			   digest_hex(&r->config->digest, hex));
	buf_printf(out, "; period %s to %s.", day_format(r->span->first, first),
		   day_format(r->day, last));
}

/* Which configuration tells of the review date, where it is another than
 * today's. */
void
rollup_in_force(const struct rollup *r, struct buf *out)
{
	const struct span *s = r->span;
	char hex[DIGEST_HEX_LEN + 1];

	if (!s->any_in_force || rollup_before(r) ||
	    (r->config != NULL &&
	     digest_equal(&s->in_force, &r->config->digest)))
		return;
	if (r->config == NULL && !s->in_force_kept)
		return;
	buf_printf(out, "On the review date configuration %.12s was in force",
		   digest_hex(&s->in_force, hex));
	if (r->config == NULL)
		buf_putc(out, '.');
	else if (s->in_force_kept)
		buf_printf(out, ": %s", phrases[PHRASE_THEN]);
	else
		buf_printf(out, ", and %s", phrases[PHRASE_THEN_LOST]);
}

bool
rollup_before(const struct rollup *r)
{
	return r->span->first_at.us >= wall_day_start(r->day + 1).us;
}

const char *
rollup_word_of(const struct rollup *r, const struct rollup_entry *e)
{
	if (rollup_before(r) && e->state == ROLLUP_NOT_DUE)
		return NULL;
	return rollup_state_word(e->state);
}

static bool
is_pruned(const struct rollup *r)
{
	return r->span->pruned_to > 0 &&
	       r->span->first_at.us > wall_day_start(r->span->first).us;
}

static int
count_corrected(const struct rollup *r)
{
	int n = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct rollup_entry *e = &r->entries[i];

		n += (e->state == ROLLUP_PASS ||
		      e->state == ROLLUP_RESPONSE_ONLY) &&
		     e->corrected_by != 0;
	}
	return n;
}

static void
add_phrase(struct buf *out, const char *phrase)
{
	if (out->len > 0)
		buf_putc(out, ' ');
	buf_puts(out, phrase);
}

/* What nobody saw is no day without a pass. */
static void
add_beginning(const struct rollup *r, struct buf *out)
{
	int32_t first = wall_day(r->span->first_at);
	char day[WALL_DAY_LEN + 1];

	if (r->span->first_at.us == 0 || first <= r->span->first)
		return;
	add_phrase(out, "The rows begin on ");
	buf_printf(out,
		   "%s: nothing is known of the days of the period before it.",
		   day_format(first, day));
}

void
rollup_reach(const struct rollup *r, struct buf *out)
{
	if (is_pruned(r))
		buf_printf(out, "Rows before %" PRIu64 " were pruned.",
			   r->span->pruned_to);
	if (rollup_before(r))
		add_phrase(out, phrases[PHRASE_BEGINS_AFTER]);
	else if (!is_pruned(r))
		add_beginning(r, out);
	if (!rollup_before(r) && r->span->head_at.us != 0 &&
	    (r->all.states[ROLLUP_PENDING] > 0 ||
	     r->all.states[ROLLUP_NOT_KNOWN] > 0 ||
	     r->span->head_at.us < wall_day_start(r->day).us))
		add_phrase(out, phrases[PHRASE_ENDS_BEFORE]);
}

void
rollup_answer(const struct rollup *r, struct buf *out)
{
	const struct rollup_group *all = &r->all;
	int pass = all->states[ROLLUP_PASS], only;
	int corrected = count_corrected(r);
	const char *comma = ": ";

	only = all->states[ROLLUP_RESPONSE_ONLY];
	buf_printf(out, "%d of %d workload%s may enter the review", pass + only,
		   all->n, TEXT_PLURAL(all->n));
	if (corrected > 0)
		buf_printf(out, ", %d of them by a corrected record",
			   corrected);
	/* What is counted as not due is not known to have been so. */
	if (rollup_before(r) && all->n > 0)
		buf_puts(out, ": nothing is known of this day");
	for (int i = 0; i < ROLLUP_STATES; i++) {
		if (all->states[i] == 0 || rollup_before(r))
			continue;
		buf_printf(out, "%s%d %s", comma, all->states[i],
			   rollup_state_word((enum rollup_state)i));
		comma = ", ";
	}
	buf_puts(out, ".");
}

void
rollup_since(int32_t since, bool before, struct buf *out)
{
	char day[WALL_DAY_LEN + 1];

	if (since == INT32_MAX)
		buf_puts(out, "\xe2\x80\x94");
	else
		buf_printf(out, "%s%s", day_format(since, day),
			   before ? " or before" : "");
}

/* ---- counts over the records ---- */

int
rollup_records(const struct rollup *r)
{
	int n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += r->entries[i].record != NULL;
	return n;
}

bool
rollup_usage_attested(const struct rollup_entry *e)
{
	return strcmp(json_get_string(e->record, "evidence_tier", ""),
		      "attested") == 0;
}

bool
rollup_page_attested(const struct rollup_entry *e)
{
	return json_holds(json_get(e->record, "remaining_uncertainty"),
			  uncertainty_info(UNCERTAIN_SOURCE_ATTESTED)->word);
}

int
rollup_count(const struct rollup *r, const char *list, const char *word)
{
	int n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += json_holds(json_get(r->entries[i].record, list), word);
	return n;
}

/* ---- numbers ---- */

/* The rows that are kept reach into the period, and none of it is pruned. */
static bool
is_counted(const struct rollup *r)
{
	return r->span->head_at.us >= wall_day_start(r->span->first).us &&
	       !rollup_before(r) && !is_pruned(r);
}

static void
put_counted(const struct rollup *r, struct number *n)
{
	int32_t first = r->span->first, last = r->day;
	char from[WALL_DAY_LEN + 1], to[WALL_DAY_LEN + 1];

	if (r->span->first_at.us > wall_day_start(first).us)
		first = wall_day(r->span->first_at);
	if (r->span->head_at.us < wall_day_start(last + 1).us)
		last = wall_day(r->span->head_at);
	if (is_pruned(r))
		snprintf(n->basis, sizeof(n->basis),
			 "rows before %" PRIu64 " were pruned",
			 r->span->pruned_to);
	else if (!is_counted(r))
		snprintf(n->basis, sizeof(n->basis), "no row of the period");
	else
		snprintf(n->basis, sizeof(n->basis),
			 "begun %s to %s, error path included",
			 day_format(first, from), day_format(last, to));
}

static struct number
tokens(const struct rollup *r, const char *quantity, const struct span_sum *sum)
{
	struct number n = {.quantity = quantity,
			   .known = is_counted(r) && sum->reported > 0,
			   .value = sum->total,
			   .unit = "token",
			   .source = "responses to the tests",
			   .as_of = r->span->head_at};

	snprintf(n.basis, sizeof(n.basis),
		 "reported by %d of %d answered request%s", sum->reported,
		 r->use.answers, TEXT_PLURAL(r->use.answers));
	return n;
}

void
rollup_numbers(const struct rollup *r, struct number ret[ROLLUP_NUMBERS])
{
	ret[0] = (struct number){.quantity = "test requests",
				 .known = is_counted(r),
				 .value = r->use.requests,
				 .unit = "request",
				 .source = "rows check.begun",
				 .as_of = r->span->head_at};
	put_counted(r, &ret[0]);
	ret[1] = tokens(r, "prompt tokens", &r->use.prompt);
	ret[2] = tokens(r, "completion tokens", &r->use.completion);
	ret[3] = tokens(r, "total tokens", &r->use.tokens);
	ret[4] = (struct number){.quantity = "cost"};
	snprintf(ret[4].basis, sizeof(ret[4].basis), "no account export");
}
