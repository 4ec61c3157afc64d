"""w3m, as somebody at its keyboard uses it: a pseudo-terminal, keys, and the screen as it stands."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SECONDS = 30.0
"""Longer than this, it hangs."""
ROWS, COLUMNS = 240, 80
"""High enough for a whole form, so that the screen is the page."""
_ESCAPE = re.compile(rb"\x1b[\[(][0-9;?]*[A-Za-z0-9]|\x1b.|\x00")
REDRAW, CLEARED = "\x0c", b"\x1b[2J"


def program() -> str:
    """Where w3m is; bin/test installs it."""
    found = shutil.which("w3m")
    assert found, "w3m is missing: apt-get install w3m"
    return found


def environment(home: Path) -> dict[str, str]:
    """A home of its own, without anybody's settings, cookies or history; `edited` is what its editor writes."""
    editor = home / "editor"
    editor.write_text('#!/bin/sh\ncat "$HOME/edited" >"$1"\n')
    editor.chmod(0o755)
    return {"HOME": str(home), "TERM": "xterm", "LANG": "C.UTF-8", "EDITOR": str(editor), "PATH": os.environ["PATH"]}


def dump(url: str, home: Path) -> str:
    """A page as w3m shows it."""
    command = [program(), "-dump", "-cols", str(COLUMNS), url]
    done = subprocess.run(command, env=environment(home), capture_output=True, text=True, timeout=SECONDS, check=True)
    return done.stdout


@dataclass
class Terminal:
    """A running w3m."""

    fd: int
    home: Path

    def keys(self, keys: str) -> None:
        """Press keys; the terminal keeps them until w3m reads them."""
        os.write(self.fd, keys.encode())

    def screen(self, wanted: str) -> str:
        """The screen, its words with single spaces between, once it shows `wanted` (a regular expression)."""
        deadline, shown = time.monotonic() + SECONDS, ""
        while time.monotonic() < deadline:
            self.keys(REDRAW)
            shown = self._drawn()
            if re.search(wanted, shown):
                return shown
        raise AssertionError(f"{wanted!r} does not stand on the screen:\n{shown}")

    def _drawn(self) -> str:
        """What was drawn since the screen was last cleared, until nothing more comes."""
        drawn = b""
        while select.select([self.fd], [], [], 0.3)[0]:
            try:
                part = os.read(self.fd, 65536)
            except OSError:  # Linux says so when the program has ended
                break
            if not part:
                break
            drawn += part
        drawn = drawn.rpartition(CLEARED)[2] if CLEARED in drawn else b""
        return " ".join(_ESCAPE.sub(b" ", drawn).decode(errors="replace").split())

    def go_to(self, label: str) -> None:
        """To the field behind a label: search, and the Tab key."""
        self.keys(f"/{label}\r\t")

    def fill(self, label: str, text: str) -> None:
        """Write a line into a field."""
        self.go_to(label)
        self.keys(f"\r{text}\r")
        self.screen(re.escape(text))

    def write(self, label: str, text: str) -> None:
        """Write a long text: w3m opens an editor for it."""
        (self.home / "edited").write_text(text)
        self.go_to(label)
        self.keys("\r")
        self.screen(re.escape(text.split("\n")[0]))

    def choose(self, label: str, number: int, text: str) -> None:
        """Choose the `number`-th entry (from 0) below the one that is chosen, in the menu of a field."""
        self.go_to(label)
        self.keys("\r" + "j" * number + "\r")
        self.screen(rf"\[ ?{re.escape(text)} ?\]")


@contextmanager
def running(url: str, home: Path) -> Iterator[Terminal]:
    """w3m on a page."""
    command = [program(), "-no-mouse", "-o", "wrap_search=1", url]
    env = environment(home)
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(command[0], command, env)  # noqa: S606 (w3m, with its own arguments)
    try:
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        yield Terminal(fd, home)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(fd)
