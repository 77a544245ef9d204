# tests/unit/sched
EXTRA_DIST += tests/unit/sched/cron-vectors.tsv
check_PROGRAMS += tests/unit/sched/test_cron_vectors
tests_unit_sched_test_cron_vectors_LDADD = $(TEST_LIBS)
