# daemon/io
libio_la_SOURCES += daemon/io/clock.c daemon/io/clock.h
libio_la_SOURCES += daemon/io/control.c daemon/io/control.h
libio_la_SOURCES += daemon/io/control_client.c daemon/io/control_client.h
libio_la_SOURCES += daemon/io/credentials.c daemon/io/credentials.h
libio_la_SOURCES += daemon/io/deliver.c
libio_la_SOURCES += daemon/io/disk.c daemon/io/disk.h
libio_la_SOURCES += daemon/io/files.c daemon/io/files.h
libio_la_SOURCES += daemon/io/http.c daemon/io/http.h
libio_la_SOURCES += daemon/io/http_guard.c daemon/io/http_guard.h
libio_la_SOURCES += daemon/io/journal.c daemon/io/journal.h
libio_la_SOURCES += daemon/io/journal_reader.c daemon/io/journal_reader.h
libio_la_SOURCES += daemon/io/notify.c daemon/io/notify.h
libio_la_SOURCES += daemon/io/outbox.c daemon/io/outbox.h
libio_la_SOURCES += daemon/io/state_store.c daemon/io/state_store.h
libio_la_SOURCES += daemon/io/page_process.c daemon/io/page_process.h
libio_la_SOURCES += daemon/io/page_spawn.c daemon/io/page_spawn.h
libio_la_SOURCES += daemon/io/transfer.c daemon/io/transfer.h
