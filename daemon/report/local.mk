libcore_la_SOURCES += \
	daemon/report/tally.c daemon/report/tally.h \
	daemon/report/view.c daemon/report/view.h \
	daemon/report/view_check.c daemon/report/view_fold.h \
	daemon/report/view_govern.c
