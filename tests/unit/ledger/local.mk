check_PROGRAMS += \
	tests/unit/ledger/test_facets \
	tests/unit/ledger/test_fixture \
	tests/unit/ledger/test_ledger \
	tests/unit/ledger/test_mirror \
	tests/unit/ledger/test_reading \
	tests/unit/ledger/test_recover \
	tests/unit/ledger/test_row \
	tests/unit/ledger/test_window
tests_unit_ledger_test_facets_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_fixture_LDADD = libio.la $(TEST_LIBS)
tests_unit_ledger_test_ledger_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_mirror_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_reading_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_recover_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_row_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_window_LDADD = $(TEST_LIBS)
