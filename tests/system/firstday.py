"""The set-up in the README: its lines, a host on which nothing is, and who
types them.

Each line is typed as it is written, in a copy of the tree and as root.  The
network is only a loopback, so the packages that `scripts/setup build` names
are there before, and no other: what it forgets is missed.  The compiler is
ccache's.  What an editor would do is done by one that points the sample at
the practice gateway.
"""
import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile

import container
import installed

ANSWER = os.path.join(installed.SRC, "tests", "unit", "cli", "answer.py")
KEY = "sk-practice-4f1d0c6a9b52e7731c08"
CLONE = "/root/evidenced"
BUILD_ENV = ("PATH=/usr/lib/ccache:/usr/sbin:/usr/bin:/sbin:/bin",
             "CCACHE_DIR=/var/cache/ccache", "MAKEFLAGS=-j%d" % os.cpu_count())
HERE = "http://127.0.0.1:8080"
EDITOR = """#!/bin/sh -e
sed -i -e 's|gateways = ( { name = "cometapi"; } );|gateways = ( {
  name = "cometapi"; base_url = "%s"; hosts = [ "127.0.0.1" ]; spacing = "1s";
  sources = (
    { kind = "setup"; url = "%s/docs/setup"; },
    { kind = "pricing"; url = "%s/api/models"; pointer = "/data[id=${model}]"; },
    { kind = "support"; url = "%s/support/help-center"; } ); } );|' \\
  -e 's|https://wiki.example.com/finops/allocation";$|%s/docs/allocation";|' \\
  -e 's|https://wiki.example.com/finops/unit-economics|%s/docs/unit-economics|' \\
  "$1"
""".replace("\n  name", "\\n  name").replace("\n  sources", "\\n  sources") \
    .replace("\n    {", "\\n    {") % ((HERE,) * 6)


def build_packages():
    with open(os.path.join(installed.SRC, "scripts", "setup"),
              encoding="utf-8") as f:
        return re.search('^build="([^"]*)"', f.read(), re.M)[1].split()


PACKAGES = [*build_packages(), "ccache"]


class Host(installed.Service):
    """A host as it is before: no user, no file, nothing running."""

    def _boot(self, binds):
        source, cache = copy_of_tree(), os.path.join(container.BUILD,
                                                     "container", "ccache")
        os.makedirs(cache, exist_ok=True)
        return container.boot(
            [*binds, (source, CLONE), (cache, "/var/cache/ccache")],
            packages=PACKAGES, stage="./usr/lib/practice")

    def _people(self):
        self.sh("groupadd finops")

    def _first_files(self, config):
        self.box.write(CLONE + "/KEY", KEY + "\n", "0600")
        self.box.write("/usr/bin/editor", EDITOR, "0755")


def copy_of_tree():
    """The tree without what a build or autoreconf made of it."""
    folder = tempfile.mkdtemp(dir=container.BUILD)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with open(os.path.join(installed.SRC, ".gitignore"),
              encoding="utf-8") as f:
        made = ["/.git"] + [line.strip().rstrip("/") for line in f]
    tar = subprocess.Popen(
        ["tar", "-C", installed.SRC, *("--exclude=." + m for m in made),
         "-c", "."], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-C", folder, "-x", "--no-same-owner"],
                   stdin=tar.stdout, check=True)
    tar.stdout.close()
    if tar.wait() != 0:
        raise container.Failed("tar")
    return folder


def lines():
    """The commands of the section, without what follows them as a comment."""
    name = next(n for n in ("README", "README.md")
                if os.path.exists(os.path.join(installed.SRC, n)))
    with open(os.path.join(installed.SRC, name), encoding="utf-8") as f:
        section = f.read().split("\nSet it up\n")[1].split("\n\n")
    block = next(part for part in section if part.startswith("    "))
    return [line.partition("  #")[0].strip() for line in block.split("\n")
            if line.strip()]


def answered(s, line, answers):
    """The line on a terminal."""
    done = subprocess.run(
        [sys.executable, ANSWER, "\n".join(answers),
         *s.box.argv("sh", "-c", line)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "dumb",
             "SYSTEMD_PAGER": "cat"},
        check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def typed(s, line, check):
    """Types a line of the set-up, and looks that it did what it promises."""
    if "approve --new" in line:
        status, text = answered(s, line, ["y"] * 5)
        check.equal("approved: " + text[-300:],
                    (status, len(re.findall(r"\[y/n/(?:a/)?q\]", text)), "5 approved" in text),
                    (0, 5, True))
    elif "doctor" in line:
        doctor(s, line, check)
    else:
        done = s.run("env", "-C", CLONE, *BUILD_ENV, "sh", "-c", line,
                     timeout=600)
        check.equal("%s: %s" % (line, done.text[-400:]), done.status, 0)


def doctor(s, line, check):
    """Nothing is wrong but the clock, which no container sets."""
    s.wait(lambda: len(s.rows("check.usage")) > 1, 60)
    s.wait(lambda: len(s.rows("check.source")) >= 5, 60)
    s.wait(lambda: '"mirror": "followed"' in s.command("status")["text"]
           .replace('":"', '": "'), 30)
    done = s.sh(line, ok=(0, 1))
    wrong = [found for found in done.out.splitlines()
             if not found.startswith("ok ") and " clock: " not in found]
    check.equal("doctor", wrong, [])
