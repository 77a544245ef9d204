/* usage: print-completion bash|zsh
 *
 * Prints the completion of evidencectl from the table of commands: see
 * scripts/update-completion. */
#include "alert/rule.h"
#include "completion.h"
#include "ledger/lint.h"
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

/* Another kind before it begins alike. */
static bool
is_seen(size_t i, size_t len)
{
	for (size_t k = 0; k < i; k++) {
		if (strncmp(lint_kind(k), lint_kind(i), len) == 0 &&
		    lint_kind(k)[len] == '.')
			return true;
	}
	return false;
}

void
print_kinds(void)
{
	for (size_t i = 0; lint_kind(i) != NULL; i++) {
		const char *kind = lint_kind(i);
		size_t len = strcspn(kind, ".");

		if (kind[len] == '.' && !is_seen(i, len))
			printf("%s%.*s", i == 0 ? "" : " ", (int)len, kind);
		printf("%s%s", i == 0 && kind[len] != '.' ? "" : " ", kind);
	}
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
