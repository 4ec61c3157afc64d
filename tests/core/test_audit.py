"""The record: sealed with the commit, gone with a rollback, chained, and complete however many write at once."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.audit import AuditEntry, AuditHead, AuditText, chain_hash
from kimweb.core.db import writing
from kimweb.core.erasure import erase_texts
from kimweb.core.throttle import Attempt
from tests.support.clock import START
from tests.support.tamper import unseal
from tests.support.together import engine_on, together

pytestmark = [pytest.mark.database, pytest.mark.bare]
ENTRY = audit.Entry(
    at=START,
    kind="news",
    subject_id="7",
    verb="publikasi",
    role=Role.MODERATOR,
    actor_id=3,
    area_code="16.06.01.2001",
    before="submitted",
    after="published",
    detail={"due": "2026-11-23", "used": 2, "é": None},
)


def _write(session: Session, *texts: str | None, subject: str = "7") -> None:
    with writing(session):
        for text in texts:
            audit.record(session, replace(ENTRY, subject_id=subject, text=text))


def _write_and_fail(session: Session) -> None:
    with writing(session):
        audit.record(session, ENTRY)
        raise ZeroDivisionError


def verify(session: Session) -> int:
    """Recompute the whole chain from what stands in the database; returns how many entries it has."""
    session.rollback()
    previous, seq = "0" * 64, 0
    for seq, row in enumerate(session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq)), start=1):
        assert row.seq == seq
        assert row.hash == chain_hash(previous, row)
        previous = row.hash
    for text in session.scalars(sa.select(AuditText)):
        digest = hashlib.sha256((text.salt + text.text).encode()).hexdigest()
        assert session.get_one(AuditEntry, text.seq).text_digest == digest
    head = session.scalars(sa.select(AuditHead)).one()
    assert (head.seq, head.hash) == (seq, previous)
    return seq


def test_entries_are_sealed_at_the_commit_and_read_back_as_they_were(session: Session) -> None:
    with writing(session):
        audit.record(session, replace(ENTRY, text="Foto kabur"))
        assert session.scalars(sa.select(AuditEntry)).all() == []
    assert audit.history(session, "news", "7") == [replace(ENTRY, at=START.astimezone(UTC), text="Foto kabur")]
    assert audit.history(session, "news", "8") == []


def test_history_is_oldest_first_and_last_is_the_newest(session: Session) -> None:
    _write(session, "satu", "dua")
    _write(session, "tiga")
    _write(session, "lain", subject="8")
    assert [entry.text for entry in audit.history(session, "news", "7")] == ["satu", "dua", "tiga"]
    newest = audit.last(session, "news", "7")
    assert newest is not None
    assert newest.text == "tiga"
    assert audit.last(session, "news", "9") is None


def test_a_rollback_takes_the_entries_with_it(session: Session) -> None:
    _write(session, "tetap")
    with pytest.raises(ZeroDivisionError):
        _write_and_fail(session)
    _write(session, "sesudah")
    assert verify(session) == 2


def test_the_chain_verifies_and_any_change_breaks_it(session: Session) -> None:
    _write(session, "satu", None, "tiga")
    assert verify(session) == 3
    changes: list[dict[str, Any]] = [{"verb": "penarikan"}, {"actor_id": 4}, {"detail": {}}, {"text_digest": None}]
    for change in changes:
        unseal(session)
        session.execute(sa.update(AuditEntry).where(AuditEntry.seq == 1).values(change))
        row = session.scalars(sa.select(AuditEntry).where(AuditEntry.seq == 1)).one()
        assert row.hash != chain_hash("0" * 64, row), change
        session.rollback()


def test_a_text_can_be_erased_without_breaking_the_chain(session: Session) -> None:
    _write(session, "Nama dan nomor", "tiga")
    assert erase_texts(session, seqs=[1], why="test", now=START) == 1
    assert verify(session) == 3  # the erasure is an entry of its own
    assert [entry.text for entry in audit.history(session, "news", "7")] == [None, "tiga"]


def test_the_digest_of_a_text_is_salted(session: Session) -> None:
    _write(session, "ya", "ya")
    one, two = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq))
    assert one.text_digest != two.text_digest


def test_the_chain_verifies_whatever_zone_the_instant_came_in(session: Session) -> None:
    with writing(session):
        for zone in (UTC, START.tzinfo):
            audit.record(session, replace(ENTRY, at=START.astimezone(zone)))
    session.expire_all()
    assert verify(session) == 2


def test_concurrent_writers_lose_no_entry_and_never_deadlock(database_url: str) -> None:
    """The very first entries too: there is no head yet that anybody could lock."""
    with engine_on(database_url) as engine:

        def write(index: int) -> None:
            with Session(engine) as session:
                for number in range(25):
                    with writing(session):
                        session.add(Attempt(bucket=f"{index}", at=START))
                        audit.record(session, replace(ENTRY, subject_id=str(index), text=str(number)))
                        audit.record(session, replace(ENTRY, subject_id="all"))

        together(4, write)
        with Session(engine) as session:
            assert verify(session) == 200
            assert session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 100
            for index in range(4):
                texts = [entry.text for entry in audit.history(session, "news", str(index))]
                assert texts == [str(number) for number in range(25)]
