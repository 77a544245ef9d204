# daemon/io
libio_la_SOURCES += daemon/io/empty.c
libio_la_SOURCES += \
	daemon/io/journal.c daemon/io/journal.h \
	daemon/io/journal_reader.c daemon/io/journal_reader.h \
	daemon/io/notify.c daemon/io/notify.h \
	daemon/io/outbox.c daemon/io/outbox.h
