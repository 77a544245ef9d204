/* Which rows a record, and an approval, may name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ledger/rests.h"

#include <stdio.h>
#include <string.h>

#define FIRST_SEQ 100

struct text_row {
	const char *kind, *body;
};

/* Rows from FIRST_SEQ on; those before them were pruned. */
static const struct text_row before[] = {
    {"ledger.prune", "{}"},
    {"check.happy", "{\"workload_label\":\"a\"}"},
    {"check.happy", "{\"workload_label\":\"b\"}"},
    {"check.error",
     "{\"environment\":\"prod\",\"scope\":\"workload\",\"workload_label\":"
     "\"b\"}"},
    {"check.error",
     "{\"environment\":\"prod\",\"scope\":\"gateway\",\"workload_label\":"
     "\"b\"}"},
    {"check.error",
     "{\"environment\":\"test\",\"scope\":\"gateway\",\"workload_label\":"
     "\"b\"}"},
    {"check.error",
     "{\"environment\":\"test\",\"scope\":\"workload\",\"workload_label\":"
     "\"a\"}"},
    {"check.usage", "{\"workload_label\":\"a\"}"},
    {"check.usage", "{\"workload_label\":\"b\"}"},
    {"attest.usage", "{\"workload_label\":\"a\"}"},
    {"attest.usage", "{\"workload_label\":\"b\"}"},
    {"decision", "{\"decision\":\"hold\",\"workload_label\":\"a\"}"},
    {"decision", "{\"decision\":\"hold\",\"workload_label\":\"b\"}"},
    {"check.source", "{\"snapshot\":\"s1\",\"source\":\"p\"}"},
    {"check.source", "{\"snapshot\":null,\"source\":\"p\"}"},
    {"attest.source", "{\"snapshot\":\"s1\",\"source\":\"p\"}"},
    {"source.approved", "{\"snapshot\":\"s1\",\"source\":\"p\"}"},
    {"source.approved", "{\"snapshot\":\"s2\",\"source\":\"p\"}"},
    {"source.approved", "{\"snapshot\":\"s1\",\"source\":\"q\"}"},
    {"note", "{\"workload_label\":\"a\"}"},
    {"record", "{\"workload_label\":\"a\"}"},
    {"scope.approved", "{\"workload_label\":\"a\"}"},
    {"check.begun", "{\"workload_label\":\"a\"}"},
};

enum {
	N_BEFORE = sizeof(before) / sizeof(before[0]),
	ROW = FIRST_SEQ + N_BEFORE /* the one that is judged */
};

#define OF_A ",\"workload_label\":\"a\"}"
#define RECORD(evidence)                                                 \
	"{\"cap\":null,\"environment\":\"prod\",\"evidence\":[" evidence \
	"],\"pricing_reference\":null" OF_A
#define CAP(decision, seq)                                                    \
	"{\"cap\":{\"decision\":\"" decision "\",\"role\":\"r\",\"seq\":" seq \
	"},\"evidence\":[]" OF_A
#define PRICED(seq, snapshot, source)                           \
	"{\"cap\":null,\"evidence\":[],\"pricing_reference\":{" \
	"\"approved_seq\":" seq ",\"snapshot\":" snapshot       \
	",\"source\":\"" source "\"}" OF_A
#define APPROVED(seq, snapshot, source)                  \
	"{\"read_seq\":" seq ",\"snapshot\":\"" snapshot \
	"\",\"source\":\"" source "\"}"

