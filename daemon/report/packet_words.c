/* The sentences of a packet that are about no record in particular.  One safe
 * wording for each kind of page: what it was looked at for, and what that
 * does not mean.  What the page says is for people to judge. */
#include "report/packet_inside.h"

#include <string.h>

static const char *const sources[SOURCE_KINDS] = {
    [SOURCE_SETUP] = "The setup page is a reference for the request; that "
		     "a model is available does not follow from it.",
    [SOURCE_PRICING] = "The pricing page is a reference for the day; it is "
		       "no invoice, and no discount follows from it.",
    [SOURCE_SUPPORT] = "The support page is a reference for questions; "
		       "nothing was asked.",
    [SOURCE_ALLOCATION] = "The allocation page is a reference for the rule; "
			  "no amount was assigned here.",
    [SOURCE_UNIT_ECONOMICS] = "The unit economics page is a reference for the "
			      "metric; no unit cost is stated here.",
};

const char *const packet_refusals =
    "This packet says nothing about final invoice totals, discounts, exact "
    "prices not read that day, availability of models, uptime, latency, "
    "quota, rate limits or future spend. Error texts are no billing facts, "
    "and tokens of a test request are no cost.";

const char *
packet_source_words(const char *kind)
{
	for (int i = 0; i < SOURCE_KINDS; i++) {
		if (strcmp(source_kind_name((enum source_kind)i), kind) == 0)
			return sources[i];
	}
	return "A page of another kind.";
}
