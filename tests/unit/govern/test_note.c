/* What a person may write beside an act: words on what was looked at, and no
 * claim that the packet refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "govern/amount.h"
#include "govern/claim.h"
#include "govern/note.h"
#include "govern/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const good[] = {
    "compared with the order form",
    "page of 2026-07-03, 3 models, 2 regions",
    "the price table has 7 rows; gpt-4o-mini is the 4th",
    "27 European teams asked; 5 dollarless rows",
    "looked at $-columns of the page",
    "gesehen; Rückfrage bei Finanzen läuft",
    "3 USDA forms were among the pages",
    "no cost center is named in the export yet",
    "no cost_center is set",
    "no cost centre is set",
    "the translation page was read",
    "the export has 199.9 thousand rows",
    "price table in dollars, read on 2026-07-03",
    "the two eurozone teams were asked",
    "one of the five sources has moved",
    "the available models page was compared",
    "team-support was asked on 2026-07-03",
    "the limits page was read",
    "the status page was read; nothing to add",
    "unlimitedcorp's key was rotated by its owner",
    "response of 2026-07-03 compared with the export",
    "downtime page was saved beside the ticket",
    "dollar signs are missing on the page",
    "the centre's order form, version 99",
    "nine rows of the export are unmapped",
    /* a currency that says of what kind, and a number that is no amount */
    "one USD row is unmapped",
    "5 USD rows and 12 EUR columns were compared",
    "EUR: 3 rows are unmapped",
    "EUR-denominated rows were compared with 12 others",
    "3 $-columns of the page",
    "2026-07-03 - EUR rows compared",
    "read on 2026-07-03, USD columns",
    "the USD column, 2026-07-03",
    "version v2 EUR table",
    "the 4th EUR price table",
    "try 3 times, then ask team-support",
    "all 3 rows (USD) are there",
    "one cent row", /* of a column called cent */
    /* a phrase that names a thing which was looked at */
    "SLA page was read",
    "the uptime report and the latency table were read",
    "no limit page was found",
    "rate limits section of the docs, row 3",
    "the discount table was read on 2026-07-03",
    "invoice total row compared with the export",
    "rows are available in the export",
    "the export is available at the gateway",
    "the page \"is available\" list was read",
    "total cost column is empty",
    "no cost-center is set",
    "two cost centres are named",
    "this will cost us a day",
    "it will cost time, not more",
    "will cost two weeks",
    /* words of money, and numbers that do not say how much */
    "the price table has 7 rows",
    "price of 3 models was compared",
    "the price is on line 7",
    "prices of two models have moved",
    "invoice 4711 and its page were read",
    "the invoice of 2026-07-03 was compared",
    "budget 2026 was compared",
    "the costs of 2026, by team",
    "the cost rule of 3 teams was read",
    "cost center 114 and 220 are named",
    "charges at 05:20Z were looked up",
    "spend: 3 workloads are unmapped",
    "the amount column is empty in 12 rows",
    "the fee is 3 rows below",
    "the budget is with team-support",
    "costs 5% of the rows",
    "the price is one of the rows",
    "prices, 3 of 5, were read",
    "pay 5 attention",
    /* what is seen, and no claim */
    "no usage was seen in the surface on 2026-07-03",
    "the usage row is empty",
    "expect an answer of team-support on Monday",
    "the pass of 2026-07-03 was read, row 12",
    "price per million tokens column was read",
    "cheaper tab of the sheet was not read",
    "the question was passed to team-images",
    "times of the runs were compared",
    "the team's page of yesterday was saved",
    "bucket 5 of the export; quidnunc 7",
    /* a number that only looks like an uptime */
    "address 10.0.99.9 answered",
    "row 1099.9 of the sheet",
    "version 99.9.1 of the page",
    "99 rows",
};

