"""A real gunicorn on a free loopback port, for browser tests and benches. Needs nothing but the standard library."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHEAP_ARGON2 = "1,8,1"
START_SECONDS, STOP_SECONDS = 60, 10
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: `url` without a slash at the end, `log` what it wrote, `env` what `kimweb` commands need."""

    url: str
    log: Path
    env: dict[str, str]

    def kimweb(self, *arguments: str) -> str:
        """Run a `kimweb` command on this server's data and return what it printed."""
        return kimweb(self.env, *arguments)


def environment(folder: Path, **values: str) -> dict[str, str]:
    """Our own settings only: data in `folder`, cheap password hashes, statements counted, the second factor offered;
    `values` add and replace."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("KIMWEB_", "GUNICORN_"))}
    ours = {"KIMWEB_INSTANCE": str(folder), "KIMWEB_ARGON2": CHEAP_ARGON2, "KIMWEB_DEBUG_STATEMENTS": "1"}
    ours["KIMWEB_SECOND_FACTOR"] = "offered"
    return inherited | ours | {"PYTHONUNBUFFERED": "1"} | values


def kimweb(env: Mapping[str, str], *arguments: str) -> str:
    """Run a `kimweb` command, at most 120 s; an error carries its output."""
    done = subprocess.run(
        [sys.executable, "-m", "kimweb", *arguments],
        cwd=ROOT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"kimweb {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def serve(env: Mapping[str, str], log: Path, *, workers: int = 1, threads: int = 4) -> Iterator[Server]:
    """Serve until the block ends. The port is bound here and handed over, so no other process can take it."""
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("wb") as output:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "wsgi:app", "--config", "gunicorn.conf.py"),
                *("--bind", f"fd://{listener.fileno()}", "--workers", str(workers), "--threads", str(threads)),
            ],
            cwd=ROOT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(listener.fileno(),),
            preexec_fn=_end_with_parent,
        )
    try:
        _await_health(process, url, log)
        yield Server(url=url, log=log, env=dict(env))
    finally:
        _stop(process)


def _end_with_parent() -> None:
    """In the child, one call into libc: the kernel ends it when the test process dies, even by SIGKILL."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _await_health(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):  # noqa: S310 (always http on loopback)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"The server did not start:\n{log.read_text(errors='replace')}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
