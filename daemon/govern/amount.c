/* An amount of money is a currency beside a number, before or behind it, in
 * digits or in words; or a word of money with a number behind it that says how
 * much: "the bill is 300", "spend: 1200".  A date is no such number, and
 * neither is one that counts things: "one USD row", "EUR: 3 rows" and "the
 * price of 3 models" are no amounts. */
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
					 "cent",	 "cents",
					 "buck",	 "bucks",
					 "quid"};

/* In capitals alone: "try 3 times" is no amount. */
static const char *const codes[] = {
    "AED", "AUD", "BGN", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "HKD", "HUF",
    "IDR", "ILS", "INR", "JPY", "KRW", "MXN", "MYR", "NOK", "NZD", "PLN", "RON",
    "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "VND", "ZAR"};

enum {
	CURRENCIES = sizeof(currencies) / sizeof(currencies[0]),
	CODES = sizeof(codes) / sizeof(codes[0])
};

/* What is asked for or paid; each may have an s. */
static const char *const money[] = {"price",   "cost",	 "spend",
				    "fee",     "charge", "bill",
				    "invoice", "amount", "budget"};

/* They may have a number of their own: "invoice 4711". */
static const char *const numbered[] = {"bill", "invoice"};

/* What may stand before how much; behind the verbs no year stands. */
static const char *const links[] = {"of",   "at",    "the",    "about",
				    "only", "just",  "around", "roughly",
				    "now",  "nearly"};
static const char *const verbs[] = {"is",    "was",   "are",	"were",
				    "says",  "said",  "shows",	"showed",
				    "reads", "comes", "equals", "be"};

/* What may stand behind it, where it counts nothing. */
static const char *const ends[] = {
    "a",    "an",  "per", "each", "every", "in",   "for", "so",
    "this", "and", "or",  "as",	  "by",	   "from", "on",  "which",
    "last", "but", "if",  "now",  "net",   "gross"};

enum { LINKS_MAX = 4 };

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

/* "2026" */
static bool
is_year(const char *word, size_t len)
{
	return len == 4 && strncmp(word, "20", 2) == 0 &&
	       isdigit((unsigned char)word[2]) &&
	       isdigit((unsigned char)word[3]);
}

/* Nothing is counted: the number ends the words, or is a price of each. */
static bool
ends_behind(const char *behind)
{
	if (behind[0] == '/')
		return word_letter(behind[1]);
	if (strchr("%:", behind[0]) != NULL && behind[0] != '\0')
		return false;
	behind += strspn(behind, " ");
	while (word_is_one_of(numerals, N(numerals), behind,
			      word_letters(behind))) {
		behind += word_letters(behind); /* "five hundred" */
		behind += strspn(behind, " ");
	}
	return !word_part(behind[0]) ||
	       word_is_one_of(ends, N(ends), behind, word_letters(behind));
}

static bool
is_how_much(const char *text, bool verb)
{
	size_t len = 0;

	while (in_number(text[len]))
		len++;
	while (len > 0 && !word_part(text[len - 1]))
		len--;
	return is_quantity(text, len) && !is_date(text, len) &&
	       (verb || !is_year(text, len)) && ends_behind(text + len);
}

/* The word of money at hit, of len letters, says how much. */
static bool
says_how_much(const char *text, const char *hit, size_t len)
{
	const char *at = hit + len;
	bool linked = false, verb = false;

	if (tolower((unsigned char)*at) == 's')
		at++;
	if (!word_is_whole(text, hit, (size_t)(at - hit), word_letter))
		return false;
	for (int i = 0; i < LINKS_MAX; i++) {
		size_t n;

		linked |= at[0] == ':' || strncmp(at, " =", 2) == 0;
		at += strspn(at, " :=~(");
		n = word_letters(at);
		if (n > 0 && word_is_one_of(verbs, N(verbs), at, n))
			verb = true;
		else if (n == 0 || !word_is_one_of(links, N(links), at, n))
			break;
		linked = true;
		at += n;
	}
	if (!linked && word_is_one_of(numbered, N(numbered), hit, len))
		return false;
	return is_how_much(at, verb);
}

static const char *
find_money(const char *text)
{
	for (size_t i = 0; i < N(money); i++) {
		const char *hit = text;

		for (; (hit = strcasestr(hit, money[i])) != NULL; hit++) {
			if (says_how_much(text, hit, strlen(money[i])))
				return money[i];
		}
	}
	return NULL;
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

	if (mark == NULL)
		mark = find_of(text, codes, CODES, strstr);
	return mark != NULL ? mark : find_money(text);
}

const char *
amount_word(size_t i)
{
	return i < N(money) ? money[i] : NULL;
}

const char *
amount_currency(size_t i)
{
	if (i < CURRENCIES)
		return currencies[i];
	return i < CURRENCIES + CODES ? codes[i - CURRENCIES] : NULL;
}
