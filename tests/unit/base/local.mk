# tests/unit/base
check_PROGRAMS += tests/unit/base/test_base64 \
	tests/unit/base/test_buf tests/unit/base/test_digest \
	tests/unit/base/test_err tests/unit/base/test_json \
	tests/unit/base/test_json_pick \
	tests/unit/base/test_redact tests/unit/base/test_text \
	tests/unit/base/test_wall tests/unit/base/test_zone
tests_unit_base_test_base64_LDADD = $(TEST_LIBS)
tests_unit_base_test_buf_LDADD = $(TEST_LIBS)
tests_unit_base_test_digest_LDADD = $(TEST_LIBS)
tests_unit_base_test_err_LDADD = $(TEST_LIBS)
tests_unit_base_test_json_LDADD = $(TEST_LIBS)
tests_unit_base_test_json_pick_LDADD = $(TEST_LIBS)
tests_unit_base_test_redact_LDADD = $(TEST_LIBS) $(CRYPTO_LIBS)
tests_unit_base_test_text_LDADD = $(TEST_LIBS)
tests_unit_base_test_wall_LDADD = $(TEST_LIBS)
tests_unit_base_test_zone_LDADD = $(TEST_LIBS)
