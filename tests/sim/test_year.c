/* A year in seconds: its timeline must be the one that was checked by hand
 * (year.golden), and the audit must find nothing. */
#include "year.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GOLDEN_LINES_MAX = 200 };

static char *
read_golden(void)
{
	const char *top = getenv("top_srcdir");
	char path[1024];
	struct buf text = {0};
	FILE *file;
	int c;

	snprintf(path, sizeof(path), "%s/tests/sim/year.golden",
		 top == NULL ? "." : top);
	file = fopen(path, "r");
	if (file == NULL) {
		fprintf(stderr, "%s cannot be read\n", path);
		exit(1);
	}
	while ((c = getc(file)) != EOF)
		buf_putc(&text, (char)c);
	fclose(file);
	return buf_steal(&text);
}

static size_t
line_len(const char *text)
{
	return strcspn(text, "\n");
}

/* Prints the first line that differs. */
static int
compare(const char *golden, const char *actual)
{
	int line = 1;

	while (*golden != '\0' || *actual != '\0') {
		size_t g = line_len(golden), a = line_len(actual);

		if (g != a || memcmp(golden, actual, g) != 0) {
			printf("timeline, line %d:\n- %.*s\n+ %.*s\n", line,
			       (int)g, golden, (int)a, actual);
			return 1;
		}
		golden += g + (golden[g] == '\n');
		actual += a + (actual[a] == '\n');
		line++;
	}
	if (line - 1 > GOLDEN_LINES_MAX) {
		printf("the timeline has %d lines\n", line - 1);
		return 1;
	}
	return 0;
}

static void
print_rows(const struct fake *f)
{
	char at[WALL_RFC3339_LEN + 1];

	for (size_t i = 0; i < f->n_rows; i++)
		printf("%zu %s %s %s %s\n", i + 1,
		       wall_format(f->rows[i].row.at, at), f->rows[i].kind,
		       f->rows[i].id, f->rows[i].body);
}

int
main(void)
{
	struct year y = {0};
	struct buf text = {0};
	char *golden;
	int faults;

	year_run(&y);
	timeline_print(&y.world.fake, &text);
	if (getenv("ROWS") != NULL)
		print_rows(&y.world.fake);
	if (getenv("TIMELINE") != NULL)
		printf("%s", buf_text(&text));
	fflush(stdout);
	printf("%zu rows, %zu requests; at most %llu turns on a day (%s)\n",
	       y.world.fake.n_rows, y.world.n_seen,
	       (unsigned long long)y.most_turns, y.most_turns_day);
	faults = audit(&y);
	golden = read_golden();
	faults += compare(golden, buf_text(&text));
	faults += twins_differ(&y, year_config_text(&y.setup));
	free(golden);
	buf_free(&text);
	year_free(&y);
	return faults == 0 ? 0 : 1;
}
