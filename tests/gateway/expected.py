"""What the practice gateway must answer, written after the facts.

The bytes stand here a second time and are not read from the fixtures: so a
fixture that is altered fails a test.  <ID>, <RID>, <KEY> and <LOCATION>
stand for what differs from answer to answer; long texts are given by the
first digits of their SHA-256.
"""
import base64

KEY = "sk-canary-production-1f9d82c4"
WRONG = "sk-evidenced-invalid-77aa01b2c3"
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
RID = r"\d{23}[0-9A-Za-z]{8}"
HEAD = ('{"id":"chatcmpl-<ID>","object":"chat.completion",'
        '"created":1795434952,"model":"gpt-4o-mini-2024-07-18","choices":')
OK = ('[{"index":0,"message":{"role":"assistant","content":"OK",'
      '"refusal":null},"logprobs":null,"finish_reason":"stop"}]')


def usage(completion=2):
    return ('"usage":{"prompt_tokens":12,"completion_tokens":%d,'
            '"total_tokens":%d,"prompt_tokens_details":{"cached_tokens":0,'
            '"audio_tokens":0},"completion_tokens_details":{'
            '"reasoning_tokens":0,"audio_tokens":0,'
            '"accepted_prediction_tokens":0,"rejected_prediction_tokens":0},'
            '"latency_checkpoint":{}}}' % (completion, 12 + completion))


def counts(p, c, t):
    return (HEAD + OK + ',"usage":{"prompt_tokens":%s,"completion_tokens":%s,'
            '"total_tokens":%s}}' % (p, c, t))


def comet(message, code, tail=" (request id: <RID>)"):
    return ('{"error":{"message":"%s%s","type":"comet_api_error",'
            '"param":"","code":"%s"}}' % (message, tail, code))


HAPPY = HEAD + OK + "," + usage()
INVALID = ('{"error":{"code":"","message":"invalid token (request id: <RID>)"'
           ',"type":"comet_api_error"}}')
BIG = "9223372036854775808"
CHAT_ANSWERS = {
    "healthy": (200, JSON, HAPPY),
    "details-empty": (200, JSON, HEAD + OK + ',"usage":{"prompt_tokens":12,'
                      '"completion_tokens":2,"total_tokens":14,'
                      '"prompt_tokens_details":{},'
                      '"completion_tokens_details":{}}}'),
    "usage-missing": (200, JSON, HEAD + OK + "}"),
    "usage-null": (200, JSON, HEAD + OK + ',"usage":null}'),
    "usage-zero": (200, JSON, counts(0, 0, 0)),
    "usage-string": (200, JSON, counts('"12"', '"2"', '"14"')),
    "usage-float": (200, JSON, counts("12.0", "2.5", "14.5")),
    "usage-negative": (200, JSON, counts(-12, -2, -14)),
    "usage-out-of-range": (200, JSON, counts(BIG, BIG, BIG)),
    "usage-fields-null": (200, JSON, counts("null", "null", "null")),
    "usage-detail-null": (200, JSON, HEAD + OK + ',"usage":{'
                          '"prompt_tokens":12,"completion_tokens":2,'
                          '"total_tokens":14,"prompt_tokens_details":{'
                          '"cached_tokens":null},'
                          '"completion_tokens_details":null}}'),
    "usage-inconsistent": (200, JSON, HEAD + OK + ',"usage":{'
                           '"prompt_tokens":21,"completion_tokens":0,'
                           '"total_tokens":81,"completion_tokens_details":{'
                           '"reasoning_tokens":60}}}'),
    "all-zero": (200, JSON, '{"id":"","object":"chat.completion","created":0,'
                 '"model":"","choices":[],"usage":{"prompt_tokens":0,'
                 '"completion_tokens":0,"total_tokens":0}}'),
    "content-null": (200, JSON, HEAD + OK.replace('"OK"', "null").replace(
        '"stop"', '"content_filter"') + "," + usage()),
    "content-empty": (200, JSON,
                      HEAD + OK.replace('"OK"', '""') + "," + usage()),
    "error-200": (200, JSON, HEAD.replace('"choices":', '"choices":[],') +
                  '"error":{"message":"upstream did not answer '
                  '(request id: <RID>)","type":"comet_api_error","param":"",'
                  '"code":502}}'),
    "choice-error": (200, JSON, HEAD + '[{"index":0,"message":{'
                     '"role":"assistant","content":""},"logprobs":null,'
                     '"finish_reason":"error","error":{'
                     '"message":"upstream stopped","code":502}}]}'),
    "choices-null": (200, JSON, HEAD + "null," + usage()),
    "choices-empty": (200, JSON, HEAD + "[]}"),
    "malformed": (200, "application/json", "{malformed json: <<<chaos>>>"),
    "html-200": (200, HTML, "sha256:08762f5866c1c8f9"),
    "unauthorized": (401, JSON, INVALID),
    "unauthorized-empty": (401, None, ""),
    "unauthorized-detail": (401, JSON, '{"detail":"Unauthorized"}'),
    "bad-request-no-db": (400, JSON, '{"error":{"message":"No connected db.",'
                          '"type":"no_db_connection","param":null,'
                          '"code":"400"}}'),
    "bad-request-argument": (400, JSON, '{"code":"invalid-argument","error":'
                             '"Incorrect API key provided: sk-***2c4."}'),
    "payment-required": (402, JSON, '{"error":{"message":"Insufficient '
                         'Balance","type":"unknown_error","param":null,'
                         '"code":"invalid_request_error"}}'),
    "key-exhausted": (401, JSON, comet("the quota of this key is used up "
                                       "[sk-***2c4]", "")),
    "user-quota": (403, JSON, comet("the quota of this account is used up",
                                    "insufficient_user_quota")),
    "insufficient-quota": (429, JSON, '{"error":{"message":"You exceeded your '
                           'current quota","type":"insufficient_quota",'
                           '"param":null,"code":"insufficient_quota"}}'),
    "model-not-found": (503, JSON, comet(
        "no available channel for group default and model gpt-4o-mini "
        "(distributor)", "model_not_found")),
    "server-error": (500, JSON, comet("the database does not answer", "")),
    "error-string": (500, JSON, '{"error":"Invalid or unrecognized token '
                     'provided","status":500}'),
    "throttled": (429, None, ""),
    "challenge": (403, "text/html; charset=UTF-8", "sha256:26f252a4afa41ac0"),
    "redirect": (302, HTML, '<a href="<LOCATION>">Found</a>.\n'),
    "echo-message": (401, JSON, comet("Incorrect API key provided: %s." % KEY,
                                      "invalid_api_key")),
    "echo-type": (401, JSON, '{"error":{"message":"invalid token (request id: '
                  '<RID>)","type":"%s","param":"","code":"%s"}}'
                  % (KEY, KEY)),
    "echo-model": (200, JSON, HAPPY.replace("gpt-4o-mini-2024-07-18", KEY)),
}
ECHO = HAPPY.replace('"content":"OK"', '"content":"You sent %s to me."')
for name, form in (("text", KEY), ("split", KEY),
                   ("base64", base64.b64encode(KEY.encode()).decode()),
                   ("percent", "".join("%%%02X" % c for c in KEY.encode())),
                   ("json", "".join("\\u%04x" % c for c in KEY.encode()))):
    CHAT_ANSWERS["echo-" + name] = (200, JSON, ECHO % form)

