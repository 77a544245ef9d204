"""A Debian that boots, with the build installed in it.

`boot()` gives a Container: systemd as its pid 1, a journal, no network but
its own loopback.  What happens inside is gone at the end: the root that is
kept between runs is only read.  Commands get in by nsenter, so that they work
however the inside is.  77: something this needs is missing.
"""
import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(os.environ.get("top_builddir", "."))
STAGE = os.path.join(BUILD, "system", "stage")
BOOT_S = 60
OFF_S = 30


def impossible(why):
    print("skipped: " + why)
    sys.exit(1 if os.environ.get("EVIDENCED_REQUIRE_ALL") == "1" else 77)


def require():
    """Ends the test where no container can be had."""
    if os.geteuid() != 0:
        impossible("needs root")
    for tool in ("systemd-nspawn", "debootstrap", "nsenter", "setpriv"):
        if shutil.which(tool) is None:
            impossible(tool + " is missing")
    if subprocess.run(["unshare", "-m", "-p", "-n", "-f", "true"],
                      stderr=subprocess.DEVNULL).returncode != 0:
        impossible("no namespaces can be made")


def prepare(packages):
    """The root to boot from; made once, and once more with `packages`."""
    require()
    subprocess.run([os.path.join(HERE, "stage")], check=True,
                   stdout=subprocess.DEVNULL)
    root = os.path.join(BUILD, "container", codename() +
                        ("-more" if packages else ""))
    os.makedirs(os.path.dirname(root), exist_ok=True)
    if subprocess.run([os.path.join(HERE, "debian-root"), STAGE,
                       root, *packages]).returncode != 0:
        impossible("no Debian could be made")
    return root


def codename():
    with open("/etc/os-release", encoding="utf-8") as f:
        for line in f:
            name, _, value = line.strip().partition("=")
            if name == "VERSION_CODENAME":
                return value.strip('"')
    return impossible("the release of this host is not known")


class Failed(Exception):
    pass


class Result:
    """A finished command: exit status and text, bytes decoded leniently."""

    def __init__(self, argv, done):
        self.argv = argv
        self.status = done.returncode
        self.out = done.stdout.decode("utf-8", "replace")
        self.err = done.stderr.decode("utf-8", "replace")
        self.raw = done.stdout

    @property
    def text(self):
        return self.out + self.err


class Container:
    def __init__(self, nspawn, leader):
        self.nspawn = nspawn
        self.leader = leader
        self.before = []  # what each command is run by, as env(1)

    def path(self, inside):
        """A file of the container as the host sees it."""
        return "/proc/%d/root%s" % (self.leader, inside)

    def argv(self, *argv, user=None):
        enter = ["nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-n",
                 "-p", "-r", "-w"]
        if user is not None:
            enter += ["runuser", "-u", user, "--"]
        return enter + self.before + list(argv)

    def run(self, *argv, user=None, stdin=b"", ok=None, timeout=120):
        """`ok`: the exit statuses that are right; None takes any."""
        full = self.argv(*argv, user=user)
        done = Result(argv, subprocess.run(
            full, input=stdin, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=timeout, check=False,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
                 "SYSTEMD_PAGER": "cat", "SYSTEMD_COLORS": "0"}))
        if ok is not None and done.status not in ok:
            raise Failed("%s: exit %d\n%s" % (" ".join(argv), done.status,
                                              done.text[-2000:]))
        return done

    def sh(self, script, ok=(0,), **more):
        return self.run("sh", "-ec", script, ok=ok, **more)

    def write(self, path, text, mode="0644", owner="root:root"):
        self.sh('mkdir -p "$(dirname %s)"; umask 077; cat > %s; '
                "chmod %s %s; chown %s %s"
                % (path, path, mode, path, owner, path),
                stdin=text if isinstance(text, bytes) else text.encode())

    def read(self, path):
        return self.run("cat", path, ok=(0,)).out

    def off(self):
        if self.nspawn.poll() is None:
            self.nspawn.terminate()  # an orderly power-off
            try:
                self.nspawn.wait(OFF_S)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()


def leader_of(nspawn):
    path = "/proc/%d/task/%d/children" % (nspawn.pid, nspawn.pid)
    with open(path, encoding="ascii") as f:
        children = f.read().split()
    return int(children[0]) if children else None


def boot(binds=(), packages=(), stage="."):
    """Boots, installs the stage or a folder of it; `binds`: (host folder,
    inside) pairs; `packages`: what Debian shall have beside."""
    root = prepare(packages)
    log = tempfile.NamedTemporaryFile(prefix="nspawn-", mode="w+")
    argv = ["setpriv", "--pdeathsig", "TERM", "systemd-nspawn", "--quiet",
            "--register=no", "--keep-unit", "--boot", "--private-network",
            "--volatile=overlay", "--console=pipe", "--link-journal=no",
            "--machine=evidenced-%d" % os.getpid(), "-D", root]
    argv += ["--bind=%s:%s" % pair for pair in binds]
    nspawn = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log,
                              stderr=log)
    container = Container(nspawn, 0)
    atexit.register(container.off)
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda number, frame: sys.exit(128 + number))
    state = ""
    for _ in range(BOOT_S * 10):
        time.sleep(0.1)
        if nspawn.poll() is not None:
            break
        container.leader = leader_of(nspawn) or 0
        if container.leader:
            state = container.run("systemctl", "is-system-running").out.strip()
            if state in ("running", "degraded"):
                break
    if state != "running":
        log.seek(0)
        container.off()
        impossible("the container does not boot (%s): %s"
                   % (state, log.read()[-500:]))
    tar = subprocess.Popen(["tar", "-C", STAGE, "-c", stage],
                           stdout=subprocess.PIPE)
    subprocess.run(container.argv("tar", "-C", "/", "-x", "--no-same-owner"),
                   stdin=tar.stdout, check=True)
    tar.stdout.close()
    if tar.wait() != 0:
        raise Failed("tar")
    return container
