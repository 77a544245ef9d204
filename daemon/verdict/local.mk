libcore_la_SOURCES += \
	daemon/verdict/evidence.h \
	daemon/verdict/judge.h \
	daemon/verdict/reason.c daemon/verdict/reason.h \
	daemon/verdict/record.h
