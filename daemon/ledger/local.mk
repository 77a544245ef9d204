libcore_a_SOURCES += \
	daemon/ledger/io.h \
	daemon/ledger/inside.h \
	daemon/ledger/access.c \
	daemon/ledger/ballast.c \
	daemon/ledger/batch.c \
	daemon/ledger/blame.c daemon/ledger/blame.h \
	daemon/ledger/blob.c \
	daemon/ledger/checkpoint.c daemon/ledger/checkpoint.h \
	daemon/ledger/confirm.c daemon/ledger/confirm.h \
	daemon/ledger/checkpoints.c \
	daemon/ledger/create.c \
	daemon/ledger/facets.c daemon/ledger/facets.h \
	daemon/ledger/fetch.c daemon/ledger/fetch.h \
	daemon/ledger/folder.c daemon/ledger/folder.h \
	daemon/ledger/hashes.c daemon/ledger/hashes.h \
	daemon/ledger/heads.c daemon/ledger/heads.h \
	daemon/ledger/hold.c \
	daemon/ledger/identity.c daemon/ledger/identity.h \
	daemon/ledger/inspect.c \
	daemon/ledger/key_list.c daemon/ledger/key_list.h \
	daemon/ledger/key_search.c daemon/ledger/key_search.h \
	daemon/ledger/keys.c \
	daemon/ledger/ledger.c daemon/ledger/ledger.h \
	daemon/ledger/lint.c daemon/ledger/lint.h \
	daemon/ledger/lint_form.c daemon/ledger/lint_form.h \
	daemon/ledger/lock.c \
	daemon/ledger/log_check.c \
	daemon/ledger/log_gap.c daemon/ledger/log_gap.h \
	daemon/ledger/lost.c daemon/ledger/lost.h \
	daemon/ledger/mirror.c daemon/ledger/mirror.h \
	daemon/ledger/mirror_file.c daemon/ledger/mirror_file.h \
	daemon/ledger/note.c daemon/ledger/note.h \
	daemon/ledger/proof.c daemon/ledger/proof.h \
	daemon/ledger/prove.c daemon/ledger/prove.h \
	daemon/ledger/notes.c daemon/ledger/notes.h \
	daemon/ledger/patch.c daemon/ledger/patch.h \
	daemon/ledger/prune.c daemon/ledger/prune.h \
	daemon/ledger/pruned.c daemon/ledger/pruned.h \
	daemon/ledger/queue.c \
	daemon/ledger/raw.c daemon/ledger/raw.h \
	daemon/ledger/reader.c \
	daemon/ledger/recover.c \
	daemon/ledger/rekey.c daemon/ledger/rekey.h \
	daemon/ledger/rests.c daemon/ledger/rests.h \
	daemon/ledger/resume.c \
	daemon/ledger/remnant.c daemon/ledger/remnant.h \
	daemon/ledger/repair.c daemon/ledger/repair.h \
	daemon/ledger/repair_identity.c \
	daemon/ledger/repair_lines.c daemon/ledger/repair_lines.h \
	daemon/ledger/repair_log.c \
	daemon/ledger/repair_remnant.c \
	daemon/ledger/repair_secret.c \
	daemon/ledger/repair_tiles.c \
	daemon/ledger/repair_signed.c \
	daemon/ledger/repair_witness.c \
	daemon/ledger/repair_inside.h daemon/ledger/repair_segment.c \
	daemon/ledger/restore.c daemon/ledger/restore.h \
	daemon/ledger/row.c daemon/ledger/row.h \
	daemon/ledger/row_check.c \
	daemon/ledger/salvage.c daemon/ledger/salvage.h \
	daemon/ledger/salvage_chain.c daemon/ledger/salvage_inside.h \
	daemon/ledger/segment.c daemon/ledger/segment.h \
	daemon/ledger/seq_set.c daemon/ledger/seq_set.h \
	daemon/ledger/sign.c \
	daemon/ledger/signed.c daemon/ledger/signed.h \
	daemon/ledger/spans.c daemon/ledger/spans.h \
	daemon/ledger/state.c \
	daemon/ledger/sums.c \
	daemon/ledger/sweep.c \
	daemon/ledger/survey.c daemon/ledger/survey.h \
	daemon/ledger/tile.c daemon/ledger/tile.h \
	daemon/ledger/tile_store.c daemon/ledger/tile_store.h \
	daemon/ledger/texts.c daemon/ledger/texts.h \
	daemon/ledger/tree.c daemon/ledger/tree.h \
	daemon/ledger/verify.c daemon/ledger/verify.h \
	daemon/ledger/verify_derived.c \
	daemon/ledger/verify_heads.c daemon/ledger/verify_inside.h \
	daemon/ledger/verify_lint.c \
	daemon/ledger/verify_part.c daemon/ledger/verify_part.h \
	daemon/ledger/walk.c daemon/ledger/walk.h \
	daemon/ledger/window.c daemon/ledger/window.h \
	daemon/ledger/workers.c daemon/ledger/workers.h \
	daemon/ledger/written.c daemon/ledger/written.h
