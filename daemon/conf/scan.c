/* libconfig silently misreads some texts that look right: big integers are
 * cut to 32 bits, 010 and 0x10 mean different things in different versions,
 * floats lose digits, @include reads files (and exits the process when one is
 * a folder), \x00 ends a string early, and two strings side by side in a list
 * become one.  So the raw text is read first, with libconfig's own rules for
 * blanks, comments, strings and words, and these are refused with their line.
 *
 * Numbers and commas that are refused, and a key that its group has already
 * with its value, are blanked out in the copy that libconfig gets, so that
 * everything else in the file is still checked.  A
 * text that libconfig could not parse anyway (an open string, crossed
 * brackets, a bare word), or only in quadratic time (a group of countless
 * keys), ends the scan: one syntax error per file. */
#include "conf/keys_seen.h"
#include "conf/loader.h"

#include "base/text.h"
#include "conf/secret.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TEXT_MAX = 4 * 1024 * 1024, /* of one file */
	NESTING_MAX = KEYS_SEEN_DEPTH_MAX,
	DIGITS_SAFE = 9,  /* always fit into 32 bits */
	DIGITS_LONG = 18, /* with an L, always fit into 64 bits */
	KEY_BYTES = 64
};

enum token { TOKEN_NONE, TOKEN_NAME, TOKEN_VALUE, TOKEN_STRING, TOKEN_MARK };

struct scanner {
	struct loader *l;
	const char *file;
	const char *text;
	size_t len, at;
	int line;
	bool broken;
	struct buf *clean;
	size_t clean_start; /* of this text in clean */
	enum token last;
	char mark; /* when last is TOKEN_MARK */
	size_t mark_at;
	int mark_line;
	char key[KEY_BYTES]; /* whose value is read */
	int depth;
	struct {
		char bracket;
		int line;
		char key[KEY_BYTES]; /* whose value it opens */
	} open[NESTING_MAX];
	int *lines;
	size_t n_lines, lines_cap;
	struct keys_seen seen;
	/* A key that its group has already, until its value ends. */
	struct {
		bool on;
		int depth;
		size_t from, n_lines;
	} repeated;
};

static void
complain(struct scanner *s, int line, const char *hint, const char *what)
{
	struct origin at = {s->file, line};

	loader_error(s->l, &at, s->key, hint, "%s", what);
}

static void
give_up(struct scanner *s, int line, const char *hint, const char *what)
{
	s->key[0] = '\0';
	complain(s, line, hint, what);
	s->broken = true;
}

/* Overwrites bytes of the clean copy. */
static void
blank(struct scanner *s, size_t from, size_t to, char first)
{
	char *clean = s->clean->data + s->clean_start;

	for (size_t i = from; i < to; i++) {
		if (clean[i] != '\n')
			clean[i] = ' ';
	}
	clean[from] = first;
}

static void
refuse_number(struct scanner *s, size_t end, const char *hint, const char *what)
{
	struct origin at = {s->file, s->line};

	complain(s, s->line, hint, what);
	loader_trap(s->l, &at, s->key);
	blank(s, s->at, end, '0');
}

static bool
is_number_char(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '+' || c == '-';
}

/* One number from s->at on; anything odd about it is refused. */
static bool
looks_like_float(const char *t, size_t len)
{
	if (memchr(t, '.', len) != NULL)
		return true;
	for (size_t i = 0; i < len; i++) {
		if (memchr("0123456789eE+-", t[i], 14) == NULL)
			return false;
	}
	return true;
}

static void
scan_number(struct scanner *s)
{
	size_t end = s->at, digits = 0, start = s->at, tail;
	const char *t = s->text;
	bool longer;

	while (end < s->len && is_number_char(t[end]))
		end++;
	if (t[start] == '+' || t[start] == '-')
		start++;
	while (start + digits < end &&
	       isdigit((unsigned char)t[start + digits]))
		digits++;
	tail = end - start - digits;
	longer = (tail == 1 && t[end - 1] == 'L') ||
		 (tail == 2 && t[end - 1] == 'L' && t[end - 2] == 'L');
	if (digits == 1 && t[start] == '0' && tail > 0 &&
	    (t[start + 1] == 'x' || t[start + 1] == 'X'))
		refuse_number(s, end, "write it in decimal",
			      "a hexadecimal number");
	else if (tail > 0 && !longer &&
		 looks_like_float(t + s->at, end - s->at))
		refuse_number(s, end, "write a whole number",
			      "a floating-point number");
	else if (digits == 0 || (tail > 0 && !longer))
		refuse_number(
		    s, end,
		    "strings stand in double quotes, also durations and "
		    "sizes",
		    "not a number");
	else if (digits > 1 && t[start] == '0')
		refuse_number(s, end, "write it without leading zeros",
			      "a number with leading zeros");
	else if (digits > (longer ? DIGITS_LONG : DIGITS_SAFE))
		refuse_number(
		    s, end,
		    longer ? "no number here is that big"
			   : "write L after the digits",
		    "a number of more than 9 digits without L is misread");
	s->at = end;
	s->last = TOKEN_VALUE;
}

