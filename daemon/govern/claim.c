/* The deny list is about claims, not about topics: it names the words with
 * which somebody would state a total, an uptime or a discount in passing.
 * Three rules, which evidencectl(1) tells:
 *
 *   a phrase of the list is refused where it stands alone: between its ends
 *   and the next letter or digit there is something else, so that "SLA" is no
 *   part of "translation"; blanks and hyphens are the same;
 *   a currency beside a number is refused, before or behind it, and a word
 *   of money with a number behind it;
 *   99.9 and its like are refused, as a whole number.
 *
 * What makes them innocent is the thing that was looked at: a word such as
 * "row" or "page" right behind.  "The SLA page was read" says what was done;
 * so does "one USD row". */
#include "govern/claim.h"
#include "base/buf.h"
#include "govern/amount.h"
#include "govern/words.h"

#include <stdbool.h>
#include <string.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

enum { PHRASES_MAX = 32 };

static const struct {
	const char *name;
	const char *instead; /* how to say what was seen */
	const char *phrases[PHRASES_MAX];
} claims[] = {
    {"R1 a final invoice total",
     "the export of June was compared",
     {"invoice total", "final invoice", "total cost", "total spend"}},
    {"R2 model availability",
     "the model page was read",
     {"is available", "are available", "always available", "stays available",
      "remains available", "fully available", "% available",
      "percent available"}},
    {"R3 a discount or an exact price",
     "the price table was read",
     {"discount", "discounts", "discounted", "discounting", "exact price",
      "% off", "percent off"}},
    {"R4 uptime or latency",
     "the status page was read",
     {"uptime", "no downtime", "zero downtime", "without downtime",
      "never down", "no outage", "no outages", "three nines", "four nines",
      "five nines", "latency", "latencies", "response time", "response times",
      "sla", "slas", "guarantee", "guarantees", "guaranteed"}},
    {"R5 quota or rate limits",
     "the limits page was read",
     {"rate limit", "rate limits", "rate limited", "rate limiting", "quota is",
      "quota of", "unlimited", "no limit", "no limits"}},
    {"R6 an error text as a billing fact",
     "the error run was seen",
     {"not billed", "not charged"}},
    {"R7 tokens times price as cost",
     "the token columns were compared",
     {"tokens times", "times price", "times the price", "is the cost",
      "are the cost", "per million tokens", "per thousand tokens"}},
    {"R8 absent as zero",
     "the export has no row of it",
     {"no cost", "zero cost", "costs nothing", "free of charge", "no charge",
      "no charges", "zero usage", "usage is zero", "usage was zero",
      "usage is 0", "usage was 0", "zero spend"}},
    {"R9 ownership by guess",
     "team-support was asked",
     {"probably belongs", "probably owned"}},
    {"R10 a comparison of unlike metrics",
     "each metric was read by itself",
     {"cheaper", "cheapest", "less expensive", "more expensive", "costs less",
      "costs more"}},
    {"R11 resolved without a hand-off",
     "the run after it was seen",
     {"is resolved", "are resolved", "now resolved", "fully resolved",
      "case closed", "no further action", "nothing left to do"}},
    {"R12 a pass carried forward",
     "the record of that day was read",
     {"still counts", "still count", "still passes", "pass still",
      "yesterday's pass", "pass of yesterday", "counts today",
      "counts for today", "carried forward", "carries forward", "carried over",
      "carries over"}},
    {"R13 a spend forecast",
     "the rows of June were compared",
     {"forecast", "forecasts", "forecasted", "forecasting", "will cost",
      "projected spend", "expect spend", "expect cost", "expect costs",
      "expect the spend", "expect the cost", "expected spend", "expected cost",
      "expected costs", "spend will", "cost will", "costs will", "will spend",
      "will double"}},
};

enum { CLAIMS = N(claims), CLAIM_UPTIME = 3 };

static const char *const times[] = {"minute", "hour",  "day",
				    "week",   "month", "time"};

/* A hyphen is a blank, many blanks are one, of whatever width, and an
 * apostrophe is one, of whatever shape. */
