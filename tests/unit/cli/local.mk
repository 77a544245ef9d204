# tests/unit/cli
noinst_PROGRAMS += tests/unit/cli/make_ledger
noinst_PROGRAMS += tests/unit/cli/sign_ledger
tests_unit_cli_make_ledger_SOURCES = tests/unit/cli/make_ledger.c
tests_unit_cli_make_ledger_LDADD = libio.la libcore.la
tests_unit_cli_sign_ledger_SOURCES = tests/unit/cli/sign_ledger.c
tests_unit_cli_sign_ledger_LDADD = libfakes.la libio.la libcore.la
noinst_PROGRAMS += tests/unit/cli/evidencectl_at
tests_unit_cli_evidencectl_at_SOURCES = $(evidencectl_SOURCES) \
	tests/unit/cli/clock_at.c \
	tests/unit/cli/silence_at.c
tests_unit_cli_evidencectl_at_LDADD = libio.la libcore.la
check_SCRIPTS += \
	tests/unit/cli/test_completion \
	tests/unit/cli/test_errors \
	tests/unit/cli/test_evidencectl \
	tests/unit/cli/test_examples \
	tests/unit/cli/test_export \
	tests/unit/cli/test_index \
	tests/unit/cli/test_json \
	tests/unit/cli/test_manuals \
	tests/unit/cli/test_new \
	tests/unit/cli/test_silent \
	tests/unit/cli/test_terminal \
	tests/unit/cli/test_zsh_completion
EXTRA_DIST += \
	tests/unit/cli/test_completion \
	tests/unit/cli/test_errors \
	tests/unit/cli/test_evidencectl \
	tests/unit/cli/test_examples \
	tests/unit/cli/test_export \
	tests/unit/cli/test_index \
	tests/unit/cli/test_json \
	tests/unit/cli/test_manuals \
	tests/unit/cli/test_new \
	tests/unit/cli/test_silent \
	tests/unit/cli/test_terminal \
	tests/unit/cli/test_zsh_completion \
	tests/unit/cli/completion.zsh \
	tests/unit/cli/answer.py \
	tests/unit/cli/type_tab.py \
	tests/unit/cli/pages/config-1 \
	tests/unit/cli/pages/config-2 \
	tests/unit/cli/pages/config-3 \
	tests/unit/cli/pages/config-4 \
	tests/unit/cli/pages/config-5 \
	tests/unit/cli/pages/pricing-new \
	tests/unit/cli/pages/pricing-old \
	tests/unit/cli/pages/setup \
	tests/unit/cli/rows-at.tsv \
	tests/unit/cli/rows-configured.tsv \
	tests/unit/cli/rows-corrected.tsv \
	tests/unit/cli/rows-loaded.tsv \
	tests/unit/cli/rows-muted.tsv \
	tests/unit/cli/rows-long.tsv \
	tests/unit/cli/rows.tsv \
	tests/unit/cli/terminal.py \
	tests/unit/cli/stand_in.py \
	tests/unit/cli/test.conf
