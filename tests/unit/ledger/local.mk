# tests/unit/ledger
