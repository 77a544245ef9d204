"""evidenced as an administrator installs it, with the practice gateway.

`Service` is one container with people in it: alice may ask (group evidenced),
bob may operate (evidenced-admin), carol approves (finops, and may ask), and
mallory is nobody.
"""
import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import container

SRC = os.path.abspath(os.environ.get("top_srcdir", "."))
sys.path.insert(0, os.path.join(SRC, "tests", "gateway"))
from practice import Checks  # noqa: E402,F401

ROW_ID = "48f11e28c78841a1a914e3ad95fd2ca1"
LEDGER = "/var/lib/evidenced/ledger"
SOCKET = "/run/evidenced/control"
CONFIG = "/etc/evidenced/evidenced.conf"
KEYS = {"healthy": "sk-practice-4f1d0c6a9b52e7731c08",
        "owner-missing": "sk-practice-83be27d1f0c4415a9e60"}

PRACTICE = """
fixtures = "/usr/lib/practice/fixtures";
used_lag_ms = 200; rate_reads = 1000; slow_ms = 4000;
gateways = ( { name = "practice"; port = 8080; },
             { name = "open"; port = 8081; invalid_keys = "healthy"; } );
keys = ( %s );
pages = ( { name = "models"; path = "/api/models"; },
  { name = "pricing"; path = "/pricing"; },
  { name = "setup"; path = "/docs/setup"; },
  { name = "support"; path = "/support/help-center"; },
  { name = "allocation"; path = "/docs/allocation"; },
  { name = "unit-economics"; path = "/docs/unit-economics"; } );
"""

# Waits are seconds instead of minutes; all else is as it would be.
FIRST = """
ledger = { min_free = "1MiB"; };
alerting = { group = "1s"; unowned_escalation = "finops"; };
defaults = {
  reviewer_role = "budget-operator"; follow_up_owner = "finops";
  sources = [ "setup", "pricing", "support", "allocation",
              "unit-economics" ];
};
owners = ( { group = "team-support"; cost_center = "CC-114";
             escalation = "finops"; } );
roles = ( { name = "pricing-owner"; unix_group = "finops";
            may = [ "approve", "attest" ]; } );
gateways = ( { name = "practice"; profile = "cometapi";
  base_url = "http://127.0.0.1:8080"; hosts = [ "127.0.0.1" ];
  spacing = "1s"; sources = (); } );
sources = (
  { name = "setup"; kind = "setup"; owner = "pricing-owner";
    url = "http://127.0.0.1:8080/docs/setup"; },
  { name = "pricing"; kind = "pricing"; owner = "pricing-owner";
    url = "http://127.0.0.1:8080/pricing"; },
  { name = "support"; kind = "support"; owner = "pricing-owner";
    url = "http://127.0.0.1:8080/support/help-center"; },
  { name = "allocation"; kind = "allocation"; owner = "pricing-owner";
    url = "http://127.0.0.1:8080/docs/allocation"; },
  { name = "unit-economics"; kind = "unit-economics"; owner = "pricing-owner";
    url = "http://127.0.0.1:8080/docs/unit-economics"; } );
unit_metrics = ( { name = "cost-per-resolved-ticket";
  template = "cost-per-business-event"; denominator = "resolved tickets";
  source_systems = [ "account export", "helpdesk" ]; refresh = "monthly";
  owner = "team-support"; } );
allocation_rules = ( { id = "direct"; type = "owner-tag";
  effective_from = "2026-01-01";
  document = "https://wiki.example.com/finops/allocation"; } );
templates = ( { name = "chat"; gateway = "practice"; model = "gpt-4o-mini";
  environment = "test"; allocation_rule = "direct";
  unit_metric = "cost-per-resolved-ticket"; } );
"""
WORKLOADS = """
workloads = (
  { label = "healthy"; use = "chat"; owner_group = "team-support"; },
  { label = "owner-missing"; use = "chat"; } );
"""


