# tests/system: a booted Debian, strangers' programs; run by scripts/test
EXTRA_DIST += \
	tests/system/LIST tests/system/debian-root tests/system/stage \
	tests/system/container.py tests/system/installed.py \
	tests/system/access tests/system/archive tests/system/browser tests/system/control tests/system/crash \
	tests/system/credentials tests/system/demo tests/system/demo-live tests/system/disk tests/system/watchdog \
	tests/system/service \
	tests/system/running.py tests/system/aimock tests/system/secrets
EXTRA_DIST += tests/system/fuzz tests/system/kill tests/system/readme tests/system/readonly tests/system/roots \
	tests/system/reload \
	tests/system/firstday.py tests/system/hasten.c tests/system/hasten.py \
	tests/system/week tests/system/week.golden
