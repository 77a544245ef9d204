# tests/unit/conf
conf_fixture = tests/unit/conf/fixture.c tests/unit/conf/fixture.h
check_PROGRAMS += \
	tests/unit/conf/test_csv \
	tests/unit/conf/test_draft \
	tests/unit/conf/test_keys \
	tests/unit/conf/test_load \
	tests/unit/conf/test_man \
	tests/unit/conf/test_mutate \
	tests/unit/conf/test_nearest \
	tests/unit/conf/test_samples \
	tests/unit/conf/test_scan \
	tests/unit/conf/test_suggest \
	tests/unit/conf/test_value
tests_unit_conf_test_csv_SOURCES = tests/unit/conf/test_csv.c
tests_unit_conf_test_csv_LDADD = $(TEST_LIBS)
tests_unit_conf_test_draft_SOURCES = tests/unit/conf/test_draft.c \
	$(conf_fixture)
tests_unit_conf_test_draft_LDADD = $(TEST_LIBS)
tests_unit_conf_test_keys_SOURCES = tests/unit/conf/test_keys.c \
	$(conf_fixture)
tests_unit_conf_test_keys_LDADD = $(TEST_LIBS)
tests_unit_conf_test_load_SOURCES = tests/unit/conf/test_load.c \
	$(conf_fixture)
tests_unit_conf_test_load_LDADD = $(TEST_LIBS)
tests_unit_conf_test_man_SOURCES = tests/unit/conf/test_man.c \
	$(conf_fixture)
tests_unit_conf_test_man_LDADD = $(TEST_LIBS)
tests_unit_conf_test_mutate_SOURCES = tests/unit/conf/test_mutate.c \
	$(conf_fixture)
tests_unit_conf_test_mutate_LDADD = $(TEST_LIBS)
tests_unit_conf_test_nearest_SOURCES = tests/unit/conf/test_nearest.c \
	$(conf_fixture)
tests_unit_conf_test_nearest_LDADD = $(TEST_LIBS)
tests_unit_conf_test_samples_SOURCES = tests/unit/conf/test_samples.c \
	$(conf_fixture)
tests_unit_conf_test_samples_LDADD = $(TEST_LIBS)
tests_unit_conf_test_scan_SOURCES = tests/unit/conf/test_scan.c \
	$(conf_fixture)
tests_unit_conf_test_scan_LDADD = $(TEST_LIBS)
tests_unit_conf_test_suggest_SOURCES = tests/unit/conf/test_suggest.c \
	$(conf_fixture)
tests_unit_conf_test_suggest_LDADD = $(TEST_LIBS)
tests_unit_conf_test_suggest_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=text_suggest
tests_unit_conf_test_value_SOURCES = tests/unit/conf/test_value.c \
	$(conf_fixture)
tests_unit_conf_test_value_LDADD = $(TEST_LIBS)
