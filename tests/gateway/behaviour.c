/* The table of behaviours.
 *
 * A row says which fixture replaces the good answer of the route, how it is
 * delivered and what is echoed.  A row without a fixture keeps the good
 * answer and spoils something around it.  `refuses` matters only for a key
 * that the gateway does not know: without it such a key is accepted. */
#include "behaviour.h"

#include <stddef.h>
#include <string.h>

enum { ANYWHERE = AT_CHAT | AT_SURFACE | AT_PAGE };

/* A billed 200 of the chat endpoint with another body. */
#define CHAT_200(n, f)                                                 \
	{                                                              \
		.name = n, .at = AT_CHAT, .fixture = f, .billed = true \
	}
/* A chat answer that nobody pays for. */
#define CHAT(n, f)                                     \
	{                                              \
		.name = n, .at = AT_CHAT, .fixture = f \
	}
#define COMMON(n, f)                                                \
	{                                                           \
		.name = n, .at = AT_CHAT | AT_SURFACE, .fixture = f \
	}
#define PAGE(n, f)                                     \
	{                                              \
		.name = n, .at = AT_PAGE, .fixture = f \
	}
/* The good answer in a bad manner. */
#define MANNER(n, m)                                                        \
	{                                                                   \
		.name = n, .at = ANYWHERE, .refuses = true, .billed = true, \
		.manner = m                                                 \
	}
/* A 200 that repeats the credential in some form. */
#define ECHO(n, form)                                                  \
	{                                                              \
		.name = n, .at = AT_CHAT, .fixture = "chat-echo.json", \
		.refuses = true, .refusal = "error-echo-message.json", \
		.billed = true, .echo = form                           \
	}

