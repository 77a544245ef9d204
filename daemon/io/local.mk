# daemon/io
libio_la_SOURCES += \
	daemon/io/journal.c daemon/io/journal.h \
	daemon/io/journal_reader.c daemon/io/journal_reader.h \
	daemon/io/notify.c daemon/io/notify.h \
	daemon/io/outbox.c daemon/io/outbox.h
libio_la_SOURCES += \
	daemon/io/clock.c daemon/io/clock.h \
	daemon/io/control.c daemon/io/control.h \
	daemon/io/control_client.c daemon/io/control_client.h \
	daemon/io/files.c daemon/io/files.h
	daemon/io/disk.c daemon/io/disk.h
libio_la_SOURCES += \
	daemon/io/state_store.c daemon/io/state_store.h
