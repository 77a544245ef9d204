# tests/unit/alert
