libcore_a_SOURCES += \
	daemon/base/base64.c daemon/base/base64.h \
	daemon/base/buf.c daemon/base/buf.h \
	daemon/base/digest.c daemon/base/digest.h \
	daemon/base/err.c daemon/base/err.h \
	daemon/base/escapes.c daemon/base/escapes.h \
	daemon/base/json.c daemon/base/json.h \
	daemon/base/json_check.c \
	daemon/base/json_pick.c daemon/base/json_pick.h \
	daemon/base/map.c daemon/base/map.h \
	daemon/base/random.c daemon/base/random.h \
	daemon/base/redact.c daemon/base/redact.h \
	daemon/base/secrets.c daemon/base/secrets.h \
	daemon/base/shape.c daemon/base/shape.h \
	daemon/base/text.c daemon/base/text.h \
	daemon/base/tzif.c daemon/base/tzif.h \
	daemon/base/wall.c daemon/base/wall.h \
	daemon/base/zone.c daemon/base/zone.h \
	daemon/base/zone_rule.c daemon/base/zone_rule.h
