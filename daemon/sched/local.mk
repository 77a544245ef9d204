# daemon/sched
libcore_a_SOURCES += \
	daemon/sched/cron.c daemon/sched/cron.h \
	daemon/sched/cron_fields.c daemon/sched/cron_fields.h \
	daemon/sched/cron_parse.c \
	daemon/sched/local.c daemon/sched/local.h \
	daemon/sched/plan.c daemon/sched/plan.h
