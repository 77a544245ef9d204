/* Cells are separated by commas and records by LF or CR LF.  A cell in double
 * quotes may hold all of these, and a quote as two.  What RFC 4180 does not
 * allow is an error with its line, never a guess: a cell that went into the
 * wrong column would make a wrong owner. */
#include "conf/csv.h"
#include "base/text.h"

#include <string.h>

static bool
at_end(const struct csv *c)
{
	return c->at == c->len;
}

/* Of a cell that is not quoted. */
static bool
ends_cell(const struct csv *c)
{
	return at_end(c) || strchr(",\r\n", c->text[c->at]) != NULL;
}

static int
read_quoted(struct csv *c, struct buf *out, struct err *err)
{
	int line = c->line;

	for (c->at++; !at_end(c); c->at++) {
		char byte = c->text[c->at];

		if (byte == '\n')
			c->line++;
		if (byte != '"') {
			buf_putc(out, byte);
			continue;
		}
		if (c->at + 1 == c->len || c->text[c->at + 1] != '"') {
			c->at++;
			if (ends_cell(c))
				return 0;
			return err_set(err, ERR_INVALID,
				       "text behind the closing quote of a "
				       "cell; a quote in a cell is written "
				       "twice");
		}
		buf_putc(out, '"');
		c->at++;
	}
	c->line = line; /* the end of the text says nothing */
	return err_set(err, ERR_INVALID,
		       "the quote that begins a cell is not closed");
}

static int
read_bare(struct csv *c, struct buf *out, struct err *err)
{
	for (; !ends_cell(c); c->at++) {
		if (c->text[c->at] == '"')
			return err_set(err, ERR_INVALID,
				       "a quote in a cell that is not quoted");
		buf_putc(out, c->text[c->at]);
	}
	return 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* One cell, with its terminator; *ret_start is where it begins in the text. */
static int
read_cell(struct csv *c, struct buf *text, size_t *ret_start, struct err *err)
{
	size_t start = text->len;
	int r;

	if (!at_end(c) && c->text[c->at] == '"')
		r = read_quoted(c, text, err);
	else
		r = read_bare(c, text, err);
	while (r == 0 && text->len > start &&
	       is_blank(text->data[text->len - 1]))
		text->len--;
	while (start < text->len && is_blank(text->data[start]))
		start++;
	buf_putc(text, '\0');
	*ret_start = start;
	return r;
}

static int
end_line(struct csv *c, struct err *err)
{
	if (at_end(c))
		return 0;
	if (c->text[c->at] == '\r') {
		c->at++;
		if (at_end(c) || c->text[c->at] != '\n')
			return err_set(err, ERR_INVALID,
				       "a carriage return without a line feed");
	}
	c->at++;
	c->line++;
	return 0;
}

static int
read_record(struct csv *c, struct csv_record *record, struct err *err)
{
	size_t start[CSV_CELLS_MAX];
	bool more = true;
	int r = 0;

	record->line = c->line;
	while (r == 0 && more) {
		if (record->n == CSV_CELLS_MAX)
			return err_set(err, ERR_INVALID, "more than %d cells",
				       CSV_CELLS_MAX);
		r = read_cell(c, &record->text, &start[record->n], err);
		record->n += r == 0;
		more = r == 0 && !at_end(c) && c->text[c->at] == ',';
		c->at += more;
	}
	if (r == 0)
		r = end_line(c, err);
	if (record->text.failed)
		return err_set(err, ERR_NOMEM, "no memory");
	for (size_t i = 0; i < record->n; i++)
		record->cell[i] = record->text.data + start[i];
	return r;
}

/* What no cell may hold, before anything is read. */
static int
check_text(struct csv *c, struct err *err)
{
	static const char mark[] = "\xef\xbb\xbf";

	if (c->at > 0)
		return 0;
	if (!text_is_utf8(c->text, c->len)) {
		c->line = text_bad_line(c->text, c->len);
		return err_set(err, ERR_INVALID,
			       "not text in UTF-8; export it as CSV UTF-8");
	}
	if (c->len >= sizeof(mark) - 1 &&
	    memcmp(c->text, mark, sizeof(mark) - 1) == 0)
		c->at = sizeof(mark) - 1;
	return 0;
}

int
csv_next(struct csv *csv, struct csv_record *ret, struct err *err)
{
	int r;

	*ret = (struct csv_record){0};
	r = check_text(csv, err);
	while (r == 0 && !at_end(csv)) {
		r = read_record(csv, ret, err);
		if (r < 0)
			return r;
		if (ret->n > 1 || ret->cell[0][0] != '\0')
			return 1;
		csv_record_free(ret);
	}
	return r;
}

void
csv_record_free(struct csv_record *record)
{
	buf_free(&record->text);
	*record = (struct csv_record){0};
}
