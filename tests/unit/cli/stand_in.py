"""A stand-in for the daemon's end of the control socket.

usage: stand_in.py SOCKET LOG [calm]

Writes every request to LOG.  NAME answer-N is answered with status N; the
command status with a fixed answer, that of a damaged ledger from the second
pair of them on; the command prepare of owner slow when it was asked four times
how much is under way, and run of NAME slow when it was asked once.  With calm
no account surface is throttled.  Ends when it is killed.
"""
import json
import socket
import sys
import threading

STATUS = {
    "alerts": 2, "config_digest": "c" * 64, "corrected": 1, "damaged": False, "fail": 0,
    "hold": 1,
    "inconclusive": 0, "ledger_head": "a" * 64, "ledger_rows": 18422,
    "next_at": "2026-07-04T05:12:44Z", "next_check": "support-chat",
    "mirror": "behind", "mirror_confirmed": 18410, "mirror_expired": 11000,
    "mirror_forged": 3, "mirror_from": 12000, "no_record": 0, "not_due": 0, "not_known": 0, "pass": 11, "pending": 0, "response_only": 2, "schema": 1,
    "since": "2026-07-01T04:00:00Z",
    "throttled": [{"gateway": "gw", "until": "2026-07-05T00:00:00Z"}],
    "trouble": "", "version": "0.1.0",
    "workloads": 12,
}

if sys.argv[3:] == ["calm"]:
    STATUS["throttled"] = []

READS = {"gw-pricing": (0, "gw-pricing: unchanged\n"),
         "gw-setup": (1, "gw-setup: needs_js\n"),
         "support-chat": (1, "support-chat: hold\n")}
CREDENTIALS = {"schema": 1, "credentials": [
    {"name": "support-chat", "state": "loaded",
     "fingerprint": "0123456789abcdef"},
    {"name": "batch-jobs", "state": "loaded", "weak": True,
     "fingerprint": "0123456789abcdef"},
    {"name": "images", "state": "placeholder", "fingerprint": None},
]}


asked = 0
waiting = threading.Semaphore(0)  # how often somebody asked meanwhile
slow = threading.Event()


def be_slow(times):
    slow.set()
    for _ in range(times):
        waiting.acquire()
    slow.clear()


def prepare(owner):
    if owner == "slow":
        be_slow(4)
    return 1, "1 of 2 workloads pass\n"


def answer(request):
    global asked
    if request["command"] == "status" and slow.is_set():
        waiting.release()
        return 0, json.dumps(dict(STATUS, under_way=7)) + "\n"
    if request["command"] == "prepare":
        return prepare(request["args"].get("name", ""))
    if request["command"] == "status":
        asked += 1
        status = dict(STATUS, damaged=asked > 2)
        return 0, json.dumps(status, sort_keys=True) + "\n"
    if request["command"] == "credentials":
        return 0, json.dumps(CREDENTIALS, sort_keys=True) + "\n"
    if request["args"].get("dry_run") and request["command"] == "approve":
        known = request["args"]["role"] != "nobody"
        return (0, "") if known else (7, "role nobody is not configured\n")
    name = request["args"].get("name", "answer-0")
    if request["command"] == "run" and name in READS:
        return READS[name]
    if request["command"] == "run" and name == "slow":
        be_slow(1)
    status = int(name[len("answer-")]) if name.startswith("answer-") else 0
    words = "REFUSED: no" if status > 1 else "said"
    return status, f"{name}: {words}\n"


def serve(client):
    with client, client.makefile("rwb") as stream, \
            open(sys.argv[2], "a", encoding="utf-8") as log:
        line = stream.readline().decode()
        log.write(line)
        log.flush()
        status, text = answer(json.loads(line))
        reply = {"status": status, "text": text, "v": 1}
        stream.write((json.dumps(reply) + "\n").encode())


def main():
    server = socket.socket(socket.AF_UNIX)
    server.bind(sys.argv[1])
    server.listen()
    while True:
        client, _ = server.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()


main()
