/* What an approval is worth: each state, its word, its reason, and the instant
 * at which one expires. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "verdict/approval.h"

#include <string.h>

enum { DAY_S = 86400 };

static const struct wall_time approved_at = {1000 * USEC_PER_SEC + 7};

static struct source_fact
approved_fact(void)
{
	struct source_fact fact = {.read = true,
				   .read_seq = 3,
				   .approved = true,
				   .approved_seq = 4,
				   .approved_at = approved_at};

	fact.text = fact.approved_text = digest_sha256("text", 4);
	return fact;
}

static void
states(void **state)
{
	static const struct {
		bool read;
		uint64_t read_seq;
		bool approved;
		uint64_t approved_seq;
		const char *text;
		enum approval wanted;
		const char *name;
		reason_set reasons;
	} rows[] = {
	    {false, 0, false, 0, "text", APPROVAL_UNREAD, NULL, 0},
	    {false, 0, true, 4, "text", APPROVAL_UNREAD, NULL, 0},
	    {true, 0, true, 4, "text", APPROVAL_UNREAD, NULL, 0},
	    {true, 3, false, 0, "text", APPROVAL_UNAPPROVED, "unapproved",
	     UINT64_C(1) << REASON_SOURCE_UNAPPROVED},
	    {true, 3, true, 0, "text", APPROVAL_UNAPPROVED, "unapproved",
	     UINT64_C(1) << REASON_SOURCE_UNAPPROVED},
	    {true, 3, true, 4, "other", APPROVAL_CHANGED, "changed",
	     UINT64_C(1) << REASON_CHANGE_UNAPPROVED},
	    {true, 3, true, 4, "text", APPROVAL_APPROVED, "approved", 0},
	};
	static const struct source source = {.approval_max_age_s = DAY_S};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct source_fact fact = approved_fact();
		enum approval approval;

		fact.read = rows[i].read;
		fact.read_seq = rows[i].read_seq;
		fact.approved = rows[i].approved;
		fact.approved_seq = rows[i].approved_seq;
		fact.text = digest_sha256(rows[i].text, strlen(rows[i].text));
		approval = approval_of(&source, &fact, approved_at);
		assert_int_equal(approval, rows[i].wanted);
		assert_int_equal(approval_reasons(approval), rows[i].reasons);
		if (rows[i].name == NULL)
			assert_null(approval_name(approval));
		else
			assert_string_equal(approval_name(approval),
					    rows[i].name);
	}
	assert_int_equal(approval_of(&source, NULL, approved_at),
			 APPROVAL_UNREAD);
}

static void
expiry(void **state)
{
	struct source source = {.approval_max_age_s = DAY_S};
	struct source_fact fact = approved_fact();
	struct wall_time at = {approved_at.us + DAY_S * USEC_PER_SEC};

	assert_int_equal(approval_expires(&source, &fact).us, at.us);
	assert_int_equal(approval_of(&source, &fact, at), APPROVAL_EXPIRED);
	assert_string_equal(approval_name(APPROVAL_EXPIRED), "expired");
	assert_int_equal(approval_reasons(APPROVAL_EXPIRED),
			 reason_bit(REASON_APPROVAL_EXPIRED));
	at.us--;
	assert_int_equal(approval_of(&source, &fact, at), APPROVAL_APPROVED);
	/* another text is told before an old approval */
	at.us++;
	fact.text = digest_sha256("other", 5);
	assert_int_equal(approval_of(&source, &fact, at), APPROVAL_CHANGED);
	fact = approved_fact();
	source.approval_max_age_s = 0;
	assert_int_equal(approval_of(&source, &fact, at), APPROVAL_APPROVED);
	assert_int_equal(approval_expires(&source, &fact).us, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(states),
	    cmocka_unit_test(expiry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
