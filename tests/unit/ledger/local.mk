check_PROGRAMS += tests/unit/ledger/test_row tests/unit/ledger/test_ledger
tests_unit_ledger_test_row_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_ledger_LDADD = $(TEST_LIBS)
