# tests/unit/page
check_PROGRAMS += \
	tests/unit/page/test_classify \
	tests/unit/page/test_diff \
	tests/unit/page/test_extract \
	tests/unit/page/test_frame \
	tests/unit/page/test_snapshot
tests_unit_page_test_classify_LDADD = $(TEST_LIBS)
tests_unit_page_test_diff_LDADD = $(TEST_LIBS)
tests_unit_page_test_extract_LDADD = libpagetext.a $(TEST_LIBS) $(GUMBO_LIBS)
tests_unit_page_test_frame_LDADD = $(TEST_LIBS)
tests_unit_page_test_snapshot_LDADD = $(TEST_LIBS)
EXTRA_DIST += \
	tests/unit/page/data/models.json \
	tests/unit/page/data/models.json.txt \
	tests/unit/page/data/pricing.html \
	tests/unit/page/data/pricing.html.txt \
	tests/unit/page/data/pricing.md \
	tests/unit/page/data/pricing.md.txt
