libcore_a_SOURCES += \
	daemon/ctl/arguments.c daemon/ctl/arguments.h \
	daemon/ctl/command.c daemon/ctl/command.h \
	daemon/ctl/command_table.c daemon/ctl/command_table.h \
	daemon/ctl/help.c \
	daemon/ctl/request.c daemon/ctl/request.h \
	daemon/ctl/version.c daemon/ctl/version.h
