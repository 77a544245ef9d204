# tests/fakes
libfakes_a_SOURCES += \
	tests/fakes/facility.c tests/fakes/facility.h \
	tests/fakes/fake_ports.c tests/fakes/fake_ports.h \
	tests/fakes/seed.c tests/fakes/seed.h \
	tests/fakes/tz.c tests/fakes/tz.h
libfakes_a_SOURCES += \
	tests/fakes/leave.c tests/fakes/leave.h \
	tests/fakes/rig.c tests/fakes/rig.h \
	tests/fakes/sign.c tests/fakes/sign.h \
	tests/fakes/simdisk.c tests/fakes/simdisk.h \
	tests/fakes/simdisk_calls.c \
	tests/fakes/simdisk_cut.c \
	tests/fakes/simdisk_dirs.c \
	tests/fakes/simdisk_inside.h \
	tests/fakes/simdisk_node.c
libfakes_a_SOURCES += tests/fakes/world.c tests/fakes/world.h
