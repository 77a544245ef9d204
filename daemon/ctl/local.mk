libcore_la_SOURCES += \
	daemon/ctl/request.c daemon/ctl/request.h
