"""What the record keeps of imports and of the admin's edits, and what a form was made from.

Agencies and categories have no version column: their forms carry a short digest of the row, which the action compares
under the lock.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from kimweb.areas.models import Agency, Category
from kimweb.core import audit
from kimweb.core.actor import REGENCY, Actor, Role
from kimweb.core.errors import Conflict


def _digest(*values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def seen_agency(row: Agency) -> str:
    """The digest of an agency's editable fields."""
    return _digest(row.name, row.active)


def seen_category(row: Category) -> str:
    """The digest of a category's editable fields."""
    return _digest(row.name, row.example, row.agency_id, row.position, row.active)


def check_seen(session: Session, kind: str, subject_id: str, seen: str | None, current: str) -> None:
    """Refuse a form that was made from an older row (under its lock); None: not from a form."""
    if seen is not None and seen != current:
        entry = audit.last(session, kind, subject_id)
        at = entry.at if entry else None
        raise Conflict("Sudah diubah orang lain.", kind=kind, subject_id=subject_id, changed_at=at)


def record_change(
    session: Session,
    kind: str,
    subject_id: str,
    role: Role,
    actor: Actor,
    now: datetime,
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    """Record what changed, field by field; nothing when nothing did."""
    detail: dict[str, object] = {
        key: [before.get(key), value] for key, value in after.items() if before.get(key) != value
    }
    if detail:
        record(session, kind, subject_id, "edit" if before else "create", role, actor, now, detail)


def record(
    session: Session,
    kind: str,
    subject_id: str,
    verb: str,
    role: Role,
    actor: Actor | None,
    now: datetime,
    detail: dict[str, object],
) -> None:
    """Hand one entry over to the transaction's record; without an actor the system did it."""
    actor_id = actor.user_id if actor else None
    entry = audit.Entry(
        at=now,
        kind=kind,
        subject_id=subject_id,
        verb=verb,
        role=role,
        actor_id=actor_id,
        area_code=REGENCY,
        detail=detail,
    )
    audit.record(session, entry)
