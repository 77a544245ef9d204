# scripts
noinst_PROGRAMS += scripts/print-words
scripts_print_words_SOURCES = scripts/print-words.c
scripts_print_words_LDADD = $(CORE_LIBS)
EXTRA_DIST += scripts/update-words
EXTRA_DIST += scripts/demo scripts/setup scripts/test
noinst_PROGRAMS += scripts/print-completion
scripts_print_completion_SOURCES = scripts/print-completion.c \
	scripts/completion.h scripts/completion_bash.c scripts/completion_zsh.c
scripts_print_completion_LDADD = $(CORE_LIBS)
EXTRA_DIST += scripts/update-completion
check_SCRIPTS += scripts/check-layers scripts/check-style
EXTRA_DIST += .clang-format scripts/check-layers scripts/check-style
