libcore_a_SOURCES += \
	daemon/verdict/approval.c daemon/verdict/approval.h \
	daemon/verdict/evidence.h daemon/verdict/findings.h \
	daemon/verdict/judge.c daemon/verdict/judge.h \
	daemon/verdict/lookup.c daemon/verdict/lookup.h \
	daemon/verdict/reason.c daemon/verdict/reason.h \
	daemon/verdict/reason_example.c \
	daemon/verdict/record.h \
	daemon/verdict/record_read.c daemon/verdict/record_write.c \
	daemon/verdict/reference.c daemon/verdict/reference.h \
	daemon/verdict/runs.c daemon/verdict/runs.h \
	daemon/verdict/statement.c daemon/verdict/statement.h
