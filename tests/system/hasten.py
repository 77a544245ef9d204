"""Time for a container in which days pass at once: see hasten.c.

`Clock(box)` puts the library into the container, makes the daemon of the unit
use it, and lets `box` run every command at that time.
"""
import datetime
import mmap
import os
import struct
import subprocess
import time

import container

SOURCE = os.path.join(container.HERE, "hasten.c")
INSIDE = "/usr/lib/practice/hasten.so"
FOLDER = "/run/hasten"
UTC = datetime.timezone.utc
SECOND_US = 1000000


def build():
    out = os.path.join(container.BUILD, "system", "hasten.so")
    subprocess.run(os.environ.get("CC", "gcc").split() +
                   ["-std=gnu11", "-O2", "-Wall", "-Werror", "-shared",
                    "-fPIC", "-o", out, SOURCE], check=True)
    return out


class Clock:
    """Time begins at `start`, and then passes as the host's does, but while
    to() is on its way."""

    def __init__(self, box, start):
        with open(build(), "rb") as f:
            box.write(INSIDE, f.read())
        box.sh("install -d -m 755 %s" % FOLDER)
        box.write(FOLDER + "/clock", bytes(16), "0666")
        with open(box.path(FOLDER + "/clock"), "r+b") as f:
            self.shared = mmap.mmap(f.fileno(), 16)
        offset = start.timestamp() - time.time()
        self.shared[:8] = struct.pack("=q", int(offset * SECOND_US))
        self.allow(start)
        preload = ["LD_PRELOAD=" + INSIDE, "HASTEN=%s/clock" % FOLDER]
        box.write("/etc/systemd/system/evidenced.service.d/hasten.conf",
                  "[Service]\nReadWritePaths=%s\n" % FOLDER + "".join(
                      "Environment=%s\n" % e
                      for e in preload + ["HASTEN_LEAD=1"]))
        box.before = ["env"] + preload

    def now(self):
        offset, = struct.unpack("=q", self.shared[:8])
        return datetime.datetime.fromtimestamp(
            time.time() + offset / SECOND_US, UTC)

    def allow(self, when):
        """Idle time up to then is skipped from now on."""
        self.shared[8:] = struct.pack("=q", int(when.timestamp() * SECOND_US))

    def to(self, when, seconds=60):
        """It is then; what was due before has begun."""
        self.allow(when)
        end = time.monotonic() + seconds
        while self.now() < when:
            if time.monotonic() > end:
                raise container.Failed("it is %s, and not yet %s"
                                       % (self.now(), when))
            time.sleep(0.02)
