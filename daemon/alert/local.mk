# daemon/alert
libcore_a_SOURCES += \
	daemon/alert/body.c \
	daemon/alert/entry.c daemon/alert/entry.h \
	daemon/alert/fold.c \
	daemon/alert/group.c \
	daemon/alert/line.c daemon/alert/line.h \
	daemon/alert/machine.c daemon/alert/machine.h \
	daemon/alert/nearest.c \
	daemon/alert/rule.c daemon/alert/rule.h \
	daemon/alert/rule_table.c daemon/alert/rule_table.h \
	daemon/alert/severity.c daemon/alert/severity.h \
	daemon/alert/silence.c daemon/alert/silence.h \
	daemon/alert/step.c \
	daemon/alert/store.h daemon/alert/turn.h
