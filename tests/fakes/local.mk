# tests/fakes
libfakes_la_SOURCES += tests/fakes/empty.c
libfakes_la_SOURCES += tests/fakes/tz.c tests/fakes/tz.h
