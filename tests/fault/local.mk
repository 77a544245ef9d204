check_PROGRAMS += tests/fault/test_fault tests/fault/test_alloc
FAULT_LIVES = \
	tests/crash/old.c tests/crash/old.h \
	tests/crash/readers.c tests/crash/readers.h \
	tests/fault/daemon.c \
	tests/fault/life.c tests/fault/life.h \
	tests/fault/tools.c
tests_fault_test_fault_SOURCES = tests/fault/test_fault.c $(FAULT_LIVES)
tests_fault_test_fault_LDADD = $(TEST_LIBS)

# The linker sends every allocation of ours through the test.
tests_fault_test_alloc_SOURCES = tests/fault/test_alloc.c $(FAULT_LIVES)
tests_fault_test_alloc_LDADD = $(TEST_LIBS)
tests_fault_test_alloc_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