static const struct behaviour TABLE[] = {
    {.name = "healthy", .at = ANYWHERE, .billed = true},

    CHAT_200("details-empty", "chat-details-empty.json"),
    CHAT_200("usage-missing", "chat-usage-missing.json"),
    CHAT_200("usage-null", "chat-usage-null.json"),
    CHAT("usage-zero", "chat-usage-zero.json"),
    CHAT_200("usage-string", "chat-usage-string.json"),
    CHAT_200("usage-float", "chat-usage-float.json"),
    CHAT_200("usage-negative", "chat-usage-negative.json"),
    CHAT_200("usage-out-of-range", "chat-usage-out-of-range.json"),
    CHAT_200("usage-fields-null", "chat-usage-fields-null.json"),
    CHAT_200("usage-detail-null", "chat-usage-detail-null.json"),
    CHAT_200("usage-inconsistent", "chat-usage-inconsistent.json"),
    CHAT("all-zero", "chat-all-zero.json"),
    CHAT_200("content-null", "chat-content-null.json"),
    CHAT_200("content-empty", "chat-content-empty.json"),
    CHAT("error-200", "chat-error-200.json"),
    CHAT("choice-error", "chat-choice-error.json"),
    CHAT("choices-null", "chat-choices-null.json"),
    CHAT("choices-empty", "chat-choices-empty.json"),
    CHAT("malformed", "chat-malformed.txt"),
    CHAT("html-200", "console.html"),

    CHAT("unauthorized", "error-invalid-token.json"),
    {.name = "unauthorized",
     .at = AT_SURFACE,
     .fixture = "usage-token-refused.json"},
    COMMON("unauthorized-empty", "unauthorized.empty"),
    CHAT("unauthorized-detail", "error-detail-401.json"),
    CHAT("bad-request-no-db", "error-no-db-400.json"),
    CHAT("bad-request-argument", "error-argument-400.json"),
    CHAT("payment-required", "error-insufficient-balance.json"),
    CHAT("key-exhausted", "error-key-exhausted.json"),
    CHAT("user-quota", "error-user-quota.json"),
    CHAT("insufficient-quota", "error-insufficient-quota.json"),
    CHAT("model-not-found", "error-model-not-found.json"),
    COMMON("server-error", "error-server.json"),
    CHAT("error-string", "error-string-500.json"),
    {.name = "throttled", .at = ANYWHERE, .fixture = "throttled.empty"},
    {.name = "challenge", .at = ANYWHERE, .fixture = "challenge.html"},
    {.name = "redirect", .at = ANYWHERE, .fixture = "redirect.html"},

    MANNER("slow", MANNER_SLOW),
    MANNER("drip", MANNER_DRIP),
    MANNER("cut", MANNER_CUT),
    MANNER("oversized", MANNER_PADDED),
    {.name = "hangup", .at = ANYWHERE, .manner = MANNER_HANGUP},
    CHAT_200("bomb", "bomb.json.gz"),
    PAGE("bomb", "page-bomb.html.gz"),

    ECHO("echo-text", ECHO_PLAIN),
    ECHO("echo-base64", ECHO_BASE64),
    ECHO("echo-percent", ECHO_PERCENT),
    ECHO("echo-json", ECHO_JSON),
    {.name = "echo-split",
     .at = AT_CHAT,
     .fixture = "chat-echo.json",
     .refuses = true,
     .refusal = "error-echo-message.json",
     .billed = true,
     .manner = MANNER_SPLIT,
     .echo = ECHO_PLAIN},
    {.name = "echo-model",
     .at = AT_CHAT,
     .fixture = "chat-echo-model.json",
     .refuses = true,
     .refusal = "error-echo-type.json",
     .billed = true,
     .echo = ECHO_PLAIN},
    {.name = "echo-header",
     .at = AT_CHAT,
     .refuses = true,
     .billed = true,
     .echo = ECHO_PLAIN,
     .echo_place = ECHO_IN_HEADER},
    {.name = "echo-request-id",
     .at = AT_CHAT,
     .refuses = true,
     .billed = true,
     .echo = ECHO_PLAIN,
     .echo_place = ECHO_IN_REQUEST_ID},
    {.name = "echo-message",
     .at = AT_CHAT,
     .fixture = "error-echo-message.json",
     .echo = ECHO_PLAIN},
    {.name = "echo-type",
     .at = AT_CHAT,
     .fixture = "error-echo-type.json",
     .echo = ECHO_PLAIN},

    {.name = "frozen",
     .at = AT_SURFACE,
     .refuses = true,
     .quirk = QUIRK_FROZEN},
    {.name = "wrong-label",
     .at = AT_SURFACE,
     .refuses = true,
     .quirk = QUIRK_WRONG_LABEL},
    {.name = "drifting",
     .at = AT_SURFACE,
     .refuses = true,
     .quirk = QUIRK_DRIFTING},
    {.name = "failed-200",
     .at = AT_SURFACE,
     .fixture = "usage-token-failed-200.json"},
    {.name = "odd-types", .at = AT_SURFACE, .fixture = "usage-token-odd.json"},

    {.name = "changed", .at = AT_PAGE, .changed = true},
    PAGE("not-found", "page-not-found.html"),
    PAGE("soft-404", "page-soft-404.html"),
    PAGE("js-shell", "page-js-shell.html"),
    PAGE("server-error", "page-server-error.html"),
    PAGE("moved", "wrong-path.html"),
    {.name = "canary",
     .at = AT_PAGE,
     .fixture = "page-canary.html",
     .echo = ECHO_PLAIN},
    {.name = "canary-markup",
     .at = AT_PAGE,
     .fixture = "page-canary.html",
     .echo = ECHO_MARKUP},
};

const struct behaviour *
behaviour_at(unsigned int i)
{
	return i < sizeof(TABLE) / sizeof(TABLE[0]) ? &TABLE[i] : NULL;
}

const struct behaviour *
behaviour_find(const char *name, enum behaviour_place at)
{
	const struct behaviour *b;

	for (unsigned int i = 0; (b = behaviour_at(i)) != NULL; i++) {
		if ((b->at & at) != 0 && strcmp(b->name, name) == 0)
			return b;
	}
	return NULL;
}
