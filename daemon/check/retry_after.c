/* Retry-After (RFC 9110, section 10.2.3): seconds, or the one date form that
 * senders may generate, "Sun, 06 Nov 1994 08:49:37 GMT".  The date is taken
 * relative to when the request was sent by our clock; the weekday is not
 * checked, because a wrong one changes nothing about the instant. */
#include "check/meta.h"

#include <string.h>

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* Exactly `digits` decimal digits. */
static bool
number_at(const char *p, int digits, int *ret_n)
{
	int n = 0;

	for (int i = 0; i < digits; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		n = n * 10 + (p[i] - '0');
	}
	*ret_n = n;
	return true;
}

static bool
month_at(const char *p, int *ret_month)
{
	for (int m = 0; m < 12; m++) {
		if (strncmp(p, months + 3 * m, 3) == 0) {
			*ret_month = m + 1;
			return true;
		}
	}
	return false;
}

static bool
parse_date(const char *text, int64_t *ret_s)
{
	/* a digit stands for 0, a letter of a name for a, the rest as is */
	static const char form[] = "aaa, 00 aaa 0000 00:00:00 GMT";
	struct civil c = {0};

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < sizeof(form) - 1; i++) {
		if (form[i] != 'a' && form[i] != '0' && form[i] != text[i])
			return false;
	}
	if (!number_at(text + 5, 2, &c.day) || !month_at(text + 8, &c.month) ||
	    !number_at(text + 12, 4, &c.year) ||
	    !number_at(text + 17, 2, &c.hour) ||
	    !number_at(text + 20, 2, &c.minute) ||
	    !number_at(text + 23, 2, &c.second))
		return false;
	if (c.day < 1 || c.day > civil_month_days(c.year, c.month) ||
	    c.hour > 23 || c.minute > 59 || c.second > 60)
		return false;
	if (c.second == 60) /* a leap second is the end of its minute */
		c.second = 59;
	*ret_s = civil_s(&c);
	return true;
}

/* Digits only; capped, so that no count of them overflows. */
static bool
parse_seconds(const char *text, int64_t *ret_s)
{
	int64_t n = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		n = n * 10 + (*text - '0');
		if (n > RETRY_AFTER_MAX_S)
			n = RETRY_AFTER_MAX_S;
	}
	*ret_s = n;
	return true;
}

int64_t
meta_retry_after_s(const struct http_response *response)
{
	const char *text = http_response_header(response, "retry-after");
	int64_t s;

	if (text == NULL)
		return 0;
	if (parse_seconds(text, &s))
		return s;
	if (!parse_date(text, &s))
		return 0;
	s -= wall_s(response->sent);
	if (s <= 0)
		return 0;
	return s < RETRY_AFTER_MAX_S ? s : RETRY_AFTER_MAX_S;
}
