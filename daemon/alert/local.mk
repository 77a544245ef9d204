# daemon/alert
libcore_la_SOURCES += \
	daemon/alert/rule.c daemon/alert/rule.h
