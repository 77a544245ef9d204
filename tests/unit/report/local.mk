# tests/unit/report
