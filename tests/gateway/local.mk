# tests/gateway: the practice gateway, a test double that also serves the demo
noinst_PROGRAMS += tests/gateway/practice-gateway
tests_gateway_practice_gateway_SOURCES = \
	tests/gateway/admin.c \
	tests/gateway/answer.c tests/gateway/answer.h \
	tests/gateway/behaviour.c tests/gateway/behaviour.h \
	tests/gateway/chat.c \
	tests/gateway/fixture.c tests/gateway/fixture.h \
	tests/gateway/gateway.c \
	tests/gateway/judge.c tests/gateway/judge.h \
	tests/gateway/main.c \
	tests/gateway/pages.c \
	tests/gateway/practice.h \
	tests/gateway/settings.c tests/gateway/settings.h \
	tests/gateway/surface.c tests/gateway/surface.h \
	tests/gateway/witness.c tests/gateway/witness.h
tests_gateway_practice_gateway_LDADD = $(CORE_LIBS) $(EVENT_LIBS) \
	$(JSON_LIBS) $(CONFIG_LIBS) $(CRYPTO_LIBS)

# curl is the client in both; neither waits for time to pass
check_SCRIPTS += tests/gateway/test-gateway tests/gateway/test-gateway-state
EXTRA_DIST += \
	tests/gateway/demo-gateway.conf \
	tests/gateway/expected.py tests/gateway/practice.py \
	tests/gateway/test-gateway tests/gateway/test-gateway-state \
	tests/gateway/fixtures/INDEX \
	tests/gateway/fixtures/bomb.json.gz \
	tests/gateway/fixtures/challenge.html \
	tests/gateway/fixtures/chat-all-zero.json \
	tests/gateway/fixtures/chat-choice-error.json \
	tests/gateway/fixtures/chat-choices-empty.json \
	tests/gateway/fixtures/chat-choices-null.json \
	tests/gateway/fixtures/chat-completion.json \
	tests/gateway/fixtures/chat-content-empty.json \
	tests/gateway/fixtures/chat-content-null.json \
	tests/gateway/fixtures/chat-details-empty.json \
	tests/gateway/fixtures/chat-echo-model.json \
	tests/gateway/fixtures/chat-echo.json \
	tests/gateway/fixtures/chat-error-200.json \
	tests/gateway/fixtures/chat-length.json \
	tests/gateway/fixtures/chat-malformed.txt \
	tests/gateway/fixtures/chat-stream.sse \
	tests/gateway/fixtures/chat-usage-detail-null.json \
	tests/gateway/fixtures/chat-usage-fields-null.json \
	tests/gateway/fixtures/chat-usage-float.json \
	tests/gateway/fixtures/chat-usage-inconsistent.json \
	tests/gateway/fixtures/chat-usage-missing.json \
	tests/gateway/fixtures/chat-usage-negative.json \
	tests/gateway/fixtures/chat-usage-null.json \
	tests/gateway/fixtures/chat-usage-out-of-range.json \
	tests/gateway/fixtures/chat-usage-string.json \
	tests/gateway/fixtures/chat-usage-zero.json \
	tests/gateway/fixtures/console.html \
	tests/gateway/fixtures/error-argument-400.json \
	tests/gateway/fixtures/error-detail-401.json \
	tests/gateway/fixtures/error-echo-message.json \
	tests/gateway/fixtures/error-echo-type.json \
	tests/gateway/fixtures/error-insufficient-balance.json \
	tests/gateway/fixtures/error-insufficient-quota.json \
	tests/gateway/fixtures/error-invalid-request.json \
	tests/gateway/fixtures/error-invalid-token.json \
	tests/gateway/fixtures/error-key-exhausted.json \
	tests/gateway/fixtures/error-model-not-found.json \
	tests/gateway/fixtures/error-no-db-400.json \
	tests/gateway/fixtures/error-server.json \
	tests/gateway/fixtures/error-string-500.json \
	tests/gateway/fixtures/error-user-quota.json \
	tests/gateway/fixtures/page-bomb.html.gz \
	tests/gateway/fixtures/page-canary.html \
	tests/gateway/fixtures/page-js-shell.html \
	tests/gateway/fixtures/page-not-found.html \
	tests/gateway/fixtures/page-server-error.html \
	tests/gateway/fixtures/page-soft-404.html \
	tests/gateway/fixtures/pages/allocation-changed.html \
	tests/gateway/fixtures/pages/allocation-changed.md \
	tests/gateway/fixtures/pages/allocation.html \
	tests/gateway/fixtures/pages/allocation.md \
	tests/gateway/fixtures/pages/models-changed.json \
	tests/gateway/fixtures/pages/models.json \
	tests/gateway/fixtures/pages/pricing-changed.html \
	tests/gateway/fixtures/pages/pricing-changed.md \
	tests/gateway/fixtures/pages/pricing.html \
	tests/gateway/fixtures/pages/pricing.md \
	tests/gateway/fixtures/pages/setup-changed.html \
	tests/gateway/fixtures/pages/setup-changed.md \
	tests/gateway/fixtures/pages/setup.html \
	tests/gateway/fixtures/pages/setup.md \
	tests/gateway/fixtures/pages/support-changed.html \
	tests/gateway/fixtures/pages/support-changed.md \
	tests/gateway/fixtures/pages/support.html \
	tests/gateway/fixtures/pages/support.md \
	tests/gateway/fixtures/pages/unit-economics-changed.html \
	tests/gateway/fixtures/pages/unit-economics-changed.md \
	tests/gateway/fixtures/pages/unit-economics.html \
	tests/gateway/fixtures/pages/unit-economics.md \
	tests/gateway/fixtures/redirect.html \
	tests/gateway/fixtures/throttled.empty \
	tests/gateway/fixtures/unauthorized.empty \
	tests/gateway/fixtures/usage-token-failed-200.json \
	tests/gateway/fixtures/usage-token-odd.json \
	tests/gateway/fixtures/usage-token-refused.json \
	tests/gateway/fixtures/usage-token.json \
	tests/gateway/fixtures/wrong-path.html
