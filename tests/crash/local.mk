check_PROGRAMS += tests/crash/test_crash tests/crash/test_prune
tests_crash_test_crash_SOURCES = tests/crash/test_crash.c \
	tests/crash/images.c tests/crash/images.h \
	tests/crash/indexes.c tests/crash/indexes.h \
	tests/crash/readers.c tests/crash/readers.h \
	tests/crash/world.c tests/crash/world.h
tests_crash_test_crash_LDADD = $(IO_TEST_LIBS) $(SQLITE_LIBS)
tests_crash_test_prune_SOURCES = tests/crash/test_prune.c \
	tests/crash/images.c tests/crash/images.h \
	tests/crash/readers.c tests/crash/readers.h \
	tests/crash/old.c tests/crash/old.h
tests_crash_test_prune_LDADD = $(TEST_LIBS)

# Minutes long: skipped unless EVIDENCED_MUTATIONS is set, as CI does.
check_SCRIPTS += tests/crash/mutations

EXTRA_DIST += tests/crash/mutations
