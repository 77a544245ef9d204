# tests/fuzz: a target a file; ordinary builds replay its corpus,
# --enable-fuzzing looks for more: tests/fuzz/fuzz_row tests/fuzz/corpus/row
noinst_PROGRAMS += \
	tests/fuzz/fuzz_config \
	tests/fuzz/fuzz_control \
	tests/fuzz/fuzz_exchange \
	tests/fuzz/fuzz_note \
	tests/fuzz/fuzz_proof \
	tests/fuzz/fuzz_recovery \
	tests/fuzz/fuzz_row \
	tests/fuzz/fuzz_tile
FUZZ_LIBS = libfakes.a $(CORE_LIBS)
if FUZZING
FUZZ_MAIN =
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
else
FUZZ_MAIN = tests/fuzz/replay.c
FUZZ_LINK = $(AM_LDFLAGS)
check_SCRIPTS += tests/fuzz/test-corpus
endif
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_fuzz_config_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_config_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_control_SOURCES = tests/fuzz/fuzz_control.c tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_fuzz_control_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_control_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_exchange_SOURCES = tests/fuzz/fuzz_exchange.c tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_fuzz_exchange_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_exchange_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_note_SOURCES = tests/fuzz/fuzz_note.c tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_fuzz_note_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_note_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_proof_SOURCES = tests/fuzz/fuzz_proof.c tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_fuzz_proof_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_proof_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_recovery_SOURCES = tests/fuzz/fuzz_recovery.c tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_fuzz_recovery_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_recovery_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_row_SOURCES = tests/fuzz/fuzz_row.c tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_fuzz_row_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_row_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_tile_SOURCES = tests/fuzz/fuzz_tile.c tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_fuzz_tile_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_tile_LDFLAGS = $(FUZZ_LINK)
EXTRA_DIST += tests/fuzz/test-corpus \
	tests/fuzz/corpus/config/comment \
	tests/fuzz/corpus/config/deep \
	tests/fuzz/corpus/config/empty \
	tests/fuzz/corpus/config/good \
	tests/fuzz/corpus/config/hex \
	tests/fuzz/corpus/config/include \
	tests/fuzz/corpus/config/int \
	tests/fuzz/corpus/config/long \
	tests/fuzz/corpus/config/nul \
	tests/fuzz/corpus/config/number-at-end \
	tests/fuzz/corpus/config/string \
	tests/fuzz/corpus/config/unknown \
	tests/fuzz/corpus/config/zone \
	tests/fuzz/corpus/control/control \
	tests/fuzz/corpus/control/deep \
	tests/fuzz/corpus/control/empty \
	tests/fuzz/corpus/control/hold \
	tests/fuzz/corpus/control/note \
	tests/fuzz/corpus/control/nul \
	tests/fuzz/corpus/control/reply \
	tests/fuzz/corpus/control/run \
	tests/fuzz/corpus/control/status-256 \
	tests/fuzz/corpus/control/twice \
	tests/fuzz/corpus/control/unknown \
	tests/fuzz/corpus/control/version \
	tests/fuzz/corpus/exchange/empty \
	tests/fuzz/corpus/exchange/error \
	tests/fuzz/corpus/exchange/html \
	tests/fuzz/corpus/exchange/huge \
	tests/fuzz/corpus/exchange/in-band \
	tests/fuzz/corpus/exchange/nul \
	tests/fuzz/corpus/exchange/null \
	tests/fuzz/corpus/exchange/pass \
	tests/fuzz/corpus/exchange/reset \
	tests/fuzz/corpus/exchange/throttled \
	tests/fuzz/corpus/exchange/zero \
	tests/fuzz/corpus/note/checkpoint \
	tests/fuzz/corpus/note/extension \
	tests/fuzz/corpus/note/size \
	tests/fuzz/corpus/note/vector-0 \
	tests/fuzz/corpus/note/vector-1 \
	tests/fuzz/corpus/note/vector-10 \
	tests/fuzz/corpus/note/vector-11 \
	tests/fuzz/corpus/note/vector-12 \
	tests/fuzz/corpus/note/vector-13 \
	tests/fuzz/corpus/note/vector-14 \
	tests/fuzz/corpus/note/vector-15 \
	tests/fuzz/corpus/note/vector-2 \
	tests/fuzz/corpus/note/vector-3 \
	tests/fuzz/corpus/note/vector-4 \
	tests/fuzz/corpus/note/vector-5 \
	tests/fuzz/corpus/note/vector-6 \
	tests/fuzz/corpus/note/vector-7 \
	tests/fuzz/corpus/note/vector-8 \
	tests/fuzz/corpus/note/vector-9 \
	tests/fuzz/corpus/proof/cut \
	tests/fuzz/corpus/proof/empty \
	tests/fuzz/corpus/proof/index \
	tests/fuzz/corpus/proof/no-path \
	tests/fuzz/corpus/proof/no-row \
	tests/fuzz/corpus/proof/version \
	tests/fuzz/corpus/proof/whole \
	tests/fuzz/corpus/recovery/all \
	tests/fuzz/corpus/recovery/behind \
	tests/fuzz/corpus/recovery/cut \
	tests/fuzz/corpus/recovery/junk \
	tests/fuzz/corpus/recovery/lf \
	tests/fuzz/corpus/recovery/none \
	tests/fuzz/corpus/recovery/open \
	tests/fuzz/corpus/recovery/row \
	tests/fuzz/corpus/recovery/zeros \
	tests/fuzz/corpus/row/brace \
	tests/fuzz/corpus/row/cut \
	tests/fuzz/corpus/row/empty \
	tests/fuzz/corpus/row/genesis \
	tests/fuzz/corpus/row/other-sum \
	tests/fuzz/corpus/row/row-20 \
	tests/fuzz/corpus/row/row-3 \
	tests/fuzz/corpus/row/row-9 \
	tests/fuzz/corpus/row/second \
	tests/fuzz/corpus/tile/deep \
	tests/fuzz/corpus/tile/empty \
	tests/fuzz/corpus/tile/full-partial \
	tests/fuzz/corpus/tile/huge \
	tests/fuzz/corpus/tile/lead \
	tests/fuzz/corpus/tile/leaf \
	tests/fuzz/corpus/tile/level \
	tests/fuzz/corpus/tile/partial \
	tests/fuzz/corpus/tile/x-end \
	tests/fuzz/corpus/tile/zero-width
