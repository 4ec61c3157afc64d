"""One submission once, whoever comes when."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.core.db import writing
from kimweb.core.idempotency import Submission, claim, is_key, new_key
from tests.support.clock import START
from tests.support.together import HANG_SECONDS, engine_on, together

pytestmark = [pytest.mark.database, pytest.mark.bare]
TEXT = {"title": "Jembatan", "body": "Lapuk"}


def _claim(
    session: Session, key: str | None, subject: str, content: Mapping[str, object] = TEXT, kind: str = "x"
) -> str:
    with writing(session):
        return claim(session, key=key, content=content, kind=kind, subject_id=subject, now=START).subject_id


def _count(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Submission)) or 0


def test_the_same_key_and_content_are_the_same_submission(session: Session) -> None:
    key = new_key()
    assert [_claim(session, key, name) for name in ("A", "B", "C")] == ["A", "A", "A"]
    assert _count(session) == 1


def test_the_same_key_with_other_content_or_of_another_kind_is_another_submission(session: Session) -> None:
    key = new_key()
    assert _claim(session, key, "A") == "A"
    assert _claim(session, key, "B", TEXT | {"body": "Lapuk sekali"}) == "B"
    assert _claim(session, key, "C", kind="y") == "C"


def test_the_same_content_with_another_key_is_another_submission(session: Session) -> None:
    assert [_claim(session, new_key(), name) for name in ("A", "B")] == ["A", "B"]


def test_a_missing_or_malformed_key_never_finds_anything(session: Session) -> None:
    for key in (None, "", "0" * 31, "0" * 33, "G" * 32, "A" * 32, "../" * 8):
        assert [_claim(session, key, name) for name in ("A", "B")] == ["A", "B"], key


def test_a_claim_that_was_rolled_back_leaves_the_key_free(session: Session) -> None:
    key = new_key()

    def claim_and_fail() -> None:
        with writing(session):
            claim(session, key=key, content=TEXT, kind="x", subject_id="A", now=START)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        claim_and_fail()
    assert _claim(session, key, "B") == "B"


def test_keys_are_128_random_bits() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(is_key(key) and len(bytes.fromhex(key)) == 16 for key in keys)


def test_threads_that_submit_the_same_form_at_the_same_moment_get_one_row(database_url: str) -> None:
    key = new_key()
    with engine_on(database_url) as engine:

        def send(index: int) -> str:
            with Session(engine) as session:
                return _claim(session, key, f"S{index}")

        subjects = together(6, send)
        assert len(set(subjects)) == 1
        with Session(engine) as session:
            assert session.scalars(sa.select(Submission.subject_id)).all() == subjects[:1]


_PROCESS = """
import sys
from datetime import UTC, datetime
from sqlalchemy.orm import Session
from kimweb.core.db import make_engine, writing
from kimweb.core.idempotency import claim
url, key, subject = sys.argv[1:]
with Session(make_engine(url)) as session:
    sys.stdin.readline()
    with writing(session):
        print(claim(session, key=key, content={"a": 1}, kind="x", subject_id=subject, now=datetime.now(UTC)).subject_id)
"""


def test_processes_that_submit_the_same_form_at_the_same_moment_get_one_row(database_url: str) -> None:
    key, root = new_key(), Path(__file__).resolve().parents[2]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _PROCESS, database_url, key, f"S{index}"],
            cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for index in range(2)
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("\n")
        writer.stdin.flush()
    answers = [writer.communicate(timeout=HANG_SECONDS)[0].strip() for writer in writers]
    assert len(set(answers)) == 1
    assert answers[0] in ("S0", "S1")