static void
note_string_line(struct scanner *s)
{
	if (s->n_lines == s->lines_cap) {
		size_t cap = s->lines_cap == 0 ? 64 : s->lines_cap * 2;
		int *lines = reallocarray(s->lines, cap, sizeof(*lines));

		if (lines == NULL) {
			s->l->failed = true;
			return;
		}
		s->lines = lines;
		s->lines_cap = cap;
	}
	s->lines[s->n_lines++] = s->line;
}

static bool
in_list(const struct scanner *s)
{
	return s->depth > 0 && s->open[s->depth - 1].bracket != '{';
}

static void
scan_string(struct scanner *s)
{
	int line = s->line;

	if (s->last != TOKEN_STRING) {
		note_string_line(s);
	} else if (in_list(s)) {
		give_up(s, line, "put a comma between them",
			"two strings side by side in a list");
		return;
	}
	for (s->at++; s->at < s->len && s->text[s->at] != '"'; s->at++) {
		if (s->text[s->at] == '\n')
			s->line++;
		if (s->text[s->at] != '\\' || s->at + 1 >= s->len)
			continue;
		if (s->len - s->at > 3 &&
		    strncmp(s->text + s->at, "\\x00", 4) == 0)
			complain(s, s->line, "take it out",
				 "\\x00 would end the string");
		if (s->text[s->at + 1] == '"' || s->text[s->at + 1] == '\\')
			s->at++;
	}
	if (s->at >= s->len) {
		give_up(s, line, "close it with a double quote",
			"a string that is never closed");
		return;
	}
	s->at++;
	s->last = TOKEN_STRING;
}

static void
end_repeated(struct scanner *s, size_t end)
{
	if (!s->repeated.on || s->depth > s->repeated.depth)
		return;
	blank(s, s->repeated.from, end, ' ');
	s->n_lines = s->repeated.n_lines;
	s->repeated.on = false;
}

/* A key from `start` on, of n bytes. */
static void
note_key(struct scanner *s, size_t start, size_t n)
{
	int first;
	char what[200];

	end_repeated(s, start);
	first = keys_seen_add(&s->seen, s->depth, s->text + start, n, s->line);
	if (first == ERR_LIMIT) {
		snprintf(what, sizeof(what), "more than %d keys in one group",
			 KEYS_SEEN_MAX);
		give_up(s, s->line, "is this a file of evidenced?", what);
		return;
	}
	if (first <= 0) {
		s->l->failed |= first < 0;
		return;
	}
	snprintf(what, sizeof(what), "the group has this key at %s:%d already",
		 s->file, first);
	complain(s, s->line, "take one of them out", what);
	if (s->repeated.on)
		return;
	s->repeated.on = true;
	s->repeated.depth = s->depth;
	s->repeated.from = start;
	s->repeated.n_lines = s->n_lines;
}

static void
scan_name(struct scanner *s)
{
	bool value = s->last == TOKEN_MARK && s->mark != ';' &&
		     s->mark != '{' && s->mark != '}' && s->mark != ')' &&
		     s->mark != ']' && (s->mark != ',' || in_list(s));
	size_t start = s->at, n;

	while (s->at < s->len &&
	       (isalnum((unsigned char)s->text[s->at]) ||
		(s->text[s->at] != '\0' && strchr("-_*", s->text[s->at]))))
		s->at++;
	n = s->at - start;
	if (!value) {
		struct buf name = {0};
		char shown[SHOW_MAX];

		buf_add(&name, s->text + start, n);
		secret_show(buf_text(&name), shown);
		snprintf(s->key, sizeof(s->key), "%.*s",
			 shown[0] == '"' ? (int)n : 0, s->text + start);
		buf_free(&name);
		s->last = TOKEN_NAME;
		note_key(s, start, n);
		return;
	}
	if ((n != 4 || strncasecmp(s->text + start, "true", 4) != 0) &&
	    (n != 5 || strncasecmp(s->text + start, "false", 5) != 0))
		give_up(s, s->line, "strings stand in double quotes",
			"a word without quotes");
	s->last = TOKEN_VALUE;
}

static void
close_bracket(struct scanner *s, char c)
{
	static const char pairs[] = "{}()[]";
	char wanted = '\0';
	char what[120];

	if (s->depth > 0)
		memcpy(s->key, s->open[s->depth - 1].key, KEY_BYTES);
	if (s->last == TOKEN_MARK && s->mark == ',' && c != '}') {
		complain(s, s->mark_line, "take it out",
			 "a comma after the last element of a list");
		blank(s, s->mark_at, s->mark_at + 1, ' ');
	}
	if (s->depth > 0)
		wanted = strchr(pairs, s->open[s->depth - 1].bracket)[1];
	if (wanted == c) {
		keys_seen_close(&s->seen, s->depth);
		s->depth--;
		if (s->depth < s->repeated.depth)
			end_repeated(s, s->at);
		return;
	}
	if (wanted == '\0')
		snprintf(what, sizeof(what), "'%c' closes nothing", c);
	else
		snprintf(what, sizeof(what),
			 "'%c' where '%c' of line %d is to be closed by '%c'",
			 c, s->open[s->depth - 1].bracket,
			 s->open[s->depth - 1].line, wanted);
	give_up(s, s->line, "lists are ( ), arrays [ ], groups { }", what);
}

