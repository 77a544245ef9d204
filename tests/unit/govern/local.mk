# tests/unit/govern
