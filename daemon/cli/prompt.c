#include "cli/prompt.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool
prompt_possible(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

bool
prompt_line(const char *question, char out[PROMPT_MAX])
{
	size_t len, start;

	fputs(question, stderr);
	fflush(stderr);
	if (fgets(out, PROMPT_MAX, stdin) == NULL) {
		fputc('\n', stderr);
		return false;
	}
	len = strlen(out);
	if (len == 0 || out[len - 1] != '\n')
		return false;
	while (len > 0 && strchr(" \t\r\n", out[len - 1]) != NULL)
		out[--len] = '\0';
	start = strspn(out, " \t");
	memmove(out, out + start, len - start + 1);
	return true;
}
