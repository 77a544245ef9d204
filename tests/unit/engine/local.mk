# tests/unit/engine
check_PROGRAMS += tests/unit/engine/test_engine
tests_unit_engine_test_engine_LDADD = $(TEST_LIBS)

engine_scene = tests/unit/engine/scene.c tests/unit/engine/scene.h
check_PROGRAMS += tests/unit/engine/test_runs
tests_unit_engine_test_runs_SOURCES = tests/unit/engine/test_runs.c \
	$(engine_scene)
tests_unit_engine_test_runs_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_limits
tests_unit_engine_test_limits_SOURCES = tests/unit/engine/test_limits.c \
	$(engine_scene)
tests_unit_engine_test_limits_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_surface
tests_unit_engine_test_surface_SOURCES = tests/unit/engine/test_surface.c \
	$(engine_scene)
tests_unit_engine_test_surface_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_throttle
tests_unit_engine_test_throttle_SOURCES = tests/unit/engine/test_throttle.c \
	$(engine_scene)
tests_unit_engine_test_throttle_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_slots
tests_unit_engine_test_slots_SOURCES = tests/unit/engine/test_slots.c \
	$(engine_scene)
tests_unit_engine_test_slots_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_people
tests_unit_engine_test_people_SOURCES = tests/unit/engine/test_people.c \
	$(engine_scene)
tests_unit_engine_test_people_LDADD = $(TEST_LIBS) $(JSON_LIBS)
check_PROGRAMS += tests/unit/engine/test_prepare
tests_unit_engine_test_prepare_SOURCES = tests/unit/engine/test_prepare.c \
	$(engine_scene)
tests_unit_engine_test_prepare_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_scale
tests_unit_engine_test_scale_SOURCES = tests/unit/engine/test_scale.c \
	$(engine_scene)
tests_unit_engine_test_scale_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_sources
tests_unit_engine_test_sources_SOURCES = tests/unit/engine/test_sources.c \
	$(engine_scene)
tests_unit_engine_test_sources_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_daemon_alerts
tests_unit_engine_test_daemon_alerts_SOURCES = \
	tests/unit/engine/test_daemon_alerts.c \
	$(engine_scene)
tests_unit_engine_test_daemon_alerts_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_no_pass
tests_unit_engine_test_no_pass_SOURCES = tests/unit/engine/test_no_pass.c \
	$(engine_scene)
tests_unit_engine_test_no_pass_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_packets
tests_unit_engine_test_packets_SOURCES = tests/unit/engine/test_packets.c \
	$(engine_scene)
tests_unit_engine_test_packets_LDADD = $(TEST_LIBS) $(JSON_LIBS)
EXTRA_DIST += \
	tests/unit/engine/packet-late.txt \
	tests/unit/engine/packet-pass.txt
check_PROGRAMS += tests/unit/engine/test_amend
tests_unit_engine_test_amend_SOURCES = tests/unit/engine/test_amend.c \
	$(engine_scene)
tests_unit_engine_test_amend_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_prune
tests_unit_engine_test_prune_SOURCES = tests/unit/engine/test_prune.c \
	$(engine_scene)
tests_unit_engine_test_prune_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_reasons
tests_unit_engine_test_reasons_SOURCES = tests/unit/engine/test_reasons.c \
	daemon/cli/todo.c daemon/cli/why.c daemon/cli/words.c \
	$(engine_scene)
tests_unit_engine_test_reasons_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_mute
tests_unit_engine_test_mute_SOURCES = tests/unit/engine/test_mute.c \
	$(engine_scene)
tests_unit_engine_test_mute_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_decide
tests_unit_engine_test_decide_SOURCES = tests/unit/engine/test_decide.c \
	$(engine_scene)
tests_unit_engine_test_decide_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_daily
tests_unit_engine_test_daily_SOURCES = tests/unit/engine/test_daily.c \
	$(engine_scene)
tests_unit_engine_test_daily_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_attest
tests_unit_engine_test_attest_SOURCES = tests/unit/engine/test_attest.c \
	$(engine_scene)
tests_unit_engine_test_attest_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_outage
tests_unit_engine_test_outage_SOURCES = tests/unit/engine/test_outage.c \
	$(engine_scene)
tests_unit_engine_test_outage_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/engine/test_pause
tests_unit_engine_test_pause_SOURCES = tests/unit/engine/test_pause.c \
	$(engine_scene)
tests_unit_engine_test_pause_LDADD = $(TEST_LIBS)
