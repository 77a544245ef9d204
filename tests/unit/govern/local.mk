check_PROGRAMS += tests/unit/govern/test_govern
tests_unit_govern_test_govern_LDADD = $(TEST_LIBS)
