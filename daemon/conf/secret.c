/* A text is cut into words of [A-Za-z0-9_+=.-] and ${...}; each word is judged
 * alone.  A word counts as a value when it is long and is made like one: all
 * hexadecimal, or with a stretch of 16 characters that mixes letters and
 * digits without a hyphen (names have hyphens, model names have them often).
 * The path of a URL is left alone: document stores put long identifiers
 * there; its query and a user name in it are judged. */
#include "conf/secret.h"

#include "base/buf.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
	VALUE_MIN = 32,	  /* shorter words are names */
	STRETCH_MIN = 16, /* letters and digits without a separator */
	PREFIXED_MIN = 8, /* characters after "sk-" or "Bearer ", one a digit */
	PREFIXED_LONG = 16, /* characters after "sk-", none a digit */
	SHOW_BYTES = 64
};

static bool
is_word_char(char c)
{
	return isalnum((unsigned char)c) || (c != '\0' && strchr("_+=-", c));
}

/* Length of the word at text, placeholders included. */
static size_t
word_length(const char *text, bool *ret_template)
{
	size_t n = 0;

	*ret_template = false;
	for (;;) {
		const char *end;

		if (is_word_char(text[n])) {
			n++;
			continue;
		}
		if (strncmp(text + n, "${", 2) != 0)
			return n;
		end = strchr(text + n, '}');
		if (end == NULL)
			return n;
		*ret_template = true;
		n = (size_t)(end - text) + 1;
	}
}

static bool
is_hex_value(const char *word, size_t n)
{
	bool digit = false, letter = false;

	for (size_t i = 0; i < n; i++) {
		if (word[i] == '-')
			continue;
		if (!isxdigit((unsigned char)word[i]))
			return false;
		if (isdigit((unsigned char)word[i]))
			digit = true;
		else
			letter = true;
	}
	return digit && letter;
}

static bool
has_mixed_stretch(const char *word, size_t n)
{
	size_t length = 0;
	bool digit = false, letter = false;

	for (size_t i = 0; i < n; i++) {
		if (word[i] == '-' || word[i] == '_') {
			length = 0;
			digit = letter = false;
			continue;
		}
		length++;
		digit |= isdigit((unsigned char)word[i]) != 0;
		letter |= isalpha((unsigned char)word[i]) != 0;
		if (length >= STRETCH_MIN && digit && letter)
			return true;
	}
	return false;
}

static bool
is_prefixed_value(const char *word, size_t n)
{
	bool digit = false;

	if (n < 3 + PREFIXED_MIN || (strncasecmp(word, "sk-", 3) != 0 &&
				     strncasecmp(word, "sk_", 3) != 0))
		return false;
	for (size_t i = 3; i < n; i++)
		digit |= isdigit((unsigned char)word[i]) != 0;
	return digit || n >= 3 + PREFIXED_LONG;
}

static bool
is_long_value(const char *word, size_t n)
{
	return is_prefixed_value(word, n) ||
	       (n >= VALUE_MIN &&
		(is_hex_value(word, n) || has_mixed_stretch(word, n)));
}

static bool
any_word(const char *text, bool (*is_value)(const char *word, size_t n))
{
	while (*text != '\0') {
		bool template;
		size_t n = word_length(text, &template);

		if (n == 0) {
			text++;
			continue;
		}
		if (!template && is_value(text, n))
			return true;
		text += n;
	}
	return false;
}

/* "Bearer", blanks, and a word that is no placeholder. */
static bool
has_bearer(const char *text)
{
	for (; *text != '\0'; text++) {
		const char *at = text + 6;
		bool template;
		size_t n;

		if (strncasecmp(text, "bearer", 6) != 0 ||
		    (*at != ' ' && *at != '\t'))
			continue;
		at += strspn(at, " \t");
		n = word_length(at, &template);
		if (!template && n >= PREFIXED_MIN)
			return true;
	}
	return false;
}

/* All of it base64 with capitals, small letters and digits. */
static bool
is_base64_value(const char *text)
{
	bool upper = false, lower = false, digit = false;
	size_t n = strlen(text);

	if (n < VALUE_MIN || text[0] == '/')
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		upper |= isupper(c) != 0;
		lower |= islower(c) != 0;
		digit |= isdigit(c) != 0;
		if (!isalnum(c) && c != '+' && c != '/' && c != '=')
			return false;
	}
	return upper && lower && digit;
}

static bool
url_holds_value(const char *text)
{
	const char *host = strstr(text, "://") + 3;
	const char *query = strchr(text, '?');

	return memchr(host, '@', strcspn(host, "/?#")) != NULL ||
	       any_word(text, is_prefixed_value) ||
	       (query != NULL && any_word(query, is_long_value));
}

bool
secret_shaped(const char *text)
{
	if (strstr(text, "-----BEGIN ") != NULL || has_bearer(text))
		return true;
	if (strncasecmp(text, "https://", 8) == 0 ||
	    strncasecmp(text, "http://", 7) == 0)
		return url_holds_value(text);
	return is_base64_value(text) || any_word(text, is_long_value);
}

const char *
secret_show(const char *text, char out[SHOW_MAX])
{
	struct buf clean = {0};

	if (secret_shaped(text)) {
		snprintf(out, SHOW_MAX, "(a value that is not shown)");
		return out;
	}
	text_clean(&clean, text, strlen(text), SHOW_BYTES);
	snprintf(out, SHOW_MAX, "\"%s%s\"", buf_text(&clean),
		 strlen(text) > SHOW_BYTES ? "..." : "");
	buf_free(&clean);
	return out;
}
