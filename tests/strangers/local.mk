# tests/strangers: what was written by others, or by hand from the manual
check_SCRIPTS += \
	tests/strangers/test-export \
	tests/strangers/test-go \
	tests/strangers/test-html \
	tests/strangers/test-page
EXTRA_DIST += \
	tests/npm-ci \
	tests/strangers/ledger \
	tests/strangers/nu/package-lock.json \
	tests/strangers/nu/package.json \
	tests/strangers/strangers.go \
	tests/strangers/test-export \
	tests/strangers/test-go \
	tests/strangers/test-html \
	tests/strangers/test-page
