check_PROGRAMS += \
	tests/unit/verdict/test_approval \
	tests/unit/verdict/test_judge_origin \
	tests/unit/verdict/test_judge_property \
	tests/unit/verdict/test_judge_reasons \
	tests/unit/verdict/test_judge_runs \
	tests/unit/verdict/test_judge_sources \
	tests/unit/verdict/test_judge_standing \
	tests/unit/verdict/test_reason \
	tests/unit/verdict/test_record \
	tests/unit/verdict/test_record_read
check_LIBRARIES += tests/unit/verdict/libverdict.a
EXTRA_DIST += tests/unit/verdict/passing-record.json

tests_unit_verdict_libverdict_a_SOURCES = \
	tests/unit/verdict/expect.c tests/unit/verdict/expect.h \
	tests/unit/verdict/passing.c tests/unit/verdict/passing.h \
	tests/unit/verdict/random_day.c tests/unit/verdict/random_day.h
verdict_test_libs = tests/unit/verdict/libverdict.a $(TEST_LIBS) $(JSON_LIBS)

tests_unit_verdict_test_approval_LDADD = $(TEST_LIBS)
tests_unit_verdict_test_judge_origin_LDADD = $(verdict_test_libs)
tests_unit_verdict_test_judge_property_LDADD = $(verdict_test_libs)
tests_unit_verdict_test_judge_reasons_LDADD = $(verdict_test_libs)
tests_unit_verdict_test_judge_runs_LDADD = $(verdict_test_libs)
tests_unit_verdict_test_judge_sources_LDADD = $(verdict_test_libs)
tests_unit_verdict_test_judge_standing_LDADD = $(verdict_test_libs)
tests_unit_verdict_test_reason_LDADD = $(TEST_LIBS)
tests_unit_verdict_test_record_LDADD = $(verdict_test_libs)
tests_unit_verdict_test_record_read_LDADD = $(verdict_test_libs)
