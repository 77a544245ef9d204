# tests/aimock: a gateway from the npm registry, for end-to-end tests.
# `tests/aimock/install $(top_builddir)/aimock` first; skipped without it.
check_SCRIPTS += tests/aimock/test-aimock
EXTRA_DIST += \
	tests/aimock/fixtures.json \
	tests/aimock/install \
	tests/aimock/node/package-lock.json \
	tests/aimock/node/package.json \
	tests/aimock/package-lock.json \
	tests/aimock/package.json \
	tests/aimock/run \
	tests/aimock/test-aimock
