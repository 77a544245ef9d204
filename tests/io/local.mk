# tests/io
check_PROGRAMS += \
	tests/io/test_page_diff \
	tests/io/test_page_process
tests_io_test_page_diff_LDADD = $(TEST_LIBS)
tests_io_test_page_process_LDADD = libio.la $(TEST_LIBS) $(EVENT_LIBS)
tests_io_test_page_process_DEPENDENCIES = libio.la libfakes.la libcore.la \
	page-text
