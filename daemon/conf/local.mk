libcore_la_SOURCES += \
	daemon/check/exchange.h daemon/check/observe.h \
	daemon/check/request.h daemon/check/rows.h \
	daemon/conf/arena.c daemon/conf/arena.h \
	daemon/conf/config.c daemon/conf/config.h daemon/conf/load.h
