"""Starts the practice gateway and talks to it with curl.

curl is a client that knows nothing of the project: what it says about an
answer is what any stranger would see.
"""
import json
import os
import subprocess
import tempfile

SRC = os.path.join(os.environ.get("top_srcdir", "."), "tests/gateway")
BIN = os.path.join(os.environ.get("top_builddir", "."),
                   "tests/gateway/practice-gateway")
FIXTURES = os.path.join(SRC, "fixtures")
MODEL = "gpt-4o-mini"
CHAT = {"model": MODEL, "max_tokens": 16, "stream": False,
        "messages": [{"role": "user", "content": "Reply with OK."}]}


class Answer:
    def __init__(self, exit_code, head, body):
        self.exit = exit_code
        self.body = body
        lines = head.decode("latin-1").split("\r\n")
        first = lines[0].split(" ") if lines[0] else ["", "0"]
        self.status = int(first[1])
        self.headers = {}
        for line in lines[1:]:
            name, colon, value = line.partition(": ")
            if colon:
                self.headers[name.lower()] = value

    @property
    def type(self):
        return self.headers.get("content-type")

    def json(self):
        return json.loads(self.body)


class Practice:
    """One process; `ports` are those of its gateways, in order."""

    def __init__(self, settings, fixtures=FIXTURES):
        self.dir = tempfile.TemporaryDirectory(prefix="practice-")
        path = os.path.join(self.dir.name, "gateway.conf")
        self.port_file = os.path.join(self.dir.name, "ports")
        with open(path, "w", encoding="utf-8") as f:
            f.write(settings)
        self.process = subprocess.Popen(
            [BIN, "--port-file", self.port_file, "--fixtures", fixtures, path],
            stdout=subprocess.PIPE, text=True)
        self.line = self.process.stdout.readline()
        self.ports = [int(p) for p in self.line.split()]

    def stop(self):
        self.process.terminate()
        status = self.process.wait(timeout=20)
        self.process.stdout.close()
        self.dir.cleanup()
        return status

    def curl(self, path, *options, gateway=0, max_time="20"):
        head = os.path.join(self.dir.name, "head")
        body = os.path.join(self.dir.name, "body")
        for name in head, body:
            with open(name, "wb"):
                pass
        url = "http://127.0.0.1:%d%s" % (self.ports[gateway], path)
        done = subprocess.run(
            ["curl", "-q", "-s", "--noproxy", "*", "--max-time", max_time,
             "-D", head, "-o", body, *options, url], check=False)
        with open(head, "rb") as h, open(body, "rb") as b:
            return Answer(done.returncode, h.read(), b.read())

    def chat(self, key, *options, body=None, gateway=0, **kw):
        if body is None:
            body = json.dumps(CHAT)
        auth = [] if key is None else ["-H", "Authorization: Bearer " + key]
        return self.curl("/v1/chat/completions", *auth,
                         "-H", "Content-Type: application/json",
                         "--data-binary", body, *options, gateway=gateway,
                         **kw)

    def usage(self, key, *options, path="/api/usage/token", **kw):
        auth = [] if key is None else ["-H", "Authorization: Bearer " + key]
        return self.curl(path, *auth, *options, **kw)

    def set(self, what, **change):
        return self.curl("/practice/" + what, "--data-binary",
                         json.dumps(change)).status

    def requests(self):
        text = self.curl("/practice/requests").body.decode()
        return [json.loads(line) for line in text.splitlines()]

    def behaviours(self, place):
        text = self.curl("/practice/behaviours").body.decode()
        rows = [json.loads(line) for line in text.splitlines()]
        return {r["behaviour"] for r in rows if r["at"] == place}


class Checks:
    """Counts what held and what did not; says what did not."""

    def __init__(self):
        self.held = 0
        self.failed = 0

    def equal(self, what, got, want):
        if got == want:
            self.held += 1
            return
        self.failed += 1
        print("FAIL %s\n  got  %.300r\n  want %.300r" % (what, got, want))

    def true(self, what, value):
        self.equal(what, bool(value), True)

    def end(self):
        print("%d held, %d failed" % (self.held, self.failed))
        return 1 if self.failed or not self.held else 0
