# tests/unit/page
