libcore_a_SOURCES += \
	daemon/govern/amount.c daemon/govern/amount.h \
	daemon/govern/claim.c daemon/govern/claim.h \
	daemon/govern/explain.c \
	daemon/govern/govern.c daemon/govern/govern.h \
	daemon/govern/metric.c daemon/govern/metric.h \
	daemon/govern/note.c daemon/govern/note.h \
	daemon/govern/rule.c daemon/govern/rule.h \
	daemon/govern/who.c \
	daemon/govern/words.c daemon/govern/words.h
