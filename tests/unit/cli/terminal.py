"""Runs a program on a terminal of 120 columns and prints what it wrote.

usage: terminal.py PROGRAM ARGUMENT ...
"""
import fcntl
import os
import pty
import struct
import sys
import termios

pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("4H", 50, 120, 0, 0))
    os.execv(sys.argv[1], sys.argv[1:])
text = b""
try:
    while True:
        chunk = os.read(fd, 4096)
        if not chunk:
            break
        text += chunk
except OSError:  # the other end is closed
    pass
os.waitpid(pid, 0)
sys.stdout.buffer.write(text.replace(b"\r\n", b"\n"))
