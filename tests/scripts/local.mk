# tests/scripts
check_SCRIPTS += tests/scripts/test-bench tests/scripts/test-check-layers
EXTRA_DIST += tests/scripts/test-bench tests/scripts/test-check-layers
