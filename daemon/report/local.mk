libcore_a_SOURCES += \
	daemon/report/calendar.c daemon/report/calendar.h \
	daemon/report/ceiling.c daemon/report/ceiling.h \
	daemon/report/corrected.c daemon/report/corrected.h \
	daemon/report/changes.c daemon/report/changes.h \
	daemon/report/daily.c daemon/report/daily.h \
	daemon/report/impact.c daemon/report/impact.h \
	daemon/report/loadings.c daemon/report/loadings.h \
	daemon/report/number.c daemon/report/number.h \
	daemon/report/packet.c daemon/report/packet.h \
	daemon/report/packet_inside.h \
	daemon/report/packet_numbers.c \
	daemon/report/packet_text.c \
	daemon/report/packet_words.c \
	daemon/report/rollup.c daemon/report/rollup.h \
	daemon/report/rollup_days.c \
	daemon/report/rollup_find.c daemon/report/rollup_inside.h \
	daemon/report/picture.c daemon/report/picture.h \
	daemon/report/rollup_draw.c daemon/report/rollup_draw.h \
	daemon/report/rollup_draw_days.c \
	daemon/report/rollup_groups.c daemon/report/rollup_head.c \
	daemon/report/rollup_page.c \
	daemon/report/rollup_print.c daemon/report/rollup_sections.h \
	daemon/report/rollup_says.c daemon/report/rollup_then.c \
	daemon/report/rollup_sources.c \
	daemon/report/rollup_words.c daemon/report/rollup_workloads.c \
	daemon/report/row_filter.c daemon/report/row_filter.h \
	daemon/report/sharing.c daemon/report/sharing.h \
	daemon/report/snapshots.c daemon/report/snapshots.h \
	daemon/report/span.c daemon/report/span.h \
	daemon/report/span_inside.h daemon/report/span_load.c \
	daemon/report/span_rows.c \
	daemon/report/standing.c daemon/report/standing.h \
	daemon/report/tally.c daemon/report/tally.h \
	daemon/report/verbatim.c \
	daemon/report/view.c daemon/report/view.h \
	daemon/report/view_amend.c \
	daemon/report/view_fold.c daemon/report/view_fold.h \
	daemon/report/view_govern.c \
	daemon/report/view_needed.c \
	daemon/report/view_network.c \
	daemon/report/view_run.c \
	daemon/report/view_source.c \
	daemon/report/view_usage.c \
	daemon/report/writer.c daemon/report/writer.h \
	daemon/report/writer_csv.c daemon/report/writer_csv.h \
	daemon/report/writer_html.c daemon/report/writer_html.h \
	daemon/report/writer_columns.c daemon/report/writer_columns.h \
	daemon/report/writer_layout.c daemon/report/writer_layout.h \
	daemon/report/writer_piece.c daemon/report/writer_piece.h \
	daemon/report/yaml.c daemon/report/yaml.h
