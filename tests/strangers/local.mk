# tests/strangers: what was written by others, or by hand from the manual
check_SCRIPTS += \
	tests/strangers/test-export \
	tests/strangers/test-go \
	tests/strangers/test-page \
	tests/strangers/test-tidy
EXTRA_DIST += \
	tests/strangers/ledger \
	tests/strangers/strangers.go \
	tests/strangers/test-export \
	tests/strangers/test-go \
	tests/strangers/test-page \
	tests/strangers/test-tidy
