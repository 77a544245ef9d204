# tests/io
check_PROGRAMS += tests/io/test_page_diff
tests_io_test_page_diff_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/io/test_page_process
tests_io_test_page_process_LDADD = $(IO_TEST_LIBS) $(EVENT_LIBS)
tests_io_test_page_process_DEPENDENCIES = libio.a libfakes.a libcore.a \
	page-text

check_PROGRAMS += tests/io/test_clock tests/io/test_credentials
tests_io_test_clock_LDADD = $(IO_TEST_LIBS)
tests_io_test_credentials_LDADD = $(IO_TEST_LIBS)

check_PROGRAMS += tests/io/test_sealed_file
tests_io_test_sealed_file_LDADD = $(IO_TEST_LIBS)
check_PROGRAMS += tests/io/test_files
tests_io_test_files_LDADD = $(IO_TEST_LIBS)

check_PROGRAMS += tests/io/test_http
tests_io_test_http_SOURCES = tests/io/test_http.c \
	tests/io/http_scene.c tests/io/http_scene.h
tests_io_test_http_LDADD = $(IO_TEST_LIBS)


check_PROGRAMS += tests/io/test_index
tests_io_test_index_SOURCES = tests/io/test_index.c \
	tests/io/index_scene.c tests/io/index_scene.h
tests_io_test_index_LDADD = $(IO_TEST_LIBS) $(SQLITE_LIBS)
check_PROGRAMS += tests/io/test_index_keeper
tests_io_test_index_keeper_SOURCES = tests/io/test_index_keeper.c \
	tests/io/index_scene.c tests/io/index_scene.h
tests_io_test_index_keeper_LDADD = $(IO_TEST_LIBS) $(SQLITE_LIBS)

check_PROGRAMS += \
	tests/io/test_journal \
	tests/io/test_journal_follow \
	tests/io/test_journald \
	tests/io/test_mirror_look \
	tests/io/test_notify \
	tests/io/test_outbox
tests_io_test_journal_LDADD = $(IO_TEST_LIBS)
tests_io_test_journal_follow_LDADD = $(IO_TEST_LIBS)
tests_io_test_journald_LDADD = $(IO_TEST_LIBS)
tests_io_test_mirror_look_LDADD = $(IO_TEST_LIBS)
tests_io_test_notify_LDADD = $(IO_TEST_LIBS)
tests_io_test_outbox_LDADD = $(IO_TEST_LIBS)
EXTRA_DIST += tests/io/with-journald

check_PROGRAMS += tests/io/test_http_guard
tests_io_test_http_guard_LDADD = $(IO_TEST_LIBS) $(CURL_LIBS)

check_PROGRAMS += tests/io/test_http_load
tests_io_test_http_load_SOURCES = tests/io/test_http_load.c \
	tests/io/http_scene.c tests/io/http_scene.h
tests_io_test_http_load_LDADD = $(IO_TEST_LIBS)

check_PROGRAMS += tests/io/test_http_secrets
tests_io_test_http_secrets_SOURCES = tests/io/test_http_secrets.c \
	tests/io/http_scene.c tests/io/http_scene.h
tests_io_test_http_secrets_LDADD = $(IO_TEST_LIBS) $(CRYPTO_LIBS)

check_PROGRAMS += tests/io/test_http_tls
tests_io_test_http_tls_SOURCES = tests/io/test_http_tls.c \
	tests/io/http_scene.c tests/io/http_scene.h
tests_io_test_http_tls_LDADD = $(IO_TEST_LIBS)

check_PROGRAMS += tests/io/test_gateway_pair
tests_io_test_gateway_pair_SOURCES = tests/io/test_gateway_pair.c \
	tests/io/http_scene.c tests/io/http_scene.h
tests_io_test_gateway_pair_LDADD = $(IO_TEST_LIBS)

check_PROGRAMS += tests/io/test_page_filtered
tests_io_test_page_filtered_CFLAGS = $(AM_CFLAGS) $(SECCOMP_CFLAGS)
tests_io_test_page_filtered_LDADD = $(IO_TEST_LIBS) $(EVENT_LIBS) \
	$(SECCOMP_LIBS)
tests_io_test_page_filtered_DEPENDENCIES = libio.a libfakes.a libcore.a \
	page-text
check_SCRIPTS += tests/io/test-unit tests/io/test-foreground
EXTRA_DIST += tests/io/crowd tests/io/test-unit tests/io/test-foreground

check_SCRIPTS += tests/io/test-reload
EXTRA_DIST += tests/io/test-reload

check_SCRIPTS += tests/io/test-catalogue tests/io/test-mirror \
	tests/io/test-start-stop
EXTRA_DIST += tests/io/test-catalogue tests/io/test-mirror \
	tests/io/test-start-stop

check_PROGRAMS += tests/io/test_disk tests/io/test_ledger_writer
check_PROGRAMS += tests/io/test_quick_start
tests_io_test_quick_start_LDADD = $(IO_TEST_LIBS)
tests_io_test_disk_LDADD = $(IO_TEST_LIBS)
tests_io_test_ledger_writer_LDADD = $(IO_TEST_LIBS)

check_PROGRAMS += tests/io/test_threads
tests_io_test_threads_LDADD = $(IO_TEST_LIBS)
# The journal as a mirror: restore, repair, and the levels that compare.
noinst_PROGRAMS += tests/io/feed_journal
tests_io_feed_journal_SOURCES = tests/io/feed_journal.c
tests_io_feed_journal_LDADD = $(IO_LIBS)
check_SCRIPTS += tests/io/test-alert-recipes
EXTRA_DIST += tests/io/test-alert-recipes
check_SCRIPTS += tests/io/test-levels tests/io/test-recipes \
	tests/io/test-remote tests/io/test-repair tests/io/test-restore
EXTRA_DIST += tests/io/mirror-lib tests/io/test-levels tests/io/test-recipes \
	tests/io/test-remote tests/io/test-repair tests/io/test-restore

# A ledger that was pruned, in a real folder.
noinst_PROGRAMS += tests/io/old_ledger
tests_io_old_ledger_SOURCES = tests/io/old_ledger.c
tests_io_old_ledger_LDADD = $(IO_LIBS)
check_SCRIPTS += tests/io/test-prune tests/io/test-pruned \
	tests/io/test-pruned-mirror
EXTRA_DIST += tests/io/test-prune tests/io/test-pruned \
	tests/io/test-pruned-mirror

check_PROGRAMS += tests/io/test_control
tests_io_test_control_LDADD = $(IO_TEST_LIBS)

check_PROGRAMS += tests/io/test_state_store
tests_io_test_state_store_LDADD = $(IO_TEST_LIBS)
