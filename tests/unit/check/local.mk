# tests/unit/check
check_PROGRAMS += \
	tests/unit/check/test_any_bytes \
	tests/unit/check/test_counter \
	tests/unit/check/test_fixtures \
	tests/unit/check/test_observe \
	tests/unit/check/test_request \
	tests/unit/check/test_rows
EXTRA_DIST += tests/unit/check/sample.h
tests_unit_check_test_any_bytes_LDADD = $(TEST_LIBS)
tests_unit_check_test_counter_LDADD = $(TEST_LIBS)
tests_unit_check_test_fixtures_LDADD = $(TEST_LIBS)
tests_unit_check_test_observe_LDADD = $(TEST_LIBS)
tests_unit_check_test_request_LDADD = $(TEST_LIBS) $(JSON_LIBS)
tests_unit_check_test_rows_LDADD = $(TEST_LIBS)
