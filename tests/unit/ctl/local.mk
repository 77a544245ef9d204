# tests/unit/ctl
check_PROGRAMS += \
	tests/unit/ctl/test_arguments \
	tests/unit/ctl/test_manual \
	tests/unit/ctl/test_request
tests_unit_ctl_test_arguments_LDADD = $(TEST_LIBS)
tests_unit_ctl_test_manual_LDADD = $(TEST_LIBS)
tests_unit_ctl_test_request_LDADD = $(TEST_LIBS)
