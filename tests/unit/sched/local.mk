# tests/unit/sched
EXTRA_DIST += tests/unit/sched/cron-vectors.tsv
check_PROGRAMS += tests/unit/sched/test_cron \
	tests/unit/sched/test_cron_random tests/unit/sched/test_cron_vectors \
	tests/unit/sched/test_plan
tests_unit_sched_test_cron_LDADD = $(TEST_LIBS)
tests_unit_sched_test_cron_random_LDADD = $(TEST_LIBS)
tests_unit_sched_test_cron_vectors_LDADD = $(TEST_LIBS)
tests_unit_sched_test_plan_LDADD = $(TEST_LIBS)
