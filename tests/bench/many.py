"""What the benchmarks of many workloads share: a daemon beside the practice
gateway, each of its workloads with one pair of runs, and nothing due for hours.
"""
import os
import subprocess
import sys
import time

TOP = os.environ["top_srcdir"]
BUILD = os.environ["top_builddir"]
ROOT = os.environ.get("BENCH_ROOT", BUILD + "/root")
KEY = "sk-practice-4f1d0c6a9b52e7731c08"

CONFIG = """
ledger = { directory = "%(dir)s/ledger"; min_free = "1MiB"; };
control = { socket = "%(dir)s/control"; };
gateways = ( { name = "practice"; profile = "generic"; spacing = "0s";
  base_url = "http://127.0.0.1:%(port)s"; hosts = [ "127.0.0.1" ]; } );
workloads = ( %(workloads)s );
"""
WORKLOAD = """{ label = "w%d"; gateway = "practice"; model = "gpt-4o-mini";
  evidence_window = "%s"; }"""


def wait_for(path):
    for _ in range(100):
        if os.path.exists(path):
            return
        time.sleep(0.05)
    sys.exit("bench: %s did not appear" % path)


def gateway(folder):
    """The practice gateway, and its port."""
    process = subprocess.Popen(
        [BUILD + "/tests/gateway/practice-gateway",
         "--port-file", folder + "/ports",
         "--fixtures", TOP + "/tests/gateway/fixtures",
         TOP + "/tests/gateway/demo-gateway.conf"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(folder + "/ports")
    with open(folder + "/ports") as f:
        return process, f.read().split()[0]


def later_window():
    """Evidence is not due before hours have passed."""
    opens = time.time() + 6 * 3600
    return "-".join(time.strftime("%H:%M", time.gmtime(t))
                    for t in (opens, opens + 3 * 3600))


def start(folder, port, count, **more):
    """The daemon, with more in its environment.  The journal may remember
    the ledger of another one."""
    with open(folder + "/evidenced.conf", "w") as f:
        f.write(CONFIG % {"dir": folder, "port": port, "workloads": ",".join(
            WORKLOAD % (i, later_window()) for i in range(count))})
    os.mkdir(folder + "/credentials", 0o700)
    for i in range(count):
        with open(folder + "/credentials/w%d" % i, "w") as f:
            f.write(KEY)
    env = dict(os.environ, CREDENTIALS_DIRECTORY=folder + "/credentials",
               **more)
    return subprocess.Popen(
        [ROOT + "/sbin/evidenced", "--new-ledger",
         "-c", folder + "/evidenced.conf"],
        env=env, stderr=subprocess.DEVNULL)


def runs(folder):
    with open(folder + "/ledger/seg-000000000000.jsonl") as f:
        return sum('"kind":"check.happy"' in line for line in f)
