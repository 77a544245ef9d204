libcore_a_SOURCES += \
	daemon/engine/amend.c \
	daemon/engine/attest.c \
	daemon/engine/attest_source.c \
	daemon/engine/command.c \
	daemon/engine/command_run.c \
	daemon/engine/condition.c daemon/engine/condition.h \
	daemon/engine/condition_gateway.c \
	daemon/engine/condition_network.c \
	daemon/engine/condition_source.c \
	daemon/engine/condition_workload.c \
	daemon/engine/daily.c \
	daemon/engine/decide.c \
	daemon/engine/emit.c \
	daemon/engine/engine.c daemon/engine/engine.h \
	daemon/engine/evaluate.c \
	daemon/engine/jobs.c \
	daemon/engine/look.c \
	daemon/engine/mute.c \
	daemon/engine/pair.c \
	daemon/engine/pause.c \
	daemon/engine/ports.h \
	daemon/engine/prepare.c \
	daemon/engine/prune.c \
	daemon/engine/read.c \
	daemon/engine/rebuild.c \
	daemon/engine/state.h \
	daemon/engine/status.c \
	daemon/engine/throttle.c \
	daemon/engine/vocabulary.c
