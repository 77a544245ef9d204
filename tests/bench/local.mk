# tests/bench: not part of make check, because timed limits are no tests.
EXTRA_PROGRAMS = tests/bench/bench_append tests/bench/bench_fill \
	tests/bench/bench_floor tests/bench/bench_index tests/bench/bench_schedule
tests_bench_bench_append_SOURCES = tests/bench/bench_append.c
tests_bench_bench_append_LDADD = $(IO_LIBS) $(SQLITE_LIBS)
tests_bench_bench_fill_SOURCES = tests/bench/bench_fill.c
tests_bench_bench_fill_LDADD = $(IO_LIBS)
tests_bench_bench_floor_SOURCES = tests/bench/bench_floor.c
tests_bench_bench_index_SOURCES = tests/bench/bench_index.c
tests_bench_bench_index_LDADD = $(IO_LIBS)
tests_bench_bench_schedule_SOURCES = tests/bench/bench_schedule.c
tests_bench_bench_schedule_LDADD = $(IO_LIBS)
EXTRA_DIST += tests/bench/bench-commands tests/bench/bench-idle \
	tests/bench/bench-probe tests/bench/bench-restore \
	tests/bench/bench-stall tests/bench/bench-start \
	tests/bench/hostile.py tests/bench/many.py tests/bench/run \
	tests/bench/stall.c
CLEANFILES += $(EXTRA_PROGRAMS) tests/bench/bench_stall.so

# Loaded into the daemon by bench-stall.
tests/bench/bench_stall.so: tests/bench/stall.c
	$(AM_V_CC)$(CC) $(AM_CPPFLAGS) $(WARN_CFLAGS) $(CFLAGS) -fPIC -shared \
		-o $@ $(srcdir)/tests/bench/stall.c -ldl

bench: all $(EXTRA_PROGRAMS) tests/bench/bench_stall.so \
	tests/gateway/practice-gateway
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/bench/run
.PHONY: bench