static const struct {
	const char *kind, *body;
	const char *words; /* of what is wrong; NULL: nothing */
	int untold;
} cases[] = {
    {"record", RECORD(""), NULL, 0},
    {"record", RECORD("101,107,109,111,113,114,115,116,117,118"), NULL, 0},
    /* the same workload, or one error path for a gateway in an environment */
    {"record", RECORD("102"), "evidence names row 102, which is about another",
     0},
    {"record", RECORD("103"), "row 103, which is about another workload", 0},
    {"record", RECORD("104"), NULL, 0},
    {"record", RECORD("105"), "row 105, which is about another workload", 0},
    {"record", RECORD("106"), NULL, 0},
    {"record", RECORD("108"), "row 108, which is about another workload", 0},
    {"record", RECORD("110"), "row 110, which is about another workload", 0},
    {"record", RECORD("112"), "row 112, which is about another workload", 0},
    /* kinds */
    {"record", RECORD("100"), "row 100, which can be no evidence", 0},
    {"record", RECORD("101,119"), "row 119, which can be no evidence", 0},
    {"record", RECORD("120"), "row 120, which can be no evidence", 0},
    {"record", RECORD("121"), "row 121, which can be no evidence", 0},
    {"record", RECORD("122"), "row 122, which can be no evidence", 0},
    /* order, and what there is not */
    {"record", RECORD("123"), "row 123, which does not stand before it", 0},
    {"record", RECORD("124"), "row 124, which does not stand before it", 0},
    {"record", RECORD("9007199254740991"), "does not stand before it", 0},
    {"record", RECORD("-1"), "row -1, which does not stand before it", 0},
    /* pruned */
    {"record", RECORD("99"), NULL, 1},
    {"record", RECORD("0,1,99,101"), NULL, 1},
    {"record", RECORD("99,119"), "row 119, which can be no evidence", 1},
    /* a person's word */
    {"record", CAP("hold", "111"), NULL, 0},
    {"record", CAP("fail", "111"), "cap.seq names row 111, which decides", 0},
    {"record", CAP("hold", "112"), "row 112, which decides something else", 0},
    {"record", CAP("hold", "101"), "row 101, which is no decision", 0},
    {"record", CAP("hold", "9"), NULL, 1},
    /* the pricing reference */
    {"record", PRICED("116", "\"s1\"", "p"), NULL, 0},
    {"record", PRICED("null", "\"s1\"", "p"), NULL, 0},
    {"record", PRICED("117", "\"s1\"", "p"),
     "pricing_reference.approved_seq names row 117, which approves another", 0},
    {"record", PRICED("118", "\"s1\"", "p"), "row 118, which approves another",
     0},
    {"record", PRICED("116", "null", "p"), "row 116, which approves another",
     0},
    {"record", PRICED("113", "\"s1\"", "p"), "row 113, which is no approval",
     0},
    {"record", PRICED("121", "\"s1\"", "p"), "row 121, which is no approval",
     0},
    {"record", PRICED("123", "\"s1\"", "p"), "does not stand before it", 0},
    /* what was read is approved */
    {"source.approved", APPROVED("113", "s1", "p"), NULL, 0},
    {"source.approved", "{\"snapshot\":\"s1\",\"source\":\"p\"}", NULL, 0},
    {"source.approved", APPROVED("113", "s2", "p"),
     "read_seq names row 113, which read another text", 0},
    {"source.approved", APPROVED("113", "s1", "q"), "which read another text",
     0},
    {"source.approved", APPROVED("114", "s1", "p"), "which read another text",
     0},
    {"source.approved", APPROVED("115", "s1", "p"),
     "row 115, which is no read of a source", 0},
    /* kinds that name nothing */
    {"note", RECORD("119"), NULL, 0},
};

static void
take(struct rests_part *part, uint64_t seq, const struct text_row *row,
     bool fits)
{
	struct row_parts parts = {.seq = seq,
				  .kind = row->kind,
				  .kind_len = strlen(row->kind),
				  .body = row->body,
				  .body_len = strlen(row->body)};

	rests_take(part, &parts, fits);
}

/* The row behind those before it, in their segment or in the next one. */
static struct rests_fault
judge(size_t i, bool same_segment, bool fits, uint64_t *ret_untold)
{
	struct text_row row = {cases[i].kind, cases[i].body};
	struct rests all = {.first = FIRST_SEQ};
	struct rests_part part = {0};
	struct rests_fault fault;

	for (size_t k = 0; k < N_BEFORE; k++)
		take(&part, FIRST_SEQ + k, &before[k], false);
	if (!same_segment) {
		assert_int_equal(rests_judge(&all, &part, &fault), 0);
		assert_int_equal(fault.rows, 0);
		rests_part_free(&part);
	}
	take(&part, ROW, &row, fits);
	assert_int_equal(rests_judge(&all, &part, &fault), 0);
	*ret_untold = all.untold;
	rests_part_free(&part);
	buf_free(&all.rows);
	return fault;
}

static void
test_cases(void **state)
{
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		const char *words = cases[i / 2].words;
		uint64_t untold;
		struct rests_fault f = judge(i / 2, i % 2, true, &untold);

		if (f.rows != (words != NULL) ||
		    (words != NULL && strstr(f.why, words) == NULL))
			fail_msg("%s: \"%s\"", cases[i / 2].body, f.why);
		if (words != NULL)
			assert_int_equal(f.seq, ROW);
		assert_int_equal(untold, cases[i / 2].untold);
		/* Of a row without the form of its kind nothing is read. */
		f = judge(i / 2, i % 2, false, &untold);
		assert_int_equal(f.rows, 0);
		assert_int_equal(untold, 0);
	}
}

/* A row counts once, and the first one is told. */
static void
test_count(void **state)
{
	static const struct text_row rows[] = {
	    {"note", "{}"},
	    {"record", RECORD("99,100,123,124")},
	    {"record", RECORD("101,98,1000")},
	    {"record", RECORD("101")},
	};
	struct rests all = {.first = FIRST_SEQ};
	struct rests_part part = {0};
	struct rests_fault fault;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		take(&part, FIRST_SEQ + i, &rows[i], true);
	assert_int_equal(rests_judge(&all, &part, &fault), 0);
	assert_int_equal(fault.rows, 3);
	assert_int_equal(fault.seq, 101);
	assert_non_null(strstr(fault.why, "row 100, which can be no evidence"));
	assert_int_equal(all.untold, 2);
	rests_part_free(&part);
	buf_free(&all.rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),
	    cmocka_unit_test(test_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
