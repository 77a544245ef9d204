check_PROGRAMS += \
	tests/unit/ledger/test_checkpoint \
	tests/unit/ledger/test_confirm \
	tests/unit/ledger/test_derived \
	tests/unit/ledger/test_facets \
	tests/unit/ledger/test_fetch \
	tests/unit/ledger/test_fixture \
	tests/unit/ledger/test_hold \
	tests/unit/ledger/test_identity \
	tests/unit/ledger/test_ledger \
	tests/unit/ledger/test_lint \
	tests/unit/ledger/test_lost \
	tests/unit/ledger/test_mirror \
	tests/unit/ledger/test_mirror_file \
	tests/unit/ledger/test_note \
	tests/unit/ledger/test_notes \
	tests/unit/ledger/test_proof \
	tests/unit/ledger/test_prune \
	tests/unit/ledger/test_reading \
	tests/unit/ledger/test_recover \
	tests/unit/ledger/test_remnant \
	tests/unit/ledger/test_repair \
	tests/unit/ledger/test_repair_fork \
	tests/unit/ledger/test_repair_log \
	tests/unit/ledger/test_repair_signed \
	tests/unit/ledger/test_rests \
	tests/unit/ledger/test_row \
	tests/unit/ledger/test_sign \
	tests/unit/ledger/test_salvage \
	tests/unit/ledger/test_tamper \
	tests/unit/ledger/test_tile \
	tests/unit/ledger/test_tree \
	tests/unit/ledger/test_verify \
	tests/unit/ledger/test_window \
	tests/unit/ledger/test_written
tests_unit_ledger_test_facets_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_confirm_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_fetch_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_derived_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_hold_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_identity_SOURCES = \
	tests/unit/ledger/test_identity.c \
	tests/crash/images.c tests/crash/images.h
tests_unit_ledger_test_identity_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_fixture_LDADD = $(IO_TEST_LIBS)
tests_unit_ledger_test_ledger_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_lint_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_lost_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_mirror_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_mirror_file_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_notes_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_proof_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_prune_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_reading_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_recover_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_repair_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_repair_log_SOURCES = \
	tests/unit/ledger/test_repair_log.c \
	tests/crash/images.c tests/crash/images.h
tests_unit_ledger_test_repair_log_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_repair_fork_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_repair_signed_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_rests_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_row_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_sign_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_tamper_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_verify_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_salvage_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_window_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_checkpoint_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_checkpoint_SOURCES = \
	tests/unit/ledger/test_checkpoint.c \
	tests/unit/ledger/vectors.c tests/unit/ledger/vectors.h
tests_unit_ledger_test_note_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_note_SOURCES = \
	tests/unit/ledger/test_note.c \
	tests/unit/ledger/vectors.c tests/unit/ledger/vectors.h
tests_unit_ledger_test_tile_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_tile_SOURCES = \
	tests/unit/ledger/test_tile.c \
	tests/unit/ledger/vectors.c tests/unit/ledger/vectors.h
tests_unit_ledger_test_tree_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_tree_SOURCES = \
	tests/unit/ledger/test_tree.c \
	tests/unit/ledger/vectors.c tests/unit/ledger/vectors.h
EXTRA_DIST += \
	tests/unit/ledger/tlog/README \
	tests/unit/ledger/tlog/merkle-consistency.json \
	tests/unit/ledger/tlog/merkle-inclusion.json \
	tests/unit/ledger/tlog/rfc6962-hash.json \
	tests/unit/ledger/tlog/signed-notes.json \
	tests/unit/ledger/tlog/tlog-generated.json
tests_unit_ledger_test_written_LDADD = $(TEST_LIBS)
tests_unit_ledger_test_remnant_SOURCES = \
	tests/unit/ledger/test_remnant.c \
	tests/crash/images.c tests/crash/images.h
tests_unit_ledger_test_remnant_LDADD = $(TEST_LIBS)
