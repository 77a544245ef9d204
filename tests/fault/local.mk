check_PROGRAMS += tests/fault/test_fault tests/fault/test_alloc \
	tests/fault/test_prune
tests_fault_test_prune_SOURCES = tests/fault/test_prune.c \
	tests/crash/old.c tests/crash/old.h \
	tests/crash/readers.c tests/crash/readers.h
tests_fault_test_prune_LDADD = $(TEST_LIBS)
tests_fault_test_fault_SOURCES = tests/fault/test_fault.c \
	tests/fault/life.c tests/fault/life.h
tests_fault_test_fault_LDADD = $(TEST_LIBS)

# The linker sends every allocation of ours through the test.
tests_fault_test_alloc_SOURCES = tests/fault/test_alloc.c \
	tests/fault/life.c tests/fault/life.h
tests_fault_test_alloc_LDADD = $(TEST_LIBS)
tests_fault_test_alloc_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
