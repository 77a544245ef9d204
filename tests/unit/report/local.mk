# tests/unit/report
check_PROGRAMS += \
	tests/unit/report/test_impact \
	tests/unit/report/test_loadings \
	tests/unit/report/test_packet \
	tests/unit/report/test_row_filter \
	tests/unit/report/test_standing \
	tests/unit/report/test_writer \
	tests/unit/report/test_yaml
tests_unit_report_test_impact_LDADD = $(TEST_LIBS)
tests_unit_report_test_loadings_LDADD = $(TEST_LIBS)
tests_unit_report_test_packet_LDADD = $(TEST_LIBS)
tests_unit_report_test_row_filter_LDADD = $(TEST_LIBS)
tests_unit_report_test_standing_LDADD = $(TEST_LIBS)
tests_unit_report_test_writer_LDADD = $(TEST_LIBS)
tests_unit_report_test_yaml_LDADD = $(TEST_LIBS)
EXTRA_DIST += \
	tests/unit/report/packet-hold.txt \
	tests/unit/report/packet-hold.yaml \
	tests/unit/report/packet.json \
	tests/unit/report/packet.txt \
	tests/unit/report/packet.yaml \
	tests/unit/report/record-hold.json \
	tests/unit/report/record-pass.json
check_PROGRAMS += tests/unit/report/test_rollup
tests_unit_report_test_rollup_SOURCES = tests/unit/report/test_rollup.c \
	tests/unit/report/packets.c tests/unit/report/packets.h
tests_unit_report_test_rollup_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/report/test_refusals
tests_unit_report_test_refusals_SOURCES = tests/unit/report/test_refusals.c \
	tests/unit/report/packets.c tests/unit/report/packets.h
tests_unit_report_test_refusals_LDADD = $(TEST_LIBS) $(JSON_LIBS)
EXTRA_DIST += \
	tests/unit/report/packets/all-eligible.html \
	tests/unit/report/packets/all-eligible.jsonl \
	tests/unit/report/packets/all-eligible.txt \
	tests/unit/report/packets/all-eligible.yaml \
	tests/unit/report/packets/attested.html \
	tests/unit/report/packets/attested.jsonl \
	tests/unit/report/packets/attested.txt \
	tests/unit/report/packets/attested.yaml \
	tests/unit/report/packets/capped.html \
	tests/unit/report/packets/capped.jsonl \
	tests/unit/report/packets/capped.txt \
	tests/unit/report/packets/capped.yaml \
	tests/unit/report/packets/corrected.html \
	tests/unit/report/packets/corrected.jsonl \
	tests/unit/report/packets/corrected.txt \
	tests/unit/report/packets/corrected.yaml \
	tests/unit/report/packets/empty-ledger.html \
	tests/unit/report/packets/empty-ledger.jsonl \
	tests/unit/report/packets/empty-ledger.txt \
	tests/unit/report/packets/empty-ledger.yaml \
	tests/unit/report/packets/late-pass.html \
	tests/unit/report/packets/late-pass.jsonl \
	tests/unit/report/packets/late-pass.txt \
	tests/unit/report/packets/late-pass.yaml \
	tests/unit/report/packets/not-yet-due.html \
	tests/unit/report/packets/not-yet-due.jsonl \
	tests/unit/report/packets/not-yet-due.txt \
	tests/unit/report/packets/not-yet-due.yaml \
	tests/unit/report/packets/nothing-eligible.html \
	tests/unit/report/packets/nothing-eligible.jsonl \
	tests/unit/report/packets/nothing-eligible.txt \
	tests/unit/report/packets/nothing-eligible.yaml \
	tests/unit/report/packets/owner-missing.html \
	tests/unit/report/packets/owner-missing.jsonl \
	tests/unit/report/packets/owner-missing.txt \
	tests/unit/report/packets/owner-missing.yaml \
	tests/unit/report/packets/response-only.html \
	tests/unit/report/packets/response-only.jsonl \
	tests/unit/report/packets/response-only.txt \
	tests/unit/report/packets/response-only.yaml
check_SCRIPTS += tests/unit/report/test_packet_formats
EXTRA_DIST += tests/unit/report/test_packet_formats
check_PROGRAMS += tests/unit/report/test_snapshots
tests_unit_report_test_snapshots_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/report/test_span
tests_unit_report_test_span_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/report/test_view
tests_unit_report_test_view_LDADD = $(TEST_LIBS)