class Service:
    def __init__(self, binds=(), keys=None, config=FIRST + WORKLOADS):
        self.keys = dict(KEYS if keys is None else keys)
        self.box = self._boot(binds)
        self.run = self.box.run
        self.sh = self.box.sh
        self._people()
        self._practice()
        self._first_files(config)

    def _boot(self, binds):
        return container.boot(binds)

    def _people(self):
        self.run("systemd-sysusers", ok=(0,))
        self.sh("groupadd finops; useradd -G evidenced alice;"
                "useradd -G evidenced,evidenced-admin bob;"
                "useradd -G evidenced,finops carol; useradd mallory")
        self.run("systemctl", "daemon-reload", ok=(0,))
        self.run("journalctl", "--update-catalog", ok=(0,))

    def _practice(self):
        keys = ", ".join('{ name = "%s"; value = "%s"; quota = 150000; }'
                         % pair for pair in self.keys.items())
        self.box.write("/etc/practice.conf", PRACTICE % keys)
        self.run("systemd-run", "--unit=practice", "--collect", "--quiet",
                 "/usr/lib/practice/practice-gateway", "/etc/practice.conf",
                 ok=(0,))

    def _first_files(self, config):
        self.sh("install -d -m 700 /etc/evidenced/credentials")
        for name, value in self.keys.items():
            self.box.write("/etc/evidenced/credentials/" + name,
                           value + "\n", "0600")
        self.box.write(CONFIG, config)

    # the service

    def drop_in(self, text):
        self.box.write("/etc/systemd/system/evidenced.service.d/test.conf",
                       text)
        self.run("systemctl", "daemon-reload", ok=(0,))

    def start(self, ok=(0,)):
        return self.run("systemctl", "start", "evidenced", ok=ok)

    def stop(self):
        return self.run("systemctl", "stop", "evidenced", ok=(0,))

    def show(self, name):
        return self.run("systemctl", "show", "-P", name, "evidenced",
                        ok=(0,)).out.strip()

    @property
    def pid(self):
        return int(self.show("MainPID"))

    def kill(self, signal="KILL"):
        self.run("kill", "-" + signal, str(self.pid), ok=(0,))

    def wait(self, what, seconds=60):
        """Until what() is true; its last value."""
        end = time.monotonic() + seconds
        while True:
            value = what()
            if value or time.monotonic() > end:
                return value
            time.sleep(0.1)

    def ctl(self, *args, user=None):
        return self.run("evidencectl", *args, user=user)

    def ask(self, line, uid=0, gid=0, groups=(), timeout=60):
        """One request at the control socket; None when it is shut."""
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read_end)
            speak(self.box.path("/"), write_end, line, uid, gid, groups,
                  timeout)
        os.close(write_end)
        with os.fdopen(read_end, "rb") as f:
            reply = f.read()
        os.waitpid(child, 0)
        return json.loads(reply) if reply else None

    def command(self, what, **args):
        """The reply to a command of the control protocol, asked by root."""
        return self.ask(json.dumps(
            {"args": args, "command": what, "v": 1}).encode() + b"\n")

    def practice(self, what, **change):
        """Tells the practice gateway how to behave from now on."""
        self.run("curl", "-q", "-sf", "--data-binary", json.dumps(change),
                 "http://127.0.0.1:8080/practice/" + what, ok=(0,))

    def snapshot(self):
        """The newest of the page "setup"."""
        return [r["body"]["text_sha256"] for r in self.rows("check.source")
                if r["body"]["source"] == "setup"][-1]

    def approve(self, nonce, snapshot):
        """An approval of it, whose row is ctl.NONCE; what the client was
        told, or None."""
        request = {"command": "approve", "v": 1, "args": {
            "name": "setup", "nonce": nonce, "note": "looked at it",
            "role": "pricing-owner", "snapshot": snapshot}}
        reply = self.ask(json.dumps(request).encode() + b"\n", timeout=2)
        return reply.get("status") if reply is not None else None

    def billable(self):
        """How many requests the gateway was paid for."""
        text = self.run("curl", "-q", "-s",
                        "http://127.0.0.1:8080/practice/requests").out
        return text.count("/v1/chat/completions")

    # what it left

    def rows(self, kind=None):
        """Rows of the ledger, in order; a torn last line is left out."""
        text = self.run("sh", "-c", "cat %s/seg-*.jsonl" % LEDGER).raw
        rows = [json.loads(line) for line in text.split(b"\n")[:-1]]
        return [r for r in rows if kind is None or r["kind"] == kind]

    def entries(self, *matches):
        """Journal entries, every field as text."""
        done = self.run("journalctl", "--sync", ok=(0,))
        done = self.run("journalctl", "-a", "-o", "json", "--all",
                        "--no-pager", *matches)
        return [json.loads(line) for line in done.out.splitlines()
                if line.startswith("{")]

    def alerts(self):
        """[(seq, rule/subject, raised or resolved)] of the ledger."""
        return [(r["seq"], r["body"]["rule"] + "/" + r["body"]["subject"],
                 r["kind"].partition(".")[2])
                for r in self.rows() if r["kind"].startswith("alert.")]

    def judge(self, check, ledger=LEDGER):
        """The independent verifier has nothing to say of the ledger."""
        with tempfile.TemporaryDirectory() as copy:
            copy = os.path.join(copy, "ledger")
            shutil.copytree(self.box.path(ledger), copy)
            done = subprocess.run(
                [os.path.join(SRC, "tests", "ledger-check"), copy],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                check=False)
        check.equal("the verifier of " + ledger,
                    (done.returncode, done.stdout[-500:] * done.returncode),
                    (0, ""))

    def alerts_mirrored(self, check):
        """Each row of an alert has one journal entry, and no entry lacks its
        row; the newest rows are given time to get there."""
        rows = [r["seq"] for r in self.rows() if r["kind"].startswith("alert.")]

        def seqs():
            found = self.entries("EVIDENCED_KIND=alert.raised", "+",
                                 "EVIDENCED_KIND=alert.resolved", "+",
                                 "EVIDENCED_KIND=alert.acked")
            return sorted(int(e["EVIDENCED_SEQ"]) for e in found)
        self.wait(lambda: len(seqs()) >= len(rows), 15)
        check.equal("one entry per alert row", seqs(), rows)
        return len(rows)


def speak(root, out, line, uid, gid, groups, timeout):
    """In a child: one line to the socket inside `root`, its answer to out."""
    import socket
    answer = b""
    try:
        os.chroot(root)
        os.chdir("/")
        os.setgroups(groups)
        os.setgid(gid)
        os.setuid(uid)
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(timeout)
        s.connect(SOCKET)
        try:
            s.sendall(line)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before its end; the answer is there to be read
        while True:
            data = s.recv(65536)
            if not data:
                break
            answer += data
    except OSError as error:
        answer = answer or json.dumps(
            {"errno": error.errno or errno.ETIMEDOUT}).encode()
    os.write(out, answer)
    os._exit(0)
