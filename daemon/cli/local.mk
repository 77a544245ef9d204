evidencectl_SOURCES += daemon/cli/main.c
