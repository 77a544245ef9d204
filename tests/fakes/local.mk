# tests/fakes
libfakes_la_SOURCES += tests/fakes/empty.c
libfakes_la_SOURCES += \
	tests/fakes/seed.c tests/fakes/seed.h \
	tests/fakes/tz.c tests/fakes/tz.h
