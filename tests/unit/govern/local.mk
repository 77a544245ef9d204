check_PROGRAMS += tests/unit/govern/test_govern
tests_unit_govern_test_govern_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/govern/test_note
tests_unit_govern_test_note_LDADD = $(TEST_LIBS)
