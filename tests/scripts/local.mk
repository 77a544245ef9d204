# tests/scripts
check_SCRIPTS += tests/scripts/test-bench tests/scripts/test-check-layers \
	tests/scripts/test-facility
EXTRA_DIST += tests/scripts/test-bench tests/scripts/test-check-layers \
	tests/scripts/test-facility
