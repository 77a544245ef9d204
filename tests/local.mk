# What judges the ledgers that tests leave behind.
EXTRA_DIST += tests/facility tests/judge tests/ledger-check

include tests/unit/base/local.mk
include tests/unit/conf/local.mk
include tests/unit/sched/local.mk
include tests/unit/check/local.mk
include tests/unit/page/local.mk
include tests/unit/verdict/local.mk
include tests/unit/ledger/local.mk
include tests/unit/govern/local.mk
include tests/unit/alert/local.mk
include tests/unit/report/local.mk
include tests/unit/ctl/local.mk
include tests/unit/cli/local.mk
include tests/unit/engine/local.mk
include tests/fakes/local.mk
include tests/fixtures/local.mk
include tests/fault/local.mk
include tests/crash/local.mk
include tests/sim/local.mk
include tests/io/local.mk
include tests/system/local.mk
include tests/strangers/local.mk
include tests/fuzz/local.mk
include tests/bench/local.mk
include tests/gateway/local.mk
include tests/aimock/local.mk
include tests/scripts/local.mk
