# tests/unit/base
check_PROGRAMS += tests/unit/base/test_json
tests_unit_base_test_json_LDADD = $(TEST_LIBS)
