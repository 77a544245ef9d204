/* usage: print-completion bash|zsh
 *
 * Prints the completion of evidencectl from the table of commands: see
 * scripts/update-completion. */
#include "alert/rule.h"
#include "completion.h"
#include "verdict/reason.h"

#include <stdio.h>
#include <string.h>

void
print_codes(void)
{
	for (int i = 0; i < ALERT_RULES; i++)
		printf("%s ", alert_rule((enum alert_rule_id)i)->name);
	for (int i = 0; i < REASONS; i++)
		printf("%s%s", i == 0 ? "" : " ",
		       reason_info((enum reason)i)->code);
}

void
print_words(const char *const *words)
{
	for (; *words != NULL; words++)
		printf("%s%s", *words, words[1] == NULL ? "" : " ");
}

int
main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "bash") == 0)
		print_bash();
	else if (argc == 2 && strcmp(argv[1], "zsh") == 0)
		print_zsh();
	else
		return 2;
	return 0;
}
