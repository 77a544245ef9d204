# daemon/page: what the daemon needs, and the helper program that meets the
# bytes of pages.
libcore_a_SOURCES += \
	daemon/page/classify.c daemon/page/page.h \
	daemon/page/diff.c \
	daemon/page/diff_edits.c daemon/page/diff_edits.h \
	daemon/page/format.c \
	daemon/page/frame.c daemon/page/frame.h \
	daemon/page/outcome.c \
	daemon/page/place.c daemon/page/place.h \
	daemon/page/snapshot.c

# Text extraction; never part of the daemon.
noinst_LIBRARIES += libpagetext.a
libpagetext_a_SOURCES = \
	daemon/page/dom.c daemon/page/dom.h \
	daemon/page/extract.c daemon/page/extract.h \
	daemon/page/html.c \
	daemon/page/json_pointer.c \
	daemon/page/json_walk.c daemon/page/json_walk.h \
	daemon/page/lines.c daemon/page/lines.h \
	daemon/page/markdown.c \
	daemon/page/record.c
libpagetext_a_CFLAGS = $(AM_CFLAGS) $(GUMBO_CFLAGS)

pkglibexec_PROGRAMS += page-text
page_text_SOURCES = \
	daemon/page/helper_confine.c daemon/page/helper_confine.h \
	daemon/page/helper_main.c
page_text_CFLAGS = $(AM_CFLAGS) $(SECCOMP_CFLAGS)
page_text_LDADD = libpagetext.a $(CORE_LIBS) $(GUMBO_LIBS) $(SECCOMP_LIBS)
