"""Taking data along; each verb is one transaction, and an entry in the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kimweb.accounts import directory, policy, queries
from kimweb.accounts.models import RoleGrant, User
from kimweb.core import audit
from kimweb.core.actor import Actor, Role
from kimweb.core.db import writing
from kimweb.core.errors import NotAllowed


def export_own(session: Session, *, actor: Actor, now: datetime) -> None:
    """Record that somebody takes along what is stored about them."""
    with writing(session):
        user = queries.own_account(session, actor)
        audit.record(session, audit.Entry(now, "user", str(user.id), "export", Role.SYSTEM, user.id))


def export_people(
    session: Session, *, actor: Actor, now: datetime, wanted: directory.Wanted
) -> Sequence[tuple[User, RoleGrant | None]]:
    """Who holds what, of the people whom the actor sees, narrowed as their list; recorded with how many lines and which
    roles and place, never with the name that was searched for. Raises NotAllowed."""
    role = policy.listing_role(actor)
    if role is None:
        raise NotAllowed("Akun Anda tidak memegang peran untuk halaman ini.")
    with writing(session):
        user = queries.own_account(session, actor)
        rows = directory.roles_of_people(session, actor, wanted)
        narrowed = {"role": str(wanted.role) if wanted.role else None, "area": wanted.within}
        detail = {"lines": len(rows), "searched": bool(wanted.q), **narrowed}
        audit.record(session, audit.Entry(now, "user", str(user.id), "export_people", role, user.id, detail=detail))
    return rows
