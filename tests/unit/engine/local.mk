# tests/unit/engine
check_PROGRAMS += tests/unit/engine/test_engine
tests_unit_engine_test_engine_LDADD = $(TEST_LIBS)
