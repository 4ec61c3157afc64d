"""Erasing the words that belong to entries of the record; the entries themselves stay, and the chain still fits.

A text goes only after its erasure was written down (the database's triggers insist), and the erasure itself is an entry
that names what went: `kimweb audit verify` tells an erased text from one that was taken away (docs/decisions/0012).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.db import Base, writing

KIND, VERB = "audit", "erase"


class AuditErasure(Base):
    """That the text of an entry is to be gone, and since when. Never changed, never removed."""

    __tablename__ = "audit_erasures"

    seq: Mapped[int] = mapped_column(sa.ForeignKey("audit_entries.seq"), primary_key=True, autoincrement=False)
    at: Mapped[datetime]


def texts_of(session: Session, *, kind: str, subject_id: str, written_by: int | None = None) -> list[int]:
    """The entries (seq) about a subject whose text still stands; with `written_by`, also those that person wrote."""
    about = sa.and_(audit.AuditEntry.kind == kind, audit.AuditEntry.subject_id == subject_id)
    wanted = sa.or_(about, audit.AuditEntry.actor_id == written_by) if written_by is not None else about
    query = sa.select(audit.AuditText.seq).join(audit.AuditEntry, audit.AuditEntry.seq == audit.AuditText.seq)
    return list(session.scalars(query.where(wanted).order_by(audit.AuditText.seq)))


def erase_texts(session: Session, *, seqs: Sequence[int], why: str, now: datetime) -> int:
    """Erase the texts of these entries and record it; returns how many stood there. Safe to repeat.

    On PostgreSQL only the migrating role may (the service's has no DELETE on the record).
    """
    with writing(session):
        standing = list(session.scalars(sa.select(audit.AuditText.seq).where(audit.AuditText.seq.in_(seqs))))
        known = set(session.scalars(sa.select(AuditErasure.seq).where(AuditErasure.seq.in_(standing))))
        session.add_all(AuditErasure(seq=seq, at=now) for seq in standing if seq not in known)
        session.flush()
        session.execute(sa.delete(audit.AuditText).where(audit.AuditText.seq.in_(standing)))
        if standing:
            detail = {"entries": sorted(standing), "why": why}
            audit.record(session, audit.Entry(now, KIND, why[:64], VERB, Role.SYSTEM, detail=detail))
        return len(standing)
