# tests/fakes
libfakes_la_SOURCES += tests/fakes/empty.c