/* The code, and the claim that is named. */
static const struct {
	const char *text;
	const char *code;
	const char *claim;
} bad[] = {
    {"", "NOTE_EMPTY", ""},
    {"two\nlines", "NOTE_NOT_TEXT", ""},
    {"a \033[31m bell", "NOTE_NOT_TEXT", ""},
    {"a broken \xff byte", "NOTE_NOT_TEXT", ""},
    {"costs $5", "NOTE_CLAIM", "R1"},
    {"costs $ 5", "NOTE_CLAIM", "R1"},
    {"the $ column says $5", "NOTE_CLAIM", "R1"},
    {"price is 5 USD", "NOTE_CLAIM", "R1"},
    {"price is USD 5", "NOTE_CLAIM", "R1"},
    {"price is 5usd", "NOTE_CLAIM", "R1"},
    {"0.15\xe2\x82\xac per call", "NOTE_CLAIM", "R1"},
    {"\xc2\xa3 12", "NOTE_CLAIM", "R1"},
    {"EUR 3,20", "NOTE_CLAIM", "R1"},
    {"about 40 dollars a month", "NOTE_CLAIM", "R1"},
    {"12 cents", "NOTE_CLAIM", "R1"},
    {"forty dollars a month", "NOTE_CLAIM", "R1"},
    {"the \xe2\x80\x9cuptime\xe2\x80\x9d holds", "NOTE_CLAIM", "R4"},
    {"uptime\xe2\x80\x94"
     "fine",
     "NOTE_CLAIM", "R4"},
    {"rate limiting is 60", "NOTE_CLAIM", "R5"},
    {"about two hundred euros", "NOTE_CLAIM", "R1"},
    {"a Thousand-dollar month", "NOTE_CLAIM", "R1"},
    {"total spend agreed", "NOTE_CLAIM", "R1"},
    {"the model is always available", "NOTE_CLAIM", "R2"},
    {"both models are available", "NOTE_CLAIM", "R2"},
    {"20% off for us", "NOTE_CLAIM", "R3"},
    {"the exact price was agreed", "NOTE_CLAIM", "R3"},
    {"no downtime in June", "NOTE_CLAIM", "R4"},
    {"99.9% in June", "NOTE_CLAIM", "R4"},
    {"they promise 99.99", "NOTE_CLAIM", "R4"},
    {"five nines", "NOTE_CLAIM", "R4"},
    {"response time is good", "NOTE_CLAIM", "R4"},
    {"covered by the SLA", "NOTE_CLAIM", "R4"},
    {"this is guaranteed", "NOTE_CLAIM", "R4"},
    {"no outages", "NOTE_CLAIM", "R4"},
    {"unlimited quota", "NOTE_CLAIM", "R5"},
    {"there is no limit", "NOTE_CLAIM", "R5"},
    {"rejected, so not billed", "NOTE_CLAIM", "R6"},
    {"it is free of charge", "NOTE_CLAIM", "R8"},
    {"probably belongs to team-support", "NOTE_CLAIM", "R9"},
    {"this will cost more in May", "NOTE_CLAIM", "R13"},
    {"the Invoice Total fits", "NOTE_CLAIM", "R1"},
    {"this is the final invoice", "NOTE_CLAIM", "R1"},
    {"total cost agreed", "NOTE_CLAIM", "R1"},
    {"the model is available", "NOTE_CLAIM", "R2"},
    {"we get a discount", "NOTE_CLAIM", "R3"},
    {"good uptime", "NOTE_CLAIM", "R4"},
    {"latency fine", "NOTE_CLAIM", "R4"},
    {"the rate limit was raised", "NOTE_CLAIM", "R5"},
    {"quota is enough", "NOTE_CLAIM", "R5"},
    {"no cost", "NOTE_CLAIM", "R8"},
    {"Zero Cost so far", "NOTE_CLAIM", "R8"},
    {"forecast for May", "NOTE_CLAIM", "R13"},
    /* amounts in every dress */
    {"about 5k USD", "NOTE_CLAIM", "R1"},
    {"1.5M EUR in June", "NOTE_CLAIM", "R1"},
    {"1,200.50 USD", "NOTE_CLAIM", "R1"},
    {"USD: 1200", "NOTE_CLAIM", "R1"},
    {"USD = 1200", "NOTE_CLAIM", "R1"},
    {"in EUR (1200)", "NOTE_CLAIM", "R1"},
    {"EUR ~1200", "NOTE_CLAIM", "R1"},
    {"USD -5", "NOTE_CLAIM", "R1"},
    {"(1200) EUR", "NOTE_CLAIM", "R1"},
    {"CHF 1200", "NOTE_CLAIM", "R1"},
    {"1200 PLN", "NOTE_CLAIM", "R1"},
    {"TRY 1200", "NOTE_CLAIM", "R1"},
    {"\xc2\xa5"
     "1200",
     "NOTE_CLAIM", "R1"},
    {"\xe2\x82\xb9 300", "NOTE_CLAIM", "R1"},
    {"5 US$ a call", "NOTE_CLAIM", "R1"},
    {"one pound a day", "NOTE_CLAIM", "R1"},
    {"EUR five hundred", "NOTE_CLAIM", "R1"},
    {"10-20 USD", "NOTE_CLAIM", "R1"},
    {"sixty-five dollars", "NOTE_CLAIM", "R1"},
    {"5\xe2\x80\xafUSD", "NOTE_CLAIM", "R1"},
    {"5\xc2\xa0"
     "USD",
     "NOTE_NOT_TEXT", "single blanks"},
    {"the row says 5 USD", "NOTE_CLAIM", "R1"},
    {"5 USD, as the row says", "NOTE_CLAIM", "R1"},
    /* blanks and hyphens of every width */
    {"no\xe2\x80\x83outage", "NOTE_CLAIM", "R4"},
    {"no\xe2\x80\xaf\xe2\x80\x89outages", "NOTE_CLAIM", "R4"},
    {"zero-downtime", "NOTE_CLAIM", "R4"},
    {"free-of-charge", "NOTE_CLAIM", "R8"},
    {"rate_limit raised", "NOTE_CLAIM", "R5"},
    {"no  outage", "NOTE_NOT_TEXT", "single blanks"},
    {"100% available", "NOTE_CLAIM", "R2"},
    {"100 percent available", "NOTE_CLAIM", "R2"},
    {"the model of that row was tried and is available", "NOTE_CLAIM", "R2"},
    {"99.95 in June", "NOTE_CLAIM", "R4"},
    {"99,999%.", "NOTE_CLAIM", "R4"},
    {"the SLA holds, as the page says", "NOTE_CLAIM", "R4"},
    {"tokens times price is the cost", "NOTE_CLAIM", "R7"},
    {"that is the cost of May", "NOTE_CLAIM", "R7"},
    {"price 0.15 per million tokens", "NOTE_CLAIM", "R1"},
    {"rated per million tokens", "NOTE_CLAIM", "R7"},
    {"no usage means no charge", "NOTE_CLAIM", "R8"},
    {"usage is zero", "NOTE_CLAIM", "R8"},
    {"usage was 0 in June", "NOTE_CLAIM", "R8"},
    {"cheaper than the other team's metric", "NOTE_CLAIM", "R10"},
    {"this metric costs less", "NOTE_CLAIM", "R10"},
    {"the alert is resolved", "NOTE_CLAIM", "R11"},
    {"seen; no further action", "NOTE_CLAIM", "R11"},
    {"yesterday's pass still counts today", "NOTE_CLAIM", "R12"},
    {"yesterday\xe2\x80\x99s pass is used", "NOTE_CLAIM", "R12"},
    {"the pass is carried forward", "NOTE_CLAIM", "R12"},
    {"we expect spend to double in May", "NOTE_CLAIM", "R13"},
    {"costs will fall", "NOTE_CLAIM", "R13"},
    {"the bill is 5.000,00", "NOTE_CLAIM", "R1"},
    {"the invoice says 300", "NOTE_CLAIM", "R1"},
    {"invoice: 300", "NOTE_CLAIM", "R1"},
    {"approved spend: 1200", "NOTE_CLAIM", "R1"},
    {"approved spend was about 2000 in June", "NOTE_CLAIM", "R1"},
    {"this costs 300 a month", "NOTE_CLAIM", "R1"},
    {"a budget of five hundred.", "NOTE_CLAIM", "R1"},
    {"the fee is 0.15/call", "NOTE_CLAIM", "R1"},
    {"about five bucks a call", "NOTE_CLAIM", "R1"},
    {"ten quid", "NOTE_CLAIM", "R1"},
    {"this will cost us more", "NOTE_CLAIM", "R13"},
    {"will cost more a day", "NOTE_CLAIM", "R13"},
};

