/* Fixtures live in one folder with an INDEX of tab-separated columns: file,
 * status, Content-Type, further headers, facts, note.  All of them are read
 * at the start: a missing or misnamed file is an error before anything
 * listens.  Packed files carry Content-Encoding among their headers and are
 * sent as they are; all others are templates. */
#include "fixture.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIXTURES_MAX = 200, FIXTURE_BYTES_MAX = 1024 * 1024, COLUMNS = 6 };

struct fixtures {
	struct fixture at[FIXTURES_MAX];
	size_t n;
};

static int
read_file(const char *dir, const char *name, struct buf *out, struct err *err)
{
	char path[4096], chunk[8192];
	FILE *f;
	size_t n;
	int rc = 0;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path))
		return err_set(err, ERR_LIMIT, "%s: path too long", dir);
	f = fopen(path, "rbe");
	if (f == NULL)
		return err_set_errno(err, ERR_IO, errno, "%s", path);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0) {
		buf_add(out, chunk, n);
		if (out->len > FIXTURE_BYTES_MAX)
			break;
	}
	if (ferror(f))
		rc = err_set(err, ERR_IO, "%s: cannot be read", path);
	else if (out->failed || out->len > FIXTURE_BYTES_MAX)
		rc = err_set(err, ERR_LIMIT, "%s: too big", path);
	fclose(f);
	return rc;
}

static char *
column_or_null(const char *text)
{
	return strcmp(text, "-") == 0 ? NULL : strdup(text);
}

static int
add_line(struct fixtures *all, const char *dir, char *line, struct err *err)
{
	char *column[COLUMNS] = {NULL};
	struct fixture *f = &all->at[all->n];
	struct buf body = {0};
	int n = 0, rc;

	for (char *word; n < COLUMNS && (word = strsep(&line, "\t")) != NULL;)
		column[n++] = word;
	if (n != COLUMNS || line != NULL)
		return err_set(err, ERR_INVALID, "INDEX: %s: not %d columns",
			       column[0], COLUMNS);
	if (all->n == FIXTURES_MAX)
		return err_set(err, ERR_LIMIT, "INDEX: too many files");
	rc = read_file(dir, column[0], &body, err);
	if (rc < 0) {
		buf_free(&body);
		return rc;
	}
	f->name = strdup(column[0]);
	f->status = (int)strtol(column[1], NULL, 10);
	f->type = column_or_null(column[2]);
	f->headers = column_or_null(column[3]);
	f->len = body.len;
	f->body = buf_steal(&body);
	all->n++;
	if (f->name == NULL || f->body == NULL)
		return err_set(err, ERR_NOMEM, "out of memory");
	if (f->status < 200 || f->status > 599)
		return err_set(err, ERR_INVALID, "INDEX: %s: bad status",
			       f->name);
	return 0;
}

int
fixtures_load(const char *dir, struct fixtures **ret, struct err *err)
{
	struct fixtures *all = calloc(1, sizeof(*all));
	struct buf index = {0};
	char *rest, *line;
	int rc;

	if (all == NULL)
		return err_set(err, ERR_NOMEM, "out of memory");
	rc = read_file(dir, "INDEX", &index, err);
	rest = rc < 0 ? NULL : index.data;
	while (rc == 0 && (line = strsep(&rest, "\n")) != NULL) {
		if (*line != '\0' && *line != '#')
			rc = add_line(all, dir, line, err);
	}
	buf_free(&index);
	if (rc < 0) {
		fixtures_free(all);
		return rc;
	}
	*ret = all;
	return 0;
}

void
fixtures_free(struct fixtures *fixtures)
{
	if (fixtures == NULL)
		return;
	for (size_t i = 0; i < fixtures->n; i++) {
		free(fixtures->at[i].name);
		free(fixtures->at[i].type);
		free(fixtures->at[i].headers);
		free(fixtures->at[i].body);
	}
	free(fixtures);
}

const struct fixture *
fixtures_find(const struct fixtures *fixtures, const char *name)
{
	for (size_t i = 0; i < fixtures->n; i++) {
		if (strcmp(fixtures->at[i].name, name) == 0)
			return &fixtures->at[i];
	}
	return NULL;
}

bool
fixture_is_json(const struct fixture *fixture)
{
	return fixture->type != NULL &&
	       (strncmp(fixture->type, "application/json", 16) == 0 ||
		strcmp(fixture->type, "text/event-stream") == 0);
}

bool
fixture_is_packed(const struct fixture *fixture)
{
	return fixture->headers != NULL &&
	       strstr(fixture->headers, "Content-Encoding:") != NULL;
}

/* The text for a placeholder, or NULL when the name is none. */
static const char *
word_for(const struct words *w, const char *name, size_t len)
{
	const struct {
		const char *name;
		const char *text;
	} table[] = {
	    {"request_id", w->request_id},
	    {"id", w->id},
	    {"location", w->location},
	    {"key_mask", w->key_mask},
	    {"model", w->model},
	    {"detail", w->detail},
	    {"echo", w->echo},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strlen(table[i].name) == len &&
		    memcmp(table[i].name, name, len) == 0)
			return table[i].text == NULL ? "" : table[i].text;
	}
	return NULL;
}

static void
add_escaped(struct buf *out, const char *text)
{
	struct buf quoted = {0};

	if (json_quote(&quoted, text, strlen(text)) && quoted.len >= 2)
		buf_add(out, quoted.data + 1, quoted.len - 2);
	buf_free(&quoted);
}

void
fixture_fill(struct buf *out, const char *text, size_t len,
	     const struct words *words, bool json)
{
	const char *end = text + len, *open, *close, *word;

	while ((open = memmem(text, (size_t)(end - text), "${", 2)) != NULL) {
		close = memchr(open, '}', (size_t)(end - open));
		word = close == NULL ? NULL
				     : word_for(words, open + 2,
						(size_t)(close - open - 2));
		buf_add(out, text, (size_t)(open - text));
		if (word == NULL) {
			buf_add(out, open, 2);
			text = open + 2;
			continue;
		}
		if (json && !(word == words->echo && words->echo_escaped))
			add_escaped(out, word);
		else
			buf_puts(out, word);
		text = close + 1;
	}
	buf_add(out, text, (size_t)(end - text));
}
