libcore_a_SOURCES += \
	daemon/conf/alerts.c \
	daemon/conf/arena.c daemon/conf/arena.h \
	daemon/conf/build.c \
	daemon/conf/capacity.c \
	daemon/conf/config.c daemon/conf/config.h \
	daemon/conf/csv.c daemon/conf/csv.h \
	daemon/conf/draft.c daemon/conf/draft.h \
	daemon/conf/dump.c \
	daemon/conf/effective.c \
	daemon/conf/effective_load.c \
	daemon/conf/fill.c \
	daemon/conf/held.c \
	daemon/conf/keys_seen.c daemon/conf/keys_seen.h \
	daemon/conf/load.c daemon/conf/load.h \
	daemon/conf/loader.h \
	daemon/conf/nearest.c daemon/conf/nearest.h \
	daemon/conf/profiles.c \
	daemon/conf/report.c \
	daemon/conf/resolve.c \
	daemon/conf/rules.c \
	daemon/conf/scan.c \
	daemon/conf/schedules.c \
	daemon/conf/schema.c daemon/conf/schema.h \
	daemon/conf/secret.c daemon/conf/secret.h \
	daemon/conf/sources.c \
	daemon/conf/store.c daemon/conf/store.h \
	daemon/conf/tree.c \
	daemon/conf/unique.c \
	daemon/conf/url.c daemon/conf/url.h \
	daemon/conf/validate.c \
	daemon/conf/value.c daemon/conf/value.h \
	daemon/conf/value_read.c daemon/conf/value_read.h \
	daemon/conf/value_text.c \
	daemon/conf/windows.c
