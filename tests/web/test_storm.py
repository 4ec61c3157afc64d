"""Two hundred sign-ins at once: hashing passwords never takes the whole machine, and pages go on answering.

A bound against hanging, not a speed: the machine of the tests is small and shared.
"""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kimweb.settings import Settings
from tests.support import server
from tests.support.people import PASSWORD, People

STORM = 200
PRODUCTION = "2,19456,1"
PAGE_SECONDS = 20
"""Longer than this nobody waits for a page, not even here."""


def status_of(url: str, data: dict[str, str] | None = None) -> int:
    """What a real server answers, within 60 s."""
    body = urllib.parse.urlencode(data).encode() if data else None
    request = urllib.request.Request(url, body, {"Sec-Fetch-Site": "same-origin"})  # noqa: S310 (loopback)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 (loopback)
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.timeout(240)
def test_200_sign_ins_at_once_leave_the_other_pages_answering(
    settings: Settings, people: People, session: Session, tmp_path: Path
) -> None:
    """Two workers as in production, with the real cost of a hash. Whoever gets no turn is told to come back (503)."""
    env = server.environment(
        tmp_path,
        KIMWEB_DATABASE_URL=settings.database_url,
        KIMWEB_SECRET_KEY=settings.secret_key,
        KIMWEB_ARGON2=PRODUCTION,
    )
    waits: list[float] = []
    over = threading.Event()

    def read(url: str) -> None:
        while not over.is_set():
            begun = time.monotonic()
            assert status_of(url + "/bantuan/") == 200
            waits.append(time.monotonic() - begun)

    with server.serve(env, tmp_path / "server.log", workers=2) as running, ThreadPoolExecutor(STORM + 1) as pool:
        reader = pool.submit(read, running.url)
        typed: list[dict[str, Any]] = [{"username": f"budi{n}", "password": PASSWORD} for n in range(STORM)]
        storm = [pool.submit(status_of, running.url + "/masuk/", fields) for fields in typed]
        answers = Counter(future.result(120) for future in storm)
        over.set()
        reader.result(60)
        assert status_of(running.url + "/healthz") == 200
    assert set(answers) <= {422, 503}, answers
    assert answers[422] > 0, answers
    assert answers[503] > 0, answers  # without turns every thread would hash, and none would read
    assert sum(answers.values()) == STORM
    assert waits
    assert max(waits) < PAGE_SECONDS, max(waits)


@pytest.fixture
def people(session: Session) -> People:
    """Everybody with an account."""
    return People(session).gather()
