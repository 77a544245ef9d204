# tests/unit/alert
check_PROGRAMS += tests/unit/alert/test_rule
tests_unit_alert_test_rule_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/alert/test_machine
tests_unit_alert_test_machine_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/alert/test_pages
tests_unit_alert_test_pages_LDADD = $(TEST_LIBS)
check_SCRIPTS += tests/unit/alert/test_words
EXTRA_DIST += tests/unit/alert/test_words
check_PROGRAMS += tests/unit/alert/test_silence
tests_unit_alert_test_silence_LDADD = $(TEST_LIBS)