static void
scan_mark(struct scanner *s)
{
	char c = s->text[s->at];

	if (c == '{' || c == '(' || c == '[') {
		if (s->depth == NESTING_MAX) {
			give_up(s, s->line, "", "nested too deeply");
			return;
		}
		s->open[s->depth].bracket = c;
		s->open[s->depth].line = s->line;
		memcpy(s->open[s->depth].key, s->key, KEY_BYTES);
		s->depth++;
		keys_seen_open(&s->seen, s->depth);
	} else if (c == '}' || c == ')' || c == ']') {
		close_bracket(s, c);
	} else if ((c == ';' || c == ',') && s->depth == s->repeated.depth) {
		end_repeated(s, s->at + 1);
	}
	s->last = TOKEN_MARK;
	s->mark = c;
	s->mark_at = s->at++;
	s->mark_line = s->line;
}

/* Moves over blanks and comments; true while there is a token ahead. */
static bool
skip_blanks(struct scanner *s)
{
	while (s->at < s->len) {
		const char *t = s->text + s->at;
		size_t left = s->len - s->at;

		if (*t == '\n') {
			s->line++;
			s->at++;
		} else if (strchr(" \t\r\f", *t) != NULL) {
			s->at++;
		} else if (*t == '#' ||
			   (left > 1 && t[0] == '/' && t[1] == '/')) {
			while (s->at < s->len && s->text[s->at] != '\n')
				s->at++;
		} else if (left > 1 && t[0] == '/' && t[1] == '*') {
			int line = s->line;

			for (s->at += 2; s->at + 1 < s->len &&
					 strncmp(s->text + s->at, "*/", 2) != 0;
			     s->at++)
				s->line += s->text[s->at] == '\n';
			if (s->at + 1 >= s->len) {
				give_up(s, line, "close it with */",
					"a comment that is never closed");
				return false;
			}
			s->at += 2;
		} else {
			return true;
		}
	}
	return false;
}

static void
scan_token(struct scanner *s)
{
	char c = s->text[s->at];
	size_t end = s->at;

	if (c == '"') {
		scan_string(s);
	} else if (isdigit((unsigned char)c) ||
		   (c != '\0' && strchr("+-.", c))) {
		scan_number(s);
	} else if (isalpha((unsigned char)c) || c == '*') {
		scan_name(s);
	} else if (strchr("={}()[]:,;", c) != NULL) {
		scan_mark(s);
	} else if (c == '@') {
		s->key[0] = '\0';
		complain(s, s->line, "put the text into conf.d instead",
			 "@include and other directives are not supported");
		while (end < s->len && s->text[end] != '\n')
			end++;
		blank(s, s->at, end, ' ');
		s->at = end;
	} else {
		give_up(s, s->line, "a setting reads: name = value;",
			"a character that may not stand here");
	}
}

static bool
is_text(struct scanner *s)
{
	if (s->len > TEXT_MAX)
		give_up(s, 1, "split it over conf.d",
			"the file is larger than 4 MiB");
	else if (!text_is_utf8(s->text, s->len)) {
		s->line = text_bad_line(s->text, s->len);
		give_up(s, s->line, "save the file as UTF-8",
			"bytes that are not UTF-8, or NUL");
	} else if (s->len >= 3 && memcmp(s->text, "\xef\xbb\xbf", 3) == 0) {
		give_up(s, 1, "save the file as UTF-8 without it",
			"the file begins with a byte order mark");
	}
	return !s->broken;
}

bool
scan_text(struct loader *l, const struct conf_text *text, struct buf *clean,
	  struct scan_lines *ret_lines)
{
	struct scanner s = {.l = l,
			    .file = text->path,
			    .text = text->text,
			    .len = text->len,
			    .line = 1,
			    .clean = clean,
			    .clean_start = clean->len};

	buf_add(clean, text->text, text->len);
	if (clean->failed) {
		l->failed = true;
		return false;
	}
	if (is_text(&s)) {
		while (!s.broken && skip_blanks(&s))
			scan_token(&s);
	}
	if (!s.broken && s.depth > 0)
		give_up(&s, s.open[s.depth - 1].line, "close it",
			"a bracket that is never closed");
	end_repeated(&s, s.len);
	ret_lines->at = arena_alloc(l->arena, (s.n_lines + 1) * sizeof(int));
	ret_lines->n = s.n_lines;
	if (ret_lines->at == NULL)
		l->failed = true;
	else if (s.n_lines > 0)
		memcpy(ret_lines->at, s.lines, s.n_lines * sizeof(int));
	free(s.lines);
	keys_seen_free(&s.seen);
	return !s.broken && !l->failed;
}
