"""Runs a program on a terminal and answers its questions.

usage: answer.py ANSWERS PROGRAM ARGUMENT ...

ANSWERS is text whose lines are typed one after the other, each when the
program has asked: a question ends in a colon or bracket and a space, without
a line feed.  Prints what stood on the terminal; the exit status is that of
the program.
"""
import os
import pty
import sys

answers = sys.argv[1].split("\n")
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
text = b""
try:
    while True:
        chunk = os.read(fd, 4096)
        if not chunk:
            break
        text += chunk
        if answers and text.endswith((b": ", b"] ")):
            os.write(fd, answers.pop(0).encode() + b"\n")
except OSError:  # the other end is closed
    pass
status = os.waitpid(pid, 0)[1]
sys.stdout.buffer.write(text.replace(b"\r\n", b"\n"))
sys.exit(os.waitstatus_to_exitcode(status))
