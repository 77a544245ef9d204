"""evidenced as `make install` leaves it, run by hand beside any gateway.

No system is booted: the daemon is started as a service manager would, with a
folder of credentials in its environment, and all that it writes lies in one
folder.  The text of a configuration says @STATE@ for that folder.
"""
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

SRC = os.path.abspath(os.environ.get("top_srcdir", "."))
BUILD = os.path.abspath(os.environ.get("top_builddir", "."))
sys.path.insert(0, os.path.join(SRC, "tests", "gateway"))
from practice import Checks, Practice  # noqa: E402,F401

# Waits are seconds instead of minutes; all else is as it would be.
FIRST = """
ledger = { directory = "@STATE@/ledger"; min_free = "1MiB"; };
control = { socket = "@STATE@/control"; };
alerting = { group = "1s"; unowned_escalation = "finops"; };
defaults = { reviewer_role = "budget-operator"; follow_up_owner = "finops";
  sources = [ "setup", "pricing", "support", "allocation",
              "unit-economics" ]; };
owners = ( { group = "team-support"; cost_center = "CC-114";
             escalation = "finops"; } );
roles = ( { name = "pricing-owner"; unix_group = "root";
            may = [ "approve", "attest" ]; } );
unit_metrics = ( { name = "cost-per-resolved-ticket";
  template = "cost-per-business-event"; denominator = "resolved tickets";
  source_systems = [ "account export", "helpdesk" ]; refresh = "monthly";
  owner = "team-support"; } );
allocation_rules = ( { id = "direct"; type = "owner-tag";
  effective_from = "2026-01-01";
  document = "https://wiki.example.com/finops/allocation"; } );
templates = ( { name = "chat"; gateway = "tested"; model = "gpt-4o-mini";
  environment = "test"; allocation_rule = "direct";
  unit_metric = "cost-per-resolved-ticket"; } );
"""
KINDS = {"setup": "/docs/setup", "pricing": "/pricing",
         "support": "/support/help-center", "allocation": "/docs/allocation",
         "unit-economics": "/docs/unit-economics"}
PAGES = "pages = ( %s );\n" % ", ".join(
    '{ name = "%s"; path = "%s"; }' % (os.path.basename(path).replace(
        "help-center", "support"), path) for path in KINDS.values())


def sources(port):
    """The five kinds of sources, as pages of a practice gateway."""
    return "sources = ( %s );\n" % ", ".join(
        '{ name = "%s"; kind = "%s"; owner = "pricing-owner";'
        ' url = "http://127.0.0.1:%d%s"; }' % (kind, kind, port, path)
        for kind, path in KINDS.items())


def beside_journald():
    """Starts this very program again with a journald of its own."""
    if "--inside" not in sys.argv:
        wrap = os.path.join(SRC, "tests", "io", "with-journald")
        os.execv(wrap, [wrap, os.path.abspath(sys.argv[0]), "--inside"])


def install():
    """The folder that evidenced is installed in."""
    with open(os.path.join(BUILD, "Makefile"), encoding="utf-8") as f:
        prefix = next(line.split("=", 1)[1].strip() for line in f
                      if line.startswith("prefix ="))
    if not prefix.startswith(BUILD + "/"):
        sys.exit("configure --prefix is not within the build folder")
    with open(os.path.join(BUILD, "install.lock"), "w",
              encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["make", "-s", "-C", BUILD, "install"], check=True,
                       stdout=subprocess.DEVNULL)
    return prefix


class Daemon:
    def __init__(self, config, credentials):
        self.prefix = install()
        self.folder = tempfile.TemporaryDirectory(prefix="evidenced-")
        self.state = self.folder.name
        self.config = self.path("evidenced.conf")
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(config.replace("@STATE@", self.state))
        os.mkdir(self.path("credentials"), 0o700)
        for name, value in credentials.items():
            with open(self.path("credentials/" + name), "w",
                      encoding="utf-8") as f:
                f.write(value + "\n")
        self.process = None

    def path(self, name):
        return os.path.join(self.state, name)

    def start(self):
        with open(self.path("stderr"), "wb") as log:
            self.process = subprocess.Popen(
                [self.prefix + "/sbin/evidenced", "-c", self.config],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=dict(os.environ,
                         CREDENTIALS_DIRECTORY=self.path("credentials")))
        if not self.wait(lambda: os.path.exists(self.path("control")), 20):
            sys.exit("evidenced does not start:\n" +
                     self.read("stderr").decode())

    def stop(self):
        """Its exit status; what it left is judged by the format alone."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        if status == 0:
            subprocess.run([os.path.join(SRC, "tests", "ledger-check"),
                            self.path("ledger")], check=True)
        return status

    def wait(self, what, seconds=60):
        """Until what() is true; its last value."""
        end = time.monotonic() + seconds
        while True:
            value = what()
            if value or time.monotonic() > end:
                return value
            time.sleep(0.2)

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def ctl(self, *args):
        """The exit status of evidencectl, and what it printed."""
        done = subprocess.run(
            [self.prefix + "/bin/evidencectl", "-c", self.config, *args],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout.decode()

    def ctl_run(self, name):
        """The same for a run by hand, which has room once a second."""
        done = (None, "")

        def run():
            nonlocal done
            done = self.ctl("run", name, "--wait")
            return "BUSY" not in done[1]
        self.wait(run)
        return done

    def command(self, what, **args):
        """The raw reply to a command of the control protocol."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(60)
            s.connect(self.path("control"))
            s.sendall(json.dumps({"args": args, "command": what,
                                  "v": 1}).encode() + b"\n")
            return b"".join(iter(lambda: s.recv(65536), b""))

    def rows(self, kind=None):
        """Rows of the ledger, in order; a torn last line is left out."""
        found = []
        for name in sorted(os.listdir(self.path("ledger"))):
            if name.startswith("seg-") and name.endswith(".jsonl"):
                lines = self.read("ledger/" + name).split(b"\n")[:-1]
                found += [json.loads(line) for line in lines]
        return [r for r in found if kind is None or r["kind"] == kind]

    def approve(self):
        """Approves every source as it was read."""
        for kind in KINDS:
            snapshot = next(r["body"]["text_sha256"]
                            for r in reversed(self.rows("check.source"))
                            if r["body"]["source"] == kind)
            status, text = self.ctl("approve", kind, snapshot, "--role",
                                    "pricing-owner", "--note", "read it")
            if status != 0:
                sys.exit("approve: " + text)
