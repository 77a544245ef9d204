/* An amount of money is a currency beside a number, before or behind it, in
 * digits or in words.  A date is no such number, and neither is one that
 * counts things: "one USD row" and "EUR: 3 rows" are no amounts. */
#include "govern/amount.h"
#include "govern/words.h"

#include <ctype.h>
#include <string.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* In any case of letters; codes that are also words stand in `codes`. */
static const char *const currencies[] = {"us$",		 "$",
					 "\xe2\x82\xac", "\xc2\xa3",
					 "\xc2\xa5",	 "\xe2\x82\xb9",
					 "\xe2\x82\xa9", "\xe2\x82\xbd",
					 "usd",		 "eur",
					 "gbp",		 "dollar",
					 "dollars",	 "euro",
					 "euros",	 "pound",
					 "pounds",	 "yen",
					 "franc",	 "francs",
					 "rupee",	 "rupees",
					 "cent",	 "cents"};

/* In capitals alone: "try 3 times" is no amount. */
static const char *const codes[] = {
    "AED", "AUD", "BGN", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "HKD", "HUF",
    "IDR", "ILS", "INR", "JPY", "KRW", "MXN", "MYR", "NOK", "NZD", "PLN", "RON",
    "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "VND", "ZAR"};

enum {
	CURRENCIES = sizeof(currencies) / sizeof(currencies[0]),
	CODES = sizeof(codes) / sizeof(codes[0])
};

static const char *const numerals[] = {
    "one",     "two",	   "three",  "four",	"five",	    "six",
    "seven",   "eight",	   "nine",   "ten",	"eleven",   "twelve",
    "fifteen", "twenty",   "thirty", "forty",	"fifty",    "sixty",
    "seventy", "eighty",   "ninety", "hundred", "hundreds", "thousand",
    "million", "thousands"};

static const char *const suffixes[] = {"k",   "m",  "b",   "bn",
				       "mio", "mn", "mrd", "tn"};

/* "5", "1.5M", "3,20", "12k"; no part of a name, such as "v2" or "4th". */
static bool
is_number(const char *word, size_t len)
{
	size_t n = 0;

	if (len == 0 || !isdigit((unsigned char)word[0]))
		return false;
	while (n < len && (isdigit((unsigned char)word[n]) ||
			   strchr(".,'", word[n]) != NULL))
		n++;
	return n == len ||
	       word_is_one_of(suffixes, N(suffixes), word + n, len - n);
}

static bool
is_date(const char *word, size_t len)
{
	static const char form[] = "0000-00-00";

	for (size_t i = 0; i < len; i++) {
		if (i >= sizeof(form) - 1 ||
		    (form[i] == '0' ? !isdigit((unsigned char)word[i])
				    : word[i] != '-'))
			return false;
	}
	return len == sizeof(form) - 1;
}

static bool
is_quantity(const char *word, size_t len)
{
	return is_number(word, len) ||
	       word_is_one_of(numerals, N(numerals), word, len);
}

static bool
in_number(char c)
{
	return word_part(c) || (c != '\0' && strchr(".,'-", c) != NULL);
}

/* What stands before the mark: a blank, a bracket or one hyphen between. */
static bool
ends_in_quantity(const char *text, const char *mark)
{
	const char *end = mark, *from, *part;

	if (end > text && end[-1] == '-')
		end--;
	while (end > text && strchr(" )", end[-1]) != NULL)
		end--;
	for (from = end; from > text && in_number(from[-1]);)
		from--;
	if (is_date(from, (size_t)(end - from)))
		return false;
	for (part = end; part > from && part[-1] != '-';)
		part--;
	return is_quantity(part, (size_t)(end - part));
}

static bool
begins_with_quantity(const char *behind)
{
	size_t len = 0, part;

	behind += strspn(behind, " :=(~-");
	while (in_number(behind[len]))
		len++;
	while (len > 0 && !word_part(behind[len - 1]))
		len--;
	part = strcspn(behind, "-") < len ? strcspn(behind, "-") : len;
	return !is_date(behind, len) && is_quantity(behind, part) &&
	       !word_is_of_thing(behind + len);
}

static bool
is_amount(const char *text, const char *hit, size_t len)
{
	const char *behind = hit + len;

	/* it may touch its amount: "5usd" */
	if (!word_is_whole(text, hit, len, word_letter))
		return false;
	/* "EUR-denominated" says of what kind, not how much. */
	if (behind[0] == '-' && word_letter(behind[1]))
		return false;
	return (ends_in_quantity(text, hit) && !word_is_of_thing(behind)) ||
	       begins_with_quantity(behind);
}

typedef char *find_fn(const char *text, const char *word);

static const char *
find_of(const char *text, const char *const *marks, size_t n, find_fn *find)
{
	for (size_t i = 0; i < n; i++) {
		const char *hit = text;

		for (; (hit = find(hit, marks[i])) != NULL; hit++) {
			if (is_amount(text, hit, strlen(marks[i])))
				return marks[i];
		}
	}
	return NULL;
}

const char *
amount_find(const char *text)
{
	const char *mark = find_of(text, currencies, CURRENCIES, strcasestr);

	return mark != NULL ? mark : find_of(text, codes, CODES, strstr);
}

const char *
amount_currency(size_t i)
{
	if (i < CURRENCIES)
		return currencies[i];
	return i < CURRENCIES + CODES ? codes[i - CURRENCIES] : NULL;
}
