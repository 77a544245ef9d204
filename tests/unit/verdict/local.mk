check_PROGRAMS += tests/unit/verdict/test_reason
tests_unit_verdict_test_reason_LDADD = $(TEST_LIBS)
