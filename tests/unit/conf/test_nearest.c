/* What was meant by a name that is not configured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/nearest.h"
#include "fixture.h"

#include <string.h>

static const char text[] =
    "gateways = ( { name = \"practice\"; profile = \"cometapi\"; } );\n"
    "owners = ( { group = \"team-support\"; } );\n"
    "roles = ( { name = \"pricing-owner\"; unix_group = \"finops\";"
    " may = [ \"approve\" ]; } );\n"
    "sources = ( { name = \"pricing\"; kind = \"pricing\";"
    " url = \"https://a.example.com/p\"; } );\n"
    "workloads = ( { label = \"healthy\"; gateway = \"practice\"; model = \"m\";"
    " owner_group = \"team-undeclared\"; } );\n";

static const struct {
	unsigned int of;
	const char *name;
	const char *says;
} rows[] = {
    {NEAREST_WORKLOAD, "helthy", "did you mean healthy?"},
    {NEAREST_WORKLOAD, "pricin", "see LIST"},
    {NEAREST_WORKLOAD | NEAREST_SOURCE, "pricin", "did you mean pricing?"},
    {NEAREST_SOURCE, "pircing", "did you mean pricing?"},
    {NEAREST_OWNER, "team-suport", "did you mean team-support?"},
    {NEAREST_OWNER, "team-undecared", "did you mean team-undeclared?"},
    {NEAREST_ROLE, "pricing-onwer", "did you mean pricing-owner?"},
    {NEAREST_OTHER, "practise", "did you mean practice?"},
    {NEAREST_JOB, "helthy/hapy", "did you mean healthy/happy?"},
    {NEAREST_JOB, "healthy/usag", "did you mean healthy/usage?"},
    {NEAREST_JOB, "healthy/nonsense", "see LIST"},
    {NEAREST_JOB, "nonsense/happy", "see LIST"},
    {NEAREST_JOB, "helthy", "see LIST"},
    {NEAREST_WORKLOAD | NEAREST_JOB, "helthy", "did you mean healthy?"},
    {NEAREST_WORKLOAD, "", "see LIST"},
    {NEAREST_WORKLOAD, "x", "see LIST"},
    {NEAREST_KEEPER, "x", "see LIST"}, /* the owner of a source is not set */
    {NEAREST_JOB, "a-label-that-is-longer-than-any-label-may-ever-be/happy",
     "see LIST"},
    {0, "helthy", "see LIST"},
    /* what is known, but as something else */
    {NEAREST_WORKLOAD, "pricing", "it is a source; see LIST"},
    {NEAREST_SOURCE, "healthy", "it is a workload; see LIST"},
    {NEAREST_ROLE, "team-undeclared", "it is an owner group; see LIST"},
    {NEAREST_OWNER, "pricing-owner", "it is a role; see LIST"},
    {NEAREST_WORKLOAD | NEAREST_JOB, "practice", "it is a gateway; see LIST"},
};

static void
test_hints(void **state)
{
	static const struct file file = {"t.conf", text};
	struct loaded l;
	struct hint hint;

	load_with_profiles(&l, &file, 1);
	assert_non_null(l.config);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		nearest_hint(l.config, rows[i].of, rows[i].name, "LIST", &hint);
		if (strcmp(hint.text, rows[i].says) != 0)
			fail_msg("%s: %s", rows[i].name, hint.text);
	}
	assert_string_equal(
	    nearest_hint(NULL, NEAREST_WORKLOAD, "helthy", "LIST", &hint),
	    "see LIST");
	loaded_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
