"""Types lines and a tabulator into bash, and prints what became of them.

usage: type_tab.py COMPLETION < LINES

The shell is an interactive one on a terminal.  It is asked for each line by
putting "echo" before what stands there after the tabulator.
"""
import os
import pty
import re
import sys

MARK = "typed:"

pid, fd = pty.fork()
if pid == 0:
    os.environ.update(TERM="dumb", PS1="", INPUTRC="/dev/null")
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])


def send(text):
    os.write(fd, text.encode())


def answer(pattern):
    """Reads until a line of output matches."""
    text = ""
    while True:
        found = re.search(pattern, text, re.MULTILINE)
        if found:
            return found.group(1)
        text += os.read(fd, 4096).decode(errors="replace").replace("\r", "")


send("bind 'set enable-bracketed-paste off'; . '%s'; echo %s'ready'\n"
     % (sys.argv[1], MARK))
answer("^%s(ready)\n" % MARK)
for line in sys.stdin:
    # control-a and control-e: to the begin and the end of the line
    send("%s\t\x01echo '%s' \x05\n" % (line.rstrip("\n"), MARK))
    print(answer("^%s (.*?) *\n" % MARK))
send("exit\n")
os.waitpid(pid, 0)
