/* What a person may write beside an act: words on what was looked at, and no
 * claim that the packet refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "govern/note.h"

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
		assert_int_equal(note_check(bad[i].text, &err), ERR_INVALID);
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

	for (int i = 0; i <= NOTE_MAX; i++)
		memcpy(text + 2 * i, "\xc3\xa4", 2);
	text[2 * NOTE_MAX] = '\0';
	assert_int_equal(note_check(text, &err), 0);
	text[2 * NOTE_MAX] = '\xc3';
	text[2 * NOTE_MAX + 2] = '\0';
	assert_int_equal(note_check(text, &err), ERR_INVALID);
	assert_non_null(strstr(err.text, "NOTE_TOO_LONG"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_notes),
	    cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
