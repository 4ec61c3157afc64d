"""`kimweb work`: with --once for cron, else until it is told to stop; without mail there is nothing to do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from kimweb import cli
from kimweb.accounts import password_links
from kimweb.accounts.models import EmailAddress
from kimweb.cli import main
from kimweb.core.calendar import system_clock
from kimweb.core.outbox import Waiting
from kimweb.settings import Settings
from tests.conftest import SECRET_KEY
from tests.support import server
from tests.support.people import People
from tests.support.postbox import PUBLIC_URL, SENDER, Postbox, postbox
from tests.support.together import engine_on

SECONDS = 30


@pytest.fixture
def box(session: Session) -> Iterator[Postbox]:
    """A real SMTP server, and Dewi, who has an address."""
    people = People(session).gather()
    now = system_clock()
    dewi = people.users["dewi"].id
    people.put(EmailAddress(user_id=dewi, address="dewi@example.go.id", nonce="x", asked_at=now, confirmed_at=now))
    with postbox() as running:
        yield running


@pytest.fixture
def env(settings: Settings, box: Postbox) -> dict[str, str]:
    """What the command needs to know."""
    return server.environment(
        settings.instance,
        KIMWEB_DATABASE_URL=settings.database_url,
        KIMWEB_SECRET_KEY=SECRET_KEY,
        KIMWEB_SMTP_URL=f"smtp://127.0.0.1:{box.port}",
        KIMWEB_MAIL_FROM=SENDER,
        KIMWEB_PUBLIC_URL=PUBLIC_URL,
    )


def ask(session: Session, network: str = "x") -> None:
    session.rollback()
    password_links.ask(session, username="dewi", network=network, now=system_clock())


def waiting(session: Session) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(Waiting)) or 0


@contextmanager
def running(env: dict[str, str], *more: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "kimweb", "work", *more]
    process = subprocess.Popen(command, cwd=server.ROOT, env=env, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(fulfilled: object) -> None:
    deadline = time.monotonic() + SECONDS
    while not fulfilled():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.database
def test_once_does_what_is_due_and_ends(box: Postbox, session: Session, env: dict[str, str]) -> None:
    ask(session, "x")
    ask(session, "y")
    server.kimweb(env, "work", "--once")
    assert len(box.letters) == 2
    assert waiting(session) == 0
    server.kimweb(env, "work", "--once")
    assert len(box.letters) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_goes_on_until_it_is_told_to_stop(
    box: Postbox, session: Session, env: dict[str, str], number: signal.Signals
) -> None:
    ask(session)
    with running(env) as process:
        until(lambda: box.letters)
        assert process.poll() is None
        process.send_signal(number)
        assert process.wait(SECONDS) == 0
        assert process.stderr
        assert process.stderr.read() == b""
    until(lambda: waiting(session) == 0)


def test_with_its_parent_it_ends_too(env: dict[str, str]) -> None:
    """As bin/run starts it; a parent that is killed hard tells nobody."""
    lines = [
        "import os, subprocess, sys, time",
        "command = [sys.executable, '-m', 'kimweb', 'work', '--with-parent', str(os.getpid())]",
        "print(subprocess.Popen(command, stdout=subprocess.DEVNULL).pid, flush=True)",
        "time.sleep(600)",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    with subprocess.Popen(command, cwd=server.ROOT, env=env, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        time.sleep(3)
        assert alive(child)
        parent.kill()
    until(lambda: not alive(child))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_database_that_is_away_for_a_while_ends_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(*_args: object, **_values: object) -> bool:
        raise OperationalError("SELECT 1", {}, ConnectionError("the server restarts"))

    monkeypatch.setattr("kimweb.core.outbox.work_off_one", away)
    with engine_on(database_url) as engine:
        assert not cli._work_off_one(engine, {})
    assert capsys.readouterr().err == "kimweb: ConnectionError: the server restarts\n"


def test_without_mail_there_is_nothing_to_do(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIMWEB_INSTANCE", str(settings.instance))
    monkeypatch.delenv("KIMWEB_SMTP_URL", raising=False)
    assert main(["work"]) == 0
    assert "tidak ada yang perlu dikerjakan" in capsys.readouterr().out
