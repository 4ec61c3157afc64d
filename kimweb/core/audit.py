"""The append-only, hash-chained record of every state change, and the history that pages read from it.

Entries are collected during a transaction and sealed just before its commit: the chain's head is taken last, so that
writers do not wait for each other longer than for one row. The chain holds ids and a salted digest of texts; the texts
(reasons, which may have to be erased one day) stand apart.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, mapped_column

from kimweb.core.actor import Role
from kimweb.core.db import Base, insert_for

_PENDING = "kimweb_audit"
GENESIS = "0" * 64


class AuditHead(Base):
    """The chain's last hash; one row, locked by whoever appends."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))


class AuditEntry(Base):
    """One thing that was done. Never changed, never removed."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        sa.Index("ix_audit_entries_subject", "kind", "subject_id", "seq"),
        sa.Index("ix_audit_entries_actor", "actor_id", "seq"),
        sa.Index("ix_audit_entries_verb", "verb", "seq"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[str] = mapped_column(sa.String(64))
    verb: Mapped[str] = mapped_column(sa.String(32))
    actor_id: Mapped[int | None]
    role: Mapped[Role]
    area_code: Mapped[str | None] = mapped_column(sa.String(13))
    before: Mapped[str | None] = mapped_column(sa.String(32))
    after: Mapped[str | None] = mapped_column(sa.String(32))
    detail: Mapped[dict[str, Any]]
    text_digest: Mapped[str | None] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class AuditText(Base):
    """The words that belong to an entry, erasable without breaking the chain."""

    __tablename__ = "audit_texts"

    seq: Mapped[int] = mapped_column(sa.ForeignKey("audit_entries.seq"), primary_key=True)
    salt: Mapped[str] = mapped_column(sa.String(32))
    text: Mapped[str] = mapped_column(sa.Text)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry before it is sealed, and as history shows it afterwards."""

    at: datetime
    kind: str
    subject_id: str
    verb: str
    role: Role
    actor_id: int | None = None
    area_code: str | None = None
    before: str | None = None
    after: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    text: str | None = None


def record(session: Session, entry: Entry) -> None:
    """Hand an entry over to the transaction; it is sealed with the commit and gone with a rollback."""
    session.info.setdefault(_PENDING, []).append(entry)


def history(session: Session, kind: str, subject_id: str) -> list[Entry]:
    """Everything done to one subject, oldest first (one statement)."""
    query = (
        sa.select(AuditEntry, AuditText.text)
        .outerjoin(AuditText, AuditText.seq == AuditEntry.seq)
        .where(AuditEntry.kind == kind, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.seq)
    )
    return [_shown(row, text) for row, text in session.execute(query)]


def last(session: Session, kind: str, subject_id: str) -> Entry | None:
    """The newest entry of one subject."""
    entries = history(session, kind, subject_id)
    return entries[-1] if entries else None


def _shown(row: AuditEntry, text: str | None) -> Entry:
    return Entry(
        at=row.at,
        kind=row.kind,
        subject_id=row.subject_id,
        verb=row.verb,
        role=row.role,
        actor_id=row.actor_id,
        area_code=row.area_code,
        before=row.before,
        after=row.after,
        detail=row.detail,
        text=text,
    )


def chain_hash(previous: str, row: AuditEntry) -> str:
    """The hash of an entry that follows `previous`: SHA-256 over the previous hash and the entry in canonical JSON.

    Instants are written in UTC, as the database gives them back: the chain must verify from what it holds.
    """
    body = {
        "seq": row.seq,
        "at": row.at.astimezone(UTC).isoformat(),
        "kind": row.kind,
        "subject": row.subject_id,
        "verb": row.verb,
        "actor": row.actor_id,
        "role": str(row.role),
        "area": row.area_code,
        "before": row.before,
        "after": row.after,
        "detail": row.detail,
        "text": row.text_digest,
    }
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((previous + text).encode()).hexdigest()


@event.listens_for(Session, "before_commit")
def _seal(session: Session) -> None:
    pending: list[Entry] = session.info.pop(_PENDING, [])
    if not pending:
        return
    session.flush()
    head = _locked_head(session)
    for entry in pending:
        head.seq += 1
        head.hash = _append(session, entry, seq=head.seq, previous=head.hash)
    session.flush()


def _locked_head(session: Session) -> AuditHead:
    """The chain's head, locked. The very first writers may meet: one makes the row, the others wait for it."""
    query = sa.select(AuditHead).with_for_update().execution_options(populate_existing=True)
    head = session.scalars(query).one_or_none()
    if head is None:
        first = insert_for(session)(AuditHead).values(id=1, seq=0, hash=GENESIS)
        session.execute(first.on_conflict_do_nothing())
        head = session.scalars(query).one()
    return head


def _append(session: Session, entry: Entry, *, seq: int, previous: str) -> str:
    salt = secrets.token_hex(16)
    digest = hashlib.sha256((salt + entry.text).encode()).hexdigest() if entry.text else None
    row = AuditEntry(
        seq=seq,
        at=entry.at,
        kind=entry.kind,
        subject_id=entry.subject_id,
        verb=entry.verb,
        actor_id=entry.actor_id,
        role=entry.role,
        area_code=entry.area_code,
        before=entry.before,
        after=entry.after,
        detail=entry.detail,
        text_digest=digest,
    )
    row.hash = chain_hash(previous, row)
    session.add(row)
    if entry.text:
        session.add(AuditText(seq=seq, salt=salt, text=entry.text))
    return row.hash


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: object) -> None:
    session.info.pop(_PENDING, None)
