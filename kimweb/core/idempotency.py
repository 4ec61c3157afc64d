"""One submission once: the same key and the same content are the same submission (delivery.md, "The key").

The key is 128 random bits per form load. A stranger who repeats a published text has another key, and so makes another
submission.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from kimweb.core.db import Base, changed, insert_for


class Submission(Base):
    """What was submitted under a key, and what came of it."""

    __tablename__ = "submissions"

    key_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    content_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(index=True)
    closed: Mapped[bool] = mapped_column(default=False)
    """Whether whoever submitted it said that they have noted what came of it."""


def new_key() -> str:
    """A key for one load of a form (128 random bits)."""
    return secrets.token_hex(16)


def is_key(text: str | None) -> bool:
    """Whether `text` has the form of a key."""
    return text is not None and len(text) == 32 and set(text) <= set("0123456789abcdef")


def claim(
    session: Session, *, key: str | None, content: Mapping[str, object], kind: str, subject_id: str, now: datetime
) -> Submission:
    """Claim a key for `subject_id` inside the caller's write transaction.

    Returns what holds it: the new submission, or the earlier one when the same key came with the same content. Whoever
    comes second at the same moment waits for the first. A missing or malformed key claims nothing that could be found
    again.
    """
    key_hash, content_hash = _hashes(key, content, kind)
    values = {"key_hash": key_hash, "content_hash": content_hash, "kind": kind, "subject_id": subject_id, "at": now}
    session.execute(insert_for(session)(Submission).values(**values, closed=False).on_conflict_do_nothing())
    return session.scalars(_held(key_hash, content_hash)).one()


def claimed(session: Session, *, key: str | None, content: Mapping[str, object], kind: str) -> Submission | None:
    """What holds a key with this content, if anything does. Claims nothing."""
    return session.scalars(_held(*_hashes(key, content, kind))).one_or_none()


def _hashes(key: str | None, content: Mapping[str, object], kind: str) -> tuple[str, str]:
    text = json.dumps({"kind": kind, **content}, sort_keys=True, ensure_ascii=False, default=str)
    known = key if key and is_key(key) else new_key()
    return hashlib.sha256(known.encode()).hexdigest(), hashlib.sha256(text.encode()).hexdigest()


def _held(key_hash: str, content_hash: str) -> sa.Select[Submission]:
    return sa.select(Submission).where(Submission.key_hash == key_hash, Submission.content_hash == content_hash)


def close(session: Session, *, kind: str, subject_id: str) -> None:
    """Note that whoever submitted this is done with it. Needs a write transaction."""
    own = Submission.kind == kind, Submission.subject_id == subject_id
    session.execute(sa.update(Submission).where(*own).values(closed=True))


def forget(session: Session, *, before: datetime) -> int:
    """Forget the keys of submissions until `before`; returns how many there were. Needs a write transaction."""
    return changed(session, sa.delete(Submission).where(Submission.at <= before))