EXTRA_DIST += \
	tests/unit/cli/golden/ack-json \
	tests/unit/cli/golden/alerts \
	tests/unit/cli/golden/alerts-all \
	tests/unit/cli/golden/alerts-json \
	tests/unit/cli/golden/alerts-muted \
	tests/unit/cli/golden/alerts-muted-json \
	tests/unit/cli/golden/approve-json \
	tests/unit/cli/golden/asked \
	tests/unit/cli/golden/attest-json \
	tests/unit/cli/golden/calendar \
	tests/unit/cli/golden/calendar-json \
	tests/unit/cli/golden/check-config \
	tests/unit/cli/golden/check-config-impact-json \
	tests/unit/cli/golden/check-config-json \
	tests/unit/cli/golden/check-proof \
	tests/unit/cli/golden/check-proof-json \
	tests/unit/cli/golden/checkpoint-json \
	tests/unit/cli/golden/correct-json \
	tests/unit/cli/golden/decide-json \
	tests/unit/cli/golden/diff \
	tests/unit/cli/golden/diff-first \
	tests/unit/cli/golden/diff-json \
	tests/unit/cli/golden/diff-reverse \
	tests/unit/cli/golden/doctor \
	tests/unit/cli/golden/doctor-json \
	tests/unit/cli/golden/explain-reason \
	tests/unit/cli/golden/explain-reason-json \
	tests/unit/cli/golden/explain-rule \
	tests/unit/cli/golden/explain-rule-json \
	tests/unit/cli/golden/export-json \
	tests/unit/cli/golden/help \
	tests/unit/cli/golden/history \
	tests/unit/cli/golden/history-check \
	tests/unit/cli/golden/history-day \
	tests/unit/cli/golden/history-decision \
	tests/unit/cli/golden/history-json \
	tests/unit/cli/golden/history-owner \
	tests/unit/cli/golden/history-workload \
	tests/unit/cli/golden/import-workloads-json \
	tests/unit/cli/golden/index-json \
	tests/unit/cli/golden/legal-hold-json \
	tests/unit/cli/golden/list-checks-json \
	tests/unit/cli/golden/list-credentials \
	tests/unit/cli/golden/list-credentials-daemon \
	tests/unit/cli/golden/list-credentials-daemon-json \
	tests/unit/cli/golden/list-credentials-json \
	tests/unit/cli/golden/list-gateways \
	tests/unit/cli/golden/list-gateways-json \
	tests/unit/cli/golden/list-metrics \
	tests/unit/cli/golden/list-metrics-json \
	tests/unit/cli/golden/list-owners \
	tests/unit/cli/golden/list-owners-json \
	tests/unit/cli/golden/list-roles-json \
	tests/unit/cli/golden/list-rules \
	tests/unit/cli/golden/list-rules-json \
	tests/unit/cli/golden/list-templates-json \
	tests/unit/cli/golden/list-sources-json \
	tests/unit/cli/golden/list-workloads-json \
	tests/unit/cli/golden/mirror-json \
	tests/unit/cli/golden/new-json \
	tests/unit/cli/golden/next-json \
	tests/unit/cli/golden/note-json \
	tests/unit/cli/golden/packet-fail \
	tests/unit/cli/golden/packet-json \
	tests/unit/cli/golden/packet-many-json \
	tests/unit/cli/golden/packet-response \
	tests/unit/cli/golden/packet-text \
	tests/unit/cli/golden/packet-workload-json \
	tests/unit/cli/golden/packet-yaml \
	tests/unit/cli/golden/prepare-json \
	tests/unit/cli/golden/prove-json \
	tests/unit/cli/golden/prune-json \
	tests/unit/cli/golden/reload-json \
	tests/unit/cli/golden/repair-json \
	tests/unit/cli/golden/restore-json \
	tests/unit/cli/golden/run-json \
	tests/unit/cli/golden/schedule \
	tests/unit/cli/golden/schedule-back \
	tests/unit/cli/golden/schedule-json \
	tests/unit/cli/golden/show-12 \
	tests/unit/cli/golden/show-at \
	tests/unit/cli/golden/show-at-json \
	tests/unit/cli/golden/show-at-rule \
	tests/unit/cli/golden/show-at-source \
	tests/unit/cli/golden/show-row-json \
	tests/unit/cli/golden/show-rule \
	tests/unit/cli/golden/show-rule-json \
	tests/unit/cli/golden/show-source-json \
	tests/unit/cli/golden/show-unrecorded-json \
	tests/unit/cli/golden/show-workload-json \
	tests/unit/cli/golden/silence-json \
	tests/unit/cli/golden/status-daemon \
	tests/unit/cli/golden/status-daemon-json \
	tests/unit/cli/golden/status-json \
	tests/unit/cli/golden/todo \
	tests/unit/cli/golden/todo-json \
	tests/unit/cli/golden/todo-owner \
	tests/unit/cli/golden/todo-role \
	tests/unit/cli/golden/unsilence-json \
	tests/unit/cli/golden/verify \
	tests/unit/cli/golden/verify-damaged-json \
	tests/unit/cli/golden/verify-json \
	tests/unit/cli/golden/verify-signed \
	tests/unit/cli/golden/verify-signed-json \
	tests/unit/cli/golden/verify-unsigned \
	tests/unit/cli/golden/verify-unsigned-json \
	tests/unit/cli/golden/why-alert \
	tests/unit/cli/golden/why-json