static void
test_notes(void **state)
{
	struct err err;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (note_check(good[i], &err) != 0)
			fail_msg("%s: %s", good[i], err.text);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (note_check(bad[i].text, &err) != ERR_INVALID)
			fail_msg("not refused: %s", bad[i].text);
		if (strncmp(err.text, bad[i].code, strlen(bad[i].code)) != 0 ||
		    strstr(err.text, bad[i].claim) == NULL)
			fail_msg("%s: %s", bad[i].text, err.text);
		if (strcmp(bad[i].code, "NOTE_CLAIM") == 0 &&
		    strstr(err.text, "; say what was looked at, as ") == NULL)
			fail_msg("%s: no way out: %s", bad[i].text, err.text);
	}
}

/* The limit counts characters, not bytes. */
static void
test_length(void **state)
{
	char text[2 * NOTE_MAX + 3];
	struct err err;

	assert_int_equal(NOTE_MAX, 280);
	for (int i = 0; i <= NOTE_MAX; i++)
		memcpy(text + 2 * i, "\xc3\xa4", 2);
	text[2 * NOTE_MAX] = '\0';
	assert_int_equal(note_check(text, &err), 0);
	text[2 * NOTE_MAX] = '\xc3';
	text[2 * NOTE_MAX + 2] = '\0';
	assert_int_equal(note_check(text, &err), ERR_INVALID);
	assert_non_null(strstr(err.text, "NOTE_TOO_LONG"));
}

