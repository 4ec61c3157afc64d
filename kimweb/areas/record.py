"""What the record keeps of imports and of the admin's edits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kimweb.areas.models import Agency, Category
from kimweb.core import audit
from kimweb.core.actor import REGENCY, Actor, Role


def record_change(
    session: Session,
    row: Agency | Category,
    role: Role,
    actor: Actor,
    now: datetime,
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    """Record what changed, field by field, and let older forms be stale; nothing when nothing changed.

    `before`: empty for a new row.
    """
    detail: dict[str, object] = {
        key: [before.get(key), value] for key, value in after.items() if before.get(key) != value
    }
    if not detail:
        return
    if before:
        row.version += 1
    record(session, row.audit_kind, row.audit_id, "edit" if before else "create", role, actor, now, detail)


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
