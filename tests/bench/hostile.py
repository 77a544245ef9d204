"""A server on loopback whose answers are made to cost their reader most.

GET /NAME is a page near the limit of a source's body, of another text at
each read; POST /NAME/... answers a chat near the limit of a gateway's.
"""
import http.server
import itertools
import json
import random
import threading

PAGE_BYTES, ANSWER_BYTES = 4 << 20, 256 << 10
READS = itertools.count()


def fill(piece, size):
    return piece * (size // len(piece))


def html(body):
    return "text/html", ("<html><title>Prices</title><body><p>Read %d.</p>%s"
                         "</body></html>" % (next(READS), body)).encode()


def lines(count):
    """Lines of which none stands in another read."""
    seed = random.Random(next(READS))
    return ["%d costs $%d.%02d" % (seed.getrandbits(60), seed.randrange(99),
                                   seed.randrange(100))
            for _ in range(count)]


PAGE = PAGE_BYTES - 4096
PAGES = {
    "page-large": lambda: html(fill("<p>gpt-4o-mini costs $0.15.</p>", PAGE)),
    "page-other": lambda: html("<p>".join(lines(80000))),
    "page-deep": lambda: html(fill("<div>", PAGE // 2)),
    "page-links": lambda: html(fill('<a href="/x">x</a> ', PAGE)),
    "page-formatting": lambda: html(fill("<b><i><p>", PAGE // 8)),
    "page-one-line": lambda: html(fill("a", PAGE)),
    "page-entities": lambda: html(fill("&amp;&lt;&#x41;", PAGE)),
    "page-markdown": lambda: ("text/markdown", "\n".join(
        "- " + line for line in lines(100000)).encode()),
    "page-json": lambda: ("application/json", json.dumps(
        {"data": lines(80000)}).encode()),
    "page-json-deep": lambda: ("application/json", fill(b"[", PAGE)),
    "page-bytes": lambda: ("text/html", random.Random(1).randbytes(PAGE)),
}

GOOD = {"id": "x", "model": "gpt-4o-mini", "usage": {
    "prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11},
        "choices": [{"finish_reason": "stop", "message": {"content": "OK"}}]}
ANSWER = ANSWER_BYTES - 4096


def good(**members):
    return json.dumps(dict(GOOD, **members)).encode()


ANSWERS = {
    "chat-deep": fill(b"[", ANSWER),
    "chat-deep-object": fill(b'{"choices":', ANSWER),
    "chat-members": good(x={"m%d" % i: i for i in range(ANSWER // 20)}),
    "chat-numbers": good(x=[1] * (ANSWER // 4)),
    "chat-same-key": b"{" + fill(b'"model":1,', ANSWER) + b'"id":1}',
    "chat-escapes": b'{"model":"' + fill(b"\\u0041", ANSWER) + b'"}',
    "chat-model": good(model=fill("gpt ", ANSWER)),
    "chat-error": json.dumps({"error": {"message": fill(
        "sk-practice-4f1d0c ", ANSWER), "type": "x"}}).encode(),
    "chat-percent": json.dumps({"error": {"message": fill(
        "%73%6b", ANSWER)}}).encode(),
    "chat-base64": good(x=fill("c2stcHJhY3RpY2U", ANSWER)),
    "chat-spaces": fill(b" ", ANSWER),
    "chat-bytes": random.Random(2).randbytes(ANSWER),
    "chat-headers": good(),
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, kind, body, headers=0):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for i in range(headers):
            self.send_header("X-Request-Id", fill("r%d" % (i % 10), 4000))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(*PAGES[self.path[1:]]())

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        name = self.path.split("/")[1]
        self.answer("application/json", ANSWERS[name],
                    60 if name == "chat-headers" else 0)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # a client that had enough


def start():
    """Its port; it ends with this process."""
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port
