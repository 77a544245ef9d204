/* The deny list is about claims, not about topics: it names the words with
 * which somebody would state a total, an uptime or a discount in passing.
 *
 * A phrase is found where it stands alone: between its ends and the next
 * letter or digit there is something else, so that "SLA" is no part of
 * "translation".  What a word would make innocent stands beside it. */
#include "govern/note.h"
#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum claim { R1, R2, R3, R4, R5, R6, R8, R9, R13, CLAIMS };

static const struct {
	const char *name;
	const char *instead; /* how to say what was seen */
} claims[CLAIMS] = {
    [R1] = {"R1 a final invoice total", "the export of June was compared"},
    [R2] = {"R2 model availability", "the model page was read"},
    [R3] = {"R3 a discount or an exact price", "the price table was read"},
    [R4] = {"R4 uptime or latency", "the status page was read"},
    [R5] = {"R5 quota or rate limits", "the limits page was read"},
    [R6] = {"R6 an error text as a billing fact", "the error run was seen"},
    [R8] = {"R8 absent as zero", "the export has no row of it"},
    [R9] = {"R9 ownership by guess", "team-support was asked"},
    [R13] = {"R13 a spend forecast", "the rows of June were compared"},
};

static const struct {
	const char *phrase;
	enum claim claim;
	const char *unless; /* the next word that makes it innocent, or NULL */
} denied[] = {
    {"invoice total", R1, NULL},
    {"final invoice", R1, NULL},
    {"total cost", R1, NULL},
    {"total spend", R1, NULL},
    {"is available", R2, NULL},
    {"are available", R2, NULL},
    {"always available", R2, NULL},
    {"stays available", R2, NULL},
    {"remains available", R2, NULL},
    {"discount", R3, NULL},
    {"discounts", R3, NULL},
    {"discounted", R3, NULL},
    {"discounting", R3, NULL},
    {"exact price", R3, NULL},
    {"% off", R3, NULL},
    {"percent off", R3, NULL},
    {"uptime", R4, NULL},
    {"no downtime", R4, NULL},
    {"zero downtime", R4, NULL},
    {"without downtime", R4, NULL},
    {"never down", R4, NULL},
    {"no outage", R4, NULL},
    {"no outages", R4, NULL},
    {"99.9", R4, NULL},
    {"99.99", R4, NULL},
    {"99.999", R4, NULL},
    {"99,9", R4, NULL},
    {"three nines", R4, NULL},
    {"four nines", R4, NULL},
    {"five nines", R4, NULL},
    {"latency", R4, NULL},
    {"latencies", R4, NULL},
    {"response time", R4, NULL},
    {"response times", R4, NULL},
    {"sla", R4, NULL},
    {"slas", R4, NULL},
    {"guarantee", R4, NULL},
    {"guarantees", R4, NULL},
    {"guaranteed", R4, NULL},
    {"rate limit", R5, NULL},
    {"rate limits", R5, NULL},
    {"rate-limit", R5, NULL},
    {"rate limited", R5, NULL},
    {"rate limiting", R5, NULL},
    {"quota is", R5, NULL},
    {"quota of", R5, NULL},
    {"unlimited", R5, NULL},
    {"no limit", R5, NULL},
    {"no limits", R5, NULL},
    {"not billed", R6, NULL},
    {"not charged", R6, NULL},
    {"no cost", R8, "cent"},
    {"zero cost", R8, NULL},
    {"costs nothing", R8, NULL},
    {"free of charge", R8, NULL},
    {"probably belongs", R9, NULL},
    {"probably owned", R9, NULL},
    {"forecast", R13, NULL},
    {"forecasts", R13, NULL},
    {"forecasted", R13, NULL},
    {"forecasting", R13, NULL},
    {"will cost", R13, NULL},
    {"projected spend", R13, NULL},
};

static const char *const currencies[] = {
    "$",       "\xe2\x82\xac", "\xc2\xa3", "usd",    "eur",  "gbp",  "dollar",
    "dollars", "euro",	       "euros",	   "pounds", "cent", "cents"};