/* The section of evidencectl(1) in which the lists stand, in one line. */
static char *
manual(void)
{
	static char page[256 * 1024];
	char path[1024], *start, *end;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/man/evidencectl.1",
		 getenv("top_srcdir"));
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(page, 1, sizeof(page) - 1, f);
	fclose(f);
	page[n] = '\0';
	start = strstr(page, "\n.Ss Notes\n");
	assert_non_null(start);
	end = strstr(start, "\n.Sh ");
	assert_non_null(end);
	*end = '\0';
	for (char *c = start; *c != '\0'; c++)
		*c = *c == '\n' ? ' ' : *c;
	return start;
}

/* It moves behind "WORD," or "WORD." of the list that stands there. */
static const char *
expect_next(const char *at, const char *word)
{
	size_t len = strlen(word);

	at += strspn(at, " ");
	if (strncmp(at, word, len) != 0 || (at[len] != ',' && at[len] != '.'))
		fail_msg("evidencectl(1): not '%s' but '%.40s'", word, at);
	return at + len + 1;
}

static const char *
behind(const char *page, const char *words)
{
	const char *at = strstr(page, words);

	if (at == NULL)
		fail_msg("evidencectl(1) does not say '%s'", words);
	return at + strlen(words);
}

/* Every list stands in the manual, whole and in order, and nothing else. */
static void
test_manual(void **state)
{
	const char *page = manual(), *at = page, *claim, *before = "", *word;
	char item[80];

	for (size_t i = 0; (word = claim_phrase(i, &claim)) != NULL; i++) {
		snprintf(item, sizeof(item), " .It %s ", claim);
		if (strcmp(claim, before) != 0 && i > 0)
			assert_int_equal(at[-1], '.');
		if (strcmp(claim, before) != 0)
			at = behind(page, item);
		at = expect_next(at, word);
		before = claim;
	}
	assert_int_equal(at[-1], '.');
	at = behind(page, "The currencies are ");
	for (size_t i = 0; (word = amount_currency(i)) != NULL; i++) {
		if (strcmp(word, "AED") == 0)
			at = behind(at, "In capitals alone, too: ");
		if ((word[0] & 0x80) != 0) /* a sign has another name there */
			at += strcspn(at, ",") + 1;
		else
			at = expect_next(at, word);
	}
	assert_int_equal(at[-1], '.');
	at = behind(page, "counts something or is a year: ");
	for (size_t i = 0; (word = amount_word(i)) != NULL; i++)
		at = expect_next(at, word);
	assert_int_equal(at[-1], '.');
	at = behind(page, "can be said: ");
	for (size_t i = 0; (word = word_thing(i)) != NULL; i++)
		at = expect_next(at, word);
	assert_int_equal(at[-1], '.');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_notes),
	    cmocka_unit_test(test_length),
	    cmocka_unit_test(test_manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
