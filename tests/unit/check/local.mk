# tests/unit/check