static const char *const numerals[] = {
    "one",     "two",	   "three",  "four",	"five",	    "six",
    "seven",   "eight",	   "nine",   "ten",	"eleven",   "twelve",
    "fifteen", "twenty",   "thirty", "forty",	"fifty",    "sixty",
    "seventy", "eighty",   "ninety", "hundred", "hundreds", "thousand",
    "million", "thousands"};

static bool
is_word(char c)
{
	return isalnum((unsigned char)c);
}

static bool
is_letter(char c)
{
	return is_word(c) && !isdigit((unsigned char)c);
}

/* A currency may touch its amount, "5usd", and a sign everything. */
static bool
stands_alone(const char *text, const char *hit, const char *mark,
	     bool (*part)(char c))
{
	const char *end = hit + strlen(mark);

	if (((unsigned char)mark[0] & 0x80) != 0 || !is_word(end[-1]))
		return true;
	if (part(mark[0]) && hit > text && part(hit[-1]))
		return false;
	return !part(*end);
}

/* A number, in digits or in words, that ends before or begins after. */
static bool
is_numeral(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(numerals) / sizeof(numerals[0]); i++) {
		if (strlen(numerals[i]) == len &&
		    strncasecmp(numerals[i], word, len) == 0)
			return true;
	}
	return false;
}

static bool
is_beside_number(const char *text, const char *hit, const char *mark)
{
	const char *after = hit + strlen(mark), *from;

	after += strspn(after, " ");
	while (hit > text && (hit[-1] == ' ' || hit[-1] == '-'))
		hit--;
	if (isdigit((unsigned char)*after) ||
	    (hit > text && isdigit((unsigned char)hit[-1])))
		return true;
	for (from = hit; from > text && is_letter(from[-1]);)
		from--;
	return is_numeral(from, (size_t)(hit - from));
}

/* An amount of money: the name of a currency beside a number; or NULL. */
static const char *
find_amount(const char *text)
{
	for (size_t i = 0; i < sizeof(currencies) / sizeof(currencies[0]);
	     i++) {
		const char *mark = currencies[i], *hit = text;

		for (; (hit = strcasestr(hit, mark)) != NULL; hit++) {
			if (stands_alone(text, hit, mark, is_letter) &&
			    is_beside_number(text, hit, mark))
				return mark;
		}
	}
	return NULL;
}

static bool
holds(const char *text, const char *phrase, const char *unless)
{
	const char *hit = text;

	for (; (hit = strcasestr(hit, phrase)) != NULL; hit++) {
		const char *next = hit + strlen(phrase);

		next += strspn(next, " -_");
		if (stands_alone(text, hit, phrase, is_word) &&
		    (unless == NULL ||
		     strncasecmp(next, unless, strlen(unless)) != 0))
			return true;
	}
	return false;
}

static int
check_claims(const char *text, struct err *err)
{
	const char *currency = find_amount(text);

	if (currency != NULL)
		return err_set(
		    err, ERR_INVALID,
		    "NOTE_CLAIM: \"%s\" beside a number is an amount "
		    "of money, which comes only from an account "
		    "export (R1); say what was looked at, as \"%s\"",
		    currency, claims[R1].instead);
	for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++) {
		if (!holds(text, denied[i].phrase, denied[i].unless))
			continue;
		return err_set(err, ERR_INVALID,
			       "NOTE_CLAIM: \"%s\" would claim what was not "
			       "seen (%s); say what was looked at, as \"%s\"",
			       denied[i].phrase, claims[denied[i].claim].name,
			       claims[denied[i].claim].instead);
	}
	return 0;
}

/* Characters, not bytes. */
static size_t
length(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

int
note_check(const char *text, struct err *err)
{
	struct buf clean = {0};
	int same;

	if (text[0] == '\0')
		return err_set(
		    err, ERR_INVALID,
		    "NOTE_EMPTY: a few words on what was looked at are "
		    "needed");
	if (length(text) > NOTE_MAX)
		return err_set(err, ERR_INVALID,
			       "NOTE_TOO_LONG: at most %d characters",
			       NOTE_MAX);
	text_clean(&clean, text, strlen(text), strlen(text) + 1);
	same = strcmp(buf_text(&clean), text) == 0;
	buf_free(&clean);
	if (!same)
		return err_set(err, ERR_INVALID,
			       "NOTE_NOT_TEXT: one line of plain text, please");
	return check_claims(text, err);
}
