#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"

#include <string.h>

void
expect(const struct passing *p, enum decision decision, reason_set reasons)
{
	struct record record = passing_judge(p);

	if (record.decision != decision || record.reasons != reasons)
		fail_msg("%s with %llx in %s", decision_name(record.decision),
			 (unsigned long long)record.reasons, record.body);
	record_free(&record);
}

void
expect_in_body(const struct passing *p, const char *text)
{
	struct record record = passing_judge(p);

	if (strstr(record.body, text) == NULL)
		fail_msg("%s is not in %s", text, record.body);
	record_free(&record);
}

bool
is_complete(const struct passing *p)
{
	struct record record = passing_judge(p);
	bool complete = record.complete;

	record_free(&record);
	return complete;
}
