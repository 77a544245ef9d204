# tests/gateway
