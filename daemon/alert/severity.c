/* A severity has a word in rows, a letter in lines and a priority in the
 * journal. */
#include "alert/severity.h"

#include <assert.h>
#include <string.h>

static const struct {
	const char *name;
	char letter;
	int priority;
} severities[] = {
    [SEVERITY_INFO] = {"info", 'I', 5},
    [SEVERITY_WARNING] = {"warning", 'W', 4},
    [SEVERITY_CRITICAL] = {"critical", 'C', 2},
};

enum { SEVERITIES = sizeof(severities) / sizeof(severities[0]) };

const char *
severity_name(enum severity severity)
{
	assert((unsigned int)severity < SEVERITIES);
	return severities[severity].name;
}

char
severity_letter(enum severity severity)
{
	assert((unsigned int)severity < SEVERITIES);
	return severities[severity].letter;
}

int
severity_priority(enum severity severity)
{
	assert((unsigned int)severity < SEVERITIES);
	return severities[severity].priority;
}

int
severity_by_name(const char *name)
{
	int i;

	for (i = 0; i < SEVERITIES; i++) {
		if (strcmp(severities[i].name, name) == 0)
			return i;
	}
	return -1;
}