# Tried one by one below.
MANNERS = {"slow", "drip", "cut", "oversized", "hangup", "bomb"}
ECHO_ELSEWHERE = {"echo-header", "echo-request-id"}
SURFACE_ANSWERS = {
    "unauthorized": (401, JSON, '{"success":false,"message":"invalid token '
                     '(request id: <RID>)"}'),
    "unauthorized-empty": (401, None, ""),
    "server-error": CHAT_ANSWERS["server-error"],
    "throttled": (429, None, ""),
    "challenge": CHAT_ANSWERS["challenge"],
    "redirect": CHAT_ANSWERS["redirect"],
    "failed-200": (200, JSON, '{"success":false,"message":"the key was not '
                   'found (request id: <RID>)"}'),
    "odd-types": (200, JSON, '{"code":true,"message":"ok","data":{"object":'
                  '"token_usage","name":"production","total_granted":"150000",'
                  '"total_used":null,"total_available":"100000",'
                  '"unlimited_quota":false}}'),
}
PAGE_ANSWERS = {
    "not-found": (404, HTML, "sha256:53cf1e4b4bd42437"),
    "soft-404": (200, HTML, "sha256:bd97d2474b87fd81"),
    "js-shell": (200, HTML, "sha256:c52f308ed59f4be1"),
    "server-error": (500, "text/html", "sha256:0ff76d533fc54dfe"),
    "canary": (200, HTML, "sha256:7634991aacec2c6b"),
    "canary-markup": (200, HTML, "sha256:4bbec7737dbbac4b"),
    "throttled": (429, None, ""),
    "challenge": CHAT_ANSWERS["challenge"],
    "redirect": CHAT_ANSWERS["redirect"],
    "moved": (301, HTML, '<a href="<LOCATION>">Moved Permanently</a>.\n'),
}

# Texts that are long: the first digits of their SHA-256, of both editions.
PAGES = {
    "/pricing": ("pricing", "html",
        "d013467030ca280e", "4c138aa147d02c61"),
    "/pricing.md": ("pricing", "md",
        "b11037d61a045899", "f9cf7c688d16971d"),
    "/docs/setup": ("setup", "html",
        "370dd9877b02d895", "c14c81a1d2d77621"),
    "/docs/setup.md": ("setup", "md",
        "9b6ff26bb32b8710", "7c5dfd8e29c8561a"),
    "/support/help-center": ("support", "html",
        "f359dd6b2e2e0890", "28e0103871a39b2c"),
    "/support/help-center.md": ("support", "md",
        "990512e12953271b", "05dd303d527fb6ea"),
    "/docs/allocation": ("allocation", "html",
        "fc860173815ede15", "ed62fb4581ef445f"),
    "/docs/allocation.md": ("allocation", "md",
        "5a243b29eeb00f19", "4d565c1772c1cf8c"),
    "/docs/unit-economics": ("unit-economics", "html",
        "c98f9d25c471dcda", "cfa1c48ad34a0c32"),
    "/docs/unit-economics.md": ("unit-economics", "md",
        "e2c293ec03fdb64c", "23ea7c8016707d86"),
    "/api/models": ("models", "json",
        "c6781e93a24abf57", "7c0fab37f493f2d8"),
}
