# daemon/check
libcore_a_SOURCES += \
	daemon/check/answer.c daemon/check/answer.h \
	daemon/check/counter.c \
	daemon/check/exchange.c daemon/check/exchange.h \
	daemon/check/members.c daemon/check/members.h \
	daemon/check/meta.c daemon/check/meta.h \
	daemon/check/names.c \
	daemon/check/observe.c daemon/check/observe.h \
	daemon/check/reject.c \
	daemon/check/request.c daemon/check/request.h \
	daemon/check/request_memory.h \
	daemon/check/request_pair.c \
	daemon/check/retry_after.c \
	daemon/check/rows.c daemon/check/rows.h \
	daemon/check/scope.c \
	daemon/check/seen.c daemon/check/seen.h \
	daemon/check/template.c daemon/check/template.h \
	daemon/check/usage_rows.c
