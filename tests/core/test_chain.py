"""The record is sealed: the database refuses to change it, and whoever does it all the same is found out.

Each way of tampering is done to a real database, SQLite and PostgreSQL, after taking the triggers away.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kimweb.core import audit, chain
from kimweb.core.actor import Role
from kimweb.core.audit import AuditEntry, AuditHead, AuditText, chain_hash
from kimweb.core.chain import Report, verify
from kimweb.core.db import writing
from kimweb.core.erasure import AuditErasure, erase_texts, texts_of
from tests.support.clock import START
from tests.support.tamper import unseal

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
    detail={"used": 2, "é": None},
)
MOVED = ("at", "kind", "subject_id", "verb", "actor_id", "role", "area_code", "before", "after", "detail")


@pytest.fixture
def record(session: Session) -> Session:
    """Ten entries; the third and the fifth have a text."""
    with writing(session):
        for number in range(1, 11):
            text = f"alasan {number}" if number in (3, 5) else None
            audit.record(session, replace(ENTRY, subject_id=str(number), actor_id=number, text=text))
    return session


def found(session: Session, anchor: str = "") -> list[tuple[int, str]]:
    """What the walk says, as (seq, first words)."""
    session.rollback()
    session.expunge_all()
    report = verify(session, anchor=anchor)
    return [(problem.seq, problem.sentence) for problem in report.problems]


def row(session: Session, seq: int) -> AuditEntry:
    return session.get_one(AuditEntry, seq)


# ------------------------------------------------------------------ the seal


REFUSED = [
    "UPDATE audit_entries SET verb = 'x' WHERE seq = 4",
    "UPDATE audit_entries SET hash = hash",
    "DELETE FROM audit_entries WHERE seq = 10",
    "UPDATE audit_texts SET text = 'x' WHERE seq = 3",
    "DELETE FROM audit_texts WHERE seq = 3",
    "UPDATE audit_head SET seq = 9",
    "UPDATE audit_head SET hash = 'x'",
    "UPDATE audit_head SET id = 2, seq = 11",
    "DELETE FROM audit_head",
    "DELETE FROM audit_erasures",
    "UPDATE audit_erasures SET seq = 4",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_itself_refuses_to_change_the_record(record: Session, statement: str) -> None:
    erase_texts(record, seqs=[5], why="test", now=START)
    with pytest.raises(DBAPIError, match=r"append-only|written erasure|moves forward"), writing(record):
        record.execute(sa.text(statement))
    assert found(record) == []


def test_truncating_is_refused_where_there_is_such_a_thing(record: Session) -> None:
    if record.get_bind().dialect.name == "sqlite":
        return  # knows no TRUNCATE; a DELETE of everything fires the triggers (above)
    for table in ("audit_entries", "audit_texts", "audit_erasures", "audit_head"):
        with pytest.raises(DBAPIError, match="append-only"), writing(record):
            record.execute(sa.text(f"TRUNCATE {table} CASCADE"))


# ------------------------------------------------------------------ what the walk finds


def _changed(session: Session) -> None:
    row(session, 4).verb = "penarikan"


def _changed_first(session: Session) -> None:
    row(session, 1).actor_id = 99


def _changed_last(session: Session) -> None:
    row(session, 10).detail = {}


def _rewritten(session: Session) -> None:
    """Changed, and given a hash that fits."""
    entry, before = row(session, 4), row(session, 3)
    entry.verb = "penarikan"
    entry.hash = chain_hash(before.hash, entry)


def _removed(session: Session) -> None:
    session.execute(sa.delete(AuditEntry).where(AuditEntry.seq == 6))


def _removed_two(session: Session) -> None:
    session.execute(sa.delete(AuditEntry).where(AuditEntry.seq.in_((6, 7))))


def _removed_last(session: Session) -> None:
    session.execute(sa.delete(AuditEntry).where(AuditEntry.seq > 8))


def _removed_all(session: Session) -> None:
    session.execute(sa.delete(AuditText))
    session.execute(sa.delete(AuditEntry))


def _reordered(session: Session) -> None:
    """Two entries change places, with their hashes."""
    one, other = row(session, 6), row(session, 8)
    for name in (*MOVED, "hash"):
        kept = getattr(one, name)
        setattr(one, name, getattr(other, name))
        setattr(other, name, kept)


def _contents_reordered(session: Session) -> None:
    """Two entries change places, their hashes stay."""
    one, other = row(session, 6), row(session, 7)
    for name in MOVED:
        kept = getattr(one, name)
        setattr(one, name, getattr(other, name))
        setattr(other, name, kept)


def _by_hand(session: Session, seal: bool = False) -> AuditEntry:
    values = {name: getattr(row(session, 10), name) for name in (*MOVED, "text_digest")}
    entry = AuditEntry(**values, seq=11, hash="0" * 64)
    entry.hash = chain_hash(row(session, 10).hash, entry) if seal else entry.hash
    session.add(entry)
    return entry


def _appended(session: Session) -> None:
    _by_hand(session, seal=True)


def _appended_with_head(session: Session) -> None:
    entry = _by_hand(session)
    head = session.scalars(sa.select(AuditHead)).one()
    head.seq, head.hash = entry.seq, entry.hash


def _head_turned_back(session: Session) -> None:
    head = session.scalars(sa.select(AuditHead)).one()
    head.seq, head.hash = 8, row(session, 8).hash


def _head_changed(session: Session) -> None:
    session.execute(sa.update(AuditHead).values(hash="f" * 64))


def _text_changed(session: Session) -> None:
    session.get_one(AuditText, 3).text = "alasan lain"


def _text_taken(session: Session) -> None:
    session.execute(sa.delete(AuditText).where(AuditText.seq == 3))


def _text_taken_with_a_slip(session: Session) -> None:
    """A written erasure that no entry of the chain knows."""
    session.add(AuditErasure(seq=3, at=START))
    session.flush()
    _text_taken(session)


def _text_added(session: Session) -> None:
    session.add(AuditText(seq=4, salt="", text="tidak pernah ditulis"))


WAYS: list[tuple[Callable[[Session], None], dict[int, str]]] = [
    (_changed, {4: "isinya diubah"}),
    (_changed_first, {1: "isinya diubah"}),
    (_changed_last, {10: "isinya diubah"}),
    (_rewritten, {5: "entri 4 ditulis ulang"}),
    (_removed, {6: "hilang: dihapus"}),
    (_removed_two, {6: "hilang sampai 7: dihapus"}),
    (_removed_last, {9: "sampai 10 hilang dari ujung"}),
    (_removed_all, {1: "sampai 10 hilang dari ujung"}),
    (_reordered, {6: "disegel sebagai entri 8", 8: "disegel sebagai entri 6"}),
    (_contents_reordered, {6: "disegel sebagai entri 7", 7: "disegel sebagai entri 6"}),
    (_appended, {11: "ditambahkan dengan tangan"}),
    (_appended_with_head, {11: "ditulis dengan tangan"}),
    (_head_turned_back, {9: "sampai 10 ditambahkan dengan tangan"}),
    (_head_changed, {10: "kepala rantai tidak cocok"}),
    (_text_changed, {3: "teksnya bukan yang disegel"}),
    (_text_taken, {3: "hilang tanpa penghapusan"}),
    (_text_taken_with_a_slip, {3: "hilang tanpa penghapusan"}),
    (_text_added, {4: "teksnya bukan yang disegel"}),
]


@pytest.mark.parametrize(("tamper", "wanted"), WAYS, ids=lambda value: getattr(value, "__name__", ""))
def test_tampering_is_found_and_named(
    record: Session, tamper: Callable[[Session], None], wanted: dict[int, str]
) -> None:
    assert found(record) == []
    with writing(record):
        unseal(record)
        tamper(record)
    said = found(record)
    for seq, words in wanted.items():
        assert any(at == seq and words in sentence for at, sentence in said), said
    assert {at for at, _sentence in said} <= wanted.keys() | ({7, 9} if tamper is _reordered else set()), said


def test_who_rewrites_the_whole_chain_is_found_by_what_was_noted_elsewhere(record: Session) -> None:
    noted = verify(record).head
    assert found(record, anchor=noted) == []
    with writing(record):
        unseal(record)
        row(record, 1).verb = "penarikan"
        previous = audit.GENESIS
        for entry in record.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq)):
            entry.hash = previous = chain_hash(previous, entry)
        record.execute(sa.update(AuditHead).values(hash=previous))
    assert found(record) == []
    assert [seq for seq, _sentence in found(record, anchor=noted)] == [10]
    assert [seq for seq, _sentence in found(record, anchor="99:abc")] == [11]


# ------------------------------------------------------------------ erasing


def test_an_erased_text_is_fine_and_counted(record: Session) -> None:
    assert erase_texts(record, seqs=[3, 4], why="test", now=START) == 1
    assert erase_texts(record, seqs=[3, 4], why="test", now=START) == 0
    report = verify(record)
    assert (report.problems, report.entries, report.texts, report.erased) == ([], 11, 1, 1)
    assert row(record, 11).detail == {"entries": [3], "why": "test"}
    assert texts_of(record, kind="news", subject_id="5") == [5]
    assert texts_of(record, kind="news", subject_id="8", written_by=5) == [5]


def test_an_erasure_that_fails_leaves_the_text(record: Session) -> None:
    with contextlib.suppress(ZeroDivisionError), writing(record):
        erase_texts(record, seqs=[3], why="test", now=START)
        raise ZeroDivisionError
    report = verify(record)
    assert (report.problems, report.texts, report.erased) == ([], 2, 0)


# ------------------------------------------------------------------ size


def test_an_empty_record_is_whole(session: Session) -> None:
    assert verify(session) == Report()


def test_a_long_record_is_read_in_pieces_with_progress(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "BATCH", 20)
    with writing(session):
        for _ in range(50):
            audit.record(session, ENTRY)
    session.expunge_all()
    heard: list[int] = []
    assert verify(session, progress=heard.append).entries == 50
    assert heard == [20, 40]
