# tests/unit/base
check_PROGRAMS += tests/unit/base/test_json tests/unit/base/test_redact \
	tests/unit/base/test_zone
tests_unit_base_test_json_LDADD = $(TEST_LIBS)
tests_unit_base_test_redact_LDADD = $(TEST_LIBS) $(CRYPTO_LIBS)
tests_unit_base_test_zone_LDADD = $(TEST_LIBS)