static void
fold(const char *text, bool hyphens, struct buf *out)
{
	static const char *const wide[] = {
	    "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83",
	    "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87",
	    "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xaf",
	    "\xe3\x80\x80"};
	static const char apostrophe[] = "\xe2\x80\x99";

	while (*text != '\0') {
		size_t len = 1;
		bool blank =
		    *text == ' ' || (hyphens && strchr("-_", *text) != NULL);

		for (size_t i = 0; i < N(wide); i++) {
			if (strncmp(text, wide[i], strlen(wide[i])) == 0) {
				len = strlen(wide[i]);
				blank = true;
			}
		}
		if (strncmp(text, apostrophe, strlen(apostrophe)) == 0) {
			buf_putc(out, '\'');
			text += strlen(apostrophe);
			continue;
		}
		if (!blank)
			buf_add(out, text, len);
		else if (out->len == 0 || out->data[out->len - 1] != ' ')
			buf_putc(out, ' ');
		text += len;
	}
}

/* "the rows are available" tells of rows, not of a model. */
static bool
is_said_of_thing(const char *text, const char *hit)
{
	const char *from;

	while (hit > text && hit[-1] == ' ')
		hit--;
	for (from = hit; from > text && word_letter(from[-1]);)
		from--;
	return word_is_thing(from, (size_t)(hit - from));
}

/* "will cost us a day" */
static bool
costs_time(const char *behind)
{
	static const char *const small[] = {"us",   "me",   "you", "them",
					    "a",    "an",   "one", "two",
					    "half", "some", "our", "the"};
	size_t len;

	for (;;) {
		behind += strspn(behind, " ");
		len = word_letters(behind);
		if (!word_is_one_of(small, N(small), behind, len))
			break;
		behind += len;
	}
	return word_is_some_of(times, N(times), behind, len);
}

static bool
is_innocent(const char *text, const char *hit, const char *phrase)
{
	static const char available[] = "available";
	size_t len = strlen(phrase);

	if (word_is_of_thing(hit + len))
		return true;
	if (strcmp(phrase, "will cost") == 0)
		return costs_time(hit + len);
	return len > strlen(available) &&
	       strcmp(phrase + len - strlen(available), available) == 0 &&
	       is_said_of_thing(text, hit);
}

static bool
holds(const char *text, const char *phrase)
{
	const char *hit = text;

	for (; (hit = strcasestr(hit, phrase)) != NULL; hit++) {
		if (word_is_whole(text, hit, strlen(phrase), word_part) &&
		    !is_innocent(text, hit, phrase))
			return true;
	}
	return false;
}

/* 99.9, 99,95, 99.999: a number of its own, and no part of 10.0.99.9. */
static bool
holds_nines(const char *text)
{
	static const char digits[] = "0123456789.,";

	while (*text != '\0') {
		size_t len = strspn(text, digits), used = len;

		while (used > 0 && strchr(".,", text[used - 1]) != NULL)
			used--;
		if (used > 3 && strncmp(text, "99", 2) == 0 &&
		    strchr(".,", text[2]) != NULL && text[3] == '9' &&
		    strcspn(text + 3, ".,") >= used - 3)
			return true;
		text += len == 0 ? 1 : len;
	}
	return false;
}

static int
refuse(const char *phrase, size_t claim, struct err *err)
{
	return err_set(err, ERR_INVALID,
		       "NOTE_CLAIM: \"%s\" would claim what was not seen (%s); "
		       "say what was looked at, as \"%s\"",
		       phrase, claims[claim].name, claims[claim].instead);
}

static int
check_phrases(const char *text, struct err *err)
{
	for (size_t c = 0; c < CLAIMS; c++) {
		const char *const *phrase = claims[c].phrases;

		for (; *phrase != NULL; phrase++) {
			if (holds(text, *phrase))
				return refuse(*phrase, c, err);
		}
	}
	return holds_nines(text) ? refuse("99.9", CLAIM_UPTIME, err) : 0;
}

int
claim_check(const char *text, struct err *err)
{
	struct buf spaced = {0}, words = {0};
	const char *currency;
	int r;

	fold(text, false, &spaced);
	fold(text, true, &words);
	currency = amount_find(buf_text(&spaced));
	if (currency != NULL)
		r = err_set(err, ERR_INVALID,
			    "NOTE_CLAIM: \"%s\" beside a number is an amount "
			    "of money, which comes only from an account "
			    "export (R1); say what was looked at, as \"%s\"",
			    currency, claims[0].instead);
	else
		r = check_phrases(buf_text(&words), err);
	buf_free(&spaced);
	buf_free(&words);
	return r;
}

/* ---- for the manual ---- */

const char *
claim_phrase(size_t i, const char **ret_claim)
{
	for (size_t c = 0; c < CLAIMS; c++) {
		size_t n = 0;

		while (claims[c].phrases[n] != NULL)
			n++;
		if (i < n) {
			*ret_claim = claims[c].name;
			return claims[c].phrases[i];
		}
		i -= n;
	}
	return NULL;
}
