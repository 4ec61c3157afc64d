"""What the record keeps of invitations and of roles: ids and places, never a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kimweb.accounts.models import Invitation, RoleGrant
from kimweb.core import audit
from kimweb.core.actor import Role


def record_slip(
    session: Session, slip: Invitation, verb: str, *, role: Role, actor_id: int | None, now: datetime
) -> None:
    """Hand over the entry of what was just done with a slip."""
    given = str(slip.role) if slip.role else None
    detail = {"role": given, "agency": slip.agency_id, "user": slip.user_id, "batch": slip.batch}
    entry = audit.Entry(
        at=now,
        kind="invitation",
        subject_id=str(slip.id),
        verb=verb,
        role=role,
        actor_id=actor_id,
        area_code=slip.area_code,
        detail={key: value for key, value in detail.items() if value is not None},
    )
    audit.record(session, entry)


def record_role(
    session: Session, grant: RoleGrant, verb: str, *, role: Role, actor_id: int | None, now: datetime
) -> None:
    """Hand over the entry of what was just done with somebody's role."""
    last = grant.ends_on.isoformat() if grant.ends_on else None
    entry = audit.Entry(
        at=now,
        kind="user",
        subject_id=str(grant.user_id),
        verb=verb,
        role=role,
        actor_id=actor_id,
        area_code=grant.area_code,
        detail={"role": str(grant.role), "area": grant.area_code, "agency": grant.agency_id, "until": last},
    )
    audit.record(session, entry)
