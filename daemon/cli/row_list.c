#include "cli/row_list.h"

#include <stdlib.h>
#include <string.h>

void
row_list_free(struct row_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->lines[i]);
	free(list->lines);
	*list = (struct row_list){0};
}

static bool
make_room(struct row_list *list, size_t more)
{
	size_t cap = list->cap == 0 ? 16 : list->cap;
	char **lines;

	while (cap < list->n + more)
		cap *= 2;
	if (cap == list->cap)
		return true;
	lines = realloc(list->lines, cap * sizeof(*lines));
	if (lines == NULL)
		return false;
	list->lines = lines;
	list->cap = cap;
	return true;
}

bool
row_list_add(struct row_list *list, const struct row *row)
{
	char *line;

	if (!make_room(list, 1))
		return false;
	line = malloc(row->line_len + 1);
	if (line == NULL)
		return false;
	memcpy(line, row->line, row->line_len);
	line[row->line_len] = '\0';
	list->lines[list->n++] = line;
	return true;
}

void
row_list_trim(struct row_list *list, size_t keep)
{
	size_t drop = list->n > keep ? list->n - keep : 0;

	for (size_t i = 0; i < drop; i++)
		free(list->lines[i]);
	if (drop > 0)
		memmove(list->lines, list->lines + drop,
			keep * sizeof(*list->lines));
	list->n -= drop;
}

bool
row_list_prepend(struct row_list *list, struct row_list *older)
{
	if (!make_room(older, list->n))
		return false;
	if (list->n > 0)
		memcpy(older->lines + older->n, list->lines,
		       list->n * sizeof(*list->lines));
	older->n += list->n;
	free(list->lines);
	*list = *older;
	*older = (struct row_list){0};
	return true;
}

bool
row_list_at(const struct row_list *list, size_t i, struct row_names *names,
	    struct row *ret)
{
	const char *line = list->lines[i];
	size_t len = strlen(line);
	struct row_parts parts;
	struct digest leaf;

	if (row_parse(line, len, &parts) < 0)
		return false;
	leaf = row_leaf(line, len);
	row_from_parts(ret, names, line, len, &parts, &leaf);
	return true;
}
