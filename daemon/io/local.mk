# daemon/io
libio_la_SOURCES += daemon/io/empty.c
