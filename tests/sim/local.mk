# tests/sim
check_PROGRAMS += tests/sim/test_year
tests_sim_test_year_SOURCES = tests/sim/test_year.c tests/sim/year.h \
	tests/sim/year_config.c tests/sim/story.c tests/sim/timeline.c \
	tests/sim/audit.c tests/sim/audit.h tests/sim/audit_records.c \
	tests/sim/twins.c
tests_sim_test_year_LDADD = $(TEST_LIBS) $(JSON_LIBS)
check_PROGRAMS += tests/sim/test_months
tests_sim_test_months_SOURCES = tests/sim/test_months.c tests/sim/year.h \
	tests/sim/year_config.c tests/sim/story.c
tests_sim_test_months_LDADD = $(TEST_LIBS) $(JSON_LIBS)
EXTRA_DIST += tests/sim/year.golden
